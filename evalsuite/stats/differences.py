"""Differences: between paired values, and between independent intervals."""

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import LIKE_THESE, THESE, Estimand, Interval
from evalsuite.stats.interval import FEW, moments, paired, quantile, seed_moments
from evalsuite.stats.means import believed_freedom, believed_variance, mean


def paired_proportions(
    *,
    a: ArrayLike,
    b: ArrayLike,
    clusters: ArrayLike,
    level: float = 0.95,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> Interval:
    """The share of ones in `a` minus that in `b`, for 0/1 verdicts paired entry by entry.

    Bonett & Price's interval (2012, J. Educ. Behav. Stat. 37:479-488), which adds one discordant
    pair either way and so never has zero width, on the effective number of pairs: n over the
    design effect of the clustered differences, shrunk as in `proportion`, with the t quantile.
    `clusters` names what varies together: the family, or the pair of twins. One cluster is
    undecided; up to ten give a stated conservative interval. With "these prompts" the clusters are
    prompts, and only their seeds vary; one is enough.
    """
    y, codes = paired(a, b, clusters, level)
    if not (np.isin(np.asarray(a), (0, 1)).all() and np.isin(np.asarray(b), (0, 1)).all()):
        raise ValueError("paired proportions are of zeros and ones only")
    if y.size == 0:
        return Interval(None, None, None, 0, 0, "undecided: no data", estimand)
    count = int(codes.max()) + 1
    if estimand == THESE and y.size > 1:
        m = seed_moments(y, codes) or moments(y, np.arange(y.size))
        method = "Bonett-Price, seeds only"
    elif count < 2:
        why = "undecided: one prompt says nothing about others"
        return Interval(float(y.mean()), None, None, y.size, 1, why, estimand)
    else:
        m = moments(y, codes, strata)
        method = "Bonett-Price, clustered" + (", stratified" if strata is not None else "")
        method += f"; conservative, {count} pairs" if count <= FEW else ""
    variance = believed_variance(m)
    n = m.spread / variance if variance > 0 else m.n / m.crowding
    centre = n * m.mean / (n + 2)
    flips = m.spread + m.mean**2
    t = quantile(level, believed_freedom(m, variance))
    half = t * (((n * flips + 2) / (n + 2) - centre**2) / (n + 2)) ** 0.5
    low, high = max(-1.0, centre - half), min(1.0, centre + half)
    return Interval(m.mean, low, high, m.n, count, method, estimand)


def paired_difference(
    *,
    a: ArrayLike,
    b: ArrayLike,
    clusters: ArrayLike,
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> Interval:
    """The mean of a - b for scores paired entry by entry, as `mean` gives it.

    `bounds` are those of one score; a difference's are then plus and minus their distance. For
    0/1 verdicts `paired_proportions` is better.
    """
    y, _ = paired(a, b, clusters, level)
    span = None if bounds is None else (bounds[0] - bounds[1], bounds[1] - bounds[0])
    return mean(
        values=y, clusters=clusters, level=level, bounds=span, estimand=estimand, strata=strata
    )


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
    estimand = THESE if THESE in (a.estimand, b.estimand) else LIKE_THESE
    return Interval(value, value - below, value + above, n, count, "square and add", estimand)
