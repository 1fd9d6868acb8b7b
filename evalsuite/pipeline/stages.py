"""The public stages: generate, judge, report, and all three as `evaluate`.

Each leaves its result in the run's folder and does only what is missing there, so that the same
call finishes what an earlier one left.
"""

import gc
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from evalsuite import trackers
from evalsuite.pipeline import drawing, judging, on_ray
from evalsuite.pipeline.done import is_judged
from evalsuite.pipeline.helping import helping, refuse_alone
from evalsuite.pipeline.outcome import Outcome as Outcome
from evalsuite.pipeline.outcome import outcome_of
from evalsuite.pipeline.settings import Settings, recorded
from evalsuite.pipeline.summarise import refuse_unpickable, summarise
from evalsuite.pipeline.threads import own_threads, threads_of
from evalsuite.pipeline.work import (
    Work,
    begin_work,
    load_scorers,
    recorded_settings,
    refuse_unusable,
    remake_work,
)
from evalsuite.plugins import find
from evalsuite.records import Backend, Progress, Scorer
from evalsuite.runs.claims import Claims
from evalsuite.runs.folder import discard, is_begun
from evalsuite.runs.leftovers import sweep
from evalsuite.runs.manifest import add_scorers, asked, describe, record, scorer_entry
from evalsuite.runs.rows import RunRows, planned_rows, read_run, refreshed
from evalsuite.runs.timing import Stage, Timing, record_timing

LOG = logging.getLogger("evalsuite")

RETRIES = 2
"""How often a batch is tried again where nobody said."""

Announce = Callable[[Work], None]
"""Told what is about to be done, before the first image is drawn."""


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
    refuse_alone(settings)
    told = trackers.load(settings.log_to or ())
    if settings.executor == "ray":
        work = on_ray.draw(settings, progress, partial(_begun, announce, best_of), is_judged=True)
        sweep(work.folder)
        return _report(work, read_run(work.folder), best_of, told)
    work, backend = begin_work(settings)
    refuse_alone(settings, backend)
    scorers = load_scorers(settings, work.dialect)
    rows = begin(work, backend, scorers, announce)
    if best_of is not None:
        refuse_unpickable(best_of, work.keys(), rows)
    with helping(work, draws=True, judges=True) as helpers:
        rows = draw(work, backend, rows, helpers.watched(progress))
        helpers.drawn()
        del backend
        free_memory()
        rows = judge_drawn(work, scorers, rows, helpers.watched(progress))
    sweep(work.folder)  # another worker may have been killed meanwhile
    return _report(work, refreshed(rows), best_of, told)


def generate(
    settings: Settings, *, progress: Progress | None = None, announce: Announce | None = None
) -> Outcome:
    """Draw the images alone; `judge` and `write_report` go on from the folder."""
    refuse_alone(settings)
    if settings.executor == "ray":
        work = on_ray.draw(settings, progress, partial(_begun, announce, None), is_judged=False)
        rows = planned_rows(read_run(work.folder), work.requests)
        return outcome_of(work, rows, judged=False)
    work, backend = begin_work(settings)
    refuse_alone(settings, backend)
    rows = begin(work, backend, [], announce)
    with helping(work, draws=True, judges=False) as helpers:
        rows = draw(work, backend, rows, helpers.watched(progress))
    return outcome_of(work, planned_rows(refreshed(rows), work.requests), judged=False)


def judge(
    folder: Path, settings: Settings | None = None, *, progress: Progress | None = None
) -> Outcome:
    """Judge the images of the run in `folder`, by default with the scorers that it was made for."""
    rows = read_run(folder)
    work = remake_work(rows, settings or recorded_settings(rows, {}))
    return judge_work(work, rows, progress)


def judge_work(work: Work, rows: RunRows, progress: Progress | None = None) -> Outcome:
    """Judge the images of a run whose rows are read; no scorer is loaded where all is judged."""
    refuse_alone(work.settings)
    sweep(work.folder)
    if is_judged(work, rows):
        return outcome_of(work, planned_rows(rows, work.requests))
    if work.settings.executor == "ray":
        on_ray.judge(work, rows, progress)
        return outcome_of(work, planned_rows(read_run(work.folder), work.requests))
    scorers = load_scorers(work.settings, work.dialect)
    rows = begin_judging(work, scorers, rows)
    with helping(work, draws=False, judges=True) as helpers:
        rows = judge_drawn(work, scorers, rows, helpers.watched(progress))
    return outcome_of(work, planned_rows(refreshed(rows), work.requests))


def _begun(announce: Announce | None, best_of: int | None, work: Work, rows: RunRows) -> None:
    """Say what is about to be done, if the best of so many images can be picked from it."""
    if announce is not None:
        announce(work)
    if best_of is not None:
        refuse_unpickable(best_of, work.keys(), rows)


def begin_judging(work: Work, scorers: Sequence[Scorer], rows: RunRows) -> RunRows:
    """Check that the scorers can judge the run, and name them in its manifest; the rows then."""
    for scorer in scorers:
        refuse_unusable(f"scorer {scorer.name}", scorer.problems, work)
    entries = _entries(work.settings, scorers)
    now = asked(entries, recorded(work.settings))
    return add_scorers(rows, entries, now, anew=work.settings.retry_failed)


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
    told = trackers.load(work.settings.log_to or ())
    sweep(work.folder)
    return _report(work, rows, best_of, told)


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
    if (threads := own_threads()) is not None:
        manifest["threads"] = threads
    rows = record(work.folder, manifest, anew=work.settings.retry_failed)
    sweep(work.folder)
    if announce is not None:
        announce(work)
    return rows


def draw(work: Work, backend: Backend, rows: RunRows, progress: Progress | None) -> RunRows:
    """Draw what the work's requests lack, and note how long it took; the rows after it."""
    began = time.monotonic()
    with Claims(work.folder) as claims, threads_of(rows.manifest):
        counts = drawing.generate(
            rows,
            backend,
            work.requests,
            claims=claims,
            max_retries=RETRIES if work.settings.max_retries is None else work.settings.max_retries,
            retry_failed=work.settings.retry_failed,
            progress=progress,
        )
        _clock(claims, "generate", counts.ended, began)
    if counts.stopped:
        LOG.warning("drawing stopped: %s", counts.stopped)
    return refreshed(rows)


def judge_drawn(
    work: Work, scorers: Sequence[Scorer], rows: RunRows, progress: Progress | None
) -> RunRows:
    """Judge every planned image that lacks a judgement, and note the time; the rows after it."""
    began = time.monotonic()
    with Claims(work.folder) as claims, threads_of(rows.manifest):
        counts = judging.judge(
            planned_rows(rows, work.requests),
            scorers,
            work.prompt_sets,
            requests=work.requests,
            claims=claims,
            retry_failed=work.settings.retry_failed,
            progress=progress,
        )
        _clock(claims, "judge", counts.ended, began)
    return refreshed(rows)


def _clock(claims: Claims, stage: Stage, cells: int, began: float) -> None:
    if cells:
        timing = Timing(stage, cells, time.monotonic() - began)
        record_timing(claims.run, timing, worker=claims.worker)


def _entries(settings: Settings, scorers: Sequence[Scorer]) -> dict[str, dict[str, object]]:
    return {
        scorer.name: scorer_entry(find.scorer_entry(name, scorer))
        for name, scorer in zip(settings.scorers, scorers, strict=True)
    }


def _report(
    work: Work, rows: RunRows, best_of: int | None, told: Mapping[str, trackers.Log]
) -> Outcome:
    rows = planned_rows(rows, work.requests)
    found = summarise(work, rows, best_of=best_of)
    # After the report, which has read the images of its gallery: those are not checked again.
    report = work.folder / "report" / "index.html"
    outcome = outcome_of(work, rows, found=found, report=report)
    if not told:
        return outcome
    endings = {"planned": outcome.planned, **outcome.statuses, "missing": outcome.missing_images}
    logged = trackers.tell(told, trackers.entry(found.content, work.folder, endings))
    return replace(outcome, logged=logged)


def free_memory() -> None:
    """Give back what a model held that nobody needs any more."""
    gc.collect()
    if "torch" in sys.modules:
        import torch

        if torch.cuda.is_available():
            torch.cuda.empty_cache()
