"""Whether paired scores exclude a regression: the lowest of three lower ends.

Each of them is too high for some shape of the differences, and right for others:

- the interval of `paired_proportions`, or of `paired_difference`, where losses are spread out;
- the envelope of t and Hall's (`means.heavy`) where differences about the margin are skewed;
- the worst case (`worst_case`) where a regression is concentrated in few clusters, of which none
  may be among those that were drawn: identical runs of 30 prompts say little of a loss of every
  tenth prompt, and how little is known exactly.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import ndtr

from evalsuite.records import LIKE_THESE, THESE, Estimand
from evalsuite.stats.differences import paired_difference, paired_proportions
from evalsuite.stats.interval import Floats, moments, paired
from evalsuite.stats.means import heavy

LEAST = 1e-6
"""No smaller p-value is given: an interval that far out is an extrapolation."""


def lowest_end(
    *,
    a: ArrayLike,
    b: ArrayLike,
    clusters: ArrayLike,
    level: float,
    bounds: tuple[float, float] | None = None,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> float | None:
    """The lower end of the mean of a - b that the gate decides by; None where it is undecided.

    `level` is that of the two-sided interval; the end is one-sided at (1 - level) / 2. `bounds` are
    those of one score; without them the worst case is unknown and left out. `estimand` and `strata`
    are those of `paired_difference`; of "these prompts" each image is a draw of its own.
    """
    options: dict[str, Any] = {"level": level, "bounds": bounds, "estimand": estimand}
    end = _interval_end(a, b, clusters, strata=strata, **options)
    if end is None or bounds is None:
        return end
    sums, sizes = _by_cluster(a, b, _drawn(clusters, estimand))
    width, alpha = bounds[1] - bounds[0], (1 - level) / 2

    def beyond(mean: float) -> float:
        return worst_case(sums=sums, sizes=sizes, mean=mean, width=width) - alpha

    if end <= -width or beyond(end) <= 0:
        return end
    return float(brentq(beyond, -width, end, xtol=1e-7 * width))


def _drawn(clusters: ArrayLike, estimand: Estimand) -> ArrayLike:
    return np.arange(np.size(clusters)) if estimand == THESE else clusters


def excludes(
    *,
    a: ArrayLike,
    b: ArrayLike,
    clusters: ArrayLike,
    margin: float,
    bounds: tuple[float, float] | None = None,
) -> float:
    """The p-value of a - b <= -margin: the least alpha at which `lowest_end` lies above -margin.

    1.0 where it is undecided; never below `LEAST`.
    """
    few, many = np.log(LEAST), np.log(0.499)

    def low(log_alpha: float) -> float | None:
        return _interval_end(a, b, clusters, 1 - 2 * float(np.exp(log_alpha)), bounds)

    lowest = low(many)
    if lowest is None or lowest <= -margin:
        return 1.0
    for _ in range(18):
        middle = (few + many) / 2
        end = low(middle)
        few, many = (few, middle) if end is not None and end > -margin else (middle, many)
    p = float(np.exp(many))
    if bounds is None:
        return p
    sums, sizes = _by_cluster(a, b, clusters)
    return max(p, worst_case(sums=sums, sizes=sizes, mean=-margin, width=bounds[1] - bounds[0]))


def worst_case(*, sums: Floats, sizes: Floats, mean: float, width: float) -> float:
    """The p-value of a mean of `mean` or less, for clusters whose values lie within -width, width.

    `sums` and `sizes`, shape (clusters,), are each cluster's total and number of values. Gaffke's
    bound (2005, Three test statistics for a nonparametric one-sided hypothesis on the mean of a
    nonnegative variable, Math. Methods Stat. 14:451-467; Learned-Miller & Thomas 2020, arXiv
    1905.06208, who find no exception to its validity): clusters are weighted by exponential
    variables, one cluster of average size with the least value is added, and p is the chance that
    the weighted mean is `mean` or less. For values of 0 and one loss it is Clopper and Pearson's.
    The chance is Lugannani and Rice's saddlepoint approximation (1980, Adv. Appl. Probab.
    12:475-490), within 4 % of Clopper and Pearson's p, on the safe side.
    """
    if mean <= -width:
        return 0.0
    typical = float(sizes.mean())
    terms = np.append(sums - mean * sizes, (-width - mean) * typical)
    return _chance_below_zero(terms)


def _chance_below_zero(terms: Floats) -> float:
    """P(sum of E_i * terms_i <= 0) for independent standard exponential E_i."""
    if terms.max() <= 0:
        return 1.0
    if terms.min() >= 0:
        return 0.0
    scale = float(np.abs(terms).max())
    x, counts = np.unique(terms / scale, return_counts=True)
    low, high = 1 / float(x.min()), 1 / float(x.max())

    def slope(s: float) -> float:
        return float((counts * x / (1 - s * x)).sum())

    # The slope of the cumulant function rises from minus to plus infinity between its poles.
    near = 1e-12
    s = float(brentq(slope, low * (1 - near), high * (1 - near), xtol=1e-14, rtol=1e-12))
    logs = -(counts * np.log1p(-s * x)).sum()
    curve = float((counts * (x / (1 - s * x)) ** 2).sum())
    w = float(np.sign(s) * np.sqrt(max(-2 * logs, 0.0)))
    v = s * curve**0.5
    if abs(w) < 1e-4:  # at the mean itself, where both terms of the formula are infinite
        third = float(2 * (counts * (x / (1 - s * x)) ** 3).sum())
        return float(0.5 - third / (6 * (2 * np.pi) ** 0.5 * curve**1.5))
    density = np.exp(-w * w / 2) / (2 * np.pi) ** 0.5
    return float(min(max(ndtr(w) + density * (1 / w - 1 / v), 0.0), 1.0))


def _interval_end(
    a: ArrayLike,
    b: ArrayLike,
    clusters: ArrayLike,
    level: float,
    bounds: tuple[float, float] | None,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> float | None:
    """The lower of the usual interval's end and that of t and Hall."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    is_verdict = bool(np.isin(first, (0, 1)).all() and np.isin(second, (0, 1)).all())
    options: dict[str, Any] = {"clusters": clusters, "estimand": estimand, "strata": strata}
    if is_verdict and bounds == (0.0, 1.0):
        end = paired_proportions(a=first, b=second, level=level, **options).low
    else:
        end = paired_difference(a=first, b=second, level=level, bounds=bounds, **options).low
    y, codes = paired(first, second, _drawn(clusters, estimand))
    if end is None or np.unique(codes).size < 2:
        return end
    m = moments(y, codes, None if estimand == THESE else strata)
    return end if m.variance == 0 else min(end, heavy(m, level)[0])


def _by_cluster(a: ArrayLike, b: ArrayLike, clusters: ArrayLike) -> tuple[Floats, Floats]:
    y, codes = paired(a, b, clusters)
    sums = np.bincount(codes, weights=y).astype(np.float64)
    return sums, np.bincount(codes).astype(np.float64)
