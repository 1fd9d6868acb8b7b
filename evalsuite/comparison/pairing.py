"""Which values of two runs belong together: image by image, or prompt by prompt."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from evalsuite.measures.kinds import kind_of
from evalsuite.measures.reading import Reading
from evalsuite.measures.summaries import prompt_verdicts
from evalsuite.records import Key, Measure, Pairing

T = TypeVar("T")
Readings = Mapping[Key, Reading]
Number = Callable[[float | str], float]


class Pairs(NamedTuple):
    """Values of both sides, entry by entry, with the candidate's readings that they come from.

    Clusters are the candidate's: those of an older baseline may be prompts still.
    """

    candidate: list[float]
    baseline: list[float]
    readings: list[Reading]

    @property
    def clusters(self) -> list[str]:
        """The cluster of each entry."""
        return [reading.cluster for reading in self.readings]


def by_image(
    measure: Measure, group: Mapping[str, str], baseline: Readings, candidate: Readings
) -> Pairs:
    """The values of images that both sides have, in the baseline's order."""
    return matched(number_of(measure, group), baseline, candidate)


def by_part(
    measure: Measure,
    group: Mapping[str, str],
    baseline: Readings,
    candidate: Readings,
    pairing: Pairing,
) -> list[Pairs]:
    """What `paired` compares: one part per tag where a measure is a mean over tags, else one.

    Empty where nothing is paired, or groups are.
    """
    how = kind_of(measure).paired_by
    if pairing == "none" or how in (None, "group"):
        return []
    if how == "prompt":
        before = prompt_verdicts(baseline.values(), measure.least)
        after = prompt_verdicts(candidate.values(), measure.least)
        return [matched(float, before, after)]
    pair = means if pairing == "prompts" else matched
    pairs = pair(number_of(measure, group), baseline, candidate)
    if how != "tag":
        return [pairs]
    tags = sorted({r.stratum for r in [*baseline.values(), *candidate.values()]})
    rows = list(zip(*pairs, strict=True))
    parts = [[row for row in rows if row[2].stratum == tag] for tag in tags]
    return [Pairs([r[0] for r in p], [r[1] for r in p], [r[2] for r in p]) for p in parts]


def number_of(measure: Measure, group: Mapping[str, str]) -> Number:
    """What turns a value into a number: itself, or whether it is the label or in the band."""
    return lambda value: kind_of(measure).number(value, measure, group)


def means(number: Number, baseline: Readings, candidate: Readings) -> Pairs:
    """The means of the prompts that both sides have a value of."""
    return matched(float, by_prompt(number, baseline), by_prompt(number, candidate))


def matched(number: Number, baseline: Mapping[T, Reading], candidate: Mapping[T, Reading]) -> Pairs:
    """What both sides have a value of, in the baseline's order."""
    pairs = Pairs([], [], [])
    for at, before in baseline.items():
        after = candidate.get(at)
        if before.value is not None and after is not None and after.value is not None:
            pairs.candidate.append(number(after.value))
            pairs.baseline.append(number(before.value))
            pairs.readings.append(after)
    return pairs


def by_prompt(number: Number, readings: Readings) -> dict[str, Reading]:
    """The mean of each prompt that has a value, as a reading of its own."""
    numbers: dict[str, list[float]] = {}
    first: dict[str, Reading] = {}
    for reading in readings.values():
        if reading.value is not None:
            numbers.setdefault(reading.asked, []).append(number(reading.value))
            first.setdefault(reading.asked, reading)
    return {
        prompt: first[prompt]._replace(value=sum(some) / len(some))
        for prompt, some in numbers.items()
    }
