"""The two resumable loops: draw what the rows lack, judge what the rows lack.

What is done is what the rows say. Running the same command again finishes what is missing, with
any number of workers, and re-does nothing. Every planned cell ends as a value, an abstention or a
failure; nothing that is missing becomes a score.
"""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import Any

from evalsuite.executors.queue import Batch, Queue
from evalsuite.files.segments import Segment
from evalsuite.pipeline.cells import Cell, drawn_cells, judge_cells, open_pictures
from evalsuite.pipeline.in_flight import concurrency, draw_each
from evalsuite.pipeline.keeping import keep_drawn
from evalsuite.plugins import call
from evalsuite.records import Backend, InputError, Key, PromptSet, Request, Scorer
from evalsuite.runs.appended import Appended
from evalsuite.runs.claims import Claims
from evalsuite.runs.identity import digest
from evalsuite.runs.judgement_rows import parse_key
from evalsuite.runs.rows import RunRows, undrawn, write_judgement

Progress = Callable[[str, int, int], None]
"""Told the stage ("generate" or "judge"), how many cells are done, and of how many."""

WRITERS = min(4, os.cpu_count() or 1)
"""Threads that compress images: each takes about 20 ms for 512x512 pixels."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What one call did, for benchmarks and tests.

    `planned` cells, of which `reused` were done before, `shared` by other workers meanwhile, and
    `ended` ended now (`failed` of them as a failure); `calls` of `render` or a scorer's `judge`, of
    which `retried` were repetitions; images `decoded`; features `loaded` from the run folder and
    `encoded` anew. `stopped` says why drawing ended before its time, "" where it did not.
    """

    planned: int = 0
    reused: int = 0
    shared: int = 0
    ended: int = 0
    failed: int = 0
    calls: int = 0
    retried: int = 0
    decoded: int = 0
    loaded: int = 0
    encoded: int = 0
    stopped: str = ""


def _counts(tally: Mapping[str, int]) -> Counts:
    return Counts(**dict[str, Any](tally))


# Drawing


def generate(
    rows: RunRows,
    backend: Backend,
    requests: Sequence[Request],
    *,
    claims: Claims | None = None,
    max_retries: int = 2,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> Counts:
    """Draws the images that have none of the run's `rows`, or whose file is lost or damaged.

    Other workers may be at the same run: each batch of the plan is drawn by whoever claims it
    first, and this returns once all of them are done. `claims` are this worker's, if it has some.

    The backend always gets exactly `backend.batch_size` requests: a short batch repeats its last
    one, and what that gives is dropped. A batch that raises is asked for again `max_retries`
    times, then each of its requests alone once, and those that still raise become "failed", so
    that no image's fate hangs on its neighbours. What is no picture becomes "invalid". A row is
    final, but with `retry_failed` those that failed are drawn again.

    `InputError` from the backend, and KeyboardInterrupt, pass through; rows already acknowledged
    stay. While one batch is drawn, the one before is read back, compressed and written. `rows`
    stay as they are: `runs.rows.refreshed` reads what was appended.

    A backend with a `concurrency` is asked for one request at a time, by so many threads at once,
    and never for padding; it may raise `Stopped`, and no row is written then.
    """
    todo = {request.key for request in undrawn(rows, requests, failed=retry_failed)}
    tally = Counter(planned=len(requests), reused=len(requests) - len(todo))
    _tell(progress, "generate", tally)
    if not todo:
        return _counts(tally)
    return _generate_left(rows, backend, requests, todo, tally, claims, max_retries, progress)


def _generate_left(
    rows: RunRows,
    backend: Backend,
    requests: Sequence[Request],
    todo: set[Key],
    tally: Counter[str],
    claims: Claims | None,
    max_retries: int,
    progress: Progress | None,
) -> Counts:
    """`generate`'s images that nobody has drawn yet, `todo`; counted in `tally`."""
    counting = Lock()

    def look() -> None:
        with counting:
            for row in appended.news():
                if (key := parse_key(row)) in todo:
                    todo.remove(key)
                    rows.images.forget(row["image"])  # it was lost, and may be back
                    tally["shared"] += 1

    def end(batch: Batch[Request], failed: int) -> None:
        with counting:
            mine = todo.intersection(request.key for request in batch.items)
            todo.difference_update(mine)
            tally.update(failed=failed, ended=len(batch.items), shared=len(mine) - len(batch.items))
            _tell(progress, "generate", tally)
        queue.done(batch)

    with (
        nullcontext(claims) if claims else Claims(rows.folder) as own,
        Segment(rows.folder, f"samples-{own.worker}") as segment,
        ThreadPoolExecutor(WRITERS) as writers,
    ):
        appended = Appended(rows.folder, "samples", rows.sizes, own.worker)
        queue = Queue(
            claims=own,
            name="generate",
            plan=requests,
            size=backend.batch_size,
            ids=lambda request: request.key,
            left=lambda batch: [request for request in batch if request.key in todo],
            look=look,
            idle=lambda: _tell(progress, "generate", tally),
        )
        keep = partial(keep_drawn, rows.images, segment, writers, Lock())
        if concurrency(backend) is not None:
            return _generate_each(backend, queue, keep, end, tally, max_retries)
        _generate_batches(backend, queue, keep, end, tally, max_retries)
    return _counts(tally)


Keep = Callable[[Sequence[Request], call.Answers], int]
End = Callable[[Batch[Request], int], None]


def _generate_batches(
    backend: Backend,
    queue: Queue[Request],
    keep: Keep,
    end: End,
    tally: Counter[str],
    max_retries: int,
) -> None:
    """`generate` for a backend that is asked for a batch; one is begun before the last is kept."""

    def acknowledge(pending: Future[int], batch: Batch[Request]) -> None:
        try:
            failed = pending.result()
        except call.Unread as error:
            answers = call.again(backend, batch.items, max_retries, tally, str(error))
            failed = keep(batch.items, lambda: answers)
        end(batch, failed)

    with ThreadPoolExecutor(1) as reader:
        pending: tuple[Future[int], Batch[Request]] | None = None
        for batch in queue.batches():
            answers = call.start(backend, batch.items, max_retries, tally)
            if pending is not None:
                acknowledge(*pending)
            pending = (reader.submit(keep, batch.items, answers), batch)
        if pending is not None:
            acknowledge(*pending)


def _generate_each(
    backend: Backend,
    queue: Queue[Request],
    keep: Keep,
    end: End,
    tally: Counter[str],
    max_retries: int,
) -> Counts:
    """`generate` for a backend that is asked for one request at a time."""

    def kept(batch: Batch[Request], answer: call.Ended) -> bool:
        return keep(batch.items, lambda: [answer]) > 0

    def ended(batch: Batch[Request], failed: bool, own: Counter[str]) -> None:
        tally.update(own)
        end(batch, failed)

    stopped = draw_each(backend, queue, kept, ended, max_retries)
    return replace(_counts(tally), stopped=stopped)


# Judging


def judge(
    rows: RunRows,
    scorers: Sequence[Scorer],
    prompt_sets: Sequence[PromptSet],
    *,
    requests: Sequence[Request] = (),
    claims: Claims | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> Counts:
    """Judges every "ok" sample of the prompt sets whose present image has no judgement in `rows`.

    Images pass in planned order, in batches as large as the largest a scorer takes; all scorers
    see one batch before the next is opened, so that an image is decoded at most once and what one
    scorer's encoder found is there for the next. New features go to the run folder. Batches are
    cut from the planned `requests`, from the drawn samples where none are given, and shared with
    other workers as those of `generate` are.

    A scorer that raises on its cases is asked for each alone, and where it raises again (or gives
    NaN, or judges another case than asked) the judgement is a failure with the reason, and final
    unless `retry_failed` says to judge those again. An image that is missing or damaged gives a
    failure that stands until the image is back.
    """
    names = [scorer.name for scorer in scorers]
    if len(set(names)) < len(names):
        raise InputError(f"scorers {', '.join(names)}: one is named twice; name it once")
    cells = {cell.key: cell for cell in drawn_cells(rows.samples, prompt_sets)}

    def is_final(name: str, key: Key) -> bool:
        judged = rows.judged.get((name, key))
        if judged is None or judged.image is None:
            return False
        return not retry_failed or judged.judgement.failure is None

    todo = {name: {key for key in cells if not is_final(name, key)} for name in names}
    total = len(cells) * len(scorers)
    tally = Counter(planned=total, reused=total - sum(map(len, todo.values())))
    _tell(progress, "judge", tally)
    if any(todo.values()):
        plan = [request.key for request in requests] or list(cells)
        _judge_left(rows, scorers, cells, plan, todo, tally, claims, progress)
    return _counts(tally)


def _judge_left(
    rows: RunRows,
    scorers: Sequence[Scorer],
    cells: Mapping[Key, Cell],
    plan: Sequence[Key],
    todo: Mapping[str, set[Key]],
    tally: Counter[str],
    claims: Claims | None,
    progress: Progress | None,
) -> None:
    """`judge`'s cells that nobody has judged yet, `todo` by scorer; counted in `tally`."""
    names, held = [*todo], rows.judged
    prints = {name: rows.fingerprints.get(name, "") for name in names}

    def look() -> None:
        for row in appended.news():
            name, key = row["scorer"], parse_key(row)
            is_ours = key in todo.get(name, ()) and row.get("by", "") == prints[name]
            if is_ours and row["image"] in (cells[key].image, None):
                todo[name].remove(key)
                tally["shared"] += 1

    with ExitStack() as stack:
        own = claims or stack.enter_context(Claims(rows.folder))
        appended = Appended(rows.folder, "judgements", rows.sizes, own.worker)
        segments = {
            name: stack.enter_context(Segment(rows.folder, f"judgements-{name}-{own.worker}"))
            for name in names
        }
        queue = Queue(
            claims=own,
            name=f"judge-{digest(prints)[:12]}",
            plan=plan,
            size=max((scorer.batch_size for scorer in scorers), default=1),
            ids=tuple,
            left=lambda batch: [key for key in batch if any(key in todo[name] for name in names)],
            look=look,
            idle=lambda: _tell(progress, "judge", tally),
        )
        for batch in queue.batches():
            pictures = open_pictures(rows.images, [cells[key] for key in batch.items], tally)
            for scorer in scorers:
                due = [cells[key] for key in batch.items if key in todo[scorer.name]]
                found = judge_cells(rows.folder, scorer, due, pictures, tally)
                judged = [each._replace(by=prints[scorer.name]) for each in found]
                # An image still lost is not written down again at every resume.
                news = [j for j in judged if held.get((scorer.name, j.judgement.key)) != j]
                write_judgement(segments[scorer.name], *news)
                todo[scorer.name].difference_update(cell.key for cell in due)
                tally["ended"] += len(due)
            queue.done(batch)
            _tell(progress, "judge", tally)


def _tell(progress: Progress | None, stage: str, tally: Counter[str]) -> None:
    if progress is not None:
        progress(stage, tally["reused"] + tally["shared"] + tally["ended"], tally["planned"])
