"""From judgements of cases whose truth is known to how often each scorer is right, by kind."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from evalsuite import stats
from evalsuite.audits.answers import (
    Answer,
    Asked,
    Judged,
    answers_of,
    calibration_of,
    form_of,
)
from evalsuite.audits.groups import groups_of, is_in
from evalsuite.audits.known import KnownCase, PictureKind
from evalsuite.audits.pairs import PROBABILITY, score_rows
from evalsuite.audits.record import USEFUL, Audited, Form, Share, audited_interval
from evalsuite.records import Interval, Judgement, Key, Measure

NO_ANSWER = "no answer"


def assess(
    cases: Sequence[KnownCase],
    judgements: Mapping[tuple[str, Key], Judgement],
    measures: Sequence[Measure] = (),
) -> list[Audited]:
    """One row per scorer, kind of pictures, field and tag of prompts, and one for each group.

    A group of `audits.DIFFERS` holds the false prompts of that sort beside all true ones.

    `judgements` are by scorer and key, `measures` those that the scorers declare. A field is
    compared with the truth of its own name; a verdict (0 or 1) or a score without such truth with
    whether the prompt is true ("correct"). A score is right where it puts the true prompt above the
    false one for the same picture, or a true picture above a false one for the same prompt. A score
    that never tells them apart is about something else and gets no row, as do words without truth.
    """
    rows: list[Audited] = []
    for scorer in dict.fromkeys(name for name, _ in judgements):
        own: list[Audited] = []
        for kind in dict.fromkeys(known.kind for known in cases):
            judged = [
                (known, judgements[scorer, known.case.key])
                for known in cases
                if known.kind == kind and (scorer, known.case.key) in judgements
            ]
            told = {row.field for row in own}
            own += [
                row
                for row in _of_kind(scorer, kind, judged, measures)
                # Two pictures of one prompt differ to a score that never looks at the prompt, too.
                if row.form != "pairs" or row.field in told or not judged[0][0].pair
            ]
        rows += _corrected(own)
    return rows


def _of_kind(
    scorer: str, kind: PictureKind, judged: Sequence[Judged], measures: Sequence[Measure]
) -> Iterable[Audited]:
    """The rows of one scorer on one kind of pictures."""
    for field in dict.fromkeys(name for _, judgement in judged for name in judgement.values):
        form, truth = form_of(scorer, field, judged, measures)
        readers = [m for m in measures if (m.scorer, m.field) == (scorer, field)]
        asked = Asked(scorer, field, kind, max((m.useful for m in readers), default=USEFUL))
        if form == "pairs":
            is_stated = any(m.unit == PROBABILITY for m in readers)
            yield from score_rows(asked, judged, is_stated=is_stated)
        elif form is not None:
            yield from _answer_rows(asked, form, answers_of(field, truth, form, judged))


def _corrected(rows: Sequence[Audited]) -> list[Audited]:
    """The rows with p-values corrected for all of them: one scorer is judged on many questions."""
    p_values = [row.p for row in rows if row.p is not None]
    adjusted = iter(stats.holm(p_values=p_values).tolist())
    return [row if row.p is None else replace(row, p=next(adjusted)) for row in rows]


def _answer_rows(asked: Asked, form: Form, answers: Sequence[Answer]) -> Iterable[Audited]:
    for tag in dict.fromkeys(answer.known.case.prompt.tag for answer in answers):
        of_tag = [answer for answer in answers if answer.known.case.prompt.tag == tag]
        yield _row(asked, form, tag, {}, of_tag)
        prompts = [answer.known.case.prompt for answer in of_tag]
        for group in groups_of(prompts, asked.kind.grouped):
            members = [a for a in of_tag if is_in(a.known.case.prompt, group)]
            yield _row(asked, form, tag, group, members)


def _row(
    asked: Asked, form: Form, tag: str, group: Mapping[str, str], answers: Sequence[Answer]
) -> Audited:
    given = [answer for answer in answers if answer.label is not None]
    truths = sorted({answer.truth for answer in given})
    recalls = {label: _share(_recall([a for a in given if a.truth == label])) for label in truths}
    balanced, chance = _balanced(given), 1 / len(truths) if len(truths) > 1 else None
    right, guard = balanced, None
    p = None if chance is None else _balanced_above(given, asked.level(chance))
    if form == "choice":
        chosen = [answer for answer in given if answer.is_right_choice is not None]
        right = _recall(chosen, [bool(a.is_right_choice) for a in chosen])
        guard = _share(balanced) if len(truths) > 1 else None
        guarded = _balanced_above(given, asked.level(0.5)) if len(truths) > 1 else 0.0
        chance = sum(1 / a.options for a in chosen) / len(chosen) if chosen else None
        p = None if chance is None else max(guarded, _chosen_above(chosen, asked.level(chance)))
    stated = [answer.stated for answer in answers if answer.stated is not None]
    return Audited(
        scorer=asked.scorer,
        field=asked.field,
        form=form,
        tag=tag,
        group=group,
        kind=asked.kind.name,
        weights=asked.kind.weights,
        interval=audited_interval(right),
        chance=chance,
        abstained=len(answers) - len(given),
        recalls=recalls,
        balanced=guard,
        bar=asked.bar,
        p=p,
        confusion=_confusion(answers),
        calibration=None if group else calibration_of(stated),
    )


def _balanced_above(given: Sequence[Answer], level: float) -> float:
    return stats.balanced_above(
        truth=[a.truth for a in given],
        right=[float(a.label == a.truth) for a in given],
        clusters=[a.picture for a in given],
        bar=level,
    )


def _chosen_above(chosen: Sequence[Answer], level: float) -> float:
    return stats.mean_above(
        values=[float(bool(a.is_right_choice)) for a in chosen],
        clusters=[a.picture for a in chosen],
        bar=level,
    )


def _balanced(given: Sequence[Answer]) -> Interval:
    return stats.balanced_accuracy(
        truth=[a.truth for a in given],
        right=[float(a.label == a.truth) for a in given],
        clusters=[a.picture for a in given],
    )


def _recall(given: Sequence[Answer], right: Sequence[bool] | None = None) -> Interval:
    verdicts = [a.label == a.truth for a in given] if right is None else right
    return stats.proportion(
        values=[float(verdict) for verdict in verdicts], clusters=[a.picture for a in given]
    )


def _share(interval: Interval) -> Share:
    return Share(interval.value, interval.low, interval.high, interval.n)


def _confusion(answers: Sequence[Answer]) -> dict[str, dict[str, int]]:
    """How often each label was answered where each was true."""
    table: dict[str, dict[str, int]] = {}
    for answer in sorted(answers, key=lambda a: (a.truth, a.label or NO_ANSWER)):
        row = table.setdefault(answer.truth, {})
        label = NO_ANSWER if answer.label is None else answer.label
        row[label] = row.get(label, 0) + 1
    return table
