"""Ranks of models with what can be said of them: the places that each may have, for all at once.

A place is 1 plus the number of models that are truly better. From the values alone it would be a
point; here it is a range, in which models that cannot be told apart overlap.
"""

from collections.abc import Sequence
from math import ceil, log2
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalsuite.records import Interval
from evalsuite.stats.interval import Floats
from evalsuite.stats.permutation import PATTERNS, totals


class Ranks(NamedTuple):
    """For each of K models, in the order given, the best and the worst place that it may have.

    `is_better`, shape (K, K): whether the row's model is surely better than the column's. `p` of
    that shape is of the column's being as good or better, adjusted for all K (K - 1) such
    questions; 1 on the diagonal. `limit` says why nothing can be told; "" where something could.
    """

    first: tuple[int, ...]
    last: tuple[int, ...]
    is_better: NDArray[np.bool_]
    p: Floats
    limit: str = ""


def paired_ranks(
    *,
    values: ArrayLike,
    clusters: ArrayLike,
    level: float = 0.95,
    permutations: int = PATTERNS,
    seed: int = 0,
) -> Ranks:
    """The places of K models by their means of `values`, shape (K, n), more being better.

    Entry by entry the models had the same prompt and seed, and `clusters`, shape (n,), names what
    varies together. Every ordered pair of models is a question, "is this one truly better?", and
    all are answered with a chance of at most 1 - level that any is answered yes wrongly. A model's
    first place is then 1 plus those surely better, its last K minus those surely worse: all K
    ranges hold the true places at once with probability `level` (Mogstad, Romano, Shaikh & Wilhelm
    2024, Rev. Econ. Stud. 91:476-518, section 3), whatever truly equal models there are: one of
    two such may have either's place.

    The answers are step-down max-t (Romano & Wolf 2005, JASA 100:94-108): a pair's statistic is
    the total of its differences over the root of the clusters' squared totals; all clusters' signs
    are flipped together for all pairs, as `sign_flip` does for one, and of two models the p is
    that of `sign_flip`. Flips are exact where the joint differences are as likely with the other
    sign, and nearly so otherwise; `benchmarks/ranks.py` says how nearly. Of C clusters in which any
    two models differ no p is below 2 / 2^C, so that five rank nobody at 95 %, as `limit` then says.

    Raises `ValueError` for bad values.
    """
    y, codes = _checked(values, clusters, level)
    count = y.shape[0]
    sums = np.zeros((count, 0))
    if y.size:
        sums = np.array([np.bincount(codes, weights=row) for row in y], dtype=np.float64)
    # What all models have in common tells none of them apart.
    sums -= sums.mean(axis=0, keepdims=True)
    noise = 1e-12 * max(float(np.abs(y).sum()), np.finfo(float).tiny)
    sums = sums[:, (np.abs(sums) > noise).any(axis=0)]
    told = sums.shape[1]
    needed = ceil(log2(2 / (1 - level)))
    if told < needed:
        families = "family tells" if told == 1 else "families tell"
        why = f"too little to rank: {told} {families} any two apart, {needed} are needed"
        return _places(np.ones((count, count)), 0.0, why)
    flipped = np.stack([totals(row, permutations.bit_length() - 1, seed) for row in sums])
    return _places(_stepped_down(sums, flipped, noise), 1 - level)


def ranks_of_intervals(*, intervals: Sequence[Interval]) -> Ranks:
    """The places of K models by K simultaneous intervals of their values, more being better.

    For values that belong to no single image, so that nothing is paired: a model is surely better
    where its interval lies above the other's (Klein, Wright & Wieczorek 2020, J. R. Stat. Soc. A
    183:589-606). If all intervals hold their values at once, all ranges hold the places. An
    interval without ends is told from none.
    """
    ends = [
        (-np.inf, np.inf) if each.low is None or each.high is None else (each.low, each.high)
        for each in intervals
    ]
    above = [[float(not mine[0] > other[1]) for other in ends] for mine in ends]
    return _places(np.array(above).reshape(len(ends), len(ends)), 0.5)


def _checked(
    values: ArrayLike, clusters: ArrayLike, level: float
) -> tuple[Floats, NDArray[np.intp]]:
    y, names = np.asarray(values, dtype=np.float64), np.asarray(clusters)
    if y.ndim != 2 or names.shape != y.shape[1:]:
        raise ValueError(f"values {y.shape} must be (models, n), with clusters {names.shape} (n,)")
    if not np.isfinite(y).all():
        raise ValueError("values hold NaN or infinity; leave out what was not measured, count it")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    return y, np.unique(names, return_inverse=True)[1].astype(np.intp)


def _stepped_down(sums: Floats, flipped: Floats, noise: float) -> Floats:
    """Adjusted p-values, shape (K, K), from totals by cluster (K, C) and by sign pattern (K, P).

    Questions in the order of their statistics: each is held against the greatest statistic, in
    every pattern, of those that are left, and no p is below that of a stronger question.
    """
    count = sums.shape[0]
    ones, others = np.nonzero(~np.eye(count, dtype=bool))
    width = np.sqrt(((sums[ones] - sums[others]) ** 2).sum(axis=1))
    scale = np.where(width > noise, width, np.inf)
    seen = (flipped[ones, 0] - flipped[others, 0]) / scale
    order = np.argsort(-seen, kind="stable")
    greatest = np.full(flipped.shape[1], -np.inf)
    p = np.ones((count, count))
    steps = np.empty(order.size)
    for place in range(order.size - 1, -1, -1):
        pair = order[place]
        drawn = (flipped[ones[pair]] - flipped[others[pair]]) / scale[pair]
        np.maximum(greatest, drawn, out=greatest)
        steps[place] = (greatest >= seen[pair] - 1e-9).mean()
    p[ones[order], others[order]] = np.maximum.accumulate(steps)
    return p


def _places(p: Floats, alpha: float, limit: str = "") -> Ranks:
    is_better = p <= alpha
    np.fill_diagonal(is_better, False)
    better, worse = is_better.sum(axis=0), is_better.sum(axis=1)
    first = tuple(int(1 + n) for n in better)
    last = tuple(int(p.shape[0] - n) for n in worse)
    return Ranks(first, last, is_better, p, limit)
