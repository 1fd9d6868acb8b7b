"""What a helper of a command does: the same stages on the same folder."""

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from evalsuite.pipeline import stages
from evalsuite.pipeline.settings import resolve
from evalsuite.pipeline.work import Work, begin_work, load_scorers, remake_work
from evalsuite.records import Json, Scorer
from evalsuite.runs.rows import RunRows, read_run, refreshed

PAUSE = 0.5
"""Seconds between two looks for images that were drawn since."""


def help_out(task: Json, is_drawn: threading.Event) -> None:
    """Draw, judge, or judge behind the drawing ("stream"), as the task says, until all is done."""
    settings = resolve(task["settings"])
    if "draw" in task["stages"]:
        work, backend = begin_work(settings)
        stages.draw(work, backend, stages.begin(work, backend, [], None), None)
        del backend
        stages.free_memory()
    if task["stages"] == ["draw"]:
        return
    rows = read_run(Path(task["folder"]))
    work = remake_work(rows, settings)
    scorers = load_scorers(settings, work.dialect)
    rows = stages.begin_judging(work, scorers, rows)
    if "stream" in task["stages"]:
        rows = _stream(work, scorers, rows, is_drawn)
    stages.judge_drawn(work, scorers, refreshed(rows), None)


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
        is_drawn.wait(max(PAUSE, 4 * looked))  # segments that have grown are read whole each time
    return rows
