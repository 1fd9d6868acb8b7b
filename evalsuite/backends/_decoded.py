"""What a pipeline gives as images, as bytes: those of its own PIL output, for every class.

diffusers' `np` output is what its PIL output is made from: (n, height, width, channels), float32
of 0..1. (`pt` is not: Kandinsky's is -1..1 there, DeepFloyd IF's has not seen the safety checker.)
Pixels are x times 255, rounded half to even, as in `VaeImageProcessor.numpy_to_pil`. Clamping hides
an infinity, so that the last network's output is looked at before it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from evalsuite.files.images import pixels_of
from evalsuite.records import InputError, Pixels

DECODERS = ("vae", "movq", "vqgan", "vqvae")


def output_type(pipeline: Any) -> str:
    """The form to ask for: PIL where a pipeline marks only that (DeepFloyd IF), else `np`."""
    return "pil" if getattr(pipeline, "watermarker", None) is not None else "np"


def watch(pipeline: Any, finite: list[bool]) -> None:
    """Note in `finite`, at every decoding, which images are free of NaN and infinities.

    Of a pipeline without a decoder, at every step of its denoiser, where a row may be half of an
    image's guidance.
    """
    for name in DECODERS:
        decoder = getattr(pipeline, name, None)
        if decoder is not None and hasattr(decoder, "decode"):
            decoder.decode = _watched(decoder.decode, finite)
            return
    denoiser = getattr(pipeline, "unet", None) or getattr(pipeline, "transformer", None)
    if isinstance(denoiser, torch.nn.Module):
        denoiser.register_forward_hook(lambda _, __, output: _note(output, finite))


def _watched(decode: Callable[..., Any], finite: list[bool]) -> Callable[..., Any]:
    def watched(*args: Any, **kwargs: Any) -> Any:
        output = decode(*args, **kwargs)
        _note(output, finite)
        return output

    return watched


def _note(output: Any, finite: list[bool]) -> None:
    first = output if isinstance(output, torch.Tensor) else output[0]
    if isinstance(first, torch.Tensor):
        finite += first.isfinite().flatten(1).all(1).tolist()


def pictures(images: Any, name: str) -> list[tuple[Pixels, bool]]:
    """Each image's pixels, and whether they were finite.

    Raises `InputError`, which calls the pipeline `name`, for images of another form or range.
    """
    return [_picture(image, name) for image in _listed(images, name)]


def _listed(images: Any, name: str) -> Sequence[Any]:
    if isinstance(images, np.ndarray) and images.ndim == 4:
        return list(images)
    if isinstance(images, list | tuple):
        return images
    raise InputError(f"{name}: the pipeline gave no images; choose another")


def _picture(image: Any, name: str) -> tuple[Pixels, bool]:
    if not isinstance(image, np.ndarray):
        try:
            return pixels_of(image), True
        except ValueError as error:
            raise InputError(f"{name}: the pipeline gave {error}; choose another") from error
    is_finite = bool(np.isfinite(image).all())
    scaled = np.nan_to_num(image.astype(np.float32), posinf=0.0, neginf=0.0) * np.float32(255)
    rounded = scaled.round()
    if image.ndim != 3 or image.shape[2] not in (1, 3) or rounded.min() < 0 or rounded.max() > 255:
        low, high = float(scaled.min()) / 255, float(scaled.max()) / 255
        raise InputError(
            f"{name}: the pipeline gave pixels of shape {image.shape} from {low:.3g} to "
            f"{high:.3g}, and only RGB from 0 to 1 can be told; choose another"
        )
    pixels = rounded.astype(np.uint8)
    return (np.repeat(pixels, 3, axis=2) if image.shape[2] == 1 else pixels), is_finite
