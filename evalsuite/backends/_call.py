"""What a diffusers pipeline is called with, checked before anything is drawn."""

import inspect
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from evalsuite.backends._pretrained import errors_in_one_line
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError

BATCH_SIZE = 8

EDITING = {"strength", "mask_image", "noise_level"}
"""Arguments of pipelines that change a picture which they are given."""


REWRITING = re.compile(r"rewrit|enhanc|upsampl|(?:^|_)pe$")
"""Arguments that have a language model write another prompt: LongCat's and Ernie's, by default."""


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
    _guide(pipeline, name, call, parameters)
    # What is judged is the text that is drawn: no rewriting inside of the pipeline.
    call |= {
        option: False
        for option, parameter in parameters.items()
        if REWRITING.search(option) and parameter.default is True
    }
    size_arguments = _size(pipeline, name, size, parameters)
    length = getattr(parameters.get("max_sequence_length"), "default", None)
    if isinstance(length, int):
        call["max_sequence_length"] = length
    if "num_images_per_prompt" in parameters:
        call["num_images_per_prompt"] = 1
    return {**call, **size_arguments}


def _guide(
    pipeline: Any, name: str, call: dict[str, Any], parameters: Mapping[str, inspect.Parameter]
) -> None:
    """Put the guidance where the pipeline looks for it; refuse what would do nothing.

    Flux and Qwen-Image have a second guidance, the classifier-free one, which acts against a
    negative prompt alone. Qwen-Image's and Flux-schnell's networks take no other.
    """
    second = parameters.get("true_cfg_scale")
    network = getattr(getattr(pipeline, "transformer", None), "config", {})
    if second and "guidance_scale" in call and not network.get("guidance_embeds", True):
        if "negative_prompt" not in call:
            raise InputError(
                f"{name}: guidance acts against a negative prompt only; give one with "
                "--negative-prompt, or leave --guidance-scale out"
            )
        call["true_cfg_scale"] = call.pop("guidance_scale")
    first = parameters.get("guidance_scale")
    guidance = call.get("guidance_scale", first.default if first else None)
    if second:
        is_guided = (call.get("true_cfg_scale", second.default) or 0) > 1
    else:
        is_guided = guidance is None or _is_guided(pipeline, guidance)
    if "negative_prompt" in call and not is_guided:
        raise InputError(
            f"{name}: without enough guidance a negative prompt does nothing; leave it out, or "
            "give more than 1 with --guidance-scale"
        )


def _is_guided(pipeline: Any, guidance: float) -> bool:
    """Whether a pipeline looks at a negative prompt: above 1 for most, above 0 for Z-Image."""
    if not isinstance(getattr(type(pipeline), "do_classifier_free_guidance", None), property):
        return guidance > 1
    before = vars(pipeline).get("_guidance_scale")
    try:
        pipeline._guidance_scale = guidance
        return bool(pipeline.do_classifier_free_guidance)
    except (AttributeError, TypeError):  # it looks at what only a call sets
        return guidance > 1
    finally:
        pipeline._guidance_scale = before


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
