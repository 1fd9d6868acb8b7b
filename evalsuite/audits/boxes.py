"""How well a detector's boxes lie on things whose true boxes are known."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from evalsuite import stats
from evalsuite.records import Box, Interval
from evalsuite.scenes.world import Scene

Corners = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""


class FoundBoxes(NamedTuple):
    """One picture's boxes: those that a detector found, and the true ones that it looked for.

    `name` tells the pictures apart; boxes of one picture are not independent.
    """

    name: str
    found: Sequence[Box]
    true: Sequence[Box]


class BoxErrors(NamedTuple):
    """How far found boxes lie from the true ones.

    `overlap` is the mean intersection over union with its 95 % interval, clustered by picture;
    `tenth` its tenth percentile; `centre` the mean distance between centres in pixels. A true box
    is held against the box of its own name that is matched with it, however far away that lies.
    `missed` true boxes and `surplus` found ones had no partner, and are in none of the three.
    """

    overlap: Interval
    tenth: float | None
    centre: float | None
    missed: int
    surplus: int


def box_errors(pictures: Iterable[FoundBoxes]) -> BoxErrors:
    """The box error over pictures; each found box has one true one of its name at most.

    Partners are chosen so that the sum of overlaps is largest (Kuhn 1955, Naval Res. Logist. 2:83).
    """
    overlaps: list[float] = []
    distances: list[float] = []
    clusters: list[str] = []
    missed = surplus = 0
    for picture in pictures:
        for name in {box.name for box in (*picture.found, *picture.true)}:
            found = [box.box for box in picture.found if box.name == name]
            true = [box.box for box in picture.true if box.name == name]
            pairs = _partners(found, true)
            missed += len(true) - len(pairs)
            surplus += len(found) - len(pairs)
            overlaps += [overlap(found[i], true[k]) for i, k in pairs]
            distances += [_distance(found[i], true[k]) for i, k in pairs]
            clusters += [picture.name] * len(pairs)
    return BoxErrors(
        overlap=stats.mean(values=overlaps, clusters=clusters, bounds=(0.0, 1.0)),
        tenth=float(np.quantile(overlaps, 0.1)) if overlaps else None,
        centre=float(np.mean(distances)) if distances else None,
        missed=missed,
        surplus=surplus,
    )


def true_boxes(scene: Scene) -> tuple[Box, ...]:
    """Everything in a scene that a scorer may box: objects by shape, people by every name."""
    things = [Box(item.shape, item.box) for item in scene.items]
    people = [
        Box(name, box)
        for person in scene.people
        for name, box in (
            (person.occupation, person.box),
            ("person", person.box),
            ("face", person.face),
        )
    ]
    return (*things, *people)


def overlap(first: Corners, second: Corners) -> float:
    """Intersection over union, 0 to 1."""
    width = min(first[2], second[2]) - max(first[0], second[0])
    height = min(first[3], second[3]) - max(first[1], second[1])
    shared = max(width, 0.0) * max(height, 0.0)
    return shared / (_area(first) + _area(second) - shared) if shared else 0.0


def _partners(found: Sequence[Corners], true: Sequence[Corners]) -> list[tuple[int, int]]:
    if not found or not true:
        return []
    # Where no overlap tells two pairings apart, the nearer centres do.
    gains = [[overlap(a, b) - 1e-6 * _distance(a, b) for b in true] for a in found]
    rows, columns = linear_sum_assignment(np.array(gains), maximize=True)
    return [(int(i), int(k)) for i, k in zip(rows, columns, strict=True)]


def _area(box: Corners) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _distance(first: Corners, second: Corners) -> float:
    x, y = ((first[k] + first[k + 2] - second[k] - second[k + 2]) / 2 for k in (0, 1))
    return float((x**2 + y**2) ** 0.5)
