"""From judgements of cases whose truth is known to how often each scorer is right, by kind."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from evalsuite import stats
from evalsuite.audits.record import DIFFERS, Audited, Form, Known, Share
from evalsuite.measures.kinds import kind_of
from evalsuite.records import Choice, Interval, Json, Judgement, Key, Measure, Prompt, Value

WHOLE = "correct"
"""The truth that an undeclared verdict, or a score, is held against: the prompt is true."""

NO_ANSWER = "no answer"
NOTHING = Choice((), ())

PROBABILITY = "P(yes)"
"""The unit of a score that is the stated probability of the prompt's being true."""


class Answer(NamedTuple):
    """One field's answer to one case; `said` is None for an abstention.

    `options` and `chosen` are those of a choice, `sure` the probability stated for what was said
    to be likeliest and whether that is true.
    """

    known: Known
    truth: str
    said: str | None
    options: int = 0
    is_right_choice: bool | None = None
    sure: tuple[float, bool] | None = None

    @property
    def picture(self) -> str:
        """The cluster: questions about one picture are not independent."""
        return self.known.case.picture.sha256


def audit(
    known: Sequence[Known],
    judgements: Mapping[tuple[str, Key], Judgement],
    measures: Sequence[Measure] = (),
) -> list[Audited]:
    """A row a scorer, field and prompts' tag, and one for each label of each of their groups.

    A group of `audits.DIFFERS` holds the false prompts of that sort beside all true ones.

    `judgements` are by scorer and key, `measures` those that the scorers declare. A field is held
    against the truth of its own name; a verdict (0 or 1) or a score without such truth against
    whether the prompt is true ("correct"). A score is right where it puts the true prompt above the
    false one for the same picture, or a true picture above a false one for the same prompt; one
    that never tells them apart is about something else and gets no row, as do words without truth.
    """
    found: list[Audited] = []
    for scorer in dict.fromkeys(name for name, _ in judgements):
        own = [(one, judgements[scorer, one.case.key]) for one in known
               if (scorer, one.case.key) in judgements]  # fmt: skip
        for field in dict.fromkeys(name for _, judged in own for name in judged.values):
            form, truth = _form(scorer, field, own, measures)
            if form == "pairs":
                unit = next((m.unit for m in measures if m.name == f"{scorer}.{field}"), "")
                found += _scores(scorer, field, own, is_stated=unit == PROBABILITY)
            elif form is not None:
                found += _answered(scorer, field, form, _answers(field, truth, form, own))
    return found


def _form(
    scorer: str,
    field: str,
    own: Sequence[tuple[Known, Judgement]],
    measures: Sequence[Measure],
) -> tuple[Form | None, str]:
    """What sort of answer a field gives, and the name of the truth that it is held against."""
    said = [j.values[field] for _, j in own if j.values.get(field) is not None]
    names = {name for one, _ in own for name in one.truth}
    at_home = next((name for name in (f"{scorer}.{field}", field) if name in names), None)
    if not said:
        return None, ""
    if any(isinstance(value, str) for value in said):
        return ("label", at_home) if at_home else (None, "")
    if any(field in judged.choices for _, judged in own):
        return ("choice", at_home) if at_home else (None, "")
    reading = [m for m in measures if (m.scorer, m.field) == (scorer, field)]
    is_verdict = any(kind_of(m).is_verdict for m in reading) or set(said) <= {0.0, 1.0}
    if at_home and not is_verdict:
        return "label", at_home
    return ("verdict" if is_verdict else "pairs"), at_home or WHOLE


def _answers(
    field: str, truth: str, form: Form, own: Sequence[tuple[Known, Judgement]]
) -> list[Answer]:
    answers = []
    for one, judged in own:
        if truth not in one.truth or field not in judged.values:
            continue
        wanted, value = one.truth[truth], judged.values[field]
        said = None if value is None else written(value)
        if form == "choice":
            answers.append(_chosen(one, wanted, said, judged.choices.get(field, NOTHING)))
        else:
            sure = _stated(judged, field, written(wanted))
            answers.append(Answer(one, written(wanted), said, sure=sure))
    return answers


def written(value: Value) -> str:
    """A verdict, number or word as the text that truths and answers are compared by."""
    return value if isinstance(value, str) else f"{value:g}"


def _chosen(one: Known, wanted: Value, said: str | None, choice: Choice) -> Answer:
    """Truth as 1 or 0 for whether the prompt is the right option, and whether that was chosen."""
    prompt, options = one.case.prompt.text, choice.options
    if said is None or not options:
        return Answer(one, "1" if wanted in (prompt, 1.0) else "0", None)
    odds = choice.probabilities
    if not isinstance(wanted, str):
        wanted = prompt if wanted == 1.0 else None
    if wanted not in options:
        # The truth is not on offer: all that can be right is to turn the prompt down.
        return Answer(one, "0", said, len(options))
    right = choice.chosen == wanted
    sure = (max(odds), right) if len(odds) == len(options) else None
    return Answer(one, "1" if wanted == prompt else "0", said, len(options), right, sure)


def _stated(judged: Judgement, field: str, truth: str) -> tuple[float, bool] | None:
    """How sure a scorer said it was, of a yes or of its likeliest label; None if it did not say."""
    choice = judged.choices.get(field)
    if choice is not None and truth in choice.options and choice.probabilities:
        odds = dict(zip(choice.options, choice.probabilities, strict=True))
        best = max(odds, key=lambda label: (odds[label], label))
        return odds[best], best == truth
    inner = judged.evidence.get(field)
    sure = inner.get("probability") if isinstance(inner, Mapping) else None
    if isinstance(sure, int | float) and 0 <= sure <= 1 and truth in ("0", "1"):
        return float(sure), truth == "1"
    return None


def _answered(scorer: str, field: str, form: Form, answers: Sequence[Answer]) -> Iterable[Audited]:
    for tag in dict.fromkeys(answer.known.case.prompt.tag for answer in answers):
        own = [answer for answer in answers if answer.known.case.prompt.tag == tag]
        yield _row(scorer, field, form, tag, {}, own)
        for group in _groups(answer.known.case.prompt for answer in own):
            members = [a for a in own if _is_in(a.known.case.prompt, group)]
            yield _row(scorer, field, form, tag, group, members)


def _groups(prompts: Iterable[Prompt]) -> list[dict[str, str]]:
    labels = {item for prompt in prompts for item in prompt.groups.items()}
    return [{name: label} for name, label in sorted(labels)]


def _is_in(prompt: Prompt, group: Mapping[str, str]) -> bool:
    """Whether a prompt is of a group; what is false in one thing is held against all that is true.

    So a group of `DIFFERS` holds the true prompts too, which have no such label.
    """
    labels = {DIFFERS: group.get(DIFFERS), **prompt.groups}
    return all(labels.get(name) == label for name, label in group.items())


def _row(
    scorer: str, field: str, form: Form, tag: str, group: Mapping[str, str], own: Sequence[Answer]
) -> Audited:
    given = [answer for answer in own if answer.said is not None]
    truths = sorted({answer.truth for answer in given})
    recalls = {label: _share(_recall([a for a in given if a.truth == label])) for label in truths}
    balanced, chance = _balanced(given), 1 / len(truths) if len(truths) > 1 else None
    right, guard = balanced, None
    if form == "choice":
        chosen = [answer for answer in given if answer.is_right_choice is not None]
        right = _recall(chosen, [bool(a.is_right_choice) for a in chosen])
        chance = sum(1 / a.options for a in chosen) / len(chosen) if chosen else None
        guard = _share(balanced) if len(truths) > 1 else None
    sure = [answer.sure for answer in own if answer.sure is not None]
    return Audited(
        right.value, right.low, right.high, chance, right.n, right.clusters, scorer, field, form,
        tag, group, len(own) - len(given), recalls, guard, _confusion(own),
        None if group else _calibration(sure),
    )  # fmt: skip


def _balanced(given: Sequence[Answer]) -> Interval:
    return stats.balanced_accuracy(
        truth=[a.truth for a in given],
        right=[float(a.said == a.truth) for a in given],
        clusters=[a.picture for a in given],
    )


def _recall(given: Sequence[Answer], right: Sequence[bool] | None = None) -> Interval:
    verdicts = [a.said == a.truth for a in given] if right is None else right
    return stats.proportion(
        values=[float(one) for one in verdicts], clusters=[a.picture for a in given]
    )


def _share(interval: Interval) -> Share:
    return Share(interval.value, interval.low, interval.high, interval.n)


def _confusion(own: Sequence[Answer]) -> dict[str, dict[str, int]]:
    """How often each was said where each was true."""
    table: dict[str, dict[str, int]] = {}
    for answer in sorted(own, key=lambda a: (a.truth, a.said or NO_ANSWER)):
        row = table.setdefault(answer.truth, {})
        said = NO_ANSWER if answer.said is None else answer.said
        row[said] = row.get(said, 0) + 1
    return table


def _calibration(sure: Sequence[tuple[float, bool]]) -> dict[str, Json] | None:
    found = stats.calibration(
        probabilities=[p for p, _ in sure], outcomes=[float(right) for _, right in sure]
    )
    if found is None:
        return None
    bins = [one._asdict() for one in found.bins]
    return {**found._asdict(), "bins": bins}


def _scores(
    scorer: str, field: str, own: Sequence[tuple[Known, Judgement]], *, is_stated: bool
) -> Iterable[Audited]:
    """Pairs of a true and a false case, of one picture or else of one prompt.

    `is_stated`: the score is the probability of the prompt's being true.
    """
    scored = [
        (one, float(value))
        for one, judged in own
        if WHOLE in one.truth and isinstance(value := judged.values.get(field), int | float)
    ]
    pairs = _pairs(scored, lambda one: one.case.picture.sha256)
    pairs = pairs or _pairs(scored, lambda one: one.case.prompt.text)
    if all(won == 0.5 for _, _, won, _ in pairs):
        return
    stated = scored if is_stated else []
    for tag in dict.fromkeys(true.case.prompt.tag for true, _, _, _ in pairs):
        members = [pair for pair in pairs if pair[0].case.prompt.tag == tag]
        sure = [(p, one.truth[WHOLE] == 1.0) for one, p in stated if one.case.prompt.tag == tag]
        prompts = [one.case.prompt for pair in members for one in pair[:2]]
        for group in [{}, *_groups(prompts)]:
            both = all if DIFFERS in group else any
            inside = [p for p in members if both(_is_in(one.case.prompt, group) for one in p[:2])]
            right = stats.mean(
                values=[won for _, _, won, _ in inside],
                clusters=[place for *_, place in inside],
                bounds=(0.0, 1.0),
            )
            yield Audited(
                right.value, right.low, right.high, 0.5, right.n, right.clusters, scorer, field,
                "pairs", tag, group, calibration=None if group else _calibration(sure),
            )  # fmt: skip


def _pairs(
    scored: Sequence[tuple[Known, float]], same: Callable[[Known], str]
) -> list[tuple[Known, Known, float, str]]:
    """Every true and false case of one place: both, 1, 0.5 or 0 for the true one's score, where."""
    places: dict[str, list[tuple[Known, float]]] = {}
    for one, score in scored:
        places.setdefault(same(one), []).append((one, score))
    return [
        (true, false, 0.5 * ((high > low) + (high >= low)), place)
        for place, members in places.items()
        for true, high in members
        for false, low in members
        if true.truth[WHOLE] == 1.0 and false.truth[WHOLE] == 0.0
    ]
