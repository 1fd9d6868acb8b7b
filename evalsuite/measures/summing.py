"""From the readings of one group to its interval, its null and its reference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from evalsuite import stats
from evalsuite.measures.measure import EVEN_TONES, TONE_BANDS, Measure
from evalsuite.measures.reading import Reading, tag_of
from evalsuite.stats import Interval

References = Mapping[str, Mapping[str, float]]


class Line(NamedTuple):
    """One row to be: its group, its interval, and what to hold it against."""

    group: Mapping[str, str]
    interval: Interval
    null: float | None
    reference: float | None


def sum_up(
    measure: Measure,
    group: Mapping[str, str],
    readings: Sequence[Reading],
    references: References,
    level: float,
) -> list[Line]:
    """The rows of one measure in one group: one, or one a label for shares of several labels."""
    measured = [r for r in readings if r.value is not None]
    clusters = [r.cluster for r in measured]
    taught = _reference(references, measure.name, group)
    match measure.kind:
        case "share" | "unknown":
            numbers = _numbers(measured)
            interval = stats.proportion(values=numbers, clusters=clusters, level=level)
            return [Line(group, interval, _chance(measured), taught)]
        case "mean":
            interval = stats.mean(
                values=_numbers(measured), clusters=clusters, level=level, bounds=measure.bounds
            )
            return [Line(group, interval, None, taught)]
        case "twins":
            # Verdicts differ by -1, 0 or 1: as a pair of verdicts, the one above and the one below.
            effects = _numbers(measured)
            interval = stats.paired_proportions(
                a=[float(e > 0) for e in effects],
                b=[float(e < 0) for e in effects],
                clusters=clusters,
                level=level,
            )
            return [Line(group, interval, 0.0, taught)]
        case "prompts":
            return [Line(group, _prompts(measured, measure.least, level), None, taught)]
        case "mean of tags":
            return [Line(group, _over_tags(readings, level), None, taught)]
    labels = [str(r.value) for r in measured]
    return _labelled(measure, group, labels, clusters, references, level)


def _labelled(
    measure: Measure,
    group: Mapping[str, str],
    labels: Sequence[str],
    clusters: Sequence[str],
    references: References,
    level: float,
) -> list[Line]:
    n = len(labels)
    hits = [float(label == measure.label) for label in labels]
    if measure.kind == "label":
        interval = stats.proportion(values=hits, clusters=clusters, level=level)
        return [Line(group, interval, 0.5, _reference(references, measure.name, group))]
    if measure.kind == "imbalance":
        share = _reference(references, f"{measure.scorer}.{measure.label}", group)
        taught = None if share is None else abs(share - 0.5)
        interval = stats.imbalance(values=hits, clusters=clusters, level=level)
        return [Line(group, interval, stats.expected_imbalance(n=n), taught)]
    if measure.kind == "labels":
        return [
            Line(at, stats.share(labels=labels, label=x, clusters=clusters, level=level), None,
                 _reference(references, measure.name, at))
            for x in sorted(set(labels)) or ["none"]
            for at in [{**group, "label": x}]
        ]  # fmt: skip
    bands = [next(band for band, tones in TONE_BANDS.items() if x in tones) for x in labels]
    by_band = {
        band: _reference(references, "presentation.tone", {**group, "tone": band})
        for band in TONE_BANDS
    }
    if measure.kind == "tone imbalance":
        interval = stats.total_variation(
            labels=bands, clusters=clusters, reference=EVEN_TONES, level=level
        )
        null = stats.expected_total_variation(n=n, reference=EVEN_TONES)
        return [Line(group, interval, null, _distance_from_even(by_band))]
    return [
        Line(
            {**group, "tone": band},
            stats.share(labels=bands, label=band, clusters=clusters, level=level),
            EVEN_TONES[band],
            by_band[band],
        )
        for band in TONE_BANDS
    ]


def _prompts(measured: Sequence[Reading], least: int, level: float) -> Interval:
    """The share of prompts with at least `least` right images; n still counts the images."""
    verdicts = prompt_verdicts(measured, least)
    interval = stats.proportion(
        values=list(verdicts.values()), clusters=list(verdicts), level=level
    )
    return replace(interval, n=len(measured))


def prompt_verdicts(readings: Iterable[Reading], least: int) -> dict[str, float]:
    """For each prompt with a measured image, 1.0 if at least `least` of them are right, or 0.0."""
    right: dict[str, float] = {}
    for reading in readings:
        if reading.value is not None:
            right[reading.cluster] = right.get(reading.cluster, 0.0) + float(reading.value)
    return {cluster: float(number >= least) for cluster, number in right.items()}


def _over_tags(readings: Sequence[Reading], level: float) -> Interval:
    """The mean of the tags' shares, each tag with a planned prompt counting the same."""
    by_tag: dict[str, list[Reading]] = {}
    for reading in readings:
        by_tag.setdefault(tag_of(reading.cluster), []).append(reading)
    parts = []
    for members in by_tag.values():
        measured = [r for r in members if r.value is not None]
        clusters = [r.cluster for r in measured]
        parts.append(stats.proportion(values=_numbers(measured), clusters=clusters, level=level))
    return stats.average(parts=parts)


def _numbers(readings: Sequence[Reading]) -> list[float]:
    return [float(r.value) for r in readings if r.value is not None]


def _chance(readings: Sequence[Reading]) -> float | None:
    """The mean chance; None if any reading has none, as a mean over some would mislead."""
    chances = [r.chance for r in readings if r.chance is not None]
    return sum(chances) / len(chances) if chances and len(chances) == len(readings) else None


def _reference(references: References, measure: str, group: Mapping[str, str]) -> float | None:
    return references.get(measure, {}).get("/".join(group.values()))


def _distance_from_even(taught: Mapping[str, float | None]) -> float | None:
    """Total variation between the taught bands and even ones; None unless all are known."""
    shares = {band: share for band, share in taught.items() if share is not None}
    if len(shares) < len(taught):
        return None
    return sum(abs(share - EVEN_TONES[band]) for band, share in shares.items()) / 2
