"""Shares and means with intervals, clustered by prompt."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalsuite.records import Interval
from evalsuite.stats.interval import (
    FEW,
    Estimand,
    Floats,
    Moments,
    checked,
    moments,
    quantile,
    within_variance,
)

CAUTION = 0.5
"""How many prompts' worth of belief in full agreement is mixed into a measured design effect."""

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
    estimand: Estimand = "prompts like these",
) -> Interval:
    """The share of ones among 0/1 values, with a Wilson interval on the effective sample size.

    The effective sample size is n over the design effect, which the cluster-robust variance gives,
    and the normal quantile gives way to the t quantile (Korn & Graubard 1998, Survey Methodology
    24:193-201; Wilson's form after Dean & Pagano 2015, J. Surv. Stat. Methodol. 3:484-503). A
    share near 0 or 1 rests on few prompts, whose variance says little, so the design effect d is
    shrunk towards full agreement within prompts, D = sum(m^2)/n: (K d + D/2) / (K + 1/2), where K
    prompts hold a value other than the commonest one. That shrinkage is this project's own,
    justified by `benchmarks/coverage.py`; with K = 0 (all ones) prompts count, not images.

    With "these prompts", the seeds' variance takes the place of d, shrunk towards 1, which is
    never too small (Hoeffding 1956, Ann. Math. Stat. 27:713-721), and one prompt is enough. One
    prompt is undecided otherwise; up to ten give a stated conservative interval.
    """
    y, codes = checked(values, clusters, level)
    if not np.isin(y, (0.0, 1.0)).all():
        raise ValueError("a proportion is of zeros and ones only")
    if y.size == 0:
        return Interval(None, None, None, 0, 0, "undecided: no data")
    if estimand == "these prompts":
        return _seeds_only(y, codes, level)
    count = int(codes.max()) + 1
    if count < 2:
        return _undecided(y, count, "one prompt says nothing about others")
    m = moments(y, codes)
    effect = design_effect(m, m.mean * (1 - m.mean), odd_clusters(y, codes))
    low, high = wilson(m.mean, m.n / effect, quantile(level, m.df))
    return Interval(m.mean, low, high, m.n, count, _method("Wilson, clustered by prompt", count))


def share(
    *, labels: Sequence[str], label: str, clusters: ArrayLike, level: float = 0.95
) -> Interval:
    """The share of one label among all labels, as `proportion` gives it."""
    return proportion(values=[float(x == label) for x in labels], clusters=clusters, level=level)


def mean(
    *,
    values: ArrayLike,
    clusters: ArrayLike,
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
    estimand: Estimand = "prompts like these",
) -> Interval:
    """The mean score, clustered by prompt.

    Within `bounds`, scores are rescaled to 0-1 and their variance is taken to be proportional to
    p(1 - p), as for a quasi-binomial model (McCullagh & Nelder 1989, 4.5): Wilson's interval on
    the effective sample size p(1 - p)/variance, with the t quantile, never leaves the bounds. Up
    to ten prompts the quantile is that of a fifth of alpha, a stated conservative interval. If no
    score differs from another, prompts count, not images.

    Without bounds: the envelope of the t interval (right under symmetric heavy tails) and of
    Hall's skewness-corrected one (1992, J. R. Stat. Soc. B 54:221-228); undecided up to ten
    prompts, and where no score differs from another, and a stated conservative interval below
    `SKEWED_UNTIL` degrees of freedom. No method covers arbitrarily skewed scores.

    "These prompts" uses the variance between seeds and needs two images of every prompt.
    """
    y, codes = checked(values, clusters, level)
    if bounds is not None and y.size and not bounds[0] <= y.min() <= y.max() <= bounds[1]:
        raise ValueError(f"values leave their bounds {bounds}")
    if y.size == 0:
        return Interval(None, None, None, 0, 0, "undecided: no data")
    count = int(codes.max()) + 1
    if count < 2:
        return _undecided(y, count, "one prompt says nothing about others")
    m = moments(y, codes)
    if estimand == "these prompts":
        within = within_variance(y, codes, m)
        if within is None:
            return _undecided(y, count, "a prompt has only one image")
        m = m._replace(variance=within, df=float(m.n - count), influence=np.zeros(0))
    if bounds is not None:
        return _bounded(m, count, level, bounds)
    if m.variance == 0:
        return _undecided(y, count, "no score differs from another, and no bounds are known")
    if estimand == "these prompts":
        half = quantile(level, m.df) * m.variance**0.5
        return Interval(m.mean, m.mean - half, m.mean + half, m.n, count, "t, seeds only")
    if count <= FEW:
        return _undecided(y, count, f"{FEW} prompts or fewer say too little about unbounded scores")
    method = "t and Hall, clustered by prompt"
    if m.df < SKEWED_UNTIL:
        level, method = 1 - 0.75 * (1 - level), f"{method}; conservative, {count} prompts"
    low, high = heavy(m, level)
    return Interval(m.mean, low, high, m.n, count, method)


def wilson(p: float, n: float, z: float) -> tuple[float, float]:
    """Wilson's score interval for a share p of n, at quantile z (1927, JASA 22:209-212)."""
    scale = 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z / scale * float(np.sqrt(max(p * (1 - p), 0.0) / n + z * z / (4 * n * n)))
    return (0.0 if p <= 0 else max(0.0, centre - half)), (
        1.0 if p >= 1 else min(1.0, centre + half)
    )


def odd_clusters(y: Floats, codes: NDArray[np.intp]) -> int:
    """How many clusters hold a value other than the commonest one (the smallest, among equals)."""
    kinds, counts = np.unique(y, return_counts=True)
    return int(np.unique(codes[y != kinds[counts.argmax()]]).size)


def design_effect(m: Moments, spread: float, odd: int) -> float:
    """How many values weigh as much as one independent one; `spread` is the values' variance.

    Shrunk towards full agreement within prompts by `CAUTION`, as `proportion` explains.
    """
    measured = m.variance * m.n / spread if spread > 0 else 0.0
    return (odd * measured + CAUTION * m.crowding) / (odd + CAUTION)


def _seeds_only(y: Floats, codes: NDArray[np.intp], level: float) -> Interval:
    """The share over these very prompts: only another draw of seeds could change it."""
    count = int(codes.max()) + 1
    sizes = np.bincount(codes).astype(np.float64)
    sums = np.bincount(codes, weights=y)
    p, n = float(y.mean()), y.size
    effect, df = 1.0, np.inf
    if sizes.min() >= 2 and 0 < p < 1:
        rates = sums / sizes
        within = (sizes**2 * rates * (1 - rates) / (sizes - 1)).sum() / n**2
        mixed = int(((sums > 0) & (sums < sizes)).sum())
        effect = (mixed * within * n / (p * (1 - p)) + 1) / (mixed + 1)
        df = float(n - count)
    low, high = wilson(p, n / effect, quantile(level, df))
    return Interval(p, low, high, n, count, "Wilson, seeds only")


def _bounded(m: Moments, count: int, level: float, bounds: tuple[float, float]) -> Interval:
    low, width = bounds[0], bounds[1] - bounds[0]
    p = min(max((m.mean - low) / width, 0.0), 1.0)
    effective = m.n / m.crowding
    if m.variance > 0 and 0 < p < 1:
        effective = p * (1 - p) * width**2 / m.variance
    cautious = 1 - (1 - level) / 5 if count <= FEW else level
    ends = wilson(p, effective, quantile(cautious, m.df))
    method = "quasi-binomial, " + ("clustered by prompt" if m.influence.size else "seeds only")
    return Interval(
        m.mean, low + width * ends[0], low + width * ends[1], m.n, count, _method(method, count)
    )


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


def _method(name: str, count: int) -> str:
    return f"{name}; conservative, {count} prompts" if count <= FEW else name
