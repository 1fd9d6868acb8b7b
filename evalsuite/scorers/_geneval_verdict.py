"""GenEval's rules, as pure functions of boxes, clauses and colours.

Source: Ghosh et al. 2023 (arXiv 2310.11513) and the published `evaluation/evaluate_images.py` of
github.com/djghosh13/geneval, read at commit af4902f. Where paper and code differ, the code holds:
every published figure comes from it.

A class's boxes are an array of shape (n, 5): left, top, right, bottom in pixels, and the score.
Arithmetic keeps the array's own float type, because ties fall as its rounding says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalsuite.records import Clause, Prompt

Floats = NDArray[np.floating[Any]]

COLORS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white")
"""The palette among which a box's colour is chosen, in the published order."""
DIRECTION = 0.5
"""Least cosine between the shrunk offset's axis and the offset itself."""
NO_OFFSET = 1e-3
"""Shrunk offsets below this, in pixels, are in no direction."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The published thresholds, each an option of GenEval's own script.

    `threshold` and `counting_threshold` are scores that a box must exceed, the second where the
    prompt's tag is "counting". `max_objects` is how many boxes of a class count. Boxes that
    overlap a better one by an IoU of `max_overlap` or more are dropped; 1 drops none. `margin` is
    the share of two boxes' summed sides by which their centres' offset is shrunk.
    """

    threshold: float = 0.3
    counting_threshold: float = 0.9
    max_objects: int = 16
    max_overlap: float = 1.0
    margin: float = 0.1

    def threshold_for(self, tag: str) -> float:
        """The score that a box must exceed for a prompt of this tag."""
        return self.counting_threshold if tag == "counting" else self.threshold


PUBLISHED = Rules()


class PictureVerdict(NamedTuple):
    """Whether a picture is right, and one line for each fault, in GenEval's own wording."""

    correct: bool
    faults: tuple[str, ...]


def select(boxes: ArrayLike, tag: str, rules: Rules = PUBLISHED) -> list[int]:
    """Which boxes of one class count, best first, as row numbers.

    Equal scores come in the order of numpy's own ascending sort read backwards, as in the
    published code: up to 16 rows the later one first, beyond that as the sort leaves them.
    """
    table = _table(boxes)
    if not len(table):
        return []
    scores = table[:, 4]
    # The default sort, and no stable one: the published code's ties fall as this one's do.
    order = np.argsort(scores)[::-1]
    candidates = [int(row) for row in order if scores[row] > rules.threshold_for(tag)]
    candidates = candidates[: rules.max_objects]
    if rules.max_overlap == 1:
        return candidates
    kept: list[int] = []
    for row in candidates:
        if all(iou(table[better], table[row]) < rules.max_overlap for better in kept):
            kept.append(row)
    return kept


def of_detections(
    prompt: Prompt,
    detections: Mapping[str, ArrayLike],
    colors: Mapping[str, Sequence[str]],
    rules: Rules = PUBLISHED,
) -> PictureVerdict:
    """The verdict on raw detections: `select` for each class, then `verdict`.

    `detections` has the rows of each class in any order, shape (n, 5), and `colors` the colour of
    each row, for classes whose colour is asked.
    """
    tables = {name: _table(rows) for name, rows in detections.items()}
    kept = {name: select(table, prompt.tag, rules) for name, table in tables.items()}
    boxes = {name: tables[name][rows] for name, rows in kept.items()}
    named = {name: [labels[row] for row in kept.get(name, ())] for name, labels in colors.items()}
    return verdict(prompt.include, prompt.exclude, boxes, named, rules)


def verdict(
    include: Sequence[Clause],
    exclude: Sequence[Clause],
    boxes: Mapping[str, ArrayLike],
    colors: Mapping[str, Sequence[str]],
    rules: Rules = PUBLISHED,
) -> PictureVerdict:
    """Whether everything is as asked; `boxes` has each class's boxes that count, best first.

    `colors` has the colours of a class's boxes in the same order; only classes whose colour is
    asked need be there, and of those only the first `count`. Include clauses are read in order.
    Each takes the first `count` boxes of its class: colour and place are judged on these alone, so
    that a second red dog does not make up for a blue first one. A clause with any fault is no
    target for later ones, and its place is not looked at once number or colour is wrong. Exclude
    clauses come last; their colour is not looked at.
    """
    faults: list[str] = []
    groups: list[Floats | None] = []
    for clause in include:
        group = _table(boxes.get(clause.name, ()))[: clause.count]
        fault = _number(clause, group) or _color(clause, colors)
        if not fault and clause.position is not None:
            fault = _place(clause, group, groups[clause.position[1]], rules.margin)
        groups.append(None if fault else group)
        faults += [fault] if fault else []
    for clause in exclude:
        number = len(_table(boxes.get(clause.name, ())))
        if number >= clause.count:
            faults.append(f"expected {clause.name}<{clause.count}, found {number}")
    return PictureVerdict(not faults, tuple(faults))


def iou(a: ArrayLike, b: ArrayLike) -> float:
    """Overlap over union of two boxes, sides counted as whole pixels (right - left + 1)."""
    first, second = np.asarray(a)[:4], np.asarray(b)[:4]
    shared = _area(
        np.concatenate([np.maximum(first[:2], second[:2]), np.minimum(first[2:], second[2:])])
    )
    union = _area(first) + _area(second) - shared
    return shared / union if union else 0.0


def directions(a: ArrayLike, b: ArrayLike, margin: float = PUBLISHED.margin) -> frozenset[str]:
    """Where box `a` lies as seen from box `b`: up to two of left of, right of, above, below.

    On each axis the offset of the centres is shrunk by `margin` times the boxes' summed sides,
    and what is left is divided by the length of the *whole* offset. A quotient over 0.5 is a
    direction. The paper's text asks only that the offset exceed the margin; this is stricter: on
    a pure axis the offset must exceed twice the margin (40 px for two boxes of 100 px).
    """
    first, second = np.asarray(a)[:4], np.asarray(b)[:4]
    offset = (first[:2] + first[2:]) / 2 - (second[:2] + second[2:]) / 2
    extents = np.abs(first[2:] - first[:2]) + np.abs(second[2:] - second[:2])
    left = np.maximum(np.abs(offset) - margin * extents, 0) * np.sign(offset)
    if (np.abs(left) < NO_OFFSET).all():
        return frozenset()
    x, y = left / np.linalg.norm(offset)
    projections = {"left of": -x, "right of": x, "above": -y, "below": y}
    return frozenset(name for name, share in projections.items() if share > DIRECTION)


def _number(clause: Clause, group: Floats) -> str:
    short = len(group) < clause.count
    return f"expected {clause.name}>={clause.count}, found {len(group)}" if short else ""


def _color(clause: Clause, colors: Mapping[str, Sequence[str]]) -> str:
    if clause.color is None:
        return ""
    drawn = list(colors[clause.name])[: clause.count]
    if len(drawn) < clause.count:
        raise ValueError(f"{clause.name}: {len(drawn)} colours for {clause.count} boxes")
    if drawn.count(clause.color) == clause.count:
        return ""
    listed = ", ".join(f"{drawn.count(color)} {color}" for color in COLORS if color in drawn)
    found = f"{drawn.count(clause.color)} {clause.color}; and {listed}"
    return f"expected {clause.color} {clause.name}>={clause.count}, found {found}"


def _place(clause: Clause, group: Floats, target: Floats | None, margin: float) -> str:
    """Every box must lie so from every box of the target; the first pair that does not is named."""
    relation = clause.position[0] if clause.position else ""
    if target is None:
        return f"no target for {clause.name} to be {relation}"
    for box in group:
        for other in target:
            relations = directions(box, other, margin)
            if relation not in relations:
                found = " and ".join(sorted(relations))
                return f"expected {clause.name} {relation} target, found {found} target"
    return ""


def _area(box: Floats) -> float:
    width, height = np.maximum(box[2:] - box[:2] + 1, 0)
    return width * height  # type: ignore[no-any-return]  # a float of the boxes' own type


def _table(boxes: ArrayLike) -> Floats:
    """Rows of five floats; nothing at all is no rows."""
    table = np.asarray(boxes)
    return table if table.size else table.reshape(0, 5)
