"""Where a pipeline looks for its guidance, and from which value on it does anything.

Flux and Qwen-Image have two: one that their network was trained to be told, and the classifier-free
one, `true_cfg_scale`, which acts against a negative prompt alone. HunyuanImage has the second in a
component, Ideogram 4 a list with a value a step, the cascades one per stage.
"""

import inspect
from typing import Any

from evalsuite.backends._families import Family, family_of
from evalsuite.records import InputError


def guide(pipeline: Any, name: str, call: dict[str, Any], guidance: float | None) -> None:
    """Put `guidance` into `call` where the pipeline looks for it; refuse what would do nothing.

    `call` may have a `negative_prompt` and a `true_cfg_scale`. Raises `InputError` in the name of
    the model `name`.
    """
    family = family_of(pipeline)
    parameters = inspect.signature(pipeline.__call__).parameters
    argument = _argument(pipeline, family)
    if guidance is not None:
        _refuse_inert(pipeline, name, argument if argument in parameters else None, call)
        if argument == "guider":
            _set_guider(pipeline, guidance)
        else:
            call[str(argument)] = guidance
    if "guidance_schedule" in parameters:
        _schedule(name, call, parameters)
    is_told = argument == "guidance_scale" and "true_cfg_scale" in parameters
    if family.neutral is not None and not is_told and _true_guidance(call, parameters) > 1:
        call.setdefault("negative_prompt", family.neutral)
    if call.get("true_cfg_scale", 0.0) > 1 and "negative_prompt" not in call:
        raise InputError(
            f"{name}: guidance acts against a negative prompt only; give one with "
            "--negative-prompt, or leave --guidance-scale out"
        )
    if "negative_prompt" in call and not family.negative:
        raise InputError(f"{name}: {type(pipeline).__name__} ignores negative_prompt; leave it out")
    if "negative_prompt" in call and not _is_guided(pipeline, family, call, parameters):
        flag = "--model-arg true_cfg_scale=N" if is_told else "--guidance-scale"
        raise InputError(
            f"{name}: without enough guidance a negative prompt does nothing; leave it out, or "
            f"give more than {family.above:g} with {flag}"
        )


def _argument(pipeline: Any, family: Family) -> str | None:
    """Which argument the guidance is, of this very network."""
    network = getattr(getattr(pipeline, "transformer", None), "config", {})
    parameters = inspect.signature(pipeline.__call__).parameters
    if family.guidance == "distilled_guidance_scale":
        return family.guidance if network.get("guidance_embeds", False) else "guider"
    if "true_cfg_scale" in parameters and "guidance_scale" in parameters:
        return "guidance_scale" if network.get("guidance_embeds", True) else "true_cfg_scale"
    return family.guidance


def _refuse_inert(pipeline: Any, name: str, argument: str | None, call: dict[str, Any]) -> None:
    kind = type(pipeline).__name__
    if argument is None and getattr(pipeline, "guider", None) is None:
        raise InputError(f"{name}: {kind} takes no guidance_scale; leave it out")
    if argument is not None and argument in call:
        raise InputError(f"{name}: --guidance-scale is {argument} here; give one of the two")
    if kind.startswith("Flux2Klein") and getattr(pipeline.config, "is_distilled", False):
        raise InputError(f"{name}: is distilled and ignores --guidance-scale; leave it out")


def _set_guider(pipeline: Any, guidance: float) -> None:
    """HunyuanImage's guidance is a component, with another one for prompts with words to write."""
    for part in ("guider", "ocr_guider"):
        guider = getattr(pipeline, part, None)
        if guider is not None:
            setattr(pipeline, part, guider.new(guidance_scale=guidance))


def _schedule(name: str, call: dict[str, Any], parameters: Any) -> None:
    """Ideogram 4's guidance is a value a step, or else one for all."""
    if "guidance_scale" in call:
        call["guidance_schedule"] = None
        return
    own = len(parameters["guidance_schedule"].default)
    if call.get("num_inference_steps", own) != own:
        raise InputError(
            f"{name}: its guidance has a value for each of {own} steps; give one for all with "
            "--guidance-scale, or leave --steps out"
        )


def _true_guidance(call: dict[str, Any], parameters: Any) -> float:
    parameter = parameters.get("true_cfg_scale")
    return 0.0 if parameter is None else call.get("true_cfg_scale", parameter.default) or 0.0


def _is_guided(pipeline: Any, family: Family, call: dict[str, Any], parameters: Any) -> bool:
    """Whether the pipeline looks at a negative prompt."""
    if "true_cfg_scale" in parameters:
        return _true_guidance(call, parameters) > 1
    if family.guidance == "distilled_guidance_scale":
        guider = getattr(pipeline, "guider", None)
        return guider is not None and bool(guider.guidance_scale > 1)
    argument = family.guidance or ""
    default = parameters[argument].default if argument in parameters else None
    guidance = call.get(argument, default)
    if guidance is None:
        return True
    if not isinstance(getattr(type(pipeline), "do_classifier_free_guidance", None), property):
        return bool(guidance > family.above)
    before = vars(pipeline).get("_guidance_scale")
    try:
        pipeline._guidance_scale = guidance
        return bool(pipeline.do_classifier_free_guidance)
    except (AttributeError, TypeError):  # it looks at what only a call sets
        return bool(guidance > family.above)
    finally:
        pipeline._guidance_scale = before
