"""What a pilot run says about the next one: how much scores vary, and how long an image takes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from evalsuite import stats
from evalsuite.comparison.differences import pairing_of
from evalsuite.comparison.snapshot import Side
from evalsuite.measures.kinds import itself, kind_of
from evalsuite.records import InputError, Key, Measure
from evalsuite.stats import Pairing, Variances


@dataclass(frozen=True, slots=True)
class Spread:
    """How much the difference of two models varies on one measure, by how they are paired.

    `parts` holds, for each pairing, the variance between prompts and within one; a pairing that
    the pilot says nothing about is not in it, and one without any variance neither: that all of a
    few images agree does not mean that two prompts are enough. With one image per prompt all
    variance is put between prompts, where more images of a prompt do not reduce it: too cautious,
    and said in `note`.
    `images` counts the measured ones of `planned`; `step` is that of `stats.power`.
    """

    measure: str
    prompt_set: str
    parts: Mapping[Pairing, tuple[float, float]]
    images: int
    planned: int
    prompts: int
    note: str = ""
    step: float = 0.0


def spreads(pilot: Side, other: Side | None, measure: str | None) -> list[Spread]:
    """The spread of each measure with numbers, in each prompt set, or of the one that is named.

    `other` is a second model's run on the same prompts and seeds; without it only the unpaired
    design is known. Raises `InputError` for a measure that the pilot lacks, or that has no numbers.
    """
    known = [name for name, measure in pilot.measures.items() if _has_numbers(measure)]
    if measure is not None and measure not in known:
        raise InputError(
            f"--measure {measure}: {pilot.name} has no such measure with a number an image; it has "
            f"{', '.join(known) or 'none'}"
        )
    found = []
    for name in known if measure is None else [measure]:
        for prompt_set in pilot.prompt_sets:
            if any(m == name and key.prompt_set == prompt_set for m, key in pilot.readings):
                found.append(_spread(pilot, other, name, prompt_set))
    return found


def stated(text: str) -> Spread:
    """The spread that `prompt=0.05,prompt_model=0.01,seed=0.02,noise=0.1` states.

    The parts are those of `stats.Variances`; what is left out is unknown.
    """
    parts: dict[str, float | None] = dict.fromkeys(("prompt", "prompt_model", "seed", "noise"))
    for part in text.split(","):
        name, _, value = part.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if name.strip() not in parts or not 0 <= number < math.inf:
            raise InputError(
                f"--variance {part!r}: say name=variance with one of {', '.join(parts)}, such as "
                "prompt_model=0.01,noise=0.1"
            )
        parts[name.strip()] = number
    variances = Variances(**parts, n=0, prompts=0, models=2)
    return Spread("stated", "", _parts(variances, get_args(Pairing)), 0, 0, 0)


def _spread(pilot: Side, other: Side | None, measure: str, prompt_set: str) -> Spread:
    first = _numbers(pilot, measure, prompt_set)
    planned = sum(m == measure and key.prompt_set == prompt_set for m, key in pilot.readings)
    pairing: Pairing = "none" if other is None else pairing_of(pilot, other, prompt_set)
    if other is not None and pairing != "seeds":
        raise InputError(
            f"--against {other.name}: did not draw {prompt_set} from the seeds of {pilot.name}, so "
            "it does not say how much pairing helps; name a run of the same --seed and prompts"
        )
    second = {} if other is None else _numbers(other, measure, prompt_set)
    keys = sorted(first if other is None else first.keys() & second.keys())
    table = [[first[key][0], *([second[key][0]] if other else [])] for key in keys]
    clusters = [first[key][1] for key in keys]
    designs: Sequence[Pairing] = ("none",) if other is None else get_args(Pairing)
    variances = stats.variance_split(values=table or [[0.0]][:0], clusters=clusters)
    parts, note = _parts(variances, designs), ""
    if 2 <= variances.n == variances.prompts:
        parts, note = _single(table, designs), "one image per prompt"
    varying = {pairing: part for pairing, part in parts.items() if sum(part) > 0}
    count = variances.prompts
    # Verdicts, and differences of two of them, come in whole steps.
    step = 1.0 if kind_of(pilot.measures[measure]).bounds else 0.0
    return Spread(measure, prompt_set, varying, len(keys), planned, count, note, step)


def _parts(variances: Variances, designs: Sequence[Pairing]) -> dict[Pairing, tuple[float, float]]:
    found: dict[Pairing, tuple[float, float]] = {}
    for pairing in designs:
        between, within = stats.difference_variances(variances=variances, pairing=pairing)
        if between is not None and within is not None:
            found[pairing] = (between, within)
    return found


def _single(
    table: Sequence[Sequence[float]], designs: Sequence[Pairing]
) -> dict[Pairing, tuple[float, float]]:
    """With one image per prompt: the whole variance, as if it all lay between prompts."""
    columns = list(zip(*table, strict=True))
    alone = [_variance(column) for column in columns]
    found: dict[Pairing, tuple[float, float]] = {"none": (2 * sum(alone) / len(alone), 0.0)}
    if len(columns) == 2 and "seeds" in designs:
        found["seeds"] = (_variance([a - b for a, b in table]), 0.0)
    return found


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _numbers(side: Side, measure: str, prompt_set: str) -> dict[Key, tuple[float, str]]:
    """The measured images: value and cluster."""
    return {
        key: (float(reading.value), reading.cluster)
        for (name, key), reading in side.readings.items()
        if name == measure and key.prompt_set == prompt_set and reading.value is not None
    }


def _has_numbers(measure: Measure) -> bool:
    """Whether single images have numbers to plan with, and not labels or one value per group."""
    kind = kind_of(measure)
    return kind.paired_by == "image" and kind.number is itself
