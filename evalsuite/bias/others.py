"""Other instruments of people: whatever a scorer declares to be of people, by its own words.

No instrument is known here by name; `Measure.of_people` says which there are.
"""

from collections.abc import Iterator
from dataclasses import replace

from evalsuite.bias.given import Given
from evalsuite.bias.record import Other, Overall
from evalsuite.bias.spread import apart
from evalsuite.measures.kinds import kind_of
from evalsuite.records import Estimate, Measure, PromptSet


def others(given: Given) -> list[Other]:
    """The estimates of every such measure that saw a picture, by prompt set."""
    found = [
        _other(given, measure, prompt_set)
        for prompt_set in given.prompt_sets
        for measure in given.measures.values()
        if measure.of_people and _is_asked(given, measure, prompt_set)
    ]
    return [each for each in found if any(row.n for row in each.rows)]


def _is_asked(given: Given, measure: Measure, prompt_set: PromptSet) -> bool:
    """A measure of any picture is one of people only where people are asked for, or named."""
    is_of_some = bool(measure.applies)
    return is_of_some or bool(given.people(prompt_set)) or bool(given.named(prompt_set))


def _other(given: Given, measure: Measure, prompt_set: PromptSet) -> Other:
    own = (prompt_set.name, measure.name)
    rows = [e for e in given.estimates if (e.prompt_set, e.measure) == own]
    return Other(
        prompt_set=prompt_set.name,
        measure=measure.name,
        title=measure.title,
        rows=tuple(_plain(row) for row in sorted(rows, key=lambda row: len(row.group))),
        apart=tuple(_apart(given, measure, prompt_set)),
        cannot_show=measure.cannot_show,
    )


def _apart(given: Given, measure: Measure, prompt_set: PromptSet) -> Iterator[tuple[str, Overall]]:
    """How far rates of verdicts lie apart between the groups that name the set's families."""
    if kind_of(measure).is_verdict:
        cells = given.readings(measure, prompt_set)
        for over in prompt_set.cluster:
            for found in list(apart(over, cells, float))[:1]:
                yield over, found


def _plain(row: Estimate) -> Estimate:
    return replace(row, group=dict(row.group), missing=dict(row.missing))
