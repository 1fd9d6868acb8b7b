"""What one call of the drawing or the judging loop did, and how it tells how far it is."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evalsuite.records import Progress


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


def counts(tally: Mapping[str, int]) -> Counts:
    """A tally by the names of the fields, as the record."""
    return Counts(**dict[str, Any](tally))


def tell(progress: Progress | None, stage: str, tally: Counter[str]) -> None:
    """Say how many of the stage's cells are done, where somebody wants to know."""
    if progress is not None:
        progress(stage, tally["reused"] + tally["shared"] + tally["ended"], tally["planned"])
