"""Shares and rank correlations of values that were drawn with unequal probabilities."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import Interval
from evalsuite.stats.interval import FEW, Codes, Floats, Moments, checked, odd_clusters, quantile
from evalsuite.stats.means import believed_freedom, believed_variance, wilson

RESAMPLES = 999
BLOCK = 100
"""Resamples that are worked on at once: memory grows with it."""


def weighted_proportion(
    *, values: ArrayLike, weights: ArrayLike, clusters: ArrayLike, level: float = 0.95
) -> Interval:
    """The weighted share of ones among 0/1 values, with a Wilson interval.

    Weights are one over the probability that a value was drawn. The share is a ratio of weighted
    sums (Hajek 1971), its variance that of the linearised ratio between clusters (Cochran 1977,
    Sampling Techniques, 6.4 and 11.8), so that the share of a part of a sample is right too. The
    interval is that of `proportion`: Wilson's on the effective sample size, the design effect
    shrunk towards full agreement within clusters; where no value differs it is Kish's number of
    equally weighted clusters, (sum W)^2 / sum W^2 (1965, Survey Sampling, 11.7). One cluster is
    undecided. Raises `ValueError` for values other than 0 and 1 and weights that are not positive.
    """
    y, codes = checked(values, clusters, level)
    w = np.asarray(weights, dtype=np.float64)
    if not np.isin(y, (0.0, 1.0)).all():
        raise ValueError("a proportion is of zeros and ones only")
    if w.shape != y.shape or not (np.isfinite(w) & (w > 0)).all():
        raise ValueError("weights must be positive, one for each value")
    if y.size == 0:
        return Interval(None, None, None, 0, 0, "undecided: no data")
    count = int(codes.max()) + 1
    m = _moments(y, w, codes, count)
    if count < 2:
        return Interval(m.mean, None, None, y.size, count, "undecided: one prompt says nothing")
    variance = believed_variance(m)
    effective = m.n / m.crowding
    if variance > 0 and 0 < m.mean < 1:
        effective = min(m.mean * (1 - m.mean) / variance, float(y.size))
    low, high = wilson(m.mean, effective, quantile(level, believed_freedom(m, variance)))
    method = "Wilson, weighted, clustered"
    if count <= FEW:
        method += f"; conservative, {count} prompts"
    return Interval(m.mean, low, high, y.size, count, method)


def _moments(y: Floats, w: Floats, codes: Codes, count: int) -> Moments:
    """As `moments` gives them, of weights scaled to Kish's effective number of values."""
    total, mean = float(w.sum()), float((w * y).sum() / w.sum())
    kish = total**2 / float((w**2).sum())
    sizes: Floats = np.asarray(np.bincount(codes, weights=w) * kish / total, dtype=np.float64)
    influence = np.bincount(codes, weights=w * (y - mean)) / total
    influence[np.abs(influence) < 1e-12] = 0.0
    influence *= (count / max(count - 1, 1)) ** 0.5
    equal = float(sizes.sum()) ** 2 / float((sizes**2).sum())
    return Moments(
        n=kish,  # type: ignore[arg-type]  # a number of values, which weights make a fraction
        sizes=sizes,
        mean=mean,
        influence=influence,
        variance=float((influence**2).sum()),
        df=max(equal - 1, 1.0),
        spread=mean * (1 - mean),
        odd=odd_clusters(y, codes),
    )


def rank_correlations(
    *,
    a: ArrayLike,
    b: ArrayLike,
    weights: ArrayLike,
    clusters: ArrayLike,
    seed: int,
    level: float = 0.95,
) -> tuple[Interval, Interval]:
    """Spearman's rho and Kendall's tau-b of weighted pairs, with percentile bootstrap intervals.

    Ranks are midranks of the weights' distribution; tau-b weighs each pair of pairs by the product
    of their weights. Whole clusters are drawn again (Field & Welsh 2007, J. R. Stat. Soc. B
    69:369-390). Undecided up to `FEW` clusters, and where either side never differs. Raises
    `ValueError` for lists that are not equally long.
    """
    x, codes = checked(a, clusters, level)
    y, w = np.asarray(b, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if y.shape != x.shape or w.shape != x.shape:
        raise ValueError("a, b and weights must be equally long")
    count = int(codes.max()) + 1 if x.size else 0
    if x.size == 0 or len(set(x)) < 2 or len(set(y)) < 2:
        why = "undecided: no data" if x.size == 0 else "undecided: one side never differs"
        return (Interval(None, None, None, x.size, count, why),) * 2
    ends: list[Interval] = []
    for name, function in (("Spearman", _spearman(x, y)), ("Kendall tau-b", _kendall(x, y))):
        value = float(function(w[None, :])[0])
        if count <= FEW:
            why = f"undecided: too few prompts ({count})"
            ends.append(Interval(value, None, None, x.size, count, why))
            continue
        found = _resampled(function, w, codes, count, seed)
        low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
        method = f"{name}, weighted; cluster bootstrap"
        ends.append(Interval(value, float(low), float(high), x.size, count, method))
    return ends[0], ends[1]


def _resampled(
    function: Callable[[Floats], Floats], w: Floats, codes: Codes, count: int, seed: int
) -> Floats:
    rng = np.random.default_rng(seed)
    found: list[Floats] = []
    for start in range(0, RESAMPLES, BLOCK):
        rows = min(BLOCK, RESAMPLES - start)
        times = rng.multinomial(count, np.full(count, 1 / count), size=rows).astype(np.float64)
        found.append(function(times[:, codes] * w))
    every = np.concatenate(found)
    # A resample in which one side never differs has no correlation: it says that none is shown.
    return np.nan_to_num(every, nan=0.0)


def _spearman(x: Floats, y: Floats) -> Callable[[Floats], Floats]:
    """Of rows of weights, shape (m, n), the rank correlations, shape (m,)."""
    first, second = _codes_of(x), _codes_of(y)

    def correlate(w: Floats) -> Floats:
        total = w.sum(axis=1, keepdims=True)
        ranks = [_midranks(codes, w) for codes in (first, second)]
        centred = [r - (w * r).sum(axis=1, keepdims=True) / total for r in ranks]
        top = (w * centred[0] * centred[1]).sum(axis=1)
        below = (w * centred[0] ** 2).sum(axis=1) * (w * centred[1] ** 2).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(top / np.sqrt(below))

    return correlate


def _midranks(codes: Codes, w: Floats) -> Floats:
    """The weight below each value, and half of that at it."""
    masses = np.zeros((w.shape[0], int(codes.max()) + 1))
    np.add.at(masses.T, codes, w.T)
    below = np.cumsum(masses, axis=1) - masses / 2
    return np.asarray(below[:, codes])


def _codes_of(values: Floats) -> Codes:
    return np.unique(values, return_inverse=True)[1].astype(np.intp)


def _kendall(x: Floats, y: Floats) -> Callable[[Floats], Floats]:
    first = np.sign(x[:, None] - x[None, :])
    second = np.sign(y[:, None] - y[None, :])
    both, a, b = first * second, first**2, second**2

    def correlate(w: Floats) -> Floats:
        top = ((w @ both) * w).sum(axis=1)
        below = ((w @ a) * w).sum(axis=1) * ((w @ b) * w).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(top / np.sqrt(below))

    return correlate
