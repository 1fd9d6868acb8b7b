"""From judgements of cases whose truth is known to how often each scorer is right, by kind."""

from collections.abc import Iterable, Mapping, Sequence

from evalsuite import stats
from evalsuite.audits.answers import Answer, answers_of, calibration_of, form_of
from evalsuite.audits.groups import groups_of, is_in
from evalsuite.audits.pairs import PROBABILITY, score_rows
from evalsuite.audits.record import Audited, Form, KnownCase, Share, audited_interval
from evalsuite.records import Interval, Judgement, Key, Measure

NO_ANSWER = "no answer"


def assess(
    cases: Sequence[KnownCase],
    judgements: Mapping[tuple[str, Key], Judgement],
    measures: Sequence[Measure] = (),
) -> list[Audited]:
    """One row per scorer, field and prompts' tag, and one for each label of each of their groups.

    A group of `audits.DIFFERS` holds the false prompts of that sort beside all true ones.

    `judgements` are by scorer and key, `measures` those that the scorers declare. A field is
    compared with the truth of its own name; a verdict (0 or 1) or a score without such truth with
    whether the prompt is true ("correct"). A score is right where it puts the true prompt above the
    false one for the same picture, or a true picture above a false one for the same prompt. A score
    that never tells them apart is about something else and gets no row, as do words without truth.
    """
    rows: list[Audited] = []
    for scorer in dict.fromkeys(name for name, _ in judgements):
        judged = [
            (known, judgements[scorer, known.case.key])
            for known in cases
            if (scorer, known.case.key) in judgements
        ]
        for field in dict.fromkeys(name for _, judgement in judged for name in judgement.values):
            form, truth = form_of(scorer, field, judged, measures)
            if form == "pairs":
                unit = next((m.unit for m in measures if m.name == f"{scorer}.{field}"), "")
                rows += score_rows(scorer, field, judged, is_stated=unit == PROBABILITY)
            elif form is not None:
                rows += _answer_rows(scorer, field, form, answers_of(field, truth, form, judged))
    return rows


def _answer_rows(
    scorer: str, field: str, form: Form, answers: Sequence[Answer]
) -> Iterable[Audited]:
    for tag in dict.fromkeys(answer.known.case.prompt.tag for answer in answers):
        of_tag = [answer for answer in answers if answer.known.case.prompt.tag == tag]
        yield _row(scorer, field, form, tag, {}, of_tag)
        for group in groups_of(answer.known.case.prompt for answer in of_tag):
            members = [a for a in of_tag if is_in(a.known.case.prompt, group)]
            yield _row(scorer, field, form, tag, group, members)


def _row(
    scorer: str,
    field: str,
    form: Form,
    tag: str,
    group: Mapping[str, str],
    answers: Sequence[Answer],
) -> Audited:
    given = [answer for answer in answers if answer.label is not None]
    truths = sorted({answer.truth for answer in given})
    recalls = {label: _share(_recall([a for a in given if a.truth == label])) for label in truths}
    balanced, chance = _balanced(given), 1 / len(truths) if len(truths) > 1 else None
    right, guard = balanced, None
    if form == "choice":
        chosen = [answer for answer in given if answer.is_right_choice is not None]
        right = _recall(chosen, [bool(a.is_right_choice) for a in chosen])
        chance = sum(1 / a.options for a in chosen) / len(chosen) if chosen else None
        guard = _share(balanced) if len(truths) > 1 else None
    stated = [answer.stated for answer in answers if answer.stated is not None]
    return Audited(
        scorer=scorer,
        field=field,
        form=form,
        tag=tag,
        group=group,
        interval=audited_interval(right),
        chance=chance,
        abstained=len(answers) - len(given),
        recalls=recalls,
        balanced=guard,
        confusion=_confusion(answers),
        calibration=None if group else calibration_of(stated),
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
