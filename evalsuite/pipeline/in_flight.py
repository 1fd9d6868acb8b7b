"""Draw with a service: several requests in flight, each row written as its answer comes.

A request is asked for alone and by a thread of its own, which writes the row before it takes the
next one: a run that is killed has lost what was in flight, and nothing else that was paid for.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

from evalsuite.plugins import call
from evalsuite.records import Backend, Request, Stopped


def concurrency(backend: Backend) -> int | None:
    """How many requests a back-end wants in flight; None for one that draws in batches."""
    found: int | None = getattr(backend, "concurrency", None)
    return found


def draw_each(
    backend: Backend,
    todo: Sequence[Request],
    keep: Callable[[Request, call.Ended], bool],
    ended: Callable[[Counter[str]], None],
    max_retries: int,
) -> str:
    """Ask for each request; why it ended before the last one, "" where it did not.

    `keep` writes an answer's row, from several threads at once, and says whether it failed; `ended`
    is told what one request counts, by one thread at a time. `InputError` and KeyboardInterrupt
    pass through once what was in flight has its rows. On an interrupt the back-end is told to
    `halt()`, where it can, so that nothing waits for its turn meanwhile.
    """
    waiting, lock = iter(todo), threading.Lock()
    broken: list[BaseException] = []

    def next_one() -> Request | None:
        with lock:
            return None if broken else next(waiting, None)

    def work() -> None:
        try:
            while (request := next_one()) is not None:
                tally = Counter[str]()
                answer = call.render(backend, [request], max_retries, tally)[0]
                tally["failed"] += keep(request, answer)
                tally["ended"] += 1
                with lock:
                    ended(tally)
        except BaseException as error:  # whatever it is: the others stop, and the caller is told
            with lock:
                broken.append(error)

    threads = min(concurrency(backend) or 1, len(todo))
    with ThreadPoolExecutor(max(1, threads)) as pool:
        try:
            wait([pool.submit(work) for _ in range(threads)])
        except KeyboardInterrupt as error:
            with lock:
                broken.append(error)
            getattr(backend, "halt", lambda: None)()
            raise
    for end in broken:
        if not isinstance(end, Stopped):
            raise end
    return str(broken[0]) if broken else ""
