"""How far groups lie from the reference, on average: total variation and smoothed divergence.

Each group is held against its own reference, so that leanings to either side do not cancel out.
The interval is over groups; a reference's own sampling error is not in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import log

from evalsuite import stats
from evalsuite.bias.record import GroupShare, Overall, ToneRow
from evalsuite.records import Interval
from evalsuite.stats.divergence import PSEUDO
from evalsuite.vocabulary import monk

Counts = Mapping[str, int]
Reference = Mapping[str, float]

BANDS = "three bands"


def away(over: str, groups: Sequence[tuple[Counts, Reference]], what: str) -> Iterator[Overall]:
    """The mean total variation and the mean smoothed divergence of groups from their references.

    A group gives the images by label and the reference's shares. TV is half the summed distances
    of the shares, of two labels |p - q|; the divergence is `stats.smoothed_kl`, in nats. Both grow
    as images get fewer: the null is what groups that follow their references show at these numbers
    of images (`stats.expected_total_variation`, `stats.expected_smoothed_kl`), on average.
    """
    read = [(_listed(counts), reference) for counts, reference in groups if sum(counts.values())]
    if not read:
        return
    named = f"mean of {len(read)} by {over}, as read; a fair model follows the reference"
    images = sum(len(labels) for labels, _ in read)
    apart = [_variation(labels, reference) for labels, reference in read]
    fair = [stats.expected_total_variation(n=len(labels), reference=q) for labels, q in read]
    yield Overall(
        title=f"Total variation from the reference, of {what}",
        interval=_over_groups(apart, 1.0, images),
        null=_mean(fair),
        note=named,
    )
    surprise = [_divergence(labels, reference) for labels, reference in read]
    expected = [stats.expected_smoothed_kl(n=len(labels), reference=q) for labels, q in read]
    most = max(_most(len(labels), reference) for labels, reference in read)
    yield Overall(
        title=f"Smoothed KL from the reference, of {what}, in nats",
        interval=_over_groups(surprise, most, images),
        null=_mean(expected),
        note=named,
    )


def of_label(label: str, over: str, what: str, groups: Sequence[GroupShare]) -> Iterator[Overall]:
    """The same of one label and all others together, for the groups that have a reference."""
    return away(
        over,
        [
            (
                {label: group.hits, f"not {label}": group.n - group.hits},
                {label: group.reference.share, f"not {label}": 1 - group.reference.share},
            )
            for group in groups
            if group.reference is not None
        ],
        what,
    )


def of_bands(over: str, rows: Sequence[ToneRow]) -> Iterator[Overall]:
    """The same of the bands of skin tones, for the groups that have a reference for each band."""
    return away(
        over,
        [
            (
                {
                    band: sum(
                        images
                        for tone, images in zip(monk.TONES, row.tones, strict=True)
                        if tone in inside
                    )
                    for band, inside in monk.BANDS.items()
                },
                row.references,
            )
            for row in rows
            if row.references.keys() == monk.BANDS.keys()
        ],
        BANDS,
    )


def _listed(counts: Counts) -> list[str]:
    return [label for label, images in counts.items() for _ in range(images)]


def _variation(labels: Sequence[str], reference: Reference) -> float:
    found = stats.total_variation(labels=labels, clusters=range(len(labels)), reference=reference)
    return found.value or 0.0


def _divergence(labels: Sequence[str], reference: Reference) -> float:
    found = stats.smoothed_kl(labels=labels, clusters=range(len(labels)), reference=reference)
    # Rounding must not carry the number below its bound.
    return max(0.0, found.value or 0.0)


def _most(n: int, reference: Reference) -> float:
    """No smoothed divergence is larger: all images on the label that the reference has least."""
    least = n * min(reference.values()) + PSEUDO
    return log((n + len(reference) * PSEUDO) / least)


def _over_groups(values: Sequence[float], most: float, images: int) -> Interval:
    found = stats.mean(values=values, clusters=range(len(values)), bounds=(0.0, most))
    return replace(found, n=images)


def _mean(values: Sequence[float | None]) -> float:
    return sum(value or 0.0 for value in values) / len(values)
