"""The public stages: generate, judge, report, and all three as `evaluate`.

Each leaves its result in the run's folder and does only what is missing there, so that the same
call finishes what an earlier one left.
"""

import gc
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalsuite.audits.record import Audited, Place
from evalsuite.pipeline import loops
from evalsuite.pipeline.opened_run import Run
from evalsuite.pipeline.settings import Settings, recorded
from evalsuite.pipeline.summarise import Summarised, refuse_unpickable, summarise
from evalsuite.pipeline.work import (
    Work,
    begin_work,
    load_scorers,
    recorded_settings,
    refuse_unusable,
    remake_work,
)
from evalsuite.plugins import find
from evalsuite.records import Backend, Estimate, Measure, Scorer
from evalsuite.report.notebook import Result, headline_table
from evalsuite.report.tables import Table
from evalsuite.runs.folder import discard, is_begun
from evalsuite.runs.leftovers import sweep
from evalsuite.runs.manifest import add_scorers, asked, describe, record, scorer_entry
from evalsuite.runs.rows import RunRows, missing, planned_rows, read_run, refreshed
from evalsuite.runs.timing import Stage, Timing, record_timing

LOG = logging.getLogger("evalsuite")

RETRIES = 2
"""How often a batch is tried again where nobody said."""

Progress = Callable[[str, int, int], None]
"""Told the stage, how many cells are done, and of how many."""

Announce = Callable[[Work], None]
"""Told what is about to be done, before the first image is drawn."""


@dataclass(frozen=True, slots=True, repr=False)
class Outcome(Result):
    """How a run stands: what was planned, how each image ended, and what is missing.

    `statuses` counts images by status; `failures` counts failed images and broken-down scorers,
    of those asked for, by reason; `endings` counts images that are not valid by status and reason.
    `estimates`, their `measures` by name, the `audit` of each and `report` are there after a
    report.
    `run` is the run opened for reading, its rows as they are now. `cost` is what its images cost
    at most, in dollars, those that were drawn again included; None where nothing says it.
    """

    run: Run
    folder: Path
    planned: int
    statuses: Mapping[str, int]
    missing_images: int
    missing_judgements: int
    failures: Mapping[str, int] = field(default_factory=dict)
    endings: Mapping[str, int] = field(default_factory=dict)
    estimates: Sequence[Estimate] = ()
    measures: Mapping[str, Measure] = field(default_factory=dict)
    audit: Mapping[Place, Audited] = field(default_factory=dict)
    report: Path | None = None
    cost: float | None = None

    @property
    def complete(self) -> bool:
        """Whether every planned cell ended as something other than a failure, and some is valid."""
        lacking = self.missing_images or self.missing_judgements or self.failures
        return not lacking and bool(self.statuses.get("ok"))

    def line(self) -> str:
        """The folder, whether all is done, and how the images ended."""
        ended = ", ".join(f"{count} {status}" for status, count in self.statuses.items())
        lacking = f"{self.missing_images} images and {self.missing_judgements} judgements missing"
        failed = sum(self.failures.values())
        how = "complete" if self.complete else f"incomplete ({lacking}, {failed} failures)"
        return f"{self.folder}: {how}; {self.planned} images planned: {ended or 'none drawn'}"

    def tables(self) -> Sequence[Table]:
        """The headlines of each prompt set, after a report."""
        if not self.estimates:
            return []
        sets = self.run.work.prompt_sets
        return [headline_table(sets, self.estimates, self.measures, self.audit)]


def evaluate(
    settings: Settings,
    *,
    progress: Progress | None = None,
    announce: Announce | None = None,
    best_of: int | None = None,
) -> Outcome:
    """Draw, judge and report, in the folder that the settings name; `best_of` as `write_report`.

    Raises `InputError` before anything is drawn for whatever can be known by then.
    """
    work, backend = begin_work(settings)
    scorers = load_scorers(settings, work.dialect)
    rows = begin(work, backend, scorers, announce)
    if best_of is not None:
        refuse_unpickable(best_of, work.keys(), rows)
    rows = draw(work, backend, rows, progress)
    del backend
    _free_memory()
    return _report(work, judge_drawn(work, scorers, rows, progress), best_of)


def generate(
    settings: Settings, *, progress: Progress | None = None, announce: Announce | None = None
) -> Outcome:
    """Draw the images alone; `judge` and `write_report` go on from the folder."""
    work, backend = begin_work(settings)
    rows = draw(work, backend, begin(work, backend, [], announce), progress)
    return _outcome(work, planned_rows(rows, work.requests), judged=False)


def judge(
    folder: Path, settings: Settings | None = None, *, progress: Progress | None = None
) -> Outcome:
    """Judge the images of the run in `folder`, by default with the scorers that it was made for."""
    rows = read_run(folder)
    work = remake_work(rows, settings or recorded_settings(rows, {}))
    return judge_work(work, rows, progress)


def judge_work(work: Work, rows: RunRows, progress: Progress | None = None) -> Outcome:
    """Judge the images of a run whose rows are read."""
    sweep(work.folder)
    scorers = load_scorers(work.settings, work.dialect)
    for scorer in scorers:
        refuse_unusable(f"scorer {scorer.name}", scorer.problems, work)
    entries = _entries(work.settings, scorers)
    now = asked(entries, recorded(work.settings))
    rows = add_scorers(rows, entries, now, anew=work.settings.retry_failed)
    rows = judge_drawn(work, scorers, rows, progress)
    return _outcome(work, planned_rows(rows, work.requests))


def write_report(
    folder: Path, settings: Settings | None = None, *, best_of: int | None = None
) -> Outcome:
    """Estimate and report what the rows of the run in `folder` say, complete or not.

    With `best_of`, also what picking the best of so many images by CLIPScore would do.
    """
    rows = read_run(folder)
    work = remake_work(rows, settings or recorded_settings(rows, {}))
    return report_work(work, rows, best_of)


def report_work(work: Work, rows: RunRows, best_of: int | None = None) -> Outcome:
    """Estimate and report what the rows of a run say, once they are read."""
    sweep(work.folder)
    return _report(work, rows, best_of)


def begin(
    work: Work, backend: Backend, scorers: Sequence[Scorer], announce: Announce | None
) -> RunRows:
    """Check that all can be done, then make the folder, or check that it holds this run.

    Returns the rows that are there already.
    """
    for scorer in scorers:
        refuse_unusable(f"scorer {scorer.name}", scorer.problems, work)
    if not work.settings.resume and is_begun(work.folder):
        discard(work.folder)
    manifest = describe(
        find.backend_entry(work.settings.model, backend, work.model),
        _entries(work.settings, scorers) if scorers else {},
        work.prompt_sets,
        recorded(work.settings),
    )
    manifest["dialect"] = work.dialect
    rows = record(work.folder, manifest, anew=work.settings.retry_failed)
    sweep(work.folder)
    if announce is not None:
        announce(work)
    return rows


def draw(work: Work, backend: Backend, rows: RunRows, progress: Progress | None) -> RunRows:
    """Draw what the work's requests lack, and note how long it took; the rows after it."""
    began = time.monotonic()
    counts = loops.generate(
        rows,
        backend,
        work.requests,
        max_retries=RETRIES if work.settings.max_retries is None else work.settings.max_retries,
        retry_failed=work.settings.retry_failed,
        progress=progress,
    )
    _clock(work.folder, "generate", counts.ended, began)
    if counts.stopped:
        LOG.warning("drawing stopped: %s", counts.stopped)
    return refreshed(rows)


def judge_drawn(
    work: Work, scorers: Sequence[Scorer], rows: RunRows, progress: Progress | None
) -> RunRows:
    """Judge every planned image that lacks a judgement, and note the time; the rows after it."""
    began = time.monotonic()
    counts = loops.judge(
        planned_rows(rows, work.requests),
        scorers,
        work.prompt_sets,
        retry_failed=work.settings.retry_failed,
        progress=progress,
    )
    _clock(work.folder, "judge", counts.ended, began)
    return refreshed(rows)


def _clock(folder: Path, stage: Stage, cells: int, began: float) -> None:
    record_timing(folder, Timing(stage, cells, time.monotonic() - began))


def _entries(settings: Settings, scorers: Sequence[Scorer]) -> dict[str, dict[str, object]]:
    return {
        scorer.name: scorer_entry(find.scorer_entry(name, scorer))
        for name, scorer in zip(settings.scorers, scorers, strict=True)
    }


def _report(work: Work, rows: RunRows, best_of: int | None = None) -> Outcome:
    rows = planned_rows(rows, work.requests)
    found = summarise(work, rows, best_of=best_of)
    # After the report, which has read the images of its gallery: those are not checked again.
    report = work.folder / "report" / "index.html"
    return _outcome(work, rows, found=found, report=report)


def _outcome(
    work: Work,
    rows: RunRows,
    *,
    judged: bool = True,
    found: Summarised | None = None,
    report: Path | None = None,
) -> Outcome:
    """How the run stands by the rows of its planned images."""
    scorers = rows.asked if judged else []
    lacking = missing(rows, work.requests, scorers)
    samples = rows.samples.values()
    failures = Counter(f"drawing: {s.reason}" for s in samples if s.status == "failed")
    failures += Counter(
        f"{name}: {judgement.failure}"
        for (name, _), judgement in rows.answers.items()
        if judgement.failure is not None and name in scorers
    )
    return Outcome(
        run=Run(work, rows),
        folder=work.folder,
        planned=len(work.requests),
        statuses=Counter(sample.status for sample in samples),
        missing_images=lacking.images,
        missing_judgements=lacking.judgements,
        failures=failures,
        endings=Counter(f"{s.status}: {s.reason}" for s in samples if s.status != "ok"),
        estimates=found.estimates if found else (),
        measures=found.measures if found else {},
        audit=found.audit if found else {},
        report=report,
        cost=rows.cost,
    )


def _free_memory() -> None:
    gc.collect()
    if "torch" in sys.modules:
        import torch

        if torch.cuda.is_available():
            torch.cuda.empty_cache()
