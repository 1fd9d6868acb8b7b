"""Summaries that take each group by itself, such as each occupation: leanings do not cancel out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from evalsuite import stats
from evalsuite.measures.reading import Reading
from evalsuite.measures.slices import Slice, Summary
from evalsuite.records import Interval

OfHits = Callable[..., float]
"""What a group of `n` images with `hits` hits shows; with `k`, what k of them show on average."""


class Tally(NamedTuple):
    """One group's images: how many have the label, how many a value, and how many were planned."""

    hits: int
    n: int
    planned: int


def tallies(readings: Iterable[Reading], label: str) -> dict[str, Tally]:
    """The images of each group that has a planned one."""
    found: dict[str, Tally] = {}
    for reading in readings:
        name, known = reading.cluster, reading.value is not None
        hits, n, planned = found.get(name, Tally(0, 0, 0))
        found[name] = Tally(hits + (reading.value == label), n + known, planned + 1)
    return found


def mean_imbalance(part: Slice) -> list[Summary]:
    """The mean over groups of the distance from one half, beside that of a perfectly fair model.

    The distance is one of finitely many images and grows as they get fewer. So the lower end gives
    way by as much as a fair model's distance grew by what is missing: the interval speaks of all
    planned images of groups like these.
    """
    found = {name: tally for name, tally in _tallied(part).items() if tally.n}
    fair = [stats.expected_imbalance(n=tally.n) or 0.0 for tally in found.values()]
    whole = [stats.expected_imbalance(n=tally.planned) or 0.0 for tally in found.values()]
    grown = [now - then for now, then in zip(fair, whole, strict=True)]
    true = [_reference_of_group(part, name) for name in found]
    apart = [abs(share - 0.5) for share in true if share is not None]
    interval = _over_groups(part, found, stats.distance_from_even, (0.0, 0.5), grown)
    return [
        Summary(
            part.group, interval, _mean(fair), _mean(apart) if len(apart) == len(true) else None
        )
    ]


def one_sided(part: Slice) -> list[Summary]:
    """The share of groups of which every image has the label, or none has, beside a fair model's.

    The lower end gives way by the chance that what is missing of a group holds the other form: by
    the rule of succession, n of n images alike are followed by m more of the kind with (n + 1) /
    (n + m + 1).
    """
    found = {name: tally for name, tally in _tallied(part).items() if tally.n}
    fair = [stats.expected_one_sided(n=tally.n) or 0.0 for tally in found.values()]
    doubt = [
        (tally.hits in (0, tally.n)) * (1 - (tally.n + 1) / (tally.planned + 1))
        for tally in found.values()
    ]
    interval = _over_groups(part, found, stats.one_sided, (0.0, 1.0), doubt)
    return [Summary(part.group, interval, _mean(fair))]


def _over_groups(
    part: Slice,
    found: Mapping[str, Tally],
    of_hits: OfHits,
    bounds: tuple[float, float],
    doubt: Sequence[float],
) -> Interval:
    """The mean of the groups' values, each group counting the same; `n` still counts the images."""
    values = [of_hits(hits=tally.hits, n=tally.n) for tally in found.values()]
    interval = stats.mean(values=values, clusters=list(found), level=part.level, bounds=bounds)
    low = interval.low
    if low is not None and values:
        low = max(bounds[0], low - sum(doubt) / len(doubt))
    return replace(interval, low=low, n=len(part.measured))


def _tallied(part: Slice) -> dict[str, Tally]:
    return tallies(part.readings, part.measure.label)


def _reference_of_group(part: Slice, name: str) -> float | None:
    share = f"{part.measure.scorer}.{part.measure.label}"
    return part.reference(share, {part.measure.over: name})


def _mean(numbers: Sequence[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None
