"""What a pipeline gives as images, as bytes: those of its own PIL output, for every class.

diffusers' `np` output is what its PIL output is made from: (n, height, width, channels), float32
of 0..1. (`pt` is not: Kandinsky's is -1..1 there, DeepFloyd IF's has not seen the safety checker.)
Pixels are x times 255, rounded half to even, as in `VaeImageProcessor.numpy_to_pil`. Clamping hides
an infinity, so that the last network's output is looked at before it.

On a GPU the same arithmetic is done there, and only bytes come back, while the next batch is drawn.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image

from evalsuite.backends._pictures import on_white
from evalsuite.files.images import pixels_of
from evalsuite.records import InputError, Pixels

CHANNELS = (1, 3, 4)
"""Grey, RGB, and RGBA as Qwen-Image 2.1 gives it."""
DECODERS = ("vae", "movq", "vqgan", "vqvae")


def output_type(pipeline: Any) -> str:
    """The form to ask for: PIL where a pipeline marks only that (DeepFloyd IF), else `np`."""
    return "pil" if getattr(pipeline, "watermarker", None) is not None else "np"


def images_of(output: Any) -> Any:
    """What a pipeline's call gave: `images`, or Kandinsky 5's `image`; None without any."""
    return getattr(output, "images", getattr(output, "image", None))


def blocked_in(output: Any) -> Any:
    """What a safety checker said of each image: Stable Diffusion's name for it, or DeepFloyd's."""
    return getattr(output, "nsfw_content_detected", getattr(output, "nsfw_detected", None))


class OnDevice(NamedTuple):
    """Pictures on a GPU: bytes (n, height, width, channels), and per image what NumPy would check.

    `checks` has three numbers per image: 1 if all are finite, and the least and greatest level.
    """

    pixels: torch.Tensor
    checks: torch.Tensor

    def copied(self) -> "OnDevice":
        """The same in pinned memory, once the stream has come so far."""
        return OnDevice(*(part.to("cpu", non_blocking=True) for part in self))


class Ready:
    """What a call gave, and what was noted of its decoding, on their way back from the device."""

    def __init__(self, images: Any, finite: Sequence[torch.Tensor]) -> None:
        self.images = images.copied() if isinstance(images, OnDevice) else images
        self.finite = [each.to("cpu", non_blocking=True) for each in finite]
        parts = [*(images if isinstance(images, OnDevice) else ()), *finite]
        on_gpu = next((part.device for part in parts if part.is_cuda), None)
        self.event: Any = None
        if on_gpu is not None:
            self.event = torch.cuda.Event()  # type: ignore[no-untyped-call]
            self.event.record(torch.cuda.current_stream(on_gpu))

    def wait(self) -> tuple[Any, list[bool]]:
        """The images, and per decoded row whether it was finite; other threads go on meanwhile."""
        if self.event is not None:
            self.event.synchronize()
        return self.images, [bool(row) for each in self.finite for row in each]


def round_on_device(pipeline: Any) -> None:
    """Have a pipeline's image processor answer `np` with bytes on the GPU, for tensors that are.

    Only diffusers' own processor for autoencoders: others may do more with an image.
    """
    from diffusers.image_processor import VaeImageProcessor

    processor: Any = getattr(pipeline, "image_processor", None)
    if type(processor) is not VaeImageProcessor:
        return
    original = processor.postprocess

    def postprocess(image: Any, output_type: str = "pil", *args: Any, **kwargs: Any) -> Any:
        if output_type != "np" or not isinstance(image, torch.Tensor) or not image.is_cuda:
            return original(image, output_type, *args, **kwargs)
        return rounded(original(image, "pt", *args, **kwargs))

    processor.postprocess = postprocess


def rounded(images: torch.Tensor) -> OnDevice:
    """Images of (n, channels, height, width), 0 to 1, as bytes, by NumPy's own arithmetic."""
    values = images.permute(0, 2, 3, 1).float()
    finite = values.isfinite().flatten(1).all(1)
    levels = (values.nan_to_num(posinf=0.0, neginf=0.0) * 255).round()
    low, high = levels.flatten(1).aminmax(dim=1)
    checks = torch.stack([finite.float(), low, high], dim=1)
    return OnDevice(levels.to(torch.uint8).contiguous(), checks)


def watch(pipeline: Any, finite: list[torch.Tensor]) -> None:
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


def _watched(decode: Callable[..., Any], finite: list[torch.Tensor]) -> Callable[..., Any]:
    def watched(*args: Any, **kwargs: Any) -> Any:
        output = decode(*args, **kwargs)
        _note(output, finite)
        return output

    return watched


def _note(output: Any, finite: list[torch.Tensor]) -> None:
    first = output if isinstance(output, torch.Tensor) else output[0]
    if isinstance(first, torch.Tensor):
        # Not looked at here: that would wait for the GPU.
        finite.append(first.isfinite().flatten(1).all(1))


def pictures(images: Any, name: str) -> list[tuple[Pixels, bool]]:
    """Each image's pixels, and whether they were finite.

    Raises `InputError`, which calls the pipeline `name`, for images of another form or range.
    """
    if isinstance(images, OnDevice):
        return _from_device(images, name)
    return [_picture(image, name) for image in _listed(images, name)]


def _from_device(images: OnDevice, name: str) -> list[tuple[Pixels, bool]]:
    found = []
    for pixels, (finite, low, high) in zip(
        images.pixels.numpy(), images.checks.tolist(), strict=True
    ):
        if pixels.shape[2] not in CHANNELS or low < 0 or high > 255:
            raise _unusable(name, pixels.shape, low / 255, high / 255)
        found.append((_in_rgb(pixels), bool(finite)))
    return found


def _unusable(name: str, shape: Sequence[int], low: float, high: float) -> InputError:
    return InputError(
        f"{name}: the pipeline gave pixels of shape {tuple(shape)} from {low:.3g} to {high:.3g}, "
        "and only grey, RGB or RGBA from 0 to 1 can be told; choose another"
    )


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
    if (
        image.ndim != 3
        or image.shape[2] not in CHANNELS
        or rounded.min() < 0
        or rounded.max() > 255
    ):
        raise _unusable(name, image.shape, float(scaled.min()) / 255, float(scaled.max()) / 255)
    return _in_rgb(rounded.astype(np.uint8)), is_finite


def _in_rgb(pixels: Pixels) -> Pixels:
    """Grey in three channels, and transparency on white, as in a folder of such pictures."""
    if pixels.shape[2] == 4:
        return on_white(Image.fromarray(pixels, "RGBA"))
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels
