"""What a helper of a command does: the same stages on the same folder."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evalsuite.pipeline import stages
from evalsuite.pipeline.helping import refuse_alone
from evalsuite.pipeline.settings import resolve
from evalsuite.pipeline.work import Work, begin_work, load_scorers, remake_work
from evalsuite.records import Backend, InputError, Json, Progress, Scorer
from evalsuite.runs.folder import is_begun, read_manifest
from evalsuite.runs.rows import RunRows, read_run, refreshed

PAUSE = 0.5
"""Seconds between two looks for images that were drawn since."""


def help_out(task: Json, is_drawn: threading.Event) -> None:
    """Draw, judge, or judge behind the drawing ("stream"), as the task says, until all is done."""
    helper = Helper(task)
    for stage in task["stages"]:
        helper.act(stage, {}, is_drawn, None)


class Helper:
    """A helper of the run in the task's `folder`, by its `settings`; asked for a stage at a time.

    One that begins a run has its model loaded from then on, and draws with it.
    """

    def __init__(self, task: Json) -> None:
        self._settings = resolve(task["settings"])
        self._folder = Path(task["folder"])
        self._begun: tuple[Work, Backend] | None = None

    def act(
        self, stage: str, order: Json, is_drawn: threading.Event, progress: Progress | None
    ) -> None:
        """Do a stage to its end: "begin", "draw", "judge", or "stream" until `is_drawn` is set.

        An order to begin says whether to `resume` and whether scorers will judge (`is_judged`); to
        a helper on another machine what the run's manifest must say there (`created`). Raises
        `InputError` as the stages do.
        """
        if "created" in order:
            refuse_elsewhere(self._folder, order["created"])
        if stage == "begin":
            self._begin(order["resume"], order["is_judged"])
        elif stage == "draw":
            self._draw(progress)
        else:
            self._judge(is_drawn if stage == "stream" else None, progress)

    def _begin(self, resume: bool, is_judged: bool) -> None:
        """Begin the run for a command that loads no model itself."""
        settings = replace(self._settings, resume=resume)
        work, backend = begin_work(settings)
        refuse_alone(settings, backend)
        scorers = load_scorers(settings, work.dialect) if is_judged else []
        stages.begin(work, backend, scorers, None)
        self._begun = replace(work, settings=self._settings), backend

    def _draw(self, progress: Progress | None) -> None:
        work, backend = self._begun or begin_work(self._settings)
        self._begun = None
        stages.draw(work, backend, stages.begin(work, backend, [], None), progress)
        del backend
        stages.free_memory()

    def _judge(self, is_drawn: threading.Event | None, progress: Progress | None) -> None:
        rows = read_run(self._folder)
        work = remake_work(rows, self._settings)
        scorers = load_scorers(self._settings, work.dialect)
        rows = stages.begin_judging(work, scorers, rows)
        if is_drawn is not None:
            rows = _stream(work, scorers, rows, is_drawn)
        stages.judge_drawn(work, scorers, refreshed(rows), progress)


def refuse_elsewhere(folder: Path, created: Json) -> None:
    """Raise `InputError` where the folder, as this machine sees it, is not the command's own."""
    if is_begun(folder) and read_manifest(folder).get("created") == created:
        return
    raise InputError(
        f"{folder}: one of the machines does not see there what another wrote; choose an "
        "--output-dir on a path that all of them share"
    )


def _stream(
    work: Work, scorers: Sequence[Scorer], rows: RunRows, is_drawn: threading.Event
) -> RunRows:
    """Judge the batches whose images are all there, until the last image is drawn."""
    size = max((scorer.batch_size for scorer in scorers), default=1)
    cuts = [work.requests[at : at + size] for at in range(0, len(work.requests), size)]
    while not is_drawn.is_set():
        began = time.monotonic()
        rows = refreshed(rows)
        looked = time.monotonic() - began
        whole = [all(request.key in rows.samples for request in cut) for cut in cuts]
        ready = [cut for cut, is_whole in zip(cuts, whole, strict=True) if is_whole]
        cuts = [cut for cut, is_whole in zip(cuts, whole, strict=True) if not is_whole]
        if ready:
            part = replace(work, requests=[request for cut in ready for request in cut])
            rows = stages.judge_drawn(part, scorers, rows, None)
        is_drawn.wait(max(PAUSE, 4 * looked))  # each look goes over all that is there
    return rows
