"""Differences: between paired values, and between independent intervals."""

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import Interval
from evalsuite.stats.interval import FEW, moments, paired, quantile
from evalsuite.stats.means import design_effect, mean, odd_clusters


def paired_proportions(
    *, a: ArrayLike, b: ArrayLike, clusters: ArrayLike, level: float = 0.95
) -> Interval:
    """The share of ones in `a` minus that in `b`, for 0/1 verdicts paired entry by entry.

    Bonett & Price's interval (2012, J. Educ. Behav. Stat. 37:479-488), which adds one discordant
    pair either way and so never has zero width, on the effective number of pairs: n over the
    design effect of the clustered differences, shrunk as in `proportion`, with the t quantile.
    `clusters` names what varies together: the prompt, or the pair of twins. One cluster is
    undecided; up to ten give a stated conservative interval.
    """
    y, codes = paired(a, b, clusters, level)
    if not (np.isin(np.asarray(a), (0, 1)).all() and np.isin(np.asarray(b), (0, 1)).all()):
        raise ValueError("paired proportions are of zeros and ones only")
    if y.size == 0:
        return Interval(None, None, None, 0, 0, "undecided: no data")
    count = int(codes.max()) + 1
    if count < 2:
        return Interval(
            float(y.mean()),
            None,
            None,
            y.size,
            1,
            "undecided: one prompt says nothing about others",
        )
    m = moments(y, codes)
    flips = float((y**2).mean())
    n = m.n / design_effect(m, flips - m.mean**2, odd_clusters(y, codes))
    centre = n * m.mean / (n + 2)
    half = quantile(level, m.df) * (((n * flips + 2) / (n + 2) - centre**2) / (n + 2)) ** 0.5
    method = "Bonett-Price, clustered by pair"
    if count <= FEW:
        method += f"; conservative, {count} pairs"
    return Interval(m.mean, max(-1.0, centre - half), min(1.0, centre + half), m.n, count, method)


def paired_difference(
    *,
    a: ArrayLike,
    b: ArrayLike,
    clusters: ArrayLike,
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
) -> Interval:
    """The mean of a - b for scores paired entry by entry, as `mean` gives it.

    `bounds` are those of one score; a difference's are then plus and minus their distance. For
    0/1 verdicts `paired_proportions` is better.
    """
    y, _ = paired(a, b, clusters, level)
    span = None if bounds is None else (bounds[0] - bounds[1], bounds[1] - bounds[0])
    return mean(values=y, clusters=clusters, level=level, bounds=span)


def difference(*, a: Interval, b: Interval) -> Interval:
    """The value of `a` minus that of `b`, for intervals from independent data of one level.

    Squares the distances from value to end and adds them (Newcombe 1998, Stat. Med. 17:873-890,
    method 10; Zou & Donner 2008, Stat. Med. 27:1693-1702). Undecided if either is.
    """
    n, count = a.n + b.n, a.clusters + b.clusters
    if a.value is None or b.value is None:
        return Interval(None, None, None, n, count, "undecided: one side has no data")
    value = a.value - b.value
    if a.low is None or a.high is None or b.low is None or b.high is None:
        return Interval(value, None, None, n, count, "undecided: one side is")
    below = ((a.value - a.low) ** 2 + (b.high - b.value) ** 2) ** 0.5
    above = ((a.high - a.value) ** 2 + (b.value - b.low) ** 2) ** 0.5
    return Interval(value, value - below, value + above, n, count, "square and add")
