"""The settings of a run: one table, filled from flags, environment, a file and defaults.

A setting `num_images` is the flag `--num-images`, the variable `EVALSUITE_NUM_IMAGES` and the key
`num_images` (or `num-images`) of the file that `--config` names. A flag wins over the environment,
that over the file, and that over the default.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from evalsuite.files.credentials import remember
from evalsuite.files.jsonlines import shown
from evalsuite.files.nearest import did_you_mean, nearest
from evalsuite.pipeline.parsing import (
    amount,
    any_text,
    count,
    count_or_auto,
    executor,
    folder,
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
    worker_pairs,
)
from evalsuite.records import InputError, Json

SCORERS = ("clip", "objects", "presentation", "skin_tone")
LOCAL = (
    *("output_dir", "resume", "max_retries", "retry_failed", "audit", "reference"),
    *("concurrency", "price", "max_cost"),
    *("workers", "judge_workers", "executor", "ray_address", "ray_arg", "log_to"),
)
"""Settings that cannot change a result: where, by whom, how hard to try, at what cost, what to
quote, whom to tell."""
IF_GIVEN = ("sample_id",)
"""Younger than people's runs: on record only where given, so that these keep their folders."""

SPEAKING = (
    *("best_of", "config", "dry_run", "json", "no_progress", "verbose"),
    *("folder", "images", "dialect", "through"),
    *("anyway", "baseline", "junit", "markdown", "max_images", "output", "policy", "sequential"),
    *("rater", "port", "no_browser", "scale", "export", "import", "from_labels"),
    *("name", "licence", "labels", "encoder", "subject", "accuracy"),
    *("against", "alpha", "detect", "family", "from", "measure", "power", "variance"),
)
"""Flags of the command line with a variable each that are no settings of a run."""


NEAR = 0.72
"""How like a setting's name a variable's must be to be refused as its misspelling.

EVALSUITE_GUIDANCE is at 0.73, EVALSUITE_CACHE_URL (near `base_url`) at 0.71.
"""


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
    sample_id: tuple[str, ...] | None = _setting(
        None, names, "ID,ID", "Only the prompts of these ids, and the twins that they name."
    )
    num_images: int = _setting(4, count, "N", "Images per prompt.")
    seed: int = _setting(0, seed, "N", "The run's seed; every image has its own, made from it.")
    steps: int | None = _setting(None, count, "N", "Denoising steps.")
    guidance_scale: float | None = _setting(None, number, "X", "Classifier-free guidance.")
    negative_prompt: str | None = _setting(None, any_text, "TEXT", "Negative prompt.")
    size: tuple[int, int] | None = _setting(None, size, "WxH", "Width and height in pixels.")
    batch_size: int | None = _setting(
        None,
        count_or_auto,
        "N|auto",
        "Images drawn at once; default: on a GPU by its memory, else 8.",
    )
    compile: bool | None = _setting(
        None, switch, "", "Compile the model's networks: faster, and bytes may differ by slot."
    )
    output_dir: str | None = _setting(
        None, folder, "DIR", "The run's folder; default: runs/<model>-<digest of the settings>."
    )
    resume: bool = _setting(
        True, switch, "", "Finish what is in the folder, or remove it and start over."
    )
    max_retries: int | None = _setting(
        None, whole, "N", "How often to retry what failed; default: 2, and 6 with a service."
    )
    base_url: str | None = _setting(
        None, text, "URL", "Address of a server that speaks a service's API."
    )
    concurrency: int | None = _setting(None, count, "N", "Requests in flight; default: 4.")
    price: float | None = _setting(
        None, amount, "USD", "What one image costs at most, where the service does not say it."
    )
    max_cost: float | None = _setting(
        None,
        amount,
        "USD",
        "Ask for no image that could make the run cost more.",
    )
    workers: int | None = _setting(
        1, count_or_auto, "N|auto", "Processes that draw and judge; auto: one a GPU, or 4 cores."
    )
    judge_workers: int = _setting(
        0, whole, "N", "Processes besides that judge what is drawn while others still draw."
    )
    executor: str | None = _setting(
        None, executor, "NAME", "inline, processes or ray; default: as --workers needs."
    )
    ray_address: str | None = _setting(
        None,
        text,
        "ADDR",
        "Ray's head: HOST:PORT or auto; default: RAY_ADDRESS, or this machine.",
    )
    ray_arg: Mapping[str, Mapping[str, Json]] = _setting(
        {}, worker_pairs, "W.K=V", "What a draw or judge worker takes: draw.num_gpus=1; repeat."
    )
    retry_failed: bool = _setting(
        False, switch, "", "Draw and judge again what failed, and all of a scorer that has changed."
    )
    audit: str | None = _setting(
        None, text, "FILE", "An audit.json to quote; default: one beside the run, or the shipped."
    )
    reference: str | None = _setting(
        None,
        text,
        "NAME|CSV",
        "Shares to hold people's against: us-cps-2022, uniform, neutral, taught, or a CSV; "
        "default: what the prompt sets' cards name.",
    )
    log_to: tuple[str, ...] | None = _setting(
        None,
        names,
        "A,B",
        "Log settings, numbers and report to wandb, mlflow, trackio or a module.",
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
    earlier run. Raises `InputError` that names the flag, the variable, or the file and its line.
    """
    values: dict[str, Any] = {}
    for name, value in (recorded or {}).items():
        _put(values, f"manifest.json, settings {name}", name, value)
    for source, name, value in _read(config) if config else ():
        _put(values, source, name, value)
    for source, given in sorted((environ or {}).items()):
        name = source.removeprefix("EVALSUITE_").lower()
        if source != variable(name) or not _is_meant(name):
            continue
        if given or name == "negative_prompt":
            _put(values, source, name, given)
    for name, value in flags.items():
        if value is not None:
            _put(values, flag(name), name, value)
    settings = Settings(**values)
    remember(dataclasses.asdict(settings))
    return settings


def recorded(settings: Settings) -> dict[str, Json]:
    """The settings as the manifest keeps them: those that can change a result, as JSON."""
    values = dataclasses.asdict(settings)
    if settings.size is not None:
        values["size"] = "{}x{}".format(*settings.size)
    listed = {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}
    return {
        name: value
        for name, value in listed.items()
        if name not in LOCAL and not (name in IF_GIVEN and value is None)
    }


def _is_meant(name: str) -> bool:
    """Whether a variable is a setting, perhaps misspelt, and nothing of somebody else."""
    near = nearest(name, (*FIELDS, *SPEAKING), cutoff=NEAR)
    return name not in SPEAKING and near is not None


def _put(values: dict[str, Any], source: str, name: str, value: Json) -> None:
    key = name.replace("-", "_")
    if key not in FIELDS:
        known = [*FIELDS, *(SPEAKING if source == variable(name) else ())]
        raise InputError(f"{source}: no such setting{did_you_mean(key, known)}")
    if value is None:
        return
    try:
        values[key] = cast(Callable[[Json], Any], FIELDS[key].metadata["parse"])(value)
    except ValueError as error:
        shown = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        raise InputError(f"{source}: {shown!r} {error}") from None


def _read(config: Path) -> Iterator[tuple[str, str, Json]]:
    """Place, name and value of each setting in the file, its value as it is written.

    Each setting's own parser reads its text: a revision `0123456` and a prompt set `no` are no
    numbers and no truth values. Options of back-ends and scorers have YAML's types.
    """
    from evalsuite.files import strict_yaml

    found = strict_yaml.read(config, f"--config {shown(config)}")
    lines: dict[str, int] = {}
    for name, value in found.values.items():
        key, line = name.replace("-", "_"), found.line((name,))
        if key in lines:
            found.refuse((name,), f"{key} stands in line {lines[key]} too; keep one")
        lines[key] = line
        as_it_is = value is None or isinstance(value, Mapping)
        yield f"{found.where}:{line}: {name}", key, value if as_it_is else found.texts[name]
