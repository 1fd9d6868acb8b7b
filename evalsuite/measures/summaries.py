"""From the readings of one group to its interval, its null and its reference: one row or several.

Each function is the `summary` of one kind of measure (`measures.kinds`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from evalsuite import stats
from evalsuite.measures import guessing
from evalsuite.measures.reading import Reading
from evalsuite.measures.slices import Slice, Summary
from evalsuite.vocabulary.monk import BANDS, EVEN_BANDS, TONES


def share(part: Slice) -> list[Summary]:
    """The share of ones."""
    interval = stats.proportion(values=part.numbers, level=part.level, **part.design)
    return [
        Summary(
            part.group, interval, guessing.of_images(part.measure, part.measured), part.reference()
        )
    ]


def mean(part: Slice) -> list[Summary]:
    """The mean of numbers."""
    interval = stats.mean(
        values=part.numbers,
        level=part.level,
        bounds=part.measure.bounds,
        **part.design,
    )
    return [Summary(part.group, interval, part.measure.chance, part.reference())]


def twins(part: Slice) -> list[Summary]:
    """The mean of differences of verdicts, which are -1, 0 or 1.

    Taken as a pair of verdicts: whether the difference is above 0, and whether it is below.
    """
    interval = stats.paired_proportions(
        a=[float(effect > 0) for effect in part.numbers],
        b=[float(effect < 0) for effect in part.numbers],
        level=part.level,
        **part.design,
    )
    return [Summary(part.group, interval, 0.0, part.reference())]


def prompts(part: Slice) -> list[Summary]:
    """The share of prompts with at least `least` right images; n still counts the images."""
    verdicts = prompt_verdicts(part.measured, part.measure.least)
    of_prompts = replace(part, readings=list(verdicts.values()))
    interval = stats.proportion(values=of_prompts.numbers, level=part.level, **of_prompts.design)
    null = guessing.of_prompts(part.measure, part.measured)
    return [Summary(part.group, replace(interval, n=len(part.measured)), null, part.reference())]


def prompt_verdicts(readings: Iterable[Reading], least: int) -> dict[str, Reading]:
    """By prompt with a measured image: 1.0 if at least `least` of them are right, or 0.0."""
    right: dict[str, float] = {}
    first: dict[str, Reading] = {}
    for reading in readings:
        if reading.value is not None:
            right[reading.asked] = right.get(reading.asked, 0.0) + float(reading.value)
            first.setdefault(reading.asked, reading)
    return {
        prompt: reading._replace(value=float(right[prompt] >= least))
        for prompt, reading in first.items()
    }


def mean_of_tags(part: Slice) -> list[Summary]:
    """The mean of the tags' shares, each tag with a planned prompt counting the same."""
    by_tag: dict[str, list[Reading]] = {}
    for reading in part.readings:
        by_tag.setdefault(reading.stratum, []).append(reading)
    tags = [share(replace(part, readings=members))[0] for members in by_tag.values()]
    nulls = [tag.null for tag in tags if tag.null is not None]
    interval = stats.average(parts=[tag.interval for tag in tags])
    null = _mean(nulls) if len(nulls) == len(tags) else None
    return [Summary(part.group, interval, null, part.reference())]


def label(part: Slice) -> list[Summary]:
    """The share of the measure's own label; a fair model's is one half."""
    interval = stats.proportion(values=_hits(part), level=part.level, **part.design)
    return [Summary(part.group, interval, 0.5, part.reference())]


def imbalance(part: Slice) -> list[Summary]:
    """The distance of that share from one half; a reference follows from the share's own."""
    interval = stats.imbalance(values=_hits(part), level=part.level, **part.design)
    true = part.reference(f"{part.measure.scorer}.{part.measure.label}")
    null = stats.expected_imbalance(n=interval.n)
    return [Summary(part.group, interval, null, None if true is None else abs(true - 0.5))]


def _mean(numbers: Sequence[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def labels(part: Slice) -> list[Summary]:
    """The share of every label, one row each; guessing gives each label the measure's chance."""
    words = sorted(set(part.words)) if part.labels is None else part.labels
    return [
        Summary(
            {**part.group, "label": word},
            stats.share(labels=part.words, label=word, level=part.level, **part.design),
            part.measure.chance if part.words else None,
            part.reference(group={**part.group, "label": word}),
        )
        for word in words or ["none"]
    ]


def tones(part: Slice) -> list[Summary]:
    """The share of every band of the Monk scale, beside that of ten equally frequent tones."""
    return [
        Summary(
            {**part.group, "tone": band},
            stats.share(labels=_bands(part), label=band, level=part.level, **part.design),
            EVEN_BANDS[band],
            _reference_of_band(part, band),
        )
        for band in BANDS
    ]


def tone_imbalance(part: Slice) -> list[Summary]:
    """The total variation between the bands and ten equally frequent tones."""
    interval = stats.total_variation(
        labels=_bands(part), reference=EVEN_BANDS, level=part.level, **part.design
    )
    references = {band: _reference_of_band(part, band) for band in BANDS}
    shares = {band: share for band, share in references.items() if share is not None}
    apart = sum(abs(share - EVEN_BANDS[band]) for band, share in shares.items()) / 2
    null = stats.expected_total_variation(n=interval.n, reference=EVEN_BANDS)
    return [Summary(part.group, interval, null, apart if len(shares) == len(references) else None)]


def tone_distance(part: Slice) -> list[Summary]:
    """How many steps of the Monk scale skin tones lie, on average, from ten equally frequent ones.

    The Wasserstein distance: neighbours count less than the scale's far end.
    """
    even = dict.fromkeys(TONES, 1 / len(TONES))
    places = {tone: float(place) for place, tone in enumerate(TONES, 1)}
    found = stats.ordered_shares(
        labels=part.words, positions=places, reference=even, level=part.level, **part.design
    )
    return [Summary(part.group, found.distance, found.null)]


def wording(part: Slice) -> list[Summary]:
    """How much of the differences between images goes with the sentence, within a family."""
    read = part.measured
    found = stats.variance_share(
        values=_hits(part),
        clusters=[reading.cluster for reading in read],
        prompts=[reading.asked for reading in read],
        level=part.level,
    )
    return [Summary(part.group, found.interval, found.null)]


def _reference_of_band(part: Slice, band: str) -> float | None:
    return part.reference(
        f"{part.measure.scorer}.{part.measure.field}", {**part.group, "tone": band}
    )


def _hits(part: Slice) -> list[float]:
    return [float(word == part.measure.label) for word in part.words]


def _bands(part: Slice) -> list[str]:
    return [next(band for band, inside in BANDS.items() if word in inside) for word in part.words]
