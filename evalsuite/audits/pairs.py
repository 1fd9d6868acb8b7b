"""Audits of scores: how often a true case scores above a false one."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from evalsuite import stats
from evalsuite.audits.answers import WHOLE, Asked, Judged, calibration_of
from evalsuite.audits.groups import groups_of, is_in
from evalsuite.audits.known import KnownCase
from evalsuite.audits.record import DIFFERS, Audited, audited_interval
from evalsuite.records import Prompt

PROBABILITY = "P(yes)"
"""The unit of a score that is the stated probability of the prompt's being true."""

Scored = tuple[KnownCase, float]


class Pair(NamedTuple):
    """A true and a false case of one place, which is a picture or a prompt.

    `won` is 1 where the true case has the higher score, 0.5 in a tie, else 0.
    """

    true: KnownCase
    false: KnownCase
    won: float
    place: str

    @property
    def prompts(self) -> tuple[Prompt, Prompt]:
        """Both cases' prompts."""
        return self.true.case.prompt, self.false.case.prompt


def score_rows(asked: Asked, judged: Sequence[Judged], *, is_stated: bool) -> Iterable[Audited]:
    """Pairs of a true and a false case, of one picture (or pair of them), or else of one prompt.

    `is_stated`: the score is the probability of the prompt's being true.
    """
    scored = [
        (known, float(value))
        for known, judgement in judged
        if WHOLE in known.truth
        and isinstance(value := judgement.values.get(asked.field), int | float)
    ]
    pairs = _pairs(scored, lambda known: known.pair or known.case.picture.sha256)
    pairs = pairs or _pairs(scored, lambda known: known.case.prompt.text)
    if all(pair.won == 0.5 for pair in pairs):
        return
    stated = scored if is_stated else []
    for tag in dict.fromkeys(pair.true.case.prompt.tag for pair in pairs):
        members = [pair for pair in pairs if pair.true.case.prompt.tag == tag]
        of_tag = [
            (probability, known.truth[WHOLE] == 1.0)
            for known, probability in stated
            if known.case.prompt.tag == tag
        ]
        prompts = [prompt for pair in members for prompt in pair.prompts]
        for group in [{}, *groups_of(prompts, asked.kind.grouped)]:
            both = all if DIFFERS in group else any
            inside = [pair for pair in members if both(is_in(p, group) for p in pair.prompts)]
            won, places = [pair.won for pair in inside], [pair.place for pair in inside]
            right = stats.mean(values=won, clusters=places, bounds=(0.0, 1.0))
            yield Audited(
                scorer=asked.scorer,
                field=asked.field,
                form="pairs",
                tag=tag,
                group=group,
                kind=asked.kind.name,
                weights=asked.kind.weights,
                interval=audited_interval(right),
                chance=0.5,
                bar=asked.bar,
                p=stats.mean_above(values=won, clusters=places, bar=asked.level(0.5)),
                calibration=None if group else calibration_of(of_tag),
            )


def _pairs(scored: Sequence[Scored], place_of: Callable[[KnownCase], str]) -> list[Pair]:
    """Every true case with every false one of the same place."""
    places: dict[str, list[Scored]] = {}
    for known, score in scored:
        places.setdefault(place_of(known), []).append((known, score))
    return [
        Pair(true, false, 0.5 * ((high > low) + (high >= low)), place)
        for place, members in places.items()
        for true, high in members
        for false, low in members
        if true.truth[WHOLE] == 1.0 and false.truth[WHOLE] == 0.0
    ]
