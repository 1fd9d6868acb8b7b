"""Culture: which marked region's pictures the unmarked ones resemble, by each instrument."""

from evalsuite.bias.beside import Resembled
from evalsuite.bias.given import LABELS, Given
from evalsuite.records import Measure, PromptSet

UNMARKED = "group:region=none"
"""The condition of a measure that looks at unmarked pictures only."""


def resembled(given: Given) -> list[Resembled]:
    """The shares of every region among unmarked pictures, by prompt set and instrument."""
    return [
        _resembled(given, measure, prompt_set)
        for prompt_set in given.prompt_sets
        for measure in given.of_kind(LABELS, prompt_set)
        if UNMARKED in measure.applies and given.readings(measure, prompt_set)
    ]


def _resembled(given: Given, measure: Measure, prompt_set: PromptSet) -> Resembled:
    readings = [reading for _, _, reading in given.readings(measure, prompt_set)]
    words = sorted({str(r.value) for r in readings if r.value is not None})
    estimates = [
        (word, given.estimate(prompt_set.name, measure.name, {"label": word})) for word in words
    ]
    shares = [(word, e.interval) for word, e in estimates if e is not None]
    shares.sort(key=lambda pair: (-(pair[1].value or 0.0), pair[0]))
    audited = given.audited(prompt_set.name, measure.name)
    return Resembled(
        prompt_set=prompt_set.name,
        measure=measure.name,
        title=measure.title,
        shares=tuple(shares),
        chance=measure.chance,
        read=sum(reading.value is not None for reading in readings),
        unknown=sum(reading.reason.startswith("abstained") for reading in readings),
        cannot_show=measure.cannot_show,
        judge="" if audited is None else audited.verdict,
    )
