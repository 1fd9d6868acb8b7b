"""Which measures speak for a prompt set."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from evalsuite.measures.kinds import kind_of
from evalsuite.prompts.conditions import condition
from evalsuite.prompts.headline import headlines_of
from evalsuite.records import Estimate, Measure, PromptSet
from evalsuite.records.keys import Name
from evalsuite.report.content import Report, described
from evalsuite.report.tables import Estimates

Rank = tuple[bool, bool, int]


def by_prominence(report: Report, prompt_set: PromptSet) -> list[Measure]:
    """The report's measures, the one that speaks for the set's planned prompts first."""
    return prominent_first(report.measures.values(), planned_part(report, prompt_set))


def planned_part(report: Report, prompt_set: PromptSet) -> PromptSet:
    """The set with its planned prompts alone."""
    return asked_part(prompt_set, {key[:2] for key in report.images()})


def asked_part(prompt_set: PromptSet, asked: Collection[Name]) -> PromptSet:
    """The set with those of its prompts alone that are among these, by set and id."""
    name = prompt_set.name
    prompts = tuple(prompt for prompt in prompt_set.prompts if (name, prompt.id) in asked)
    return replace(prompt_set, prompts=prompts)


def prominent_first(measures: Iterable[Measure], prompt_set: PromptSet) -> list[Measure]:
    """The measures, the one that speaks for the set first.

    Those come first that the set's card names as `headline`, in its order; then by `_rank`. The
    others keep their order.
    """
    named = [headline.measure for headline in headlines_of(prompt_set.card)]

    def place(measure: Measure) -> tuple[int, Rank]:
        at = named.index(measure.name) if measure.name in named else len(named)
        return at, _rank(measure, prompt_set)

    return sorted(measures, key=place)


def headlines(
    measures: Iterable[Measure], prompt_set: PromptSet, found: Estimates
) -> list[Estimate]:
    """The estimates that stand for a set: those that its card names, as far as the run has them.

    Where it has none of them, or the card names none, those of the measures that `_rank` puts
    first and that have a value, several where they rank equally. A pooled share, which can be even
    although every group leans to a side, never stands for a set.
    """
    known = {measure.name: measure for measure in measures}
    own = [found.get(named.measure, named.group) for named in headlines_of(prompt_set.card)]
    if declared := [estimate for estimate in own if estimate is not None]:
        return declared
    ranked = prominent_first(known.values(), prompt_set)
    names = dict.fromkeys([*(m.name for m in ranked), *(e.measure for e in found.overall())])
    whole = [estimate for name in names if (estimate := found.get(name)) is not None]
    able = [
        estimate
        for estimate in whole
        if estimate.value is not None and not kind_of(described(known, estimate.measure)).pooled
    ]
    return _equal(able, lambda e: _rank(described(known, e.measure), prompt_set))


def _equal(able: Sequence[Estimate], rank: Callable[[Estimate], Rank]) -> list[Estimate]:
    """The first, and what ranks equally; the first alone where nobody said how prominent it is."""
    if not able or rank(able[0])[0]:
        return list(able[:1])
    return [estimate for estimate in able if rank(estimate) == rank(able[0])]


def _rank(measure: Measure, prompt_set: PromptSet) -> Rank:
    """Measures that declare a prominence come first; among them those that speak of every prompt.

    One picture of a person among eighty cannot stand for all. A measure of twins speaks of both
    halves of a pair.
    """
    applies = condition(measure.applies)
    told = {prompt.id for prompt in prompt_set.prompts if applies(prompt)}
    if kind_of(measure).is_twins:
        told |= {prompt.twin for prompt in prompt_set.prompts if prompt.id in told and prompt.twin}
    is_partial = not all(prompt.id in told for prompt in prompt_set.prompts)
    return not measure.prominence, is_partial, -measure.prominence
