"""Whether a classifier is surely above a bar: one-sided p-values that hold with few answers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, bdtrc, ndtr

from evalsuite.stats.accuracy import Recalls, recalls_of
from evalsuite.stats.interval import checked

EXACT = 50
"""Below so many answers of either of two truths the test is exact."""
GRID = 41
"""At how many pairs of recalls with the bar's mean the exact test looks for the worst."""


def balanced_above(
    *, truth: Sequence[str], right: ArrayLike, clusters: ArrayLike, bar: float
) -> float:
    """The p-value of a balanced accuracy of no more than `bar`, one-sided; 1 with one truth alone.

    Answers count for what they are worth after the design effect, which is not below 1. Of two
    truths with few answers: the largest probability of a result like this over all pairs of recalls
    whose mean is the bar (an unconditional exact test; Barnard 1947, Biometrika 34:123-138), so
    that three lucky answers are three coins and no more. With many: the score test of Wilson's
    interval. Of three truths and more: Hoeffding's bound (1963, JASA 58:13-30), which never claims
    too much. Raises `ValueError` for values other than 0 and 1.
    """
    y, codes = checked(right, clusters, 0.95)
    if not np.isin(y, (0.0, 1.0)).all() or len(truth) != y.size:
        raise ValueError("right must hold zeros and ones, one for each truth")
    if len(set(truth)) < 2 or int(codes.max()) < 1:
        return 1.0
    found = recalls_of(truth, y, codes)
    effect = max(found.effect, 1.0)
    if found.mean <= bar:
        return 1.0
    if len(found.sizes) > 2:
        return float(np.exp(-2 * (found.n / effect) * (found.mean - bar) ** 2))
    if found.sizes.min() / effect < EXACT:
        return _exact(found, effect, bar)
    deviation = np.sqrt(bar * (1 - bar) * effect / found.n)
    return float(ndtr(-(found.mean - bar) / deviation))


def mean_above(*, values: ArrayLike, clusters: ArrayLike, bar: float) -> float:
    """The p-value of a mean of scores from 0 to 1 of no more than `bar`, one-sided.

    Each cluster counts once, by its mean, and their sum as if it were the number of heads of so
    many coins: nothing between 0 and 1 is spread more widely than a coin of the same mean. Raises
    `ValueError` for values outside of 0 to 1.
    """
    y, codes = checked(values, clusters, 0.95)
    if y.size and not 0 <= y.min() <= y.max() <= 1:
        raise ValueError("scores must lie between 0 and 1")
    if y.size == 0:
        return 1.0
    means = np.bincount(codes, weights=y) / np.bincount(codes)
    return _at_least(int(np.floor(means.sum() + 1e-9)), len(means), bar)


def _at_least(heads: int, n: int, share: float) -> float:
    """The probability of so many heads or more."""
    return 1.0 if heads <= 0 else float(bdtrc(heads - 1, n, share))


def _exact(found: Recalls, effect: float, bar: float) -> float:
    """The worst case over both recalls of a mean recall as high as the one that was found."""
    order = np.argsort(found.sizes)
    few, many = (max(1, int(found.sizes[k] / effect)) for k in order)
    # Where answers were set aside, the recalls are those of all of them, rounded down.
    reached = sum(
        np.floor(found.shares[k] * n + 1e-9) / n for k, n in zip(order, (few, many), strict=True)
    )
    heads = np.arange(few + 1)
    needed = np.ceil((reached - heads / few) * many - 1e-9)

    def likely(first: float) -> float:
        """How likely such a result is with these recalls."""
        second = min(max(2 * bar - first, 0.0), 1.0)
        parts = np.diff(bdtr(heads, few, first), prepend=0.0)
        tails = np.where(needed <= 0, 1.0, bdtrc(np.clip(needed - 1, 0, many), many, second))
        return float((parts * np.where(needed > many, 0.0, tails)).sum())

    low, high = max(0.0, 2 * bar - 1), min(1.0, 2 * bar)
    worst = 0.0
    for _ in range(2):  # once everywhere, then about the worst
        tried = np.linspace(low, high, GRID)
        found_at = [likely(first) for first in tried]
        place = int(np.argmax(found_at))
        worst = max(worst, found_at[place])
        low, high = tried[max(place - 1, 0)], tried[min(place + 1, GRID - 1)]
    return min(worst, 1.0)
