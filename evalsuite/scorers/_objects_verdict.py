"""The verdicts on a prompt's clauses that boxes give: pure functions, which see no picture."""

from collections import Counter
from collections.abc import Mapping, Sequence

from evalsuite.encoders.detector import Detection
from evalsuite.records import Clause, Prompt, Value
from evalsuite.scorers._objects_looks import LOOKS
from evalsuite.scorers._objects_sharing import Boxes, arrangements, numbers, of_clause
from evalsuite.scorers._objects_visor import asks, relation_holds
from evalsuite.vocabulary.relations import AXES, NEAR

MARGIN = 0.1
"""Share of the boxes' summed sides by which centres must differ (GenEval, evaluate_images.py)."""
DIRECTION = 0.5
"""Least share of the remaining offset along the relation's axis (the same place)."""

NEAREST = 150
"""T2I-CompBench's distance_threshold, in pixels of a picture of at most 479 by 480."""
SHORTER, LONGER = 479, 480
"""The size to which its pictures are brought before the detector sees them."""

RULES = 3
"""Raised when the same boxes give other verdicts: measures by different rules do not compare."""


def verdicts(
    prompt: Prompt,
    boxes: Boxes,
    known_looks: Sequence[str] = LOOKS[:1],
    twin: Prompt | None = None,
    size: tuple[int, int] | None = None,
) -> tuple[dict[str, Value], dict[str, str], str]:
    """Values, reasons for the missing ones, and in words what is wrong ("" if nothing is).

    A pure function of the prompt's clauses, its twin's, and the boxes of each class, strongest
    first; `known_looks` are the looks that the boxes carry (a detector's alone: the colour).
    `size` is the picture's height and width in pixels, without which nothing is judged to be near.
    """
    counted = list(zip(prompt.include, numbers(prompt, boxes), strict=True))
    faults = [
        *(fault for clause, number in counted if (fault := _shortage(clause, number))),
        *(fault for clause in prompt.exclude if (fault := _excess(prompt, clause, boxes))),
    ]
    asked = Counter(clause.name for clause in prompt.include)
    values: dict[str, Value] = {
        "present": float(all(len(boxes.get(name, ())) >= of for name, of in asked.items()))
    }
    reasons: dict[str, str] = {}
    if prompt.tag == "counting" and prompt.include:
        values["drawn"] = float(counted[0][1])
        # "8 sheep following a dog": of what has no limit in `exclude`, there may be more.
        exact = {clause.name for clause in (prompt.include[0], *prompt.exclude)}
        all_exact = (
            number == clause.count or (number > clause.count and clause.name not in exact)
            for clause, number in counted
        )
        values["count"] = float(all(all_exact))
    if forbidden := excluded(prompt):
        values["absent"] = float(not any(of_clause(prompt, c, boxes) for c in forbidden))
    if "absent" in prompt.groups:
        values["excluded_drawn"] = float(any(boxes.get(name) for name in negated(prompt, twin)))
    outcomes = {"relation": _relation(prompt, boxes, size)}
    outcomes |= {kind: _look(kind, prompt, boxes, known_looks) for kind in LOOKS}
    for field, (holds, why) in outcomes.items():
        if why != "not asked":
            values[field] = None if holds is None else float(holds)
            if holds is None:
                reasons[field] = why
            elif not holds:
                faults.append(why)
    if undecided := _undecided(prompt, known_looks, size):
        # Also where a fault was found: else what is left would be faulty images alone.
        values["correct"], reasons["correct"] = None, undecided
    else:
        values["correct"] = float(not faults)
    if asks(prompt):
        _add_visor(prompt, boxes, values, reasons)
    return values, reasons, "; ".join(faults)


def excluded(prompt: Prompt) -> list[Clause]:
    """What must not be there at all."""
    return [clause for clause in prompt.exclude if clause.count == 1]


def negated(prompt: Prompt, twin: Prompt | None) -> list[str]:
    """The classes that the negated prompt of a pair excludes, whichever of the two is given.

    All of them: "neither knives nor forks" has failed with either. Without such a pair, the class
    that the group `absent` names.
    """
    of_pair = excluded(prompt) or (excluded(twin) if twin is not None else [])
    named = prompt.groups.get("absent")
    return list(dict.fromkeys(c.name for c in of_pair)) or ([named] if named else [])


def _undecided(prompt: Prompt, known_looks: Sequence[str], size: tuple[int, int] | None) -> str:
    """What the prompt asks for and boxes cannot decide; "" if nothing."""
    for clause in prompt.include:
        if clause.position is not None and not _is_told(clause.position[0], size):
            return f"boxes in a plane do not tell {clause.position[0]!r}"
        for kind in LOOKS:
            if kind not in known_looks and getattr(clause, kind):
                return f"a detector does not tell {getattr(clause, kind)!r}"
    if prompt.words:
        return "a detector does not read"
    return "a detector does not tell one body from two" * (prompt.tag == "hybrid")


def _add_visor(
    prompt: Prompt, boxes: Boxes, values: dict[str, Value], reasons: dict[str, str]
) -> None:
    """VISOR's three: both things found; both and the relation; the relation where both are."""
    (placed,) = [clause for clause in prompt.include if clause.position is not None]
    relation, target = placed.position or ("", 0)
    first = [box.box for box in of_clause(prompt, placed, boxes)]
    second = [box.box for box in of_clause(prompt, prompt.include[target], boxes)]
    both = len(next(arrangements(prompt, boxes))) == 2  # two things of one class are two boxes
    right = both and relation_holds(relation, first, second)
    values |= {"both": float(both), "visor": float(right), "visor_cond": float(right)}
    if not both:
        values["visor_cond"], reasons["visor_cond"] = None, "not both objects were found"


def _shortage(clause: Clause, number: int) -> str:
    return f"expected {clause.count} {clause.name}, found {number}" * (number < clause.count)


def _excess(prompt: Prompt, clause: Clause, boxes: Boxes) -> str:
    number = len(of_clause(prompt, clause, boxes))
    allowed = "no" if clause.count == 1 else f"at most {clause.count - 1}"
    return f"expected {allowed} {clause.name}, found {number}" * (number >= clause.count)


def _is_told(relation: str, size: tuple[int, int] | None) -> bool:
    return relation in AXES or (relation in NEAR and size is not None)


def _relation(
    prompt: Prompt, boxes: Boxes, size: tuple[int, int] | None
) -> tuple[bool | None, str]:
    placed = [clause for clause in prompt.include if clause.position is not None]
    if not placed:
        return None, "not asked"
    for relation in (clause.position[0] for clause in placed if clause.position):
        if not _is_told(relation, size):
            return None, f"boxes in a plane do not tell {relation!r}"
    outcomes = [_stands(prompt, boxes_of, size) for boxes_of in arrangements(prompt, boxes)]
    return next((outcome for outcome in outcomes if outcome[0]), outcomes[0])


def _stands(
    prompt: Prompt, boxes_of: Mapping[int, Detection], size: tuple[int, int] | None
) -> tuple[bool | None, str]:
    """Whether every relation holds between the boxes that stand for the clauses."""
    for index, clause in enumerate(prompt.include):
        if clause.position is not None:
            relation, target = clause.position
            if index not in boxes_of or target not in boxes_of:
                return None, "not both objects were found"
            first, second = boxes_of[index].box, boxes_of[target].box
            is_near = size is not None and relation in NEAR and near(first, second, size)
            if not (is_near or (relation in AXES and holds(relation, first, second))):
                return False, f"{clause.name} is not {relation} {prompt.include[target].name}"
    return True, ""


def holds(
    relation: str,
    first: tuple[float, float, float, float],
    second: tuple[float, float, float, float],
) -> bool:
    """Whether the first box lies so seen from the second, by the rule of GenEval's paper.

    Centre offsets shrink by a tenth of the boxes' summed sides; of what remains, more than half
    must point the asked way. Diagonal neighbours can be both above and left.
    """
    offsets = []
    for low, high in ((0, 2), (1, 3)):
        offset = (first[low] + first[high] - second[low] - second[high]) / 2
        slack = MARGIN * (first[high] - first[low] + second[high] - second[low])
        offsets.append((1 if offset > 0 else -1) * max(abs(offset) - slack, 0.0))
    length = float((offsets[0] ** 2 + offsets[1] ** 2) ** 0.5)
    if length == 0:
        return False
    x, y = AXES[relation]
    return (offsets[0] * x + offsets[1] * y) / length > DIRECTION


def near(
    first: tuple[float, float, float, float],
    second: tuple[float, float, float, float],
    size: tuple[int, int],
) -> bool:
    """Whether two boxes are near, next to or on the side of each other, by T2I-CompBench's rule.

    The centres are less than 150 pixels apart, across or down, in the picture of the height and
    width `size` as its code sees it (github.com/Karine-Huang/T2I-CompBench, UniDet_eval/
    2D_spatial_eval.py, determine_position; model_bank.py, Resize(size=479, max_size=480)). Either
    way is enough, so that two things at both ends of a shelf are near too. Where neither is, its
    soft score is below 1, and the verdict no.
    """
    scale = min(SHORTER / min(size), LONGER / max(size))
    across = abs(first[0] + first[2] - second[0] - second[2]) / 2
    down = abs(first[1] + first[3] - second[1] - second[3]) / 2
    return min(across, down) * scale < NEAREST


def _look(
    kind: str, prompt: Prompt, boxes: Boxes, known_looks: Sequence[str]
) -> tuple[bool | None, str]:
    clauses = [clause for clause in prompt.include if getattr(clause, kind)]
    if clauses and kind not in known_looks:
        return None, f"a detector does not tell {getattr(clauses[0], kind)!r}"
    if not clauses:
        return None, "not asked"
    for clause in clauses:
        # Two red dogs may be asked for by two clauses.
        alike = [c for c in clauses if c.name == clause.name and _same_looks(c, clause)]
        first = list(boxes.get(clause.name, ()))[: sum(c.count for c in alike)]
        if not first:
            return None, "nothing of the asked class was found"
        look = getattr(clause, kind)
        matching = sum(getattr(box, kind) == look for box in of_clause(prompt, clause, boxes))
        if matching < len(first):
            looks = ", ".join(sorted({str(getattr(box, kind)) for box in first}))
            return False, f"expected {look} {clause.name}, found {looks}"
    return True, ""


def _same_looks(clause: Clause, other: Clause) -> bool:
    return all(getattr(clause, kind) == getattr(other, kind) for kind in LOOKS)
