"""What the scorers said of one image, and why, as lines of text and boxes to draw."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from evalsuite.records import Json, Judgement, Key, Value
from evalsuite.report.content import Report
from evalsuite.report.format import number, short

MAX_BOXES = 24
KNOWN_EVIDENCE = frozenset(
    {"boxes", "reason", "kind", "options", "probabilities", "chosen", "face", "rgb"}
)
"""Evidence that is said in words; any other is shown as the JSON that it is."""

NOT_ASKED = ("not asked", "no hard negatives")
"""Reasons why a prompt raises no such question: that is no answer left open, and not shown."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box in pixels of the image, with its number and its label."""

    number: int
    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Said:
    """One scorer's lines: (what, answer, why); or how it broke down."""

    scorer: str
    lines: tuple[tuple[str, str, str], ...] = ()
    why: tuple[str, ...] = ()
    failure: str = ""


def said(report: Report, key: Key) -> list[Said]:
    """What every scorer of the set said of an image, by scorer; not of one with nothing to say."""
    names = sorted(
        {name for name, other in report.judgements if other.prompt_set == key.prompt_set}
    )
    statements = []
    for name in names:
        judgement = report.judgements.get((name, key))
        if judgement is None:
            statements.append(Said(name, failure="not judged"))
        elif judgement.failure is not None:
            statements.append(Said(name, failure=f"the scorer failed: {judgement.failure}"))
        elif (lines := _lines(report, judgement)) or not judgement.values:
            statements.append(Said(name, lines, tuple(why(judgement))))
    return statements


def _lines(report: Report, judgement: Judgement) -> tuple[tuple[str, str, str], ...]:
    lines = []
    for field, value in judgement.values.items():
        text = report.text(f"{judgement.scorer}.{field}")
        reason = judgement.reasons.get(field, "")
        if value is None and reason.startswith(NOT_ASKED):
            continue
        lines.append((field, _answer(value, text.unit), reason))
    return tuple(lines)


def _answer(value: Value, unit: str) -> str:
    if value is None:
        return "no answer"
    if isinstance(value, str):
        return value
    if unit in ("share", "difference") and value in (0.0, 1.0):
        return "yes" if value else "no"
    return f"{value:.4g}"


def why(judgement: Judgement) -> list[str]:
    """A judgement's evidence as lines of text."""
    evidence = judgement.evidence
    lines = []
    if reason := evidence.get("reason"):
        lines.append(str(reason))
    lines += _choice(evidence, "")
    for name, value in evidence.items():
        if isinstance(value, Mapping) and name not in KNOWN_EVIDENCE and "options" in value:
            lines += _choice(value, f"{name}: ")
        elif name not in KNOWN_EVIDENCE:
            lines.append(f"{name}: {short(json.dumps(value, ensure_ascii=True, default=str), 160)}")
    if "options" not in evidence and (odds := evidence.get("probabilities")):
        lines.append(_odds(odds))
    return lines


def _choice(evidence: Mapping[str, Json], prefix: str) -> list[str]:
    """'chose “two red circles” (72%) among 4; the prompt had 20%'."""
    options, odds = evidence.get("options"), evidence.get("probabilities")
    if not isinstance(options, list) or not isinstance(odds, list) or len(options) != len(odds):
        return []
    pairs = [(str(text), p) for text, p in zip(options, odds, strict=True) if _is_number(p)]
    if not pairs:
        return []
    text, most = max(pairs, key=lambda pair: pair[1])
    line = f"{prefix}chose “{text}” ({number(most, 'share')}) among {len(pairs)}"
    if text != pairs[0][0]:
        line += f"; the prompt had {number(pairs[0][1], 'share')}"
    return [line]


def _odds(odds: Json) -> str:
    if not isinstance(odds, Mapping):
        return short(json.dumps(odds, default=str), 160)
    return ", ".join(
        f"{name} {number(p, 'share') if _is_number(p) else p}" for name, p in odds.items()
    )


def boxes_in(report: Report, key: Key) -> list[Box]:
    """The detector's boxes on an image; damaged ones are left out."""
    return boxes_of(report.judgements.get(("objects", key)))


def boxes_of(judgement: Judgement | None) -> list[Box]:
    """The boxes that a judgement has as evidence; damaged ones are left out."""
    found = None if judgement is None else judgement.evidence.get("boxes")
    boxes: list[Box] = []
    for one in found if isinstance(found, list) else []:
        corners = one.get("box") if isinstance(one, Mapping) else None
        if not isinstance(corners, list) or len(corners) != 4 or not all(map(_is_number, corners)):
            continue
        x0, y0, x1, y1 = (round(float(v), 1) for v in corners)
        if len(boxes) < MAX_BOXES and x1 > x0 and y1 > y0:
            width, height = round(x1 - x0, 1), round(y1 - y0, 1)
            boxes.append(Box(len(boxes) + 1, _label(one), x0, y0, width, height))
    return boxes


def _label(box: Mapping[str, Json]) -> str:
    words = [str(box[part]) for part in ("color", "class") if box.get(part)]
    score = box.get("score")
    sure = f", {number(score, 'share')} sure" if _is_number(score) else ""
    return (" ".join(words) or "unnamed") + sure


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
