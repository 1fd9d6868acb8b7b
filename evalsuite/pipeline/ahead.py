"""Open the pictures of the next batch in threads while the scorers are at the present one.

To read, decode and resize a picture takes a core longer than a GPU takes to encode it: in turn, the
GPU waits. One batch is opened ahead and no more, so that two batches of pictures are held at most.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

from evalsuite.executors.processes import cores
from evalsuite.executors.queue import Batch, Queue
from evalsuite.pipeline.cells import Cell, case_of, open_pictures
from evalsuite.records import Case, Key, Picture, Scorer
from evalsuite.runs.images import Images

T = TypeVar("T")
Pictures = Mapping[str, Picture | str]
Due = Callable[[str, Sequence[Key]], Sequence[Cell]]

MOST = 8
"""Threads that open pictures, at most."""


def spare_cores() -> int:
    """The cores that the scorers' networks leave free: all but one beside a GPU."""
    busy = 1
    if "torch" in sys.modules:
        import torch

        busy = 1 if torch.cuda.is_available() else torch.get_num_threads()
    return max(0, min(MOST, cores() - busy))


def opened(
    queue: Queue[Key],
    images: Images,
    scorers: Sequence[Scorer],
    due: Due,
    tally: Counter[str],
) -> Generator[tuple[Batch[Key], Pictures]]:
    """The queue's batches with their pictures, of which the next is opened ahead.

    That is where a scorer offers `preprocess` and a core is free, and else nothing is. `due` gives
    the cells of a batch that the scorer of a name has not judged.
    """

    def each(threads: Executor | None) -> Iterator[tuple[Batch[Key], Pictures]]:
        for batch in queue.batches():
            cells = {scorer.name: due(scorer.name, batch.items) for scorer in scorers}
            names = dict.fromkeys(cell.image for of in cells.values() for cell in of)
            pictures = open_pictures(images, [*names], tally)
            if threads is not None:
                preprocess(scorers, cells, pictures, threads)
            yield batch, pictures

    is_able = any(hasattr(scorer, "preprocess") for scorer in scorers)
    if not is_able or not (spare := spare_cores()):
        yield from each(None)
        return
    with ThreadPoolExecutor(spare, "preprocess") as threads:
        yield from ahead(each(threads), queue.stopped.set)


def ahead(items: Iterator[T], stop: Callable[[], object]) -> Iterator[T]:
    """The items, each made by another thread while the caller is at the one before.

    Where the caller goes no further, `stop` is called, which has to end what the thread waits for.
    """
    with ThreadPoolExecutor(1, "ahead") as thread:
        try:
            coming = thread.submit(next, items, None)
            while (item := coming.result()) is not None:
                coming = thread.submit(next, items, None)
                yield item
        finally:
            stop()


def preprocess(
    scorers: Sequence[Scorer],
    due: Mapping[str, Sequence[Cell]],
    pictures: Pictures,
    threads: Executor,
) -> None:
    """Have the scorers that offer it, `preprocess(case)`, do what needs no network.

    A picture is one thread's alone. What a scorer raises here, it raises again when it judges.
    """
    work: defaultdict[str, list[Callable[[], None]]] = defaultdict(list)
    for scorer in scorers:
        ask: Callable[[Case], None] | None = getattr(scorer, "preprocess", None)
        if ask is None:
            continue
        for cell in due[scorer.name]:
            picture = pictures[cell.image]
            if not isinstance(picture, str):
                work[cell.image].append(partial(ask, case_of(cell, picture)))

    def do(calls: Sequence[Callable[[], None]]) -> None:
        for ask in calls:
            with suppress(Exception):
                ask()

    list(threads.map(do, work.values()))
