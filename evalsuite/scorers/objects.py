"""Counts, presence, absence, relation and colour, from an open-vocabulary detector's boxes.

What it sees: for every class that a prompt names, the boxes above the detector's threshold.
Why: a count or a side is a fact about boxes, not about likeness.
How it errs: it misses small, crowded or drawn things, and names what is not there; both look like
the model's fault. The threshold decides which: hold every figure against the scorer's audit.
Source: rules after GenEval (Ghosh et al. 2023, arXiv 2310.11513) and VISOR (arXiv 2212.10015).
"""

from collections.abc import Mapping, Sequence

from evalsuite.encoders.detector import BATCH, Detection, Detector
from evalsuite.encoders.detector import load as load_detector
from evalsuite.records import Case, Clause, Json, Judgement, Prompt, Value

DEFAULTS = {"scenes": "scenes-owl", "everyday": "google/owlv2-base-patch16-ensemble"}

MARGIN = 0.1
"""Share of the boxes' summed sides by which centres must differ (GenEval, evaluate_images.py)."""
DIRECTION = 0.5
"""Least share of the remaining offset along the relation's axis (the same place)."""

AXES = {"left of": (-1, 0), "right of": (1, 0), "above": (0, -1), "below": (0, 1)}

Boxes = Mapping[str, Sequence[Detection]]


def load(
    *, dialect: str = "everyday", model: str | None = None, device: str = "auto"
) -> "ObjectsScorer":
    """Load the scorer; without a `model`, the dialect's own."""
    return ObjectsScorer(load_detector(model or DEFAULTS[dialect], device))


class ObjectsScorer:
    """Fields: `correct present count drawn absent excluded_drawn relation color`."""

    name = "objects"
    batch_size = BATCH

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def describe(self) -> Mapping[str, Json]:
        """The detector, and the relation rule's two numbers."""
        return {**self._detector.describe(), "margin": MARGIN, "direction": DIRECTION}

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: what boxes in a plane cannot decide, a judgement abstains from."""
        return []

    def judge(self, cases: Sequence[Case]) -> Sequence[Judgement]:
        """One judgement a case; each picture goes through the vision tower once."""
        self._detector.look([case.picture for case in cases])
        return [self._judge(case) for case in cases]

    def _judge(self, case: Case) -> Judgement:
        prompt = case.prompt
        if not prompt.include and not prompt.exclude:
            reason = "the prompt does not say what should be seen"
            return Judgement(self.name, case.key, {"correct": None}, {"correct": reason})
        colored = any(clause.color for clause in (*prompt.include, *prompt.exclude))
        names = list(dict.fromkeys(c.name for c in (*prompt.include, *prompt.exclude)))
        if (named := prompt.groups.get("absent")) and named not in names:
            names.append(named)
        boxes: dict[str, list[Detection]] = {name: [] for name in names}
        for found in self._detector.detect(case.picture, names, colored=colored):
            boxes[found.name].append(found)
        values, reasons, verdict = verdicts(prompt, boxes)
        evidence = {
            "boxes": [
                {"class": b.name, "score": b.score, "box": list(b.box), "color": b.color}
                for found in boxes.values()
                for b in found
            ],
            "reason": verdict,
        }
        return Judgement(self.name, case.key, values, reasons, evidence)


def verdicts(prompt: Prompt, boxes: Boxes) -> tuple[dict[str, Value], dict[str, str], str]:
    """Values, reasons for the missing ones, and in words what is wrong ("" if nothing is).

    A pure function of the prompt's clauses and the boxes of each class, strongest first.
    """
    faults = [
        *(fault for clause in prompt.include if (fault := _shortage(prompt, clause, boxes))),
        *(fault for clause in prompt.exclude if (fault := _excess(prompt, clause, boxes))),
    ]
    values: dict[str, Value] = {
        "present": float(all(boxes.get(clause.name) for clause in prompt.include))
    }
    reasons: dict[str, str] = {}
    if prompt.tag == "counting" and prompt.include:
        counted = [(clause, len(of_clause(prompt, clause, boxes))) for clause in prompt.include]
        values["drawn"] = float(counted[0][1])
        values["count"] = float(all(number == clause.count for clause, number in counted))
    if any(clause.count == 1 for clause in prompt.exclude):
        forbidden = [clause for clause in prompt.exclude if clause.count == 1]
        values["absent"] = float(not any(of_clause(prompt, c, boxes) for c in forbidden))
    if named := prompt.groups.get("absent"):
        values["excluded_drawn"] = float(bool(boxes.get(named)))
    for field, verdict in (("relation", _relation), ("color", _color)):
        holds, why = verdict(prompt, boxes)
        if why != "not asked":
            values[field] = None if holds is None else float(holds)
            if holds is None:
                reasons[field] = why
            elif not holds:
                faults.append(why)
    unseen = _unseen(prompt)
    values["correct"] = None if unseen else float(not faults)
    if unseen:
        # Also where a fault was found: else what is left would be faulty images alone.
        reasons["correct"] = unseen
    return values, reasons, "; ".join(faults)


def _unseen(prompt: Prompt) -> str:
    """What the prompt asks for and no detector of things decides; "" if nothing."""
    for clause in prompt.include:
        if clause.position is not None and clause.position[0] not in AXES:
            return f"boxes in a plane do not tell {clause.position[0]!r}"
        if clause.material or clause.size:
            return f"a detector does not tell {clause.material or clause.size!r}"
    return ""


def of_clause(prompt: Prompt, clause: Clause, boxes: Boxes) -> list[Detection]:
    """The boxes that a clause speaks of: its class, and its colour where that tells classes apart.

    Colour counts only if another clause asks for the same class in another colour; else a wrong
    colour would look like a wrong number.
    """
    found = list(boxes.get(clause.name, ()))
    rivals = {c.color for c in (*prompt.include, *prompt.exclude) if c.name == clause.name}
    if clause.color and len(rivals - {None}) > 1:
        return [box for box in found if box.color == clause.color]
    return found


def _shortage(prompt: Prompt, clause: Clause, boxes: Boxes) -> str:
    number = len(of_clause(prompt, clause, boxes))
    return f"expected {clause.count} {clause.name}, found {number}" * (number < clause.count)


def _excess(prompt: Prompt, clause: Clause, boxes: Boxes) -> str:
    number = len(of_clause(prompt, clause, boxes))
    allowed = "no" if clause.count == 1 else f"at most {clause.count - 1}"
    return f"expected {allowed} {clause.name}, found {number}" * (number >= clause.count)


def _relation(prompt: Prompt, boxes: Boxes) -> tuple[bool | None, str]:
    asked = [clause for clause in prompt.include if clause.position is not None]
    if not asked:
        return None, "not asked"
    for clause in asked:
        relation, target = clause.position or ("", 0)
        if relation not in AXES:
            return None, f"boxes in a plane do not tell {relation!r}"
        other = prompt.include[target]
        first, second = (of_clause(prompt, c, boxes) for c in (clause, other))
        if not first or not second:
            return None, "not both objects were found"
        if not holds(relation, first[0].box, second[0].box):
            return False, f"{clause.name} is not {relation} {other.name}"
    return True, ""


def holds(
    relation: str,
    first: tuple[float, float, float, float],
    second: tuple[float, float, float, float],
) -> bool:
    """Whether the first box lies so seen from the second, by GenEval's rule.

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


def _color(prompt: Prompt, boxes: Boxes) -> tuple[bool | None, str]:
    asked = [clause for clause in prompt.include if clause.color]
    if not asked:
        return None, "not asked"
    for clause in asked:
        found = list(boxes.get(clause.name, ()))[: clause.count]
        if not found:
            return None, "nothing of the asked class was found"
        right = sum(box.color == clause.color for box in of_clause(prompt, clause, boxes))
        if right < len(found):
            seen = ", ".join(sorted({str(box.color) for box in found}))
            return False, f"expected {clause.color} {clause.name}, found {seen}"
    return True, ""
