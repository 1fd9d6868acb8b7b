"""The commands as functions for Python: plain values go in, results that show themselves come out.

Settings go through the same table as the command line's, without the environment: what a cell says
is what is done. An error is the command line's line, with keywords in place of flags.
"""

import functools
import inspect
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from evalsuite.commands import console
from evalsuite.files.nearest import did_you_mean
from evalsuite.pipeline import parsing
from evalsuite.pipeline.settings import FIELDS, resolve
from evalsuite.records import InputError, Json

if TYPE_CHECKING:
    from evalsuite.commands.audited import Audit
    from evalsuite.comparison.compare import Comparison
    from evalsuite.comparison.planning import Plan
    from evalsuite.pipeline.run import Run
    from evalsuite.pipeline.stages import Outcome
    from evalsuite.report.verdicts import Gated

_F = TypeVar("_F", bound=Callable[..., Any])

FilePath = str | os.PathLike[str]
Progress = bool | Callable[[str, int, int], None] | None
"""Whether bars are shown, or a function told the stage, how many cells are done, and of how many.

None shows them in a notebook and on a terminal."""

JUDGING = ("scorers", "scorer_arg", "prompts", "device")
NOT_DRAWING = ("scorers", "scorer_arg", "audit")


def _public(*settings: str) -> Callable[[_F], _F]:
    """A function for users, with the named settings as keywords of its own."""

    def decorate(function: _F) -> _F:
        own = inspect.signature(function).parameters.values()
        listed = [one for one in own if one.kind is not inspect.Parameter.VAR_KEYWORD]
        listed += [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None)
            for name in settings
        ]
        keywords = [one.name for one in listed if one.kind is not one.VAR_POSITIONAL]

        @functools.wraps(function)
        def call(*arguments: Any, **given: Any) -> Any:
            for name in given:
                if name not in keywords:
                    meant = did_you_mean(name, keywords)
                    raise InputError(f"{function.__name__}: no keyword {name!r}{meant}")
            try:
                return function(*arguments, **given)
            except InputError as error:
                error.args = (in_keywords(str(error), keywords),)
                raise

        call.__signature__ = inspect.Signature(listed)  # type: ignore[attr-defined]
        return call  # type: ignore[return-value]

    return decorate


@_public(*FIELDS)
def evaluate(
    *, config: FilePath | None = None, progress: Progress = None, **settings: Any
) -> "Outcome":
    """Draw images, judge them and write a report; without a keyword, the bundled demo.

    The keywords are the settings of `evalsuite run`: `model="scenes-ldm"`, `prompts="counts"` or a
    list, `limit=3`, `num_images=2`, `size=(512, 512)`, `output_dir="runs/x"`. `config` names a YAML
    file of settings, over which keywords win. The same call again finishes what is missing.

    Raises `InputError`, before anything is drawn, for whatever can be known by then.
    """
    from evalsuite.pipeline import stages

    asked = resolve(_plain(settings), None, _path_or_none("config", config))
    with _telling(progress) as tell:
        return stages.evaluate(asked, progress=tell)


@_public(*(name for name in FIELDS if name not in NOT_DRAWING))
def generate(
    *, config: FilePath | None = None, progress: Progress = None, **settings: Any
) -> "Outcome":
    """Draw images alone; `judge` and `write_report` go on from the run's folder."""
    from evalsuite.pipeline import stages

    asked = resolve(_plain(settings), None, _path_or_none("config", config))
    with _telling(progress) as tell:
        return stages.generate(asked, progress=tell)


@_public(*JUDGING)
def judge(folder: FilePath, *, progress: Progress = None, **settings: Any) -> "Outcome":
    """Judge the images of an earlier run, with its own scorers or others."""
    from evalsuite.pipeline import stages
    from evalsuite.pipeline.work import open_work

    work, rows = open_work(_path("folder", folder), _plain(settings))
    with _telling(progress) as tell:
        return stages.judge_work(work, rows, tell)


@_public("prompts", "audit")
def write_report(folder: FilePath, *, best_of: int | None = None, **settings: Any) -> "Outcome":
    """Write the report of an earlier run from its rows, complete or not.

    With `best_of`, also what picking the best of so many images would do.
    """
    from evalsuite.pipeline import stages
    from evalsuite.pipeline.work import open_work

    k = _read(parsing.whole, "best_of", best_of)
    work, rows = open_work(_path("folder", folder), _plain(settings))
    return stages.report_work(work, rows, k)


@_public("prompts")
def open_run(folder: FilePath, **settings: Any) -> "Run":
    """Open a run's folder for reading: tables for pandas, images as pictures.

    `prompts` names prompt sets whose files are not on record. Raises `InputError` where the folder
    is no run, or its prompt sets cannot be found or have changed.
    """
    from evalsuite.pipeline.run import Run
    from evalsuite.pipeline.work import open_work
    from evalsuite.runs.rows import planned_rows

    work, rows = open_work(_path("folder", folder), _plain(settings))
    return Run(work, planned_rows(rows, work.requests))


@_public()
def compare(
    *runs: FilePath,
    anyway: bool = False,
    prompts: Any = None,
    output_dir: FilePath | None = None,
) -> "Comparison":
    """Set runs side by side, the first is the baseline: every measure, and what flipped.

    Runs of other prompts or scorers are refused, unless `anyway`. Writes a page, its Markdown twin
    and `differences.json` into `output_dir`, by default `runs/compare-<a>-<b>`.
    """
    from evalsuite.comparison.compare import compare as compare_runs

    return compare_runs(
        [_path("compare", run) for run in runs],
        prompts=_read(parsing.names, "prompts", prompts) or (),
        anyway=bool(_read(parsing.switch, "anyway", anyway)),
        output_dir=_path_or_none("output_dir", output_dir),
    )


@_public("prompts")
def baseline(folder: FilePath, output: FilePath, *, anyway: bool = False, **settings: Any) -> Path:
    """Bless a run: write what it measured into the file `output`, which `gate` takes; its path.

    An incomplete run is refused, unless `anyway`.
    """
    from evalsuite.gating.run import bless

    target = _path("output", output)
    is_forced = bool(_read(parsing.switch, "anyway", anyway))
    bless(_path("folder", folder), target, _plain(settings), anyway=is_forced)
    return target


@_public(*FIELDS)
def gate(
    folder: FilePath | None = None,
    *,
    baseline: FilePath,
    policy: FilePath,
    sequential: bool = False,
    max_images: int | None = None,
    config: FilePath | None = None,
    progress: Progress = None,
    **settings: Any,
) -> "Gated":
    """Hold a run against a baseline, a file or another run: pass, fail or undecided.

    `policy` is a YAML file or a bundled policy's name. With `sequential` there is no run yet:
    images are drawn, by the settings, until the gate is decided.
    """
    from evalsuite.commands.gate import hold

    with _telling(progress) as tell:
        return hold(
            _path_or_none("folder", folder),
            _path("baseline", baseline),
            str(_path("policy", policy)),
            _plain(settings),
            sequential=bool(_read(parsing.switch, "sequential", sequential)),
            max_images=_read(parsing.count, "max_images", max_images),
            config=_path_or_none("config", config),
            progress=tell,
        )


@_public()
def plan(
    *,
    detect: float | None = None,
    prompts: int | None = None,
    num_images: int | None = None,
    pilot: FilePath | None = None,
    against: FilePath | None = None,
    variance: str | Mapping[str, float] | None = None,
    measure: str | None = None,
    power: float = 0.9,
    alpha: float = 0.01,
    family: int = 1,
) -> "Plan":
    """How many prompts and images it takes to show a difference of `detect`, and what that costs.

    How much scores vary is said by a `pilot` run, with `against` another model's run on the same
    prompts and seeds, or by `variance`: {"prompt_model": 0.005, "noise": 0.08}.
    """
    from evalsuite.comparison.planning import Question, make_plan

    question = Question(
        detect=_read(parsing.number, "detect", detect),
        prompts=_read(parsing.count, "prompts", prompts),
        num_images=_read(parsing.count, "num_images", num_images),
        power=_read(parsing.number, "power", power),
        alpha=_read(parsing.number, "alpha", alpha),
        family=_read(parsing.count, "family", family),
    )
    if isinstance(variance, Mapping):
        variance = ",".join(f"{name}={part}" for name, part in variance.items())
    found = make_plan(
        question,
        pilot=_path_or_none("pilot", pilot),
        against=_path_or_none("against", against),
        variance=_read(parsing.text, "variance", variance),
        measure=_read(parsing.text, "measure", measure),
    )
    return replace(found, notes=[in_keywords(note, ("against",)) for note in found.notes])


@_public("scorer_arg", "seed", "device", "output_dir")
def audit(
    *scorers: str,
    folder: FilePath | None = None,
    images: int = 1200,
    dialect: str = "everyday",
    progress: Progress = None,
    **settings: Any,
) -> "Audit":
    """How often scorers are right, on fresh scenes or on a folder's pictures with known truth.

    Writes `audit.json` and a card into `output_dir`, by default `runs/audit-<scorers>`.
    """
    from evalsuite.commands.audited import Audit
    from evalsuite.commands.auditing import ask

    asked = {**_plain(settings), "scorers": _plain(scorers) or None}
    with _telling(progress) as tell:
        home, outcome, source = ask(
            asked,
            _path_or_none("folder", folder),
            _read(parsing.count, "images", images),
            str(dialect),
            progress=tell,
        )
    return Audit(home, outcome, source)


def in_keywords(text: str, keywords: Collection[str]) -> str:
    """An error of the command line as Python says it: `num_images` for `--num-images`.

    What stands between backticks is a command, and stays one.
    """
    known = {name.replace("_", "-"): name for name in keywords}
    known |= {"from": "pilot"} if "pilot" in keywords else {}

    def renamed(match: "re.Match[str]") -> str:
        flag, affirmed = match[1], match[1].removeprefix("no-")
        if flag != affirmed and affirmed in known:
            return f"{known[affirmed]}=False"
        return known.get(flag, match[0])

    parts = text.split("`")
    parts[::2] = [re.sub(r"(?<![\w-])--([a-z]+(?:-[a-z]+)*)", renamed, part) for part in parts[::2]]
    return "`".join(parts)


@contextmanager
def _telling(progress: Progress) -> Iterator[Any]:
    if callable(progress):
        yield progress
        return
    is_watched = console.in_notebook() or os.isatty(2)
    shown = _read(parsing.switch, "progress", progress)
    with console.progress(is_watched if shown is None else shown) as tell:
        yield tell


def _plain(value: Any) -> Any:
    """A value as YAML would have given it: lists, texts, numbers, and maps of them."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    return value


def _read(parse: Callable[[Json], Any], name: str, value: Any) -> Any:
    """A keyword's value as its parser reads it; None stays None."""
    if value is None:
        return None
    try:
        return parse(_plain(value))
    except ValueError as error:
        raise InputError(f"{name}: {value!r} {error}") from None


def _path(name: str, value: Any) -> Path:
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise InputError(f"{name}: {value!r} is no path; write it as a text or a Path")
    return Path(value)


def _path_or_none(name: str, value: Any) -> Path | None:
    return None if value is None else _path(name, value)
