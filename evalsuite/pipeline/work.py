"""From settings to the work that they are: one model, prompts, planned images and a folder.

A command makes its `Work` once, and all that comes after takes it.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalsuite.pipeline.options import backend_options, scorer_options
from evalsuite.pipeline.own_prompts import own_prompts
from evalsuite.pipeline.referring import reference_of
from evalsuite.pipeline.settings import LOCAL, Settings, recorded, resolve
from evalsuite.plugins.call import explain
from evalsuite.plugins.find import Model, find_model, load_backend, load_scorer
from evalsuite.plugins.measures import unknown_headlines
from evalsuite.prompts import sets
from evalsuite.records import (
    Backend,
    InputError,
    Json,
    Keys,
    Names,
    Prompt,
    PromptSet,
    Request,
    Scorer,
)
from evalsuite.runs.folder import is_begun, read_manifest
from evalsuite.runs.rows import RunRows, read_run
from evalsuite.runs.seeds import keys_of, plan

JUDGING = ("scorers", "scorer_arg")
"""Settings that do not change which images are drawn."""

WORKERS = ("workers", "executor")
"""Settings of who does the work, whatever it is."""

SHOWN = 5
"""How many unusable prompts an error lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a run consists of: the selected prompts, every planned image, and the folder.

    `model` is what the settings' model was found to be; None for a run that has its images, of
    which nobody needs the model again.
    """

    settings: Settings
    model: Model | None
    dialect: str
    prompt_sets: Sequence[PromptSet]
    requests: Sequence[Request]
    folder: Path

    def keys(self) -> Keys:
        """Every planned image, in planning order."""
        return keys_of(self.requests)

    def prompts(self) -> list[Prompt]:
        """Every selected prompt, set by set."""
        return [prompt for prompt_set in self.prompt_sets for prompt in prompt_set.prompts]


def begin_work(settings: Settings) -> tuple[Work, Backend]:
    """The work that settings describe, and the back-end that draws it, loaded.

    Raises `InputError` if the back-end refuses one of the settings or a prompt, or nothing can be
    planned.
    """
    model = find_model(settings.model)
    backend = load_backend(settings.model, backend_options(settings, model), model)
    work = make_work(settings, model, backend.dialect, backend)
    for prompt_set in work.prompt_sets:
        for what in unknown_headlines(prompt_set):
            raise InputError(f"{prompt_set.name}.md: {what}")
    refuse_undrawable(work, backend)
    bound(work, backend)
    prepare(work, backend)
    return work, backend


def make_work(
    settings: Settings, model: Model, dialect: str, backend: Backend | None = None
) -> Work:
    """Plan a run: read its prompt sets, select from them, give each image its seed.

    Where nobody names a set, a `backend` that brings prompts of its own is drawn with those.
    """
    own = () if settings.prompts else own_prompts(backend, dialect)
    if own:
        settings = replace(settings, prompts=tuple(own))
    names = settings.prompts or sets.default(dialect)
    if not names:
        raise InputError(f"no prompt set speaks to {dialect} models; name one with --prompts")
    whole = sets.find(names, dialect)
    folder = Path(settings.output_dir or default_folder(settings, model, whole))
    return _planned(settings, model, dialect, whole, folder)


def open_work(
    folder: Path, flags: Mapping[str, Json], environ: Mapping[str, str] | None = None
) -> tuple[Work, RunRows]:
    """The work of the run in `folder`, with the settings of `flags` on top, and all its rows.

    Raises `InputError` where the folder is no run, its manifest lacks something, or a prompt set
    cannot be found or has changed since.
    """
    rows = read_run(folder)
    return remake_work(rows, recorded_settings(rows, flags, environ)), rows


def recorded_settings(
    rows: RunRows, flags: Mapping[str, Json], environ: Mapping[str, str] | None = None
) -> Settings:
    """The settings that a run was made with, with those of `flags` on top.

    The environment counts only for how to judge and on which device.
    """
    again = {f"EVALSUITE_{name.upper()}" for name in (*JUDGING, "device", *WORKERS)}
    chosen = {name: value for name, value in (environ or {}).items() if name in again}
    return resolve(flags, chosen, recorded=_entry(rows, "configuration", dict))


def asked_settings(work: Work, rows: RunRows) -> Settings:
    """The settings of a run with the scorers that were last asked for, to go on with them."""
    asked = rows.manifest.get("asked") or {}
    again = {name: asked[name] for name in ("scorers", "scorer_arg") if asked.get(name)}
    return resolve(again, recorded=recorded(work.settings)) if again else work.settings


def remake_work(rows: RunRows, settings: Settings) -> Work:
    """The work of a run whose rows are read; raises `InputError` as `open_work` does."""
    known: Mapping[str, Json] = _entry(rows, "prompt_sets", dict)
    dialect: str = _entry(rows, "dialect", str)
    # The manifest's keys are sorted; a report has its sets in the order of the run.
    usual = [name for name in sets.default(dialect) if name in known]
    names = settings.prompts or (*usual, *(name for name in known if name not in usual))
    if hidden := [name for name in names if name.startswith("<path>")]:
        raise InputError(
            f"{rows.folder}: was drawn from files whose folder is not on record "
            f"({', '.join(Path(name).name for name in hidden)}); name them with --prompts"
        )
    whole = sets.find(names, dialect)
    _refuse_changed(rows.folder, known, whole)
    return _planned(settings, None, dialect, whole, rows.folder, rows.names)


def load_scorers(settings: Settings, dialect: str) -> list[Scorer]:
    """The scorers that the settings name; those that take a `dialect` or `device` are told it."""
    scorers: dict[str, Scorer] = {}
    for name, options in scorer_options(settings, dialect).items():
        scorer = load_scorer(name, options)
        if scorer.name in scorers:
            raise InputError(
                f"--scorers {name}: is called {scorer.name!r} like another scorer of this run, and "
                "their judgements would be mixed; leave one out, or rename it"
            )
        scorers[scorer.name] = scorer
    return list(scorers.values())


def refuse_unusable(
    who: str, problems: Callable[[Sequence[Prompt]], Sequence[str]], work: Work
) -> None:
    """Raise `InputError` with the first few prompts that `problems` cannot use, if any."""
    try:
        found = list(problems(work.prompts()))
    except InputError:
        raise
    except Exception as error:  # a plug-in may raise anything
        raise InputError(f"{who}: its problems() raised {explain(error)}; mend it") from error
    if not found:
        return
    more = [f"and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    count = f"{len(found)} prompt{'s' if len(found) > 1 else ''}"
    lines = [f"{who} cannot use {count}:", *found[:SHOWN], *more]
    raise InputError("\n  ".join(lines))


def refuse_undrawable(work: Work, backend: Backend) -> None:
    """Raise `InputError` for prompts that a back-end cannot use, or more images than it has.

    A back-end whose images are there already may have `num_images(prompts)`: how many it has of
    the prompt that it has most of. What it lacks of others is missing, and counted.
    """
    refuse_unusable(f"--model {work.settings.model}", backend.problems, work)
    count = getattr(backend, "num_images", None)
    most = work.settings.num_images if count is None else count(work.prompts())
    if most < work.settings.num_images:
        raise InputError(
            f"--num-images {work.settings.num_images}: --model {work.settings.model} has no more "
            f"than {most} image{'s' * (most != 1)} of a prompt; write --num-images {most}"
        )


def bound(work: Work, backend: Backend) -> None:
    """Tell a back-end that has a `limit(max_cost, spent)` what the run may cost, before it asks.

    `spent` is what the rows of the folder have cost. Raises `InputError` where nobody knows what an
    image costs.
    """
    most = work.settings.max_cost
    if most is None:
        return
    limit = getattr(backend, "limit", None)
    if limit is None:
        raise InputError(
            f"--max-cost {most:g}: --model {work.settings.model} does not say what an image costs; "
            "leave it out"
        )
    goes_on = work.settings.resume and is_begun(work.folder)
    limit(most, (read_run(work.folder).cost or 0.0) if goes_on else 0.0)


def prepare(work: Work, backend: Backend) -> None:
    """Have a back-end that has a `prepare(recorded)` settle what is open before the manifest.

    `recorded` is what the manifest of the run says of it that goes on in the folder, if any.
    """
    begin = getattr(backend, "prepare", None)
    if begin is None:
        return
    goes_on = work.settings.resume and is_begun(work.folder)
    recorded = read_manifest(work.folder).get("backend") if goes_on else None
    try:
        begin(recorded if isinstance(recorded, Mapping) else None)
    except InputError:
        raise
    except Exception as error:  # a plug-in may raise anything
        who = f"--model {work.settings.model}"
        raise InputError(f"{who}: its prepare() raised {explain(error)}; mend it") from error


def default_folder(settings: Settings, model: Model, prompt_sets: Sequence[PromptSet]) -> str:
    """`runs/<model>-<digest>`: the same settings and prompts give the same folder.

    How the images are judged is left out: judging them otherwise needs no new images.
    """
    kept = {k: v for k, v in recorded(settings).items() if k not in (*JUDGING, *LOCAL, "prompts")}
    if kept["base_url"] is None:  # folders from before there were services keep their names
        del kept["base_url"]
    if Path(settings.model).expanduser().is_dir():
        kept["model"] = str(Path(settings.model).expanduser().resolve())
    words = json.dumps([kept, [prompt_set.digest for prompt_set in prompt_sets]], sort_keys=True)
    digest = hashlib.sha256(words.encode()).hexdigest()[:8]
    return f"runs/{model.name}-{digest}"


def _entry(rows: RunRows, name: str, kind: type) -> Json:
    found = rows.manifest.get(name)
    if not isinstance(found, kind):
        raise InputError(f"{rows.folder}/manifest.json: has no {name}; draw anew in another folder")
    return found


def _refuse_changed(folder: Path, known: Mapping[str, Json], whole: Sequence[PromptSet]) -> None:
    for prompt_set in whole:
        then = known.get(prompt_set.name, {})
        if then.get("digest") != prompt_set.digest:
            raise InputError(
                f"{folder}: prompt set {prompt_set.name} is not the one that was drawn: digest "
                f"{prompt_set.digest[:12]} here, {str(then.get('digest'))[:12]} there; put the "
                f"old file back (version {then.get('version')}) or name it with --prompts"
            )
    if missing := set(known) - {prompt_set.name for prompt_set in whole}:
        raise InputError(f"{folder}: also has prompts of {', '.join(sorted(missing))}; name all")


def _planned(
    settings: Settings,
    model: Model | None,
    dialect: str,
    whole: Sequence[PromptSet],
    folder: Path,
    names: Names | None = None,
) -> Work:
    named = whole if settings.sample_id is None else sets.select_ids(whole, settings.sample_id)
    selected = [
        sets.select(prompt_set, limit=settings.limit, sample=settings.sample, seed=settings.seed)
        for prompt_set in named
    ]
    for prompt_set in selected:
        reference_of(prompt_set, settings.reference)  # a misspelt one is refused before any image
    only = {
        (prompt_set.name, prompt.id) for prompt_set in selected for prompt in prompt_set.prompts
    }
    return Work(
        settings=settings,
        model=model,
        dialect=dialect,
        prompt_sets=selected,
        requests=plan(whole, settings.num_images, settings.seed, only=only, names=names),
        folder=folder,
    )
