"""What scorers answered to cases whose truth is known, field by field, beside that truth."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from evalsuite import stats
from evalsuite.audits.known import KnownCase, PictureKind
from evalsuite.audits.record import Form
from evalsuite.measures.kinds import kind_of
from evalsuite.records import Choice, Json, Judgement, Measure, Value

WHOLE = "correct"
"""The truth that an undeclared verdict, or a score, is compared with: the prompt is true."""

NOTHING = Choice((), ())

Judged = tuple[KnownCase, Judgement]
"""A case and one scorer's judgement of it."""

Stated = tuple[float, bool]
"""The probability that a scorer stated, and whether what it was stated of is true."""


class Asked(NamedTuple):
    """One field of a scorer on one kind of pictures, and the skill at which it is of use."""

    scorer: str
    field: str
    kind: PictureKind
    bar: float

    def level(self, chance: float) -> float:
        """The accuracy that the bar is, where guessing reaches `chance`."""
        return chance + self.bar * (1 - chance)


class Answer(NamedTuple):
    """One field's answer to one case; `label` is None for an abstention.

    `options` and `is_right_choice` are those of a choice, `stated` the probability stated for the
    likeliest label and whether that is true.
    """

    known: KnownCase
    truth: str
    label: str | None
    options: int = 0
    is_right_choice: bool | None = None
    stated: Stated | None = None

    @property
    def picture(self) -> str:
        """The cluster: questions about one picture are not independent."""
        return self.known.case.picture.sha256


def form_of(
    scorer: str, field: str, judged: Sequence[Judged], measures: Sequence[Measure]
) -> tuple[Form | None, str]:
    """The form of a field's answers, and the name of the truth that they are compared with."""
    values = [j.values[field] for _, j in judged if j.values.get(field) is not None]
    names = {name for known, _ in judged for name in known.truth}
    own_truth = next((name for name in (f"{scorer}.{field}", field) if name in names), None)
    if not values:
        return None, ""
    if any(isinstance(value, str) for value in values):
        return ("label", own_truth) if own_truth else (None, "")
    if any(field in judgement.choices for _, judgement in judged):
        return ("choice", own_truth) if own_truth else (None, "")
    readers = [m for m in measures if (m.scorer, m.field) == (scorer, field)]
    is_verdict = any(kind_of(m).is_verdict for m in readers) or set(values) <= {0.0, 1.0}
    if own_truth and not is_verdict:
        return "label", own_truth
    return ("verdict" if is_verdict else "pairs"), own_truth or WHOLE


def answers_of(field: str, truth: str, form: Form, judged: Sequence[Judged]) -> list[Answer]:
    """The field's answers to the cases that have the truth of that name."""
    answers = []
    for known, judgement in judged:
        if truth not in known.truth or field not in judgement.values:
            continue
        expected, value = known.truth[truth], judgement.values[field]
        label = None if value is None else written(value)
        if form == "choice":
            choice = judgement.choices.get(field, NOTHING)
            answers.append(_choice(known, expected, label, choice))
        else:
            stated = _stated(judgement, field, written(expected))
            answers.append(Answer(known, written(expected), label, stated=stated))
    return answers


def calibration_of(stated: Sequence[Stated]) -> dict[str, Json] | None:
    """How well stated probabilities are calibrated, as plain data; None where none is stated."""
    calibration = stats.calibration(
        probabilities=[p for p, _ in stated], outcomes=[float(right) for _, right in stated]
    )
    if calibration is None:
        return None
    bins = [bin_._asdict() for bin_ in calibration.bins]
    return {**calibration._asdict(), "bins": bins}


def written(value: Value) -> str:
    """A verdict, number or word as the text that truths and answers are compared by."""
    return value if isinstance(value, str) else f"{value:g}"


def _choice(known: KnownCase, expected: Value, label: str | None, choice: Choice) -> Answer:
    """Truth as 1 or 0 for whether the prompt is the right option, and whether that was chosen."""
    prompt, options = known.case.prompt.text, choice.options
    if label is None or not options:
        return Answer(known, "1" if expected in (prompt, 1.0) else "0", None)
    odds = choice.probabilities
    if not isinstance(expected, str):
        expected = prompt if expected == 1.0 else None
    if expected not in options:
        # The truth is not on offer: all that can be right is to turn the prompt down.
        return Answer(known, "0", label, len(options))
    is_right = choice.chosen == expected
    return Answer(
        known=known,
        truth="1" if expected == prompt else "0",
        label=label,
        options=len(options),
        is_right_choice=is_right,
        stated=(max(odds), is_right) if len(odds) == len(options) else None,
    )


def _stated(judgement: Judgement, field: str, truth: str) -> Stated | None:
    """The probability stated of a yes or of the likeliest label; None if none is stated."""
    choice = judgement.choices.get(field)
    if choice is not None and truth in choice.options and choice.probabilities:
        odds = dict(zip(choice.options, choice.probabilities, strict=True))
        best = max(odds, key=lambda label: (odds[label], label))
        return odds[best], best == truth
    evidence = judgement.evidence.get(field)
    stated = evidence.get("probability") if isinstance(evidence, Mapping) else None
    if isinstance(stated, int | float) and 0 <= stated <= 1 and truth in ("0", "1"):
        return float(stated), truth == "1"
    return None
