"""The commands as functions for Python: plain values go in, results that show themselves come out.

Settings go through the same table as the command line's, without the environment: what a cell says
is what is done. An error is the command line's line, with keywords in place of flags.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite import records
from evalsuite.commands import bars
from evalsuite.commands.gate import DRAWS
from evalsuite.commands.keywords import (
    in_keywords,
    path,
    path_or_none,
    plain,
    read,
    takes_keywords,
)
from evalsuite.commands.stages import JUDGING, NOT_DRAWING
from evalsuite.pipeline import parsing
from evalsuite.pipeline.settings import FIELDS, resolve

if TYPE_CHECKING:
    from evalsuite.commands.audit_result import Audit
    from evalsuite.comparison.planning import Plan
    from evalsuite.comparison.result import Comparison
    from evalsuite.pipeline.opened_run import Run
    from evalsuite.pipeline.stages import Outcome
    from evalsuite.report.verdicts import Gated

FilePath = str | os.PathLike[str]
Progress = bool | records.Progress | None
"""Whether bars are shown, or a function told the stage, how many cells are done, and of how many.

None shows them in a notebook and on a terminal."""


@takes_keywords(*FIELDS)
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

    asked = resolve(plain(settings), None, path_or_none("config", config))
    with _telling(progress) as tell:
        return stages.evaluate(asked, progress=tell)


@takes_keywords(*(name for name in FIELDS if name not in NOT_DRAWING))
def generate(
    *, config: FilePath | None = None, progress: Progress = None, **settings: Any
) -> "Outcome":
    """Draw images alone; `judge` and `write_report` go on from the run's folder."""
    from evalsuite.pipeline import stages

    asked = resolve(plain(settings), None, path_or_none("config", config))
    with _telling(progress) as tell:
        return stages.generate(asked, progress=tell)


@takes_keywords(*JUDGING)
def judge(folder: FilePath, *, progress: Progress = None, **settings: Any) -> "Outcome":
    """Judge the images of an earlier run, with its own scorers or others."""
    from evalsuite.pipeline import stages
    from evalsuite.pipeline.work import open_work

    work, rows = open_work(path("folder", folder), plain(settings))
    with _telling(progress) as tell:
        return stages.judge_work(work, rows, tell)


@takes_keywords("prompts", "audit", "reference", "log_to")
def write_report(folder: FilePath, *, best_of: int | None = None, **settings: Any) -> "Outcome":
    """Write the report of an earlier run from its rows, complete or not.

    With `best_of`, also what picking the best of so many images would do.
    """
    from evalsuite.pipeline import stages
    from evalsuite.pipeline.work import open_work

    k = read(parsing.whole, "best_of", best_of)
    work, rows = open_work(path("folder", folder), plain(settings))
    return stages.report_work(work, rows, k)


@takes_keywords("prompts")
def open_run(folder: FilePath, **settings: Any) -> "Run":
    """Open a run's folder for reading: tables for pandas, images as pictures.

    `prompts` names prompt sets whose files are not on record. Raises `InputError` where the folder
    is no run, or its prompt sets cannot be found or have changed.
    """
    from evalsuite.pipeline.opened_run import Run
    from evalsuite.pipeline.work import open_work
    from evalsuite.runs.rows import planned_rows

    work, rows = open_work(path("folder", folder), plain(settings))
    return Run(work, planned_rows(rows, work.requests))


@takes_keywords()
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
        [path("compare", run) for run in runs],
        prompts=read(parsing.names, "prompts", prompts) or (),
        anyway=bool(read(parsing.switch, "anyway", anyway)),
        output_dir=path_or_none("output_dir", output_dir),
    )


@takes_keywords("prompts")
def baseline(folder: FilePath, output: FilePath, *, anyway: bool = False, **settings: Any) -> Path:
    """Bless a run: write what it measured into the file `output`, which `gate` takes; its path.

    An incomplete run is refused, unless `anyway`.
    """
    from evalsuite.gating.run import bless

    target = path("output", output)
    is_forced = bool(read(parsing.switch, "anyway", anyway))
    bless(path("folder", folder), target, plain(settings), anyway=is_forced)
    return target


@takes_keywords(*DRAWS)
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
            path_or_none("folder", folder),
            path("baseline", baseline),
            str(path("policy", policy)),
            plain(settings),
            sequential=bool(read(parsing.switch, "sequential", sequential)),
            max_images=read(parsing.count, "max_images", max_images),
            config=path_or_none("config", config),
            progress=tell,
        )


@takes_keywords()
def plan(
    *,
    detect: float | None = None,
    prompts: int | None = None,
    num_images: int | None = None,
    pilot: FilePath | None = None,
    against: FilePath | None = None,
    variance: str | Mapping[str, float] | None = None,
    measure: str | None = None,
    policy: FilePath | None = None,
    power: float = 0.9,
    alpha: float | None = None,
    family: int | None = None,
) -> "Plan":
    """How many prompts and images it takes to show a difference of `detect`, and what that costs.

    How much scores vary is said by a `pilot` run, with `against` another model's run on the same
    prompts and seeds, or by `variance`: {"prompt_model": 0.005, "noise": 0.08}. A gate's `policy`
    says by itself which measures are planned, and their margins, alpha (else 0.01) and family.
    """
    from evalsuite.commands.planning import ask

    if isinstance(variance, Mapping):
        variance = ",".join(f"{name}={part}" for name, part in variance.items())
    found = ask(
        None if policy is None else str(policy),
        detect=read(parsing.number, "detect", detect),
        prompts=read(parsing.count, "prompts", prompts),
        num_images=read(parsing.count, "num_images", num_images),
        power=read(parsing.number, "power", power),
        alpha=read(parsing.number, "alpha", alpha),
        family=read(parsing.count, "family", family),
        pilot=path_or_none("pilot", pilot),
        against=path_or_none("against", against),
        variance=read(parsing.text, "variance", variance),
        measure=read(parsing.text, "measure", measure),
    )
    return replace(found, notes=[in_keywords(note, ("against",)) for note in found.notes])


@takes_keywords("scorer_arg", "seed", "device", "output_dir")
def audit(
    *scorers: str,
    folder: FilePath | None = None,
    images: int = 1200,
    dialect: str = "everyday",
    through: str | None = None,
    progress: Progress = None,
    **settings: Any,
) -> "Audit":
    """How often scorers are right, on fresh scenes or on a folder's pictures with known truth.

    `through` names what else is done to the pictures: "vae:MODEL,blur,noise,jpeg,perturb", or
    "nothing".
    Writes `audit.json` and a card into `output_dir`, by default `runs/audit-<scorers>`.
    """
    from evalsuite.commands.audit_result import Audit
    from evalsuite.commands.auditing import ask, ways

    asked = {**plain(settings), "scorers": plain(scorers) or None}
    with _telling(progress) as tell:
        home, outcome, source = ask(
            asked,
            path_or_none("folder", folder),
            read(parsing.count, "images", images),
            str(dialect),
            through=ways(read(parsing.text, "through", through)),
            progress=tell,
        )
    return Audit(home, outcome, source)


@contextmanager
def _telling(progress: Progress) -> Iterator[Any]:
    if callable(progress):
        yield progress
        return
    is_watched = bars.in_notebook() or sys.stderr.isatty()
    shown = read(parsing.switch, "progress", progress)
    with bars.progress(is_watched if shown is None else shown) as tell:
        yield tell
