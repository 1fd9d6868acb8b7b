"""The settings of a run: one table, filled from flags, environment, a file and defaults.

A setting `num_images` is the flag `--num-images`, the variable `EVALSUITE_NUM_IMAGES` and the key
`num_images` (or `num-images`) of the file that `--config` names. A flag wins over the environment,
that over the file, and that over the default.
"""

import dataclasses
import json
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from evalsuite.files.nearest import did_you_mean
from evalsuite.pipeline.parsing import (
    any_text,
    count,
    names,
    number,
    pairs,
    scorer_pairs,
    seed,
    size,
    span,
    switch,
    text,
    whole,
)
from evalsuite.records import InputError, Json

SCORERS = ("clip", "objects", "presentation")
LOCAL = ("output_dir", "resume", "max_retries", "audit")
"""Settings that cannot change a result: they say where, how hard to try, and what to quote."""

SPEAKING = (
    *("best_of", "config", "dry_run", "json", "no_progress", "verbose"),
    *("folder", "images", "dialect"),
    *("anyway", "baseline", "junit", "markdown", "max_images", "output", "policy", "sequential"),
    *("against", "alpha", "detect", "family", "from", "measure", "power", "variance"),
)
"""Flags of the command line with a variable each that are no settings of a run."""


def _setting(default: Any, parse: Callable[[Json], Any], metavar: str, help: str) -> Any:
    about = {"parse": parse, "metavar": metavar, "help": help}
    if isinstance(default, dict):
        return field(default_factory=dict, metadata=about)
    return field(default=default, metadata=about)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The resolved settings of a run; None leaves the choice to the model or its card.

    `size` is (width, height) in pixels; `limit` is "N" or "a-b", counted from 1.
    """

    model: str = _setting(
        "scenes-ldm", text, "MODEL", "A bundled model, directory, hub id, back-end or module."
    )
    model_arg: Mapping[str, Json] = _setting({}, pairs, "K=V", "An option of the back-end; repeat.")
    revision: str | None = _setting(None, text, "REV", "Branch, tag or commit of a hub model.")
    variant: str | None = _setting(None, text, "NAME", "Weight-file variant, such as fp16.")
    dtype: str | None = _setting(None, text, "DTYPE", "float32, float16 or bfloat16.")
    device: str | None = _setting(None, text, "DEVICE", "cpu, cuda, cuda:1, mps; default: best.")
    prompts: tuple[str, ...] | None = _setting(
        None, names, "A,B", "Prompt sets, names or files; default: those of the model's dialect."
    )
    scorers: tuple[str, ...] = _setting(SCORERS, names, "A,B", "Scorers, names or modules.")
    scorer_arg: Mapping[str, Mapping[str, Json]] = _setting(
        {}, scorer_pairs, "S.K=V", "An option of a scorer: clip.model=...; repeat."
    )
    limit: str | None = _setting(
        None, span, "N|A-B", "Only the first N prompts of each set, or those from A to B."
    )
    sample: int | None = _setting(
        None, count, "N", "Only N prompts of each set, drawn by the seed."
    )
    num_images: int = _setting(4, count, "N", "Images a prompt.")
    seed: int = _setting(0, seed, "N", "The run's seed; every image has its own, made from it.")
    steps: int | None = _setting(None, count, "N", "Denoising steps.")
    guidance_scale: float | None = _setting(None, number, "X", "Classifier-free guidance.")
    negative_prompt: str | None = _setting(None, any_text, "TEXT", "Negative prompt.")
    size: tuple[int, int] | None = _setting(None, size, "WxH", "Width and height in pixels.")
    batch_size: int | None = _setting(None, count, "N", "Images drawn at once.")
    output_dir: str | None = _setting(
        None, text, "DIR", "The run's folder; default: runs/<model>-<digest of the settings>."
    )
    resume: bool = _setting(
        True, switch, "", "Finish what is in the folder, or remove it and start over."
    )
    max_retries: int = _setting(2, whole, "N", "How often to retry a batch that failed.")
    audit: str | None = _setting(
        None, text, "FILE", "An audit.json to quote; default: one beside the run, or the shipped."
    )


FIELDS = {item.name: item for item in dataclasses.fields(Settings)}


def flag(name: str) -> str:
    """The flag of the setting `name`."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """The environment variable of the setting `name`."""
    return "EVALSUITE_" + name.upper()


def resolve(
    flags: Mapping[str, Json],
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
    recorded: Mapping[str, Json] | None = None,
) -> Settings:
    """The settings that flags, environment, file and a run's manifest give, in that order.

    `flags` holds what was given, None or absent for the rest; `recorded` is `recorded()` of an
    earlier run. Raises `InputError` that names the flag, the variable, or the file and its key.
    """
    values: dict[str, Any] = {}
    for name, value in (recorded or {}).items():
        _put(values, "manifest.json, settings", name, value)
    for name, value in _read(config).items() if config else ():
        _put(values, f"{config}, key", name, value)
    for source, given in sorted((environ or {}).items()):
        name = source.removeprefix("EVALSUITE_").lower()
        if source != variable(name) or name in SPEAKING:
            continue
        if given or name == "negative_prompt":
            _put(values, "", name, given, source=source)
    for name, value in flags.items():
        if value is not None:
            _put(values, "", name, value, source=flag(name))
    return Settings(**values)


def recorded(settings: Settings) -> dict[str, Json]:
    """The settings as the manifest keeps them: those that can change a result, as JSON."""
    values = dataclasses.asdict(settings)
    if settings.size is not None:
        values["size"] = "{}x{}".format(*settings.size)
    listed = {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
    return {name: value for name, value in listed.items() if name not in LOCAL}


def _put(values: dict[str, Any], place: str, name: str, value: Json, source: str = "") -> None:
    source = source or f"{place} {name}"
    key = name.replace("-", "_")
    if key not in FIELDS:
        raise InputError(f"{source}: no such setting{did_you_mean(key, FIELDS)}")
    if value is None:
        return
    try:
        values[key] = cast(Callable[[Json], Any], FIELDS[key].metadata["parse"])(value)
    except ValueError as error:
        shown = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        raise InputError(f"{source}: {shown!r} {error}") from None


def _read(config: Path) -> dict[str, Json]:
    import yaml

    try:
        values = yaml.safe_load(config.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"--config {config}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"--config {config}: is not UTF-8 text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise InputError(
            f"--config {config}{place}: is not YAML: {getattr(error, 'problem', error)}"
        ) from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise InputError(f"--config {config}: must be a mapping of settings, such as 'steps: 25'")
    return {str(key): value for key, value in values.items()}


def command(settings: Settings, verb: str = "run") -> str:
    """The command line that gives these settings, without `LOCAL` ones: defaults are left out."""
    words = ["evalsuite", verb]
    for name, value in recorded(settings).items():
        if value is None or value == recorded(Settings())[name]:
            continue
        for word in _words(name, value):
            words += [flag(name), word]
    return shlex.join(words)


def _words(name: str, value: Json) -> list[str]:
    if name == "scorer_arg":
        return [f"{scorer}.{word}" for scorer, of in value.items() for word in _words("", of)]
    if isinstance(value, Mapping):
        return [f"{k}={v if isinstance(v, str) else json.dumps(v)}" for k, v in value.items()]
    return [",".join(value) if isinstance(value, list) else str(value)]
