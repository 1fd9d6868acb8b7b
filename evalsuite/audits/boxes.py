"""How well a detector's boxes lie on things whose true boxes are known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evalsuite import stats
from evalsuite.audits.known import KnownCase
from evalsuite.audits.record import audited_interval
from evalsuite.records import Box, Interval, Json, Judgement, Key
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
        overlap=audited_interval(stats.mean(values=overlaps, clusters=clusters, bounds=(0.0, 1.0))),
        tenth=float(np.quantile(overlaps, 0.1)) if overlaps else None,
        centre=float(np.mean(distances)) if distances else None,
        missed=missed,
        surplus=surplus,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedBoxes:
    """The box error of a scorer on one kind of pictures (`known.PictureKind`)."""

    scorer: str
    kind: str
    weights: str
    errors: BoxErrors


def audited_boxes(
    cases: Sequence[KnownCase], judgements: Mapping[tuple[str, Key], Judgement]
) -> list[AuditedBoxes]:
    """The box errors of every scorer that has boxes, by kind of pictures.

    Each picture counts once, by the boxes that its true prompt made the scorer look for. A thing
    under a name that the scorer never boxes is not missed.
    """
    rows = []
    asked = [known for known in cases if known.boxes and known.truth.get("correct") == 1.0]
    for scorer in dict.fromkeys(name for name, _ in judgements):
        for kind in dict.fromkeys(known.kind for known in asked):
            judged = [
                (known, judgements[scorer, known.case.key])
                for known in asked
                if known.kind == kind and (scorer, known.case.key) in judgements
            ]
            boxed = {box.name for _, judgement in judged for box in judgement.boxes}
            if boxed:
                errors = box_errors(
                    _looked_for(known, judgement, boxed) for known, judgement in judged
                )
                rows.append(
                    AuditedBoxes(scorer=scorer, kind=kind.name, weights=kind.weights, errors=errors)
                )
    return rows


def _looked_for(known: KnownCase, judgement: Judgement, boxed: set[str]) -> FoundBoxes:
    """A picture's boxes under the names that were looked for: the prompt's, and those found."""
    found = {box.name for box in judgement.boxes}
    asked = {clause.name for clause in known.case.prompt.include} & boxed
    # A scorer that boxes nothing that prompts name (a face) looks for its own names everywhere.
    names = found | (asked or boxed)
    return FoundBoxes(
        name=known.case.picture.sha256,
        found=judgement.boxes,
        true=[box for box in known.boxes if box.name in names],
    )


def box_row(row: AuditedBoxes) -> dict[str, Json]:
    """A record as a flat map, as an audit's file holds it."""
    errors, interval = row.errors, row.errors.overlap
    return {
        "scorer": row.scorer,
        "kind": row.kind,
        "weights": row.weights,
        "overlap": interval.value,
        "low": interval.low,
        "high": interval.high,
        "n": interval.n,
        "images": interval.clusters,
        "tenth": errors.tenth,
        "centre": errors.centre,
        "missed": errors.missed,
        "surplus": errors.surplus,
    }


def box_from_row(row: Mapping[str, Json]) -> AuditedBoxes:
    """The record that `box_row` made a map of; `KeyError` if it is none."""
    interval = Interval(*(row[name] for name in ("overlap", "low", "high", "n", "images")))
    numbers = (row[name] for name in ("tenth", "centre", "missed", "surplus"))
    names = {name: row[name] for name in ("scorer", "kind", "weights")}
    return AuditedBoxes(**names, errors=BoxErrors(interval, *numbers))


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
    from scipy.optimize import linear_sum_assignment

    gains = [[overlap(a, b) - 1e-6 * _distance(a, b) for b in true] for a in found]
    rows, columns = linear_sum_assignment(np.array(gains), maximize=True)
    return [(int(i), int(k)) for i, k in zip(rows, columns, strict=True)]


def _area(box: Corners) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _distance(first: Corners, second: Corners) -> float:
    x, y = ((first[k] + first[k + 2] - second[k] - second[k + 2]) / 2 for k in (0, 1))
    return float((x**2 + y**2) ** 0.5)
