"""A slow second derivation of GenEval's rules, and random cases to hold the first against.

Written from the rules' description, one box and one number at a time, without arrays: it shares
no code and no structure with `evalsuite/scorers/_geneval_verdict.py`.
"""

from dataclasses import dataclass, field
from math import sqrt

import numpy as np

from evalsuite.records import Clause

PALETTE = ["red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white"]
CLASSES = ("dog", "cat", "teddy bear")
RELATIONS = ("left of", "right of", "above", "below")
TAGS = ("single_object", "two_object", "counting", "colors", "position", "color_attr")


@dataclass
class Detections:
    """One random picture: raw boxes (n, 5) and a colour a box, by class, and what is asked."""

    tag: str
    include: tuple[Clause, ...]
    exclude: tuple[Clause, ...]
    boxes: dict[str, np.ndarray]
    colors: dict[str, list[str]]
    max_overlap: float = 1.0
    metadata: dict = field(default_factory=dict)


def random_case(rng) -> Detections:
    """Small whole coordinates and few different scores, so that ties and touching are common."""
    kind = rng.integers(3)
    dtype = np.float32 if rng.integers(2) else np.float64
    boxes, colors = {}, {}
    for name in CLASSES:
        number = int(rng.choice([0, 1, 1, 2, 3, 4, 5, 20]))
        low = rng.integers(0, 12, (number, 2)) * (8 if kind else 1)
        sides = rng.integers(0, 6, (number, 2)) * (4 if kind else 1)  # empty boxes among them
        scores = rng.choice([0.1, 0.3, 0.31, 0.5, 0.9, 0.91, 0.99], number)
        if kind == 2:
            low, scores = rng.uniform(0, 512, (number, 2)), rng.uniform(0, 1, number)
            sides = rng.uniform(0, 200, (number, 2))
        boxes[name] = np.column_stack([low, low + sides, scores]).astype(dtype)
        palette = PALETTE[: int(rng.choice([1, 2, 10]))]
        colors[name] = [palette[k] for k in rng.integers(0, len(palette), number)]
    include = tuple(_clause(rng, place) for place in range(int(rng.integers(0, 4))))
    exclude = tuple(
        Clause(CLASSES[rng.integers(3)], int(rng.integers(1, 6)))
        for _ in range(int(rng.choice([0, 0, 1, 2])))
    )
    tag = TAGS[rng.integers(6)]
    overlap = float(rng.choice([1.0, 1.0, 0.5, 0.25]))
    return Detections(tag, include, exclude, boxes, colors, overlap, _row(tag, include, exclude))


def _clause(rng, place: int) -> Clause:
    color = PALETTE[rng.integers(3)] if rng.integers(2) else None
    position = None
    if place and rng.integers(3):
        position = (RELATIONS[rng.integers(4)], int(rng.integers(place)))
    count = int(rng.choice([1, 1, 1, 2, 3]))
    return Clause(CLASSES[rng.integers(3)], count, color=color, position=position)


def _row(tag, include, exclude) -> dict:
    """The case as GenEval's own files write it."""

    def spelt(clause):
        row = {"class": clause.name, "count": clause.count}
        if clause.color:
            row["color"] = clause.color
        if clause.position:
            row["position"] = list(clause.position)
        return row

    row = {"tag": tag, "prompt": "x", "include": [spelt(c) for c in include]}
    return row | ({"exclude": [spelt(c) for c in exclude]} if exclude else {})


def chosen(case: Detections, name: str) -> list[int]:
    """Rows of a class that count: over the threshold, best first, 16, apart."""
    least = 0.9 if case.tag == "counting" else 0.3
    least = float(case.boxes[name].dtype.type(least))
    scores = case.boxes[name][:, 4]
    # Equal scores fall as numpy's sort, read backwards, leaves them: the published code's order.
    rank = {int(row): place for place, row in enumerate(reversed(np.argsort(scores).tolist()))}
    rows = [row for row in rank if float(scores[row]) > least]
    ranked = sorted(rows, key=lambda row: (-float(scores[row]), rank[row]))[:16]
    kept = []
    for row in ranked:
        if case.max_overlap == 1.0:
            kept.append(row)
            continue
        box = case.boxes[name][row]
        if not any(overlap(box, case.boxes[name][k]) >= case.max_overlap for k in kept):
            kept.append(row)
    return kept


def overlap(a, b) -> float:
    """IoU by counting the whole pixels that a box's sides take up, both ends included."""

    def pixels(left, top, right, bottom):
        return max(right - left + 1, 0) * max(bottom - top + 1, 0)

    left, right = max(a[0], b[0]), min(a[2], b[2])
    top, bottom = max(a[1], b[1]), min(a[3], b[3])
    both = pixels(left, top, right, bottom)
    whole = pixels(*a[:4]) + pixels(*b[:4]) - both
    return both / whole if whole else 0


def relations(a, b) -> set[str]:
    """The directions in which box a lies from box b."""
    kind = a.dtype.type
    shifts, rests = [], []
    for low, high in ((0, 2), (1, 3)):
        shift = (a[low] + a[high]) / kind(2) - (b[low] + b[high]) / kind(2)
        slack = kind(0.1) * (abs(a[high] - a[low]) + abs(b[high] - b[low]))
        rest = max(abs(shift) - slack, kind(0))
        shifts.append(shift)
        rests.append(-rest if shift < 0 else rest)
    if all(abs(rest) < 1e-3 for rest in rests):
        return set()
    length = sqrt(float(shifts[0]) ** 2 + float(shifts[1]) ** 2)
    names = (("left of", "right of"), ("above", "below"))
    found = set()
    for rest, (before, after) in zip(rests, names, strict=True):
        share = rest / kind(length)
        if abs(share) > 0.5:
            found.add(before if share < 0 else after)
    return found


def facts(case: Detections) -> list[tuple]:
    """Every fault as a tuple of facts, in the order in which clauses are read; none is right."""
    rows = {name: chosen(case, name) for name in case.boxes}
    found: list[tuple] = []
    targets: dict[int, list] = {}
    for place, clause in enumerate(case.include):
        mine = rows.get(clause.name, [])[: clause.count]
        if len(mine) != clause.count:
            found.append(("number", clause.name, clause.count, len(mine)))
            continue
        tints = [case.colors[clause.name][row] for row in mine]
        if clause.color and set(tints) != {clause.color}:
            tally = tuple((tints.count(c), c) for c in PALETTE if c in tints)
            wanted = (clause.color, tints.count(clause.color))
            found.append(("color", clause.name, clause.count, *wanted, tally))
            continue
        boxes = [case.boxes[clause.name][row] for row in mine]
        if clause.position:
            relation, target = clause.position
            if target not in targets:
                found.append(("no target", clause.name, relation))
                continue
            pairs = [(a, b) for a in boxes for b in targets[target]]
            wrong = [relations(a, b) for a, b in pairs]
            wrong = [seen for seen in wrong if relation not in seen]
            if wrong:
                found.append(("place", clause.name, relation, frozenset(wrong[0])))
                continue
        targets[place] = boxes
    for clause in case.exclude:
        number = len(rows.get(clause.name, []))
        if number >= clause.count:
            found.append(("too many", clause.name, clause.count, number))
    return found


def parsed(fault: str) -> tuple:
    """The facts of a line as GenEval writes it."""
    if fault.startswith("no target for "):
        name, relation = fault.removeprefix("no target for ").split(" to be ")
        return "no target", name, relation
    wanted, found = fault.removeprefix("expected ").split(", found ", 1)
    if found.endswith(" target"):
        for relation in RELATIONS:
            if wanted.endswith(f" {relation} target"):
                name = wanted.removesuffix(f" {relation} target")
                seen = found.removesuffix(" target").split(" and ")
                return "place", name, relation, frozenset(filter(None, seen))
    if "<" in wanted:
        name, count = wanted.split("<")
        return "too many", name, int(count), int(found)
    name, count = wanted.split(">=")
    if ";" not in found:
        return "number", name, int(count), int(found)
    color, name = name.split(" ", 1)
    right, tally = found.split("; and ")
    pairs = tuple((int(n), c) for n, c in (part.split(" ") for part in tally.split(", ")))
    return "color", name, int(count), color, int(right.split(" ")[0]), pairs
