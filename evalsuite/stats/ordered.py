"""Labels in an order, such as skin tones: cumulative shares, and how far mass has to move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import LIKE_THESE, Estimand, Interval
from evalsuite.stats.fairness import check_reference, expected_deviation
from evalsuite.stats.means import proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Shares of an ordered scale.

    `cumulative` holds, by label, the share at that label or before it (the last is 1 and left
    out). `distance` is the Wasserstein distance to the reference, in the unit of the positions;
    `null` what a model that follows the reference shows on average at this n.
    """

    cumulative: Mapping[str, Interval]
    distance: Interval
    null: float | None


def ordered_shares(
    *,
    labels: Sequence[str],
    clusters: ArrayLike,
    positions: Mapping[str, float],
    reference: Mapping[str, float],
    level: float = 0.95,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> Ordered:
    """Cumulative shares, and the Wasserstein distance of order 1 to the reference.

    `positions` holds every label's place on the scale, in order of the scale: 1 to 10, or the
    labels' ITA in degrees. The distance is the sum, over the gaps between neighbours, of the gap
    times |F - G|, F and G being the cumulative shares before it (Vallender 1974, Theory Probab.
    Appl. 18:784-786): how far, on average, mass must move along the scale. Unlike total variation
    it tells a neighbour from the far end. The intervals of `cumulative` are each at `level`; that
    of `distance` is conservative, from their own at 1 - (1 - level)/(K - 1) (Bonferroni). Raises
    `ValueError` for a label without a position, positions that turn back, a reference that has
    other labels or does not sum to 1.
    """
    check_reference(reference)
    names = list(positions)
    if set(reference) != set(names) or (unknown := sorted(set(labels) - set(names))):
        extra = sorted(set(reference) ^ set(names)) or unknown
        raise ValueError(f"positions, reference and labels must have the same labels: {extra}")
    gaps = np.diff(np.array(list(positions.values()), dtype=np.float64))
    if not ((gaps > 0).all() or (gaps < 0).all()):
        raise ValueError("positions must rise, or fall, from label to label")
    gaps = np.abs(gaps)
    ranks = np.array([names.index(label) for label in labels], dtype=np.intp)
    wanted = np.cumsum([reference[name] for name in names])[:-1]
    stricter = 1 - (1 - level) / len(gaps)
    parts: dict[float, list[Interval]] = {
        at: [
            proportion(
                values=(ranks <= rank).astype(np.float64),
                clusters=clusters,
                level=at,
                estimand=estimand,
                strata=strata,
            )
            for rank in range(len(gaps))
        ]
        for at in (level, stricter)
    }
    null = None
    if n := len(labels):
        shares = [float(g) for g in np.clip(wanted, 0, 1)]
        each = [expected_deviation(n=n, share=g) for g in shares]
        null = float(gaps @ np.array(each))
    return Ordered(
        cumulative=dict(zip(names[:-1], parts[level], strict=True)),
        distance=_distance(parts[stricter], gaps, wanted),
        null=null,
    )


def _distance(parts: Sequence[Interval], gaps: ArrayLike, wanted: ArrayLike) -> Interval:
    first = parts[0]
    if first.value is None:
        return first
    value = low = high = 0.0
    for part, gap, goal in zip(parts, np.asarray(gaps), np.asarray(wanted), strict=True):
        value += gap * abs((part.value or 0.0) - goal)
        if part.low is None or part.high is None:
            return Interval(None, None, None, first.n, first.clusters, part.method, first.estimand)
        ends = (abs(part.low - goal), abs(part.high - goal))
        low += 0.0 if part.low <= goal <= part.high else gap * min(ends)
        high += gap * max(ends)
    method = "union of cumulative shares' intervals (Bonferroni); conservative"
    return Interval(
        float(value), float(low), float(high), first.n, first.clusters, method, first.estimand
    )
