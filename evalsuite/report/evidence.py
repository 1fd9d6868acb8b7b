"""What the scorers answered on one image, and what they found in it: lines of text, and boxes."""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from evalsuite.measures.kinds import kind_of
from evalsuite.records import Box, Choice, Judgement, Key, Measure, Value
from evalsuite.report.content import Report
from evalsuite.report.format import number, short

MAX_BOXES = 24
FEW_OPTIONS = 4
"""Of so many labels all probabilities are listed; of more only the most likely one's."""


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box in pixels of the image, with its number and its label."""

    number: int
    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Statement:
    """What one scorer said of an image: answers as (field, answer, reason), and notes in lines.

    `failure` says how it broke down; there are no answers then.
    """

    scorer: str
    answers: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()
    failure: str = ""


def statements(report: Report, key: Key) -> list[Statement]:
    """What every scorer of the set said of an image, by scorer; not of one with nothing to say."""
    found = [
        statement(name, report.judgements.get((name, key)), verdict_fields(report.measures, name))
        for name in report.scorers.get(key.prompt_set, ())
    ]
    return [each for each in found if each is not None]


def statement(
    scorer: str, judgement: Judgement | None, verdicts: Collection[str]
) -> Statement | None:
    """What a scorer said of an image, whose `verdicts` are right or wrong; None where nothing."""
    if judgement is None:
        return Statement(scorer, failure="not judged")
    if judgement.failure is not None:
        return Statement(scorer, failure=f"the scorer failed: {judgement.failure}")
    answers = tuple(
        (field, _answer(value, field in verdicts), judgement.reasons.get(field, ""))
        for field, value in judgement.values.items()
        if field not in judgement.not_applicable
    )
    further = tuple(notes(judgement, verdicts))
    if not answers and not further and judgement.not_applicable:
        return None
    return Statement(scorer, answers, further)


def verdict_fields(measures: Mapping[str, Measure], scorer: str) -> set[str]:
    """The fields of a scorer whose values are right (1) or wrong (0)."""
    own = [measure for measure in measures.values() if measure.scorer == scorer]
    return {measure.field for measure in own if kind_of(measure).is_verdict}


def _answer(value: Value, is_verdict: bool) -> str:
    if value is None:
        return "no answer"
    if isinstance(value, str):
        return value
    if is_verdict and value in (0.0, 1.0):
        return "yes" if value else "no"
    return f"{value:.4g}"


def notes(judgement: Judgement, verdicts: Collection[str]) -> list[str]:
    """What a judgement has beside its values, as lines of text."""
    lines = [judgement.summary] if judgement.summary else []
    for field, choice in judgement.choices.items():
        if line := _choice(choice, is_verdict=field in verdicts):
            lines.append(f"{field}: {line}")
    for name, value in judgement.evidence.items():
        lines.append(f"{name}: {short(json.dumps(value, ensure_ascii=True, default=str), 160)}")
    return lines


def _choice(choice: Choice, *, is_verdict: bool) -> str:
    """'chose “two red circles” (72.0%) among 4; the prompt had 20.0%', or each label's part."""
    parts = [
        (str(text), part)
        for text, part in zip(choice.options, choice.probabilities, strict=False)
        if _is_number(part)
    ]
    if not parts or len(parts) != len(choice.options):
        return ""
    if not is_verdict and len(parts) <= FEW_OPTIONS:
        return ", ".join(f"{text} {number(part, 'share')}" for text, part in parts)
    likeliest = max(parts, key=lambda pair: pair[1])
    text, part = next((pair for pair in parts if pair[0] == choice.chosen), likeliest)
    chose = "most likely" if choice.chosen is None else "chose"
    line = f"{chose} “{text}” ({number(part, 'share')}) among {len(parts)}"
    # Only a verdict is on the prompt, which is the first of the options then.
    if is_verdict and text != parts[0][0]:
        line += f"; the prompt had {number(parts[0][1], 'share')}"
    return line


def finders(judgements: Mapping[tuple[str, Key], Judgement]) -> set[str]:
    """The scorers that have a box on any image: of another image, none means nothing found."""
    found: set[str] = set()
    for name in judgements:
        if name[0] not in found and judgements[name].boxes:
            found.add(name[0])
    return found


def found_in_words(judgements: Sequence[Judgement], finding: Collection[str]) -> str:
    """What the scorers of one image found in it, in a sentence each; `finding` look for things."""
    sentences = []
    for judgement in judgements:
        if judgement.scorer in finding and judgement.failure is None and judgement.values:
            labels = [_label(box) for box in judgement.boxes if _corners(box)][:MAX_BOXES]
            sentences.append(f"Found by {judgement.scorer}: {'; '.join(labels) or 'nothing'}.")
    return " ".join(sentences)


def drawn_boxes(judgements: Sequence[Judgement]) -> list[DrawnBox]:
    """The boxes that one image's judgements have, numbered in their order; damaged ones left out.

    The scorer is named where several have boxes.
    """
    found = [(judgement.scorer, box) for judgement in judgements for box in judgement.boxes]
    sound = [(scorer, box, at) for scorer, box in found if (at := _corners(box)) is not None]
    are_several = len({scorer for scorer, _, _ in sound}) > 1
    drawn = []
    for place, (scorer, box, (left, top, right, bottom)) in enumerate(sound[:MAX_BOXES], 1):
        label = f"{scorer}: {_label(box)}" if are_several else _label(box)
        size = round(right - left, 1), round(bottom - top, 1)
        drawn.append(DrawnBox(place, label, left, top, *size))
    return drawn


def _corners(box: Box) -> tuple[float, ...] | None:
    """A box in tenths of a pixel; None of one that is damaged."""
    if len(box.box) != 4 or not all(map(_is_number, box.box)):
        return None
    left, top, right, bottom = corners = tuple([round(float(corner), 1) for corner in box.box])
    return corners if right > left and bottom > top else None


def _label(box: Box) -> str:
    words = " ".join([*map(str, box.looks.values()), str(box.name)]).strip()
    sure = f", {number(box.score, 'share')} sure" if _is_number(box.score) else ""
    return (words or "unnamed") + sure


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
