"""Shares and means with intervals, clustered by families of prompts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import LIKE_THESE, THESE, Estimand, Interval
from evalsuite.stats.interval import (
    FEW,
    Codes,
    Floats,
    Moments,
    checked,
    moments,
    quantile,
    seed_moments,
)

CAUTION = 0.5
"""How many clusters' worth of belief in full agreement is mixed into a measured design effect."""

CAUTIOUS_UNTIL = 3.0
"""How many odd clusters halve `CAUTION`."""

AT_LEAST = 5.0
"""How many degrees of freedom a measured design effect has at the least."""

FEWEST = 3.5
"""Degrees of freedom below which a mean is undecided: five equally large clusters have 4.

So is a share of more than `FEW` clusters, of which two or three then hold most images.
"""

SKEWED_UNTIL = 18.5
"""Degrees of freedom below which an interval of unbounded scores spends three quarters of alpha.

Twenty equally large prompts have 19. So few do not show how skewed their scores are: the 95 %
intervals of lognormal scores held the truth in as little as 90.4 % of the runs of
`benchmarks/coverage.py`.
"""


def proportion(
    *,
    values: ArrayLike,
    clusters: ArrayLike,
    level: float = 0.95,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> Interval:
    """The share of ones among 0/1 values, with a Wilson interval on the effective sample size.

    The effective sample size is n over the design effect, which the cluster-robust variance gives,
    and the normal quantile gives way to the t quantile (Korn & Graubard 1998, Survey Methodology
    24:193-201; Wilson's form after Dean & Pagano 2015, J. Surv. Stat. Methodol. 3:484-503). A
    share near 0 or 1 rests on few clusters, whose variance says little, so the design effect d is
    shrunk towards full agreement within clusters, D = sum(m^2)/sum(m): (K d + c D) / (K + c), where
    K clusters hold a value other than the commonest one (`odd_clusters`) and c falls as K grows.
    That shrinkage is this project's own, justified by `benchmarks/coverage.py`; with K = 0 (all
    ones) clusters count, not images. `strata` are what the design fixes: see `moments`.

    With "these prompts" the clusters are prompts, and the variance is that of their seeds, shrunk
    towards that of independent images, which is never too small (Hoeffding 1956, Ann. Math. Stat.
    27:713-721); one prompt is enough. One cluster is undecided otherwise; up to ten give a stated
    conservative interval.
    """
    y, codes = checked(values, clusters, level)
    if not ((y == 0) | (y == 1)).all():
        raise ValueError("a proportion is of zeros and ones only")
    if y.size == 0:
        return Interval(None, None, None, 0, 0, "undecided: no data", estimand)
    count = int(codes.max()) + 1
    if estimand == THESE:
        m, method = seed_moments(y, codes), "Wilson, seeds only"
        if m is None:
            m, method = independent(y), f"{method}; conservative, one image of each prompt"
        return replace(_within_bounds(m, count, level, (0.0, 1.0), method), estimand=estimand)
    if count < 2:
        return _undecided(y, count, "one prompt says nothing about others")
    m = moments(y, codes, strata)
    if count > FEW and m.df < FEWEST:
        return _undecided(y, count, "a few prompts have nearly all images; draw as many of each")
    method = _method("Wilson, clustered", count, strata)
    return _within_bounds(m, count, level, (0.0, 1.0), method)


def share(
    *,
    labels: Sequence[str],
    label: str,
    clusters: ArrayLike,
    level: float = 0.95,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> Interval:
    """The share of one label among all labels, as `proportion` gives it."""
    return proportion(
        values=[float(x == label) for x in labels],
        clusters=clusters,
        level=level,
        estimand=estimand,
        strata=strata,
    )


def mean(
    *,
    values: ArrayLike,
    clusters: ArrayLike,
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> Interval:
    """The mean score, by clusters and `strata` as in `proportion`.

    Within `bounds`, scores are rescaled to 0-1 and their variance is taken to be proportional to
    p(1 - p), as for a quasi-binomial model (McCullagh & Nelder 1989, 4.5): Wilson's interval on
    the effective sample size p(1 - p)/variance, with the t quantile, never leaves the bounds. Up
    to ten clusters the quantile is that of a fifth of alpha, a stated conservative interval; yet
    where nearly all clusters lie at one bound, so few may hold none of the others: 90 % in the
    worst cells of eight families in `reports/benchmarks/coverage.md`. If no score differs from
    another, clusters count, not images: at a bound Wilson's interval holds, and within the bounds
    the worst case (`_alike`).

    Without bounds: the envelope of the t interval (right under symmetric heavy tails) and of
    Hall's skewness-corrected one (1992, J. R. Stat. Soc. B 54:221-228); undecided up to ten
    clusters, and where no score differs from another, and a stated conservative interval below
    `SKEWED_UNTIL` degrees of freedom. No method covers arbitrarily skewed scores. Below `FEWEST`
    degrees of freedom all means are undecided.

    "These prompts" uses the variance between seeds and needs a prompt with two images.
    """
    y, codes = checked(values, clusters, level)
    if bounds is not None and y.size and not bounds[0] <= y.min() <= y.max() <= bounds[1]:
        raise ValueError(f"values leave their bounds {bounds}")
    if y.size == 0:
        return Interval(None, None, None, 0, 0, "undecided: no data", estimand)
    count = int(codes.max()) + 1
    if estimand == THESE:
        return replace(_of_seeds(y, codes, level, bounds), estimand=estimand)
    if count < 2:
        return _undecided(y, count, "one prompt says nothing about others")
    m = moments(y, codes, strata)
    if m.df < FEWEST:
        return _undecided(y, count, f"too few prompts ({count}) to say anything about others")
    if bounds is not None and _are_alike(y) and bounds[0] < y[0] < bounds[1]:
        return _alike(m, count, level, bounds)
    if bounds is not None:
        cautious = 1 - (1 - level) / 5 if count <= FEW else level
        method = _method("quasi-binomial, clustered", count, strata)
        return _within_bounds(m, count, cautious, bounds, method)
    if m.variance == 0:
        return _undecided(y, count, "no score differs from another, and no bounds are known")
    if count <= FEW:
        return _undecided(y, count, f"too few prompts ({count}) for scores without bounds")
    method = "t and Hall, clustered" + (", stratified" if strata is not None else "")
    if m.df < SKEWED_UNTIL:
        level, method = 1 - 0.75 * (1 - level), f"{method}; conservative, {count} prompts"
    low, high = heavy(m, level)
    return Interval(m.mean, low, high, m.n, count, method)


def _are_alike(y: Floats) -> bool:
    """Whether no score differs from another by more than the noise of rounding."""
    return bool(np.ptp(y) <= 1e-12 * np.abs(y).max())


def _alike(m: Moments, count: int, level: float, bounds: tuple[float, float]) -> Interval:
    """The mean where no score differs from another, as of two equal runs' differences.

    Up to a share s of clusters may be unlike these, and none be among n drawn ones with a chance of
    (1 - s)^n: Clopper and Pearson's end for none of n (1934, Biometrika 26:404-413). Each of those
    may lie at a bound.
    """
    unseen = 1 - float(((1 - level) / 2) ** (m.crowding / m.n))
    low, high = (m.mean + unseen * (end - m.mean) for end in bounds)
    return Interval(m.mean, low, high, m.n, count, "worst case, as no score differs from another")


def _of_seeds(
    y: Floats, codes: Codes, level: float, bounds: tuple[float, float] | None
) -> Interval:
    """The mean over these very prompts: only another draw of seeds could change it."""
    count, m = int(codes.max()) + 1, seed_moments(y, codes)
    if m is None or m.df < FEWEST:
        return _undecided(y, count, "too few images of one prompt")
    if bounds is not None and _are_alike(y) and bounds[0] < y[0] < bounds[1]:
        return _alike(independent(y), count, level, bounds)
    if bounds is not None:
        return _within_bounds(m, count, level, bounds, "quasi-binomial, seeds only")
    if m.variance == 0:
        return _undecided(y, count, "no score differs from another, and no bounds are known")
    half = quantile(level, m.df) * m.variance**0.5
    return Interval(m.mean, m.mean - half, m.mean + half, m.n, count, "t, seeds only")


def independent(y: Floats) -> Moments:
    """As if no two images had a prompt in common."""
    p = float(y.mean())
    return Moments(
        n=y.size,
        sizes=np.ones(y.size),
        mean=p,
        influence=np.zeros(0),
        variance=p * (1 - p) / y.size,
        df=np.inf,
        spread=p * (1 - p),
        odd=0.0,
    )


def wilson(p: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's score interval for a share p of n, at quantile z (1927, JASA 22:209-212)."""
    scale = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z / scale * float(np.sqrt(max(p * (1 - p), 0.0) / n + z * z / (4 * n * n)))
    return (0.0 if p <= 0 else max(0.0, centre - half)), (
        1.0 if p >= 1 else min(1.0, centre + half)
    )


def believed_variance(m: Moments) -> float:
    """The mean's variance, shrunk towards full agreement within clusters by `CAUTION`.

    Few clusters with an uncommon value say little about how much clusters agree.
    """
    full = m.crowding * m.spread / m.n
    return (m.odd * m.variance + caution(m.odd) * full) / (m.odd + caution(m.odd))


def caution(odd: float) -> float:
    """How many clusters' worth of belief in full agreement there is beside so many odd ones."""
    return CAUTION / (1 + odd / CAUTIOUS_UNTIL)


def _within_bounds(
    m: Moments, count: int, level: float, bounds: tuple[float, float], method: str
) -> Interval:
    """Wilson's interval on the sample size at which independent zeros and ones vary as much."""
    low, width = bounds[0], bounds[1] - bounds[0]
    p = min(max((m.mean - low) / width, 0.0), 1.0)
    variance = believed_variance(m)
    effective = m.n / m.crowding
    if variance > 0 and 0 < p < 1:
        effective = p * (1 - p) * width**2 / variance
    ends = wilson(p, effective, quantile(level, believed_freedom(m, variance)))
    return Interval(m.mean, low + width * ends[0], low + width * ends[1], m.n, count, method)


def believed_freedom(m: Moments, variance: float) -> float:
    """Those of the moments, or fewer: how much clusters agree is known from the odd ones alone.

    Of the design effect only what the odd clusters say beyond 1 has to be learnt, so that
    independent values and full agreement, which is believed, cost nothing. Odd clusters are given
    `AT_LEAST` more degrees of freedom than they are.
    """
    if m.spread == 0:
        return m.df
    weight = m.odd / (m.odd + caution(m.odd))
    learnt = weight * (m.variance * m.n / m.spread - 1)
    if learnt <= 0:
        return m.df
    return min(m.df, (m.odd + AT_LEAST) * (variance * m.n / m.spread / learnt) ** 2)


def heavy(m: Moments, level: float) -> tuple[float, float]:
    """The ends of the envelope of the t interval and Hall's.

    Hall's undoes g(T) = T + cT^2/3 + c^2T^3/27 + c/6, c being the skewness of the mean's error,
    which is a shifted cube, so its inverse is a cube root.
    """
    error, t = m.variance**0.5, quantile(level, m.df)
    c = float((m.influence**3).sum() / m.variance**1.5)

    def undone(x: float) -> float:
        return x if abs(c) < 1e-6 else float(3 / c * (np.cbrt(1 + c * (x - c / 6)) - 1))

    return m.mean - error * max(t, undone(t)), m.mean - error * min(-t, undone(-t))


def _undecided(y: Floats, count: int, why: str) -> Interval:
    return Interval(float(y.mean()), None, None, y.size, count, f"undecided: {why}")


def _method(name: str, count: int, strata: ArrayLike | None) -> str:
    name += ", stratified" if strata is not None else ""
    return f"{name}; conservative, {count} prompts" if count <= FEW else name
