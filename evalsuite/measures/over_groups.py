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


def mean_evenness(part: Slice) -> list[Summary]:
    """The mean over groups of the normalised entropy of the two forms, beside a fair model's.

    Fewer images look less even, so the upper end gives way by as much as a fair model's entropy
    fell by what is missing.
    """
    found = {name: tally for name, tally in _tallied(part).items() if tally.n}
    fair = [stats.expected_entropy(n=tally.n, labels=2) or 0.0 for tally in found.values()]
    whole = [stats.expected_entropy(n=tally.planned, labels=2) or 0.0 for tally in found.values()]
    fallen = [then - now for now, then in zip(fair, whole, strict=True)]
    interval = _over_groups(part, found, stats.evenness, (0.0, 1.0), [])
    if interval.high is not None and fallen:
        interval = replace(interval, high=min(1.0, interval.high + sum(fallen) / len(fallen)))
    return [Summary(part.group, interval, _mean(fair))]


def parity_difference(part: Slice) -> list[Summary]:
    """The largest group's share minus the smallest's, beside that of groups that are all alike."""
    found = _parity(part)
    return [Summary(part.group, found.difference, found.null_difference)]


def parity_ratio(part: Slice) -> list[Summary]:
    """The smallest group's share over the largest's, beside that of groups that are all alike."""
    found = _parity(part)
    return [Summary(part.group, found.ratio, found.null_ratio)]


def _parity(part: Slice) -> stats.Parity:
    """Each group's prompts are its own fixed sentences: only seeds vary. Without a label, verdicts.

    `clusters` counts groups, as in the other measures over groups.
    """
    label, read = part.measure.label, part.measured
    found = stats.parity(
        values=[float(r.value == label if label else float(r.value or 0)) for r in read],
        groups=[reading.cluster for reading in read],
        clusters=[reading.asked for reading in read],
        level=part.level,
    )
    lost = len({reading.cluster for reading in part.readings} - {r.cluster for r in read})
    if not lost:
        return found
    more = f"; {lost} of the groups have no value"
    difference = replace(found.difference, method=found.difference.method + more)
    ratio = replace(found.ratio, method=found.ratio.method + more)
    return replace(found, difference=difference, ratio=ratio)


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
    if low is not None and doubt:
        low = max(bounds[0], low - sum(doubt) / len(doubt))
    return replace(interval, low=low, n=len(part.measured))


def _tallied(part: Slice) -> dict[str, Tally]:
    return tallies(part.readings, part.measure.label)


def _reference_of_group(part: Slice, name: str) -> float | None:
    share = f"{part.measure.scorer}.{part.measure.label}"
    return part.reference(share, {part.measure.over: name})


def _mean(numbers: Sequence[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None
