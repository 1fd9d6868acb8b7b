"""What a pilot run says about the next one: how much scores vary."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np

from evalsuite import stats
from evalsuite.comparison.differences import pairing_of
from evalsuite.comparison.pilot import Images, by_pairing
from evalsuite.comparison.snapshot import Side
from evalsuite.files.values import Group, as_key
from evalsuite.measures.kinds import bounds_of, itself, kind_of
from evalsuite.measures.reading import Reading
from evalsuite.records import InputError, Key, Measure
from evalsuite.stats import DifferenceVariance, Pairing, Variances


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How much the difference of two models varies on one measure, by how they are paired.

    `parts` holds the variance for each pairing; one that the pilot says nothing about is not in it,
    and for other scores than verdicts one without any variance neither: that all of a few images
    agree does not mean that two prompts are enough. With one image per prompt all variance is put
    between prompts, where more images of a prompt do not reduce it: too cautious, and said in
    `note`. `images` counts the measured ones of `planned`, of `prompts` in `clusters`.
    """

    measure: str
    prompt_set: str
    parts: Mapping[Pairing, DifferenceVariance]
    group: Group = ()
    images: int = 0
    planned: int = 0
    prompts: int = 0
    clusters: int = 0
    note: str = ""


def spreads(pilot: Side, other: Side | None, measure: str | None) -> list[Spread]:
    """The spread of each measure with numbers, in each prompt set, or of the one that is named.

    `other` is a second model's run on the same prompts and seeds; without it only the unpaired
    design is known. Raises `InputError` for a measure that the pilot lacks, or that has no numbers.
    """
    known = [name for name, measure in pilot.measures.items() if has_numbers(measure)]
    if measure is not None and measure not in known:
        raise InputError(
            f"--measure {measure}: {pilot.name} has no such measure with a number an image; it has "
            f"{', '.join(known) or 'none'}"
        )
    found = []
    for name in known if measure is None else [measure]:
        for prompt_set in pilot.prompt_sets:
            if any(m == name and key.prompt_set == prompt_set for m, key in pilot.readings):
                found.append(spread(pilot, other, name, prompt_set))
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
    found = {}
    for pairing in get_args(Pairing):
        between, within = stats.difference_variances(variances=variances, pairing=pairing)
        if between is not None and within is not None:
            found[pairing] = DifferenceVariance(between=between, within=within)
    return Spread(measure="stated", prompt_set="", parts=found)


def spread(
    pilot: Side,
    other: Side | None,
    measure: str,
    prompt_set: str,
    group: Mapping[str, str] | None = None,
) -> Spread:
    """The spread of one measure in one prompt set, of the prompts with the labels of `group`."""
    labels = group or {}
    first = _numbers(pilot, measure, prompt_set, labels)
    planned = len(first)
    first = {key: reading for key, reading in first.items() if reading.value is not None}
    if other is not None and pairing_of(pilot, other, prompt_set) != "seeds":
        raise InputError(
            f"--against {other.name}: did not draw {prompt_set} from the seeds of {pilot.name}, so "
            "it does not say how much pairing helps; name a run of the same --seed and prompts"
        )
    second = {} if other is None else _numbers(other, measure, prompt_set, labels)
    keys = [
        key
        for key in sorted(first)
        if other is None or (key in second and second[key].value is not None)
    ]
    sides = [first] if other is None else [first, second]
    table = np.array([[float(side[key].value or 0.0) for side in sides] for key in keys])
    images = Images(
        table.reshape(len(keys), len(sides)),
        [key.prompt_id for key in keys],
        [first[key].cluster for key in keys],
    )
    parts = by_pairing(images, *_scale(pilot.measures[measure]))
    prompts = len(set(images.prompts))
    return Spread(
        measure=measure,
        prompt_set=prompt_set,
        group=as_key(labels),
        parts=parts,
        images=len(keys),
        planned=planned,
        prompts=prompts,
        clusters=len(set(images.clusters)),
        note="one image per prompt" if 2 <= len(keys) == prompts else "",
    )


def _scale(measure: Measure) -> tuple[bool, float | None]:
    """Whether a measure's values are verdicts, and the largest difference of two of them."""
    bounds = bounds_of(measure)
    width = None if bounds is None else bounds[1] - bounds[0]
    return kind_of(measure).bounds == (0.0, 1.0), width


def _numbers(
    side: Side, measure: str, prompt_set: str, labels: Mapping[str, str]
) -> dict[Key, Reading]:
    """The planned images that the measure applies to, of prompts with these labels."""
    return {
        key: reading
        for (name, key), reading in side.readings.items()
        if name == measure
        and key.prompt_set == prompt_set
        and labels.items() <= side.prompts[key[:2]].groups.items()
    }


def has_numbers(measure: Measure) -> bool:
    """Whether single images have numbers to plan with, and not labels or one value per group."""
    kind = kind_of(measure)
    return kind.paired_by == "image" and kind.number is itself
