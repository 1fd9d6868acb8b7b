"""Drawing a stratified random sample that only ever grows, with known probabilities.

Every image has a permanent random number, from the run's digest and its own name, and a sample of
n images of a stratum are the n with the smallest: a simple random sample, of which a larger one
holds every image (Ohlsson 1995, in Business Survey Methods, 153-169). Samples for two questions
share images where they can, which spares people looking twice.
"""

import heapq
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from evalsuite.labels.frame import Cell
from evalsuite.records import Json, Key
from evalsuite.runs.identity import digest

LEAST = 2
"""Images of every stratum that come first, as far as it has so many: fewer tell no variance."""


class Drawn(NamedTuple):
    """A drawn image: `drawn` of the `size` images of its stratum are in the sample."""

    cell: Cell
    drawn: int
    size: int


def seed_of(manifest: Mapping[str, Json]) -> str:
    """The run's digest without its scorers: who judges changes nothing about which image is which.

    So a scorer that is added later leaves the numbers as they are.
    """
    return digest({**manifest, "scorers": {}})


def chance(seed: str, *names: object) -> int:
    """The permanent random number, 64 bits, of what these names name."""
    return int.from_bytes(sha256("\n".join([seed, *map(str, names)]).encode()).digest()[:8])


def draw(cells: Sequence[Cell], images: int, seed: str) -> list[Drawn]:
    """A sample of so many images (all, if there are no more), in the order of their cells.

    Every stratum gets `LEAST`, and the rest go one by one to the stratum with the largest
    sqrt(size) / (number it has): a power allocation (Bankier 1988, Am. Stat. 42:174-177) by a
    divisor method, in which no stratum loses an image when the sample grows (Balinski & Young 1982,
    Fair Representation, house monotonicity).
    """
    strata: dict[str, list[Cell]] = {}
    for cell in cells:
        strata.setdefault(cell.stratum, []).append(cell)
    seats = allocate({name: len(members) for name, members in strata.items()}, images)
    chosen: dict[Key, Drawn] = {}
    for name, members in strata.items():
        ordered = sorted(members, key=lambda cell: (chance(seed, *cell.key), cell.key))
        for cell in ordered[: seats[name]]:
            chosen[cell.key] = Drawn(cell, seats[name], len(members))
    return [chosen[cell.key] for cell in cells if cell.key in chosen]


def allocate(sizes: Mapping[str, int], images: int) -> dict[str, int]:
    """How many of each stratum are drawn; with one more image one stratum gets one more."""
    seats = dict.fromkeys(sizes, 0)
    waiting = [(_turn(size, 0), name) for name, size in sizes.items() if size]
    heapq.heapify(waiting)
    for _ in range(min(images, sum(sizes.values()))):
        _, name = heapq.heappop(waiting)
        seats[name] += 1
        if seats[name] < sizes[name]:
            heapq.heappush(waiting, (_turn(sizes[name], seats[name]), name))
    return seats


def _turn(size: int, has: int) -> tuple[float, float]:
    """What the next image of a stratum waits for: first its least, then the smallest comes next."""
    if has < LEAST:
        return (float(has), -float(size))
    return (float(LEAST), has / size**0.5)
