"""The loop that draws what a run's rows lack.

What is done is what the rows say. Running the same command again finishes what is missing, with
any number of workers, and re-does nothing. Every planned image ends as a picture or as the reason
why there is none.
"""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from threading import Lock

from evalsuite.executors.queue import Batch, Queue
from evalsuite.files.segments import Segment
from evalsuite.pipeline.counts import Counts, counts, tell
from evalsuite.pipeline.in_flight import concurrency, draw_each
from evalsuite.pipeline.keeping import keep_drawn
from evalsuite.plugins import call
from evalsuite.records import Backend, Key, Progress, Request
from evalsuite.runs.appended import Appended
from evalsuite.runs.claims import Claims
from evalsuite.runs.judgement_rows import parse_key
from evalsuite.runs.rows import RunRows, undrawn

WRITERS = min(4, os.cpu_count() or 1)
"""Threads that compress images: each takes about 20 ms for 512x512 pixels."""


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
    tell(progress, "generate", tally)
    if not todo:
        return counts(tally)
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
            tell(progress, "generate", tally)
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
            idle=lambda: tell(progress, "generate", tally),
        )
        keep = partial(keep_drawn, rows.images, segment, writers, Lock())
        if concurrency(backend) is not None:
            return _generate_each(backend, queue, keep, end, tally, max_retries)
        _generate_batches(backend, queue, keep, end, tally, max_retries)
    return counts(tally)


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
    return replace(counts(tally), stopped=stopped)
