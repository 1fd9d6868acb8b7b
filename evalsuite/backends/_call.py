"""What a diffusers pipeline is called with, checked before anything is drawn."""

import inspect
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from evalsuite.backends._families import family_of
from evalsuite.backends._guidance import guide
from evalsuite.backends._pretrained import errors_in_one_line
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError

BATCH_SIZE = 8

EDITING = {"strength", "mask_image", "noise_level"}
"""Arguments of pipelines that change a picture which they are given."""


REWRITING = re.compile(r"rewrit|enhanc|upsampl|(?:^|_)pe$")
"""Arguments that have a language model write another prompt, in classes that are not known."""

FLAGS = {
    "num_inference_steps": "steps",
    "prior_num_inference_steps": "prior_steps",
    "decoder_num_inference_steps": "steps",
}
"""What arguments are called where they are set."""


def arguments(
    pipeline: Any, name: str, options: Mapping[str, Any], size: Sequence[int] | None
) -> dict[str, Any]:
    """What every call of the pipeline is given beside prompts and seeds, checked against it."""
    parameters = inspect.signature(pipeline.__call__).parameters
    _refuse_other_tasks(pipeline, name, set(parameters))
    family = family_of(pipeline)
    call = {option: value for option, value in options.items() if value is not None}
    if "num_inference_steps" in call:
        call[family.steps] = call.pop("num_inference_steps")
    guidance = call.pop("guidance_scale", None)
    for option in call:
        if option not in parameters:
            flag = FLAGS.get(option, option)
            raise InputError(f"{name}: {type(pipeline).__name__} takes no {flag}; leave it out")
    for option in call:
        if "steps" in option and call[option] < 1:
            raise InputError(f"{FLAGS.get(option, option)} {call[option]}: has to be 1 or more")
    guide(pipeline, name, call, guidance)
    # What is judged is the text that is drawn: no rewriting inside of the pipeline.
    call |= {
        option: False
        for option, parameter in parameters.items()
        if REWRITING.search(option) and parameter.default is True
    }
    call |= {option: value for option, value in family.forced.items() if option in parameters}
    size_arguments = _size(pipeline, name, size, parameters)
    if "max_area" in parameters and size_arguments:  # Kontext scales every size to this area
        call["max_area"] = math.prod(size_arguments.values())
    length = getattr(parameters.get("max_sequence_length"), "default", None)
    if isinstance(length, int):
        call.setdefault("max_sequence_length", length)
    if "num_images_per_prompt" in parameters:
        call["num_images_per_prompt"] = 1
    return {**call, **size_arguments}


def recommended(
    value: float | None, card: Mapping[str, str], field: str, name: str, kind: type[int | float]
) -> float | None:
    """The value given, or else what the model's card recommends."""
    if value is not None or field not in card:
        return value
    try:
        return kind(card[field])
    except ValueError as error:
        raise InputError(f"{name}/README.md: {field} {card[field]!r} is no number") from error


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
        few = getattr(pipeline, "resolutions", None) or []
        if few and tuple(size) not in few:  # Kandinsky 5 draws the nearest one instead
            known = ", ".join(f"{width}x{height}" for width, height in few)
            raise InputError(f"size {size[0]}x{size[1]}: {name} draws only {known}")
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


def refuse_other_size(shape: Sequence[int], asked: Sequence[int] | None, name: str) -> None:
    """Raise `InputError` where a pipeline draws another size than asked, as HiDream does."""
    if asked is not None and (shape[1], shape[0]) != tuple(asked):
        raise InputError(
            f"{name}: draws {shape[1]}x{shape[0]} where {asked[0]}x{asked[1]} was asked for; leave "
            "--size out, or give that"
        )


def swap_scheduler(pipeline: Any, scheduler: str) -> None:
    """Replace the pipeline's scheduler by a compatible class with the same configuration."""
    compatible = {kind.__name__: kind for kind in getattr(pipeline.scheduler, "compatibles", [])}
    if scheduler not in compatible:
        current = type(pipeline.scheduler).__name__
        others = did_you_mean(scheduler, sorted(compatible))
        raise InputError(f"scheduler {scheduler!r} cannot stand in for {current}{others}")
    with errors_in_one_line(f"scheduler {scheduler!r}"):
        pipeline.scheduler = compatible[scheduler].from_config(pipeline.scheduler.config)


def fixed_batch(batch_size: int | None, alone: str, name: str) -> int:
    """The batch size; `alone` is why an image would depend on its neighbours, "" if it does not."""
    if batch_size is not None and batch_size < 1:
        raise InputError(f"batch size {batch_size}: has to be 1 or more")
    if alone and batch_size is not None and batch_size > 1:
        raise InputError(
            f"batch size {batch_size}: {name} {alone}, so an image would depend on its neighbours; "
            "use a batch size of 1"
        )
    return batch_size or (1 if alone else BATCH_SIZE)


def _refuse_other_tasks(pipeline: Any, name: str, parameters: set[str]) -> None:
    """Raise `InputError` unless the pipeline draws pictures from a text alone."""
    kind = type(pipeline).__name__
    if "prompt" not in parameters:
        raise InputError(f"{name}: {kind} takes no prompt, so it cannot be evaluated here")
    if "image" in parameters and parameters & EDITING:
        raise InputError(f"{name}: {kind} edits pictures; choose a text-to-image pipeline")
    if "num_frames" in parameters or "output_type" not in parameters:
        raise InputError(f"{name}: {kind} draws no single pictures; choose a text-to-image one")
