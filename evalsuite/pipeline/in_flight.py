"""Draw with a service: several requests in flight, each row written as its answer comes.

A request is asked for alone and by a thread of its own, which writes the row before it takes the
next one: a run that is killed has lost what was in flight, and nothing else that was paid for.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from evalsuite.executors.queue import Batch, Queue
from evalsuite.plugins import call
from evalsuite.records import Backend, Request, Stopped


def concurrency(backend: Backend) -> int | None:
    """How many requests a back-end wants in flight; None for one that draws in batches."""
    found: int | None = getattr(backend, "concurrency", None)
    return found


def draw_each(
    backend: Backend,
    queue: Queue[Request],
    keep: Callable[[Batch[Request], call.Ended], bool],
    ended: Callable[[Batch[Request], bool, Counter[str]], None],
    max_retries: int,
) -> str:
    """Ask for each request; why it ended before the last one, "" where it did not.

    Batches of the queue hold one request each. `keep` writes an answer's row and says whether it
    failed; `ended` is told that and what the request counts; both from several threads at once.
    `InputError` and KeyboardInterrupt pass through once what was in flight has its rows. On an
    interrupt the back-end is told to `halt()`, where it can, so that nothing waits for its turn
    meanwhile.
    """
    batches, taking = queue.batches(), threading.Lock()
    broken: list[BaseException] = []

    def stop(error: BaseException) -> None:
        broken.append(error)
        queue.stopped.set()

    def next_one() -> Batch[Request] | None:
        with taking:
            return None if broken else next(batches, None)

    def work() -> None:
        try:
            while (batch := next_one()) is not None:
                tally = Counter[str]()
                answer = call.render(backend, batch.items, max_retries, tally)[0]
                ended(batch, keep(batch, answer), tally)
        except BaseException as error:  # whatever it is: the others stop, and the caller is told
            stop(error)

    threads = min(concurrency(backend) or 1, len(queue.plan))
    with ThreadPoolExecutor(max(1, threads)) as pool:
        try:
            wait([pool.submit(work) for _ in range(threads)])
        except KeyboardInterrupt as error:
            stop(error)
            getattr(backend, "halt", lambda: None)()
            raise
    for end in broken:
        if not isinstance(end, Stopped):
            raise end
    return str(broken[0]) if broken else ""
