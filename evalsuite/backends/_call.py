"""What a diffusers pipeline is called with, checked before anything is drawn."""

import inspect
import math
from collections.abc import Mapping, Sequence
from typing import Any

from evalsuite.backends._pretrained import errors_in_one_line
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError

BATCH_SIZE = 8

EDITING = {"strength", "mask_image", "noise_level"}
"""Arguments of pipelines that change a picture which they are given."""


def arguments(
    pipeline: Any, name: str, options: Mapping[str, Any], size: Sequence[int] | None
) -> dict[str, Any]:
    """What every call of the pipeline is given beside prompts and seeds, checked against it."""
    parameters = inspect.signature(pipeline.__call__).parameters
    _refuse_other_tasks(pipeline, name, set(parameters))
    call = {option: value for option, value in options.items() if value is not None}
    for option in call:
        if option not in parameters:
            flag = {"num_inference_steps": "steps"}.get(option, option)
            raise InputError(f"{name}: {type(pipeline).__name__} takes no {flag}; leave it out")
    if call.get("num_inference_steps", 1) < 1:
        raise InputError(f"steps {call['num_inference_steps']}: has to be 1 or more")
    # A second guidance, off by default, is what makes Flux look at a negative prompt.
    true_cfg = parameters.get("true_cfg_scale")
    guidance = call.get(
        "guidance_scale", getattr(parameters.get("guidance_scale"), "default", None)
    )
    off = (true_cfg.default or 0) <= 1 if true_cfg else guidance is not None and guidance <= 1
    if "negative_prompt" in call and off:
        raise InputError(
            f"{name}: without guidance above 1 a negative prompt does nothing; leave it out"
        )
    size_arguments = _size(pipeline, name, size, parameters)
    length = getattr(parameters.get("max_sequence_length"), "default", None)
    if isinstance(length, int):
        call["max_sequence_length"] = length
    if "num_images_per_prompt" in parameters:
        call["num_images_per_prompt"] = 1
    return {**call, **size_arguments}


def _size(
    pipeline: Any, name: str, size: Sequence[int] | None, parameters: Mapping[str, Any]
) -> dict[str, int]:
    """Width and height to ask for: as asked, or by the formula that the pipelines themselves use.

    Empty where that formula does not hold, so that the pipeline decides.
    """
    factor = getattr(pipeline, "vae_scale_factor", None) or 1
    processor = getattr(getattr(pipeline, "image_processor", None), "config", {})
    # Stable Diffusion insists on 8; packed latents (Flux) and patches (SD3) on more.
    patch = getattr(pipeline, "patch_size", None) or 1
    step = math.lcm(8, int(processor.get("vae_scale_factor", 1)), int(factor * patch))
    if size is not None:
        if len(size) != 2 or any(side < step or side % step for side in size):
            written = "x".join(str(side) for side in size)
            raise InputError(
                f"size {written}: {name} draws multiples of {step}, like {8 * step}x{8 * step}"
            )
        return {"width": int(size[0]), "height": int(size[1])}
    fixed: list[Any] = [
        getattr(parameters.get(side), "default", None) for side in ("width", "height")
    ]
    if all(isinstance(side, int) for side in fixed):
        return dict(zip(("width", "height"), fixed, strict=True))
    denoiser = getattr(pipeline, "unet", None) or getattr(pipeline, "transformer", None)
    latent = getattr(getattr(denoiser, "config", None), "sample_size", None)
    latent = getattr(pipeline, "default_sample_size", None) or latent
    latent_size = [latent, latent] if isinstance(latent, int) else latent
    if not latent_size or "width" not in parameters:
        return {}
    return {"width": int(latent_size[1] * factor), "height": int(latent_size[0] * factor)}


def swap_scheduler(pipeline: Any, scheduler: str) -> None:
    """Replace the pipeline's scheduler by a compatible class with the same configuration."""
    compatible = {kind.__name__: kind for kind in getattr(pipeline.scheduler, "compatibles", [])}
    if scheduler not in compatible:
        current = type(pipeline.scheduler).__name__
        others = did_you_mean(scheduler, sorted(compatible))
        raise InputError(f"scheduler {scheduler!r} cannot stand in for {current}{others}")
    with errors_in_one_line(f"scheduler {scheduler!r}"):
        pipeline.scheduler = compatible[scheduler].from_config(pipeline.scheduler.config)


def fixed_batch(batch_size: int | None, fixed: bool, shares: bool, name: str) -> int:
    """The batch size; `fixed` says whether texts can share a batch without changing each other.

    `shares` says that the images of a batch would share noise.
    """
    if batch_size is not None and batch_size < 1:
        raise InputError(f"batch size {batch_size}: has to be 1 or more")
    if not fixed and batch_size is not None and batch_size > 1:
        raise InputError(
            f"batch size {batch_size}: {name} encodes texts to different shapes, so an image would "
            "depend on its neighbours; use a batch size of 1"
        )
    if shares and batch_size is not None and batch_size > 1:
        raise InputError(
            f"batch size {batch_size}: {name} draws a whole batch's noise at once, so an image "
            "would depend on its neighbours; use a batch size of 1"
        )
    return batch_size or (BATCH_SIZE if fixed and not shares else 1)


def _refuse_other_tasks(pipeline: Any, name: str, parameters: set[str]) -> None:
    """Raise `InputError` unless the pipeline draws pictures from a text alone."""
    kind = type(pipeline).__name__
    if "prompt" not in parameters:
        raise InputError(f"{name}: {kind} takes no prompt, so it cannot be evaluated here")
    if "image" in parameters and parameters & EDITING:
        raise InputError(f"{name}: {kind} edits pictures; choose a text-to-image pipeline")
    if "num_frames" in parameters or "output_type" not in parameters:
        raise InputError(f"{name}: {kind} draws no single pictures; choose a text-to-image one")
