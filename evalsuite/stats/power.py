"""How many clusters and images a question needs.

A paired design compares two models on the same prompts, K images of each. Clusters are what varies
together: families of prompts, or single prompts. All is one-sided at `alpha`, as the gate's tests
are: a regression of `effect` is shown with the power given, and so is its absence where nothing
changed.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import nctdtr, ndtr, stdtrit

MOST_CLUSTERS = 10_000_000
"""Beyond this nobody asks; the search ends here and the answer is None."""

NORMAL_FROM = 2000
"""Degrees of freedom from which on the normal distribution stands in for the noncentral t."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceVariance:
    """How much the difference of two models varies where nothing changed, and what a change adds.

    The mean over C clusters of `per_cluster` prompts with K images each has the variance
    (between + within / (per_cluster * K)) / C: `between` is how much the models' own differences
    vary from cluster to cluster, `within` what is left between the images of one.

    `together` is for verdicts: losing a share `effect` of them adds images that differ, and so
    effect * (1 - effect) to the variance, of which the part `together` lies between clusters. None:
    a change moves all scores alike and adds nothing. `step` is the distance between a score's
    values where they are few, 1 for verdicts: an exact test of them counts ties as extreme, and a
    flip moves the sum by two steps, so half of that is lost (the continuity correction). `width` is
    the largest difference that two scores can have, None where that is unknown.
    """

    between: float
    within: float
    per_cluster: float = 1.0
    together: float | None = None
    step: float = 0.0
    width: float | None = None

    def __post_init__(self) -> None:
        """Raises `ValueError` for variances that are none."""
        parts = (self.between, self.within, self.together or 0.0, self.per_cluster)
        if not np.isfinite(parts).all() or min(parts) < 0 or self.per_cluster < 1:
            raise ValueError(f"variances must not be negative, nor clusters smaller than 1: {self}")

    def of_mean(self, *, clusters: int, num_images: int, effect: float = 0.0) -> float:
        """The variance of the mean difference where the models differ by `effect`."""
        added = 0.0 if self.together is None else effect * max(1 - effect, 0.0)
        together = self.together or 0.0
        within = self.within + added * (1 - together)
        each = within / (self.per_cluster * num_images)
        return (self.between + added * together + each) / clusters


def power(
    *,
    effect: float,
    variance: DifferenceVariance,
    clusters: int,
    num_images: int,
    alpha: float,
) -> float:
    """The chance that a one-sided test over clusters shows a true regression of `effect`.

    The noncentral t distribution with clusters - 1 degrees of freedom (Cohen 1988, Statistical
    Power Analysis, 2.3). 0 where even the rarest of the 2^clusters sign patterns is more frequent
    than alpha.
    """
    _check(effect, alpha)
    if num_images < 1 or clusters < 2 or 0.5**clusters > alpha:
        return 0.0
    df = clusters - 1
    spread = variance.of_mean(clusters=clusters, num_images=num_images, effect=effect)
    if spread == 0:
        return 1.0
    images = clusters * variance.per_cluster * num_images
    shift = (effect - variance.step / images) / spread**0.5
    limit = float(stdtrit(df, 1 - alpha))
    # Far out the library's series underflows, where the normal tail is already 0 or 1.
    if df >= NORMAL_FROM or abs(shift) > 30:
        return float(ndtr(shift - limit))
    return float(1 - nctdtr(df, shift, limit))


def excluding(
    *,
    margin: float,
    variance: DifferenceVariance,
    clusters: int,
    num_images: int,
    alpha: float,
) -> float:
    """The chance that a regression of `margin` is excluded where nothing changed.

    As `stats.lowest_end` does it: a cluster with the greatest loss is added to those that were
    drawn, with a weight that is an exponential variable. That moves the mean by its size over
    clusters + 1, adds the square of this to the variance and twice its cube to the third cumulant,
    for which the quantile is corrected (Cornish & Fisher 1938). The variance is estimated too: from
    so many clusters, or from as few verdicts as differ, which are about Poisson. Where nothing
    varies, so many clusters without a loss must be as rare as alpha. Where fewer than ten verdicts
    differ the chance is up to ten points too high.
    """
    _check(margin, alpha)
    if num_images < 1 or clusters < 2:
        return 0.0
    width = variance.width or 0.0
    if width * (1 - alpha ** (1 / clusters)) > margin:
        return 0.0
    spread = variance.of_mean(clusters=clusters, num_images=num_images)
    if spread == 0:
        return 1.0
    toll = width / (clusters + 1)
    error = (spread + toll**2) ** 0.5
    t = float(stdtrit(clusters - 1, 1 - alpha))
    limit = error * (t + (t**2 - 1) / 6 * 2 * (toll / error) ** 3)
    images = clusters * variance.per_cluster * num_images
    flips = (variance.between + variance.within) * images
    unsure = max(2 / (clusters - 1), 1 / flips if variance.step else 0.0)
    varies = spread + unsure * (t * spread / (2 * error)) ** 2
    return float(ndtr((margin - toll - limit) / varies**0.5))


def decides(
    *,
    effect: float,
    variance: DifferenceVariance,
    clusters: int,
    num_images: int,
    alpha: float,
    family: int = 1,
) -> float:
    """The smaller of two chances: to show a regression of `effect`, and to exclude it.

    Showing shares alpha among a `family` of tests (Holm's first step); excluding does not.
    """
    design = {"clusters": clusters, "num_images": num_images}
    return min(
        power(effect=effect, variance=variance, alpha=alpha / family, **design),
        excluding(margin=effect, variance=variance, alpha=alpha, **design),
    )


def clusters_needed(
    *,
    effect: float,
    power: float,
    variance: DifferenceVariance,
    num_images: int = 1,
    alpha: float = 0.01,
    family: int = 1,
) -> int | None:
    """The least number of clusters, `num_images` of each prompt, whose `decides` reaches `power`.

    None where no number does.
    """
    _check(effect, alpha, power)
    return _least(lambda n: decides(
        effect=effect, variance=variance, clusters=n, num_images=num_images, alpha=alpha,
        family=family,
    ), power)  # fmt: skip


def images_needed(
    *,
    effect: float,
    power: float,
    variance: DifferenceVariance,
    clusters: int,
    alpha: float = 0.01,
    family: int = 1,
) -> int | None:
    """The least number of images per prompt with which so many `clusters` reach `power`.

    None where no number does: what the models make of a cluster varies from one to the next, and
    more images of the same prompts do not change that.
    """
    _check(effect, alpha, power)
    return _least(lambda k: decides(
        effect=effect, variance=variance, clusters=clusters, num_images=k, alpha=alpha,
        family=family,
    ), power)  # fmt: skip


def detectable(
    *,
    power: float,
    variance: DifferenceVariance,
    clusters: int,
    num_images: int = 1,
    alpha: float = 0.01,
    family: int = 1,
) -> float | None:
    """The smallest difference that this design decides with `power`; None where it never does."""
    _check(1.0, alpha, power)
    if clusters < 2 or num_images < 1 or 0.5**clusters > alpha / family:
        return None
    error = variance.of_mean(clusters=clusters, num_images=num_images, effect=0.5) ** 0.5
    if error == 0:
        return 0.0

    def enough(times: float) -> bool:
        return power <= decides(
            effect=times * error, variance=variance, clusters=clusters, num_images=num_images,
            alpha=alpha, family=family,
        )  # fmt: skip

    low, high = 0.0, 1.0
    while not enough(high):
        low, high = high, 2 * high
        if high > MOST_CLUSTERS:
            return None
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return float(high * error)


def _least(reached: Callable[[int], float], enough: float) -> int | None:
    """The least n with reached(n) >= enough, for a power that grows with n."""
    high = 1
    while reached(high) < enough:
        high *= 2
        if high > MOST_CLUSTERS:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) >= enough else (middle, high)
    return high


def _check(effect: float, alpha: float, power: float = 0.5) -> None:
    if not 0 < effect < float("inf"):
        raise ValueError(f"effect {effect} must be a positive number")
    if not 0 < alpha < 0.5 or not alpha < power < 1:
        raise ValueError(f"alpha {alpha} must lie below 0.5, and power {power} between it and 1")
