"""From settings to what a run needs: its back-end and scorers, prompts, images and folder."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evalsuite.files.checkpoints import read_json
from evalsuite.pipeline.settings import LOCAL, Settings, recorded, resolve
from evalsuite.plugins import find as plugins
from evalsuite.prompts import sets as prompts
from evalsuite.records import Backend, InputError, Json, Key, Prompt, PromptSet, Request, Scorer
from evalsuite.runs import folder as run
from evalsuite.runs.seeds import plan

DRAWING = (
    *("revision", "variant", "dtype", "steps", "guidance_scale", "negative_prompt"),
    *("size", "batch_size"),
)
"""Settings that a back-end has to take if they are given; `device` it may leave alone."""

JUDGING = ("scorers", "scorer_arg")
"""Settings that do not change which images are drawn."""

SHOWN = 5
"""How many unusable prompts an error lists."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a run consists of: the selected prompts, every planned image, and the folder."""

    settings: Settings
    dialect: str
    prompt_sets: Sequence[PromptSet]
    requests: Sequence[Request]
    folder: Path

    def keys(self) -> list[Key]:
        """Every planned image, in planning order."""
        return [request.key for request in self.requests]

    def prompts(self) -> list[Prompt]:
        """Every selected prompt, set by set."""
        return [prompt for prompt_set in self.prompt_sets for prompt in prompt_set.prompts]


def load_backend(settings: Settings) -> Backend:
    """The back-end that the settings name; raises `InputError` if it refuses one of them."""
    found = plugins.find_model(settings.model)
    options = {
        name: getattr(settings, name) for name in DRAWING if getattr(settings, name) is not None
    }
    taken = plugins.options_of(found.module, f"--model {settings.model}")
    if settings.device is not None and "device" in taken:
        options["device"] = settings.device
    return plugins.load_backend(settings.model, {**options, **settings.model_arg})


def load_scorers(settings: Settings, dialect: str) -> list[Scorer]:
    """The scorers that the settings name; those that take a `dialect` or `device` are told it."""
    for name in settings.scorer_arg:
        if name not in settings.scorers:
            asked = ", ".join(settings.scorers)
            raise InputError(f"--scorer-arg {name}: is not among the scorers of this run: {asked}")
    scorers = []
    for name in settings.scorers:
        taken = plugins.options_of(plugins.scorer_module(name), f"--scorers {name}")
        offered = {"dialect": dialect, "device": settings.device}
        options = {k: v for k, v in offered.items() if k in taken and v is not None}
        options |= settings.scorer_arg.get(name, {})
        scorers.append(plugins.load_scorer(name, options))
    return scorers


def make_work(settings: Settings, dialect: str) -> Work:
    """Plan a run: read its prompt sets, select from them, give each image its seed."""
    names = settings.prompts or prompts.default(dialect)
    if not names:
        raise InputError(f"no prompt set speaks to {dialect} models; name one with --prompts")
    whole = prompts.find(names, dialect)
    folder = Path(settings.output_dir or default_folder(settings, whole))
    return _planned(settings, dialect, whole, folder)


def remake_work(folder: Path, settings: Settings) -> Work:
    """The plan of the run in `folder`, from prompt sets that must still be what they were.

    Raises `InputError` where a prompt set cannot be found or has changed since.
    """
    manifest = run.read_manifest(folder)
    known: Mapping[str, Json] = manifest["prompt_sets"]
    # The manifest's keys are sorted; a report has its sets in the order of the run.
    usual = [name for name in prompts.default(manifest["dialect"]) if name in known]
    names = settings.prompts or (*usual, *(name for name in known if name not in usual))
    if hidden := [name for name in names if name.startswith("<path>")]:
        raise InputError(
            f"{folder}: was drawn from files whose folder is not on record "
            f"({', '.join(Path(name).name for name in hidden)}); name them with --prompts"
        )
    whole = prompts.find(names, manifest["dialect"])
    for one in whole:
        then = known.get(one.name, {})
        if then.get("digest") != one.digest:
            raise InputError(
                f"{folder}: prompt set {one.name} is not the one that was drawn: "
                f"digest {one.digest[:12]} here, {str(then.get('digest'))[:12]} there; put the "
                f"old file back (version {then.get('version')}) or name it with --prompts"
            )
    if missing := set(known) - {one.name for one in whole}:
        raise InputError(f"{folder}: also has prompts of {', '.join(sorted(missing))}; name all")
    return _planned(settings, manifest["dialect"], whole, folder)


def recorded_settings(
    folder: Path, flags: Mapping[str, Json], environ: Mapping[str, str] | None = None
) -> Settings:
    """The settings of the run in `folder`, with those of `flags` on top.

    The environment counts only for how to judge and on which device. Raises `InputError` where
    the folder is no run or its manifest lacks something.
    """
    manifest = run.read_manifest(folder)
    for name, kind in (("configuration", dict), ("prompt_sets", dict), ("dialect", str)):
        if not isinstance(manifest.get(name), kind):
            raise InputError(f"{folder}/manifest.json: has no {name}; draw anew in another folder")
    again = {f"EVALSUITE_{name.upper()}" for name in (*JUDGING, "device")}
    chosen = {name: value for name, value in (environ or {}).items() if name in again}
    return resolve(flags, chosen, recorded=manifest["configuration"])


def refuse_unusable(
    who: str, problems: Callable[[Sequence[Prompt]], Sequence[str]], work: Work
) -> None:
    """Raise `InputError` with the first few prompts that `problems` cannot use, if any."""
    found = list(problems(work.prompts()))
    if not found:
        return
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    count = f"{len(found)} prompt{'s' if len(found) > 1 else ''}"
    lines = [f"{who} cannot use {count}:", *found[:SHOWN], *more]
    raise InputError("\n  ".join(lines))


def default_folder(settings: Settings, prompt_sets: Sequence[PromptSet]) -> str:
    """`runs/<model>-<digest>`: the same settings and prompts give the same folder.

    How the images are judged is left out: judging them otherwise needs no new images.
    """
    kept = {k: v for k, v in recorded(settings).items() if k not in (*JUDGING, *LOCAL, "prompts")}
    if Path(settings.model).expanduser().is_dir():
        kept["model"] = str(Path(settings.model).expanduser().resolve())
    words = json.dumps([kept, [one.digest for one in prompt_sets]], sort_keys=True)
    digest = hashlib.sha256(words.encode()).hexdigest()[:8]
    return f"runs/{plugins.find_model(settings.model).name}-{digest}"


def picture_size(settings: Settings) -> tuple[int, int] | None:
    """Width and height in pixels as far as settings or a directory's files tell them."""
    if settings.size is not None:
        return settings.size
    source = plugins.find_model(settings.model).source
    for part in ("unet", "transformer"):
        path = Path(source or "") / part / "config.json"
        if source is not None and path.is_file():
            side = read_json(path, f"{part}/config.json").get("sample_size")
            # Every autoencoder of the diffusers models that we know of shrinks each side by 8.
            return (side * 8, side * 8) if isinstance(side, int) else None
    return None


def disk_bytes(images: int, size: tuple[int, int]) -> int:
    """About what a run's folder takes, assuming 1.7 bytes of PNG a pixel and 10 kB of rows.

    An assumption for pictures like photographs; flat drawings take a tenth of it.
    """
    return int(images * (size[0] * size[1] * 1.7 + 10_000))


def _planned(settings: Settings, dialect: str, whole: Sequence[PromptSet], folder: Path) -> Work:
    selected = [
        prompts.select(one, limit=settings.limit, sample=settings.sample, seed=settings.seed)
        for one in whole
    ]
    only = {(one.name, prompt.id) for one in selected for prompt in one.prompts}
    requests = plan(whole, settings.num_images, settings.seed, only=only)
    return Work(settings, dialect, selected, requests, folder)
