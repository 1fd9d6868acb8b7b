"""What the `load` of a back-end and of each scorer is given, from the settings."""

from evalsuite.pipeline.settings import Settings
from evalsuite.plugins.find import Model, options_of, scorer_module
from evalsuite.records import InputError, Json

DRAWING = (
    *("revision", "variant", "dtype", "steps", "guidance_scale", "negative_prompt"),
    *("size", "batch_size", "compile", "base_url", "concurrency", "price"),
)
"""Settings that a back-end has to take if they are given."""

OFFERED = ("device", "max_retries")
"""Settings that a back-end is given if it takes them."""


def backend_options(settings: Settings, model: Model) -> dict[str, Json]:
    """What the `load` of the back-end is given."""
    options: dict[str, Json] = {
        name: getattr(settings, name) for name in DRAWING if getattr(settings, name) is not None
    }
    offered = {name: getattr(settings, name) for name in OFFERED}
    if given := {name: value for name, value in offered.items() if value is not None}:
        taken = options_of(model.module, f"--model {settings.model}")
        options |= {name: value for name, value in given.items() if name in taken}
    return {**options, **settings.model_arg}


def scorer_options(settings: Settings, dialect: str) -> dict[str, dict[str, Json]]:
    """What the `load` of each scorer that the settings name is given, by the scorer's name."""
    for name in settings.scorer_arg:
        if name not in settings.scorers:
            asked = ", ".join(settings.scorers)
            raise InputError(f"--scorer-arg {name}: is not among the scorers of this run: {asked}")
    found = {}
    for name in settings.scorers:
        taken = options_of(scorer_module(name), f"--scorers {name}")
        offered = {"dialect": dialect, "device": settings.device}
        options = {k: v for k, v in offered.items() if k in taken and v is not None}
        found[name] = options | dict(settings.scorer_arg.get(name, {}))
    return found
