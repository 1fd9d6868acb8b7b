"""The public stages: generate, judge, report, and all three as `evaluate`.

Each leaves its result in the run's folder and does only what is missing there, so that the same
call finishes what an earlier one left.
"""

import gc
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evalsuite.pipeline import loops as pipeline
from evalsuite.pipeline import summarise as summary
from evalsuite.pipeline.settings import Settings, command, recorded
from evalsuite.pipeline.work import (
    Work,
    load_backend,
    load_scorers,
    make_work,
    recorded_settings,
    refuse_unusable,
    remake_work,
)
from evalsuite.plugins import find as plugins
from evalsuite.records import Backend, Estimate, Measure, Scorer
from evalsuite.runs import folder as run
from evalsuite.runs import manifest as provenance
from evalsuite.runs import timing

Progress = Callable[[str, int, int], None]
"""Told the stage, how many cells are done, and of how many."""

Announce = Callable[[Work], None]
"""Told what is about to be done, before the first image is drawn."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run stands: what was planned, how each image ended, and what is missing.

    `statuses` counts images by status; `failures` counts failed images and broken-down scorers
    by reason. `estimates`, their `measures` by name and `report` are
    there after a report.
    """

    folder: Path
    planned: int
    statuses: Mapping[str, int]
    missing_images: int
    missing_judgements: int
    failures: Mapping[str, int] = field(default_factory=dict)
    estimates: Sequence[Estimate] = ()
    measures: Mapping[str, Measure] = field(default_factory=dict)
    report: Path | None = None

    @property
    def complete(self) -> bool:
        """Whether every planned cell ended as something other than a failure."""
        return not (self.missing_images or self.missing_judgements or self.failures)


def evaluate(
    settings: Settings, *, progress: Progress | None = None, announce: Announce | None = None
) -> Outcome:
    """Draw, judge and report, in the folder that the settings name.

    Raises `InputError` before anything is drawn for whatever can be known by then.
    """
    backend = load_backend(settings)
    work = make_work(settings, backend.dialect)
    scorers = load_scorers(settings, backend.dialect)
    begin(work, backend, scorers, announce)
    draw(work, backend, progress)
    del backend
    _free_memory()
    judge_drawn(work, scorers, progress)
    return _report(work)


def generate(
    settings: Settings, *, progress: Progress | None = None, announce: Announce | None = None
) -> Outcome:
    """Draw the images alone; `judge` and `write_report` go on from the folder."""
    backend = load_backend(settings)
    work = make_work(settings, backend.dialect)
    begin(work, backend, [], announce)
    draw(work, backend, progress)
    return _outcome(work, judged=False)


def judge(
    folder: Path, settings: Settings | None = None, *, progress: Progress | None = None
) -> Outcome:
    """Judge the images of the run in `folder`, by default with the scorers that it was made for."""
    work = remake_work(folder, settings or recorded_settings(folder, {}))
    scorers = load_scorers(work.settings, work.dialect)
    for scorer in scorers:
        refuse_unusable(f"scorer {scorer.name}", scorer.problems, work)
    provenance.add_scorers(folder, _entries(work.settings, scorers))
    judge_drawn(work, scorers, progress)
    return _outcome(work)


def write_report(
    folder: Path, settings: Settings | None = None, *, best_of: int | None = None
) -> Outcome:
    """Estimate and report what the rows of the run in `folder` say, complete or not.

    With `best_of`, also what picking the best of so many images by CLIPScore would do.
    """
    return _report(remake_work(folder, settings or recorded_settings(folder, {})), best_of)


def begin(
    work: Work, backend: Backend, scorers: Sequence[Scorer], announce: Announce | None
) -> None:
    """Check that all can be done, then make the folder, or check that it holds this run."""
    refuse_unusable(f"--model {work.settings.model}", backend.problems, work)
    for scorer in scorers:
        refuse_unusable(f"scorer {scorer.name}", scorer.problems, work)
    if not work.settings.resume and (work.folder / "manifest.json").is_file():
        run.discard(work.folder)
    manifest = provenance.describe(
        plugins.backend_entry(work.settings.model, backend),
        _entries(work.settings, scorers) if scorers else {},
        work.prompt_sets,
        recorded(work.settings),
    )
    provenance.record(work.folder, {**manifest, "dialect": work.dialect})
    if announce is not None:
        announce(work)


def draw(work: Work, backend: Backend, progress: Progress | None) -> None:
    """Draw what the work's requests lack, and note how long it took."""
    retries = work.settings.max_retries
    began = time.monotonic()
    counts = pipeline.generate(
        work.folder, backend, work.requests, max_retries=retries, progress=progress
    )
    _clock(work.folder, "generate", counts.ended, began)


def judge_drawn(work: Work, scorers: Sequence[Scorer], progress: Progress | None) -> None:
    """Judge every image of the work's folder that lacks a judgement; note how long it took."""
    began = time.monotonic()
    counts = pipeline.judge(work.folder, scorers, work.prompt_sets, progress=progress)
    _clock(work.folder, "judge", counts.ended, began)


def _clock(folder: Path, stage: timing.Stage, cells: int, began: float) -> None:
    timing.record(folder, timing.Timing(stage, cells, time.monotonic() - began))


def _entries(settings: Settings, scorers: Sequence[Scorer]) -> dict[str, dict[str, object]]:
    return {
        scorer.name: provenance.scorer_entry(plugins.scorer_entry(name, scorer))
        for name, scorer in zip(settings.scorers, scorers, strict=True)
    }


def _report(work: Work, best_of: int | None = None) -> Outcome:
    audit = None if work.settings.audit is None else Path(work.settings.audit)
    estimates, measures = summary.write(
        work.folder, work.prompt_sets, work.keys(), command(work.settings), audit, best_of
    )
    return _outcome(
        work,
        estimates=estimates,
        measures=measures,
        report=work.folder / "report" / "index.html",
    )


def _outcome(
    work: Work,
    *,
    judged: bool = True,
    estimates: Sequence[Estimate] = (),
    measures: Mapping[str, Measure] | None = None,
    report: Path | None = None,
) -> Outcome:
    scorers = list(run.read_manifest(work.folder)["scorers"]) if judged else []
    missing = pipeline.missing(work.folder, work.requests, scorers)
    wanted = set(work.keys())
    samples = [s for key, s in run.read_samples(work.folder).items() if key in wanted]
    failures = Counter(f"drawing: {s.reason}" for s in samples if s.status == "failed")
    if judged:
        failures += Counter(
            f"{name}: {judgement.failure}"
            for (name, key), judgement in run.read_judgements(work.folder).items()
            if judgement.failure is not None and key in wanted
        )
    return Outcome(
        folder=work.folder,
        planned=len(work.requests),
        statuses=Counter(sample.status for sample in samples),
        missing_images=missing.images,
        missing_judgements=missing.judgements,
        failures=failures,
        estimates=estimates,
        measures=measures or {},
        report=report,
    )


def _free_memory() -> None:
    gc.collect()
    if "torch" in sys.modules:
        import torch

        if torch.cuda.is_available():
            torch.cuda.empty_cache()
