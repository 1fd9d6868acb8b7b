"""How many threads a worker computes with where there is no GPU: the run's number, not the host's.

torch's sums depend on how many threads share them: of 16 images of `scenes-ldm`, 5 differed between
one thread and two. So the number does not depend on the workers beside, and a run keeps the one
that it began with, on whatever host it goes on.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from evalsuite.executors.processes import cores
from evalsuite.records import Json

THREADS = 4
"""Threads of a worker on a machine with as many cores, unless OMP_NUM_THREADS says otherwise."""


def own_threads() -> int | None:
    """The number for a run that begins here; None where a GPU computes, or nothing does."""
    if "torch" not in sys.modules:
        return None
    import torch

    if torch.cuda.is_available():
        return None
    is_said = os.environ.get("OMP_NUM_THREADS", "").isdigit()
    return torch.get_num_threads() if is_said else min(THREADS, cores())


@contextmanager
def threads_of(manifest: Mapping[str, Json]) -> Iterator[None]:
    """Compute with the threads that a run's manifest names, if it does, while the body lasts."""
    count = manifest.get("threads")
    if not isinstance(count, int) or count < 1 or own_threads() is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
