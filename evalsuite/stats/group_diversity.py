"""How different the images of each group are, at equally many images of each."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalsuite.records import Interval
from evalsuite.stats.diversity import unit_vectors
from evalsuite.stats.interval import Floats, quantile

PARTS = 64
"""How many choices of k images a group's score is the mean of."""

FEWEST_FAMILIES = 5
"""With fewer families in a group than this it has no interval."""


def group_diversity(
    *,
    vectors: ArrayLike,
    groups: Sequence[str],
    clusters: ArrayLike,
    k: int | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> Mapping[str, Interval]:
    """The mean Vendi score of k of each group's images, by group, sorted.

    `vectors` has the shape (images, width), `clusters` names families. The score is at most the
    number of images and grows with it, so all groups are taken at the same k (rarefaction: see
    `vendi_of`), over `PARTS` choices drawn with `seed`; by default k is what the smallest group
    still has without its largest family. The interval is the t interval of a jackknife that leaves
    out one family at a time (Efron & Stein 1981, Ann. Stat. 9:586-596), within 1 and k; undecided
    below five families.
    Groups of fewer than k images, or one, are undecided: no group is compared at another's n.
    """
    unit, names = unit_vectors(vectors), np.asarray(groups, dtype=str)
    of = np.asarray(clusters)
    if not len(unit) == names.size == of.size:
        raise ValueError("vectors, groups and clusters must be equally long")
    kinds = np.unique(names)
    if k is None:
        sizes = [np.unique(of[names == kind], return_counts=True)[1] for kind in kinds]
        k = min((int(each.sum() - each.max()) for each in sizes), default=0)
    return {
        str(kind): _of_group(
            unit[names == kind] @ unit[names == kind].T, of[names == kind], k, level, seed
        )
        for kind in kinds
    }


def _of_group(
    cosines: Floats, clusters: NDArray[np.generic], k: int, level: float, seed: int
) -> Interval:
    families = np.unique(clusters)
    n, count = len(cosines), len(families)
    if k < 2 or n < k:
        return Interval(None, None, None, n, count, f"undecided: {n} images, {k} asked for")
    value = _mean_score(cosines, np.arange(n), k, seed)
    kept = [np.flatnonzero(clusters != family) for family in families]
    if count < FEWEST_FAMILIES or min(map(len, kept)) < k:
        why = "undecided: too few families to leave one out"
        return Interval(value, None, None, n, count, why)
    without = np.array([_mean_score(cosines, rest, k, seed) for rest in kept])
    half = (
        quantile(level, count - 1)
        * float(((without - without.mean()) ** 2).sum() * (count - 1) / count) ** 0.5
    )
    low, high = max(1.0, value - half), min(float(k), value + half)
    return Interval(value, low, high, n, count, f"Vendi of {k} images, jackknife by families")


def _mean_score(cosines: Floats, among: NDArray[np.intp], k: int, seed: int) -> float:
    """The mean Vendi score of `PARTS` choices of k: the k whose random numbers are least.

    Each image keeps its random numbers whichever family is left out, so that choices change only
    where they must.
    """
    dice = np.random.default_rng(seed).random((PARTS, len(cosines)))[:, among]
    parts = among[np.argsort(dice, axis=1)[:, :k]]
    shares = np.linalg.eigvalsh(cosines[parts[:, :, None], parts[:, None, :]] / k)
    shares = np.where(shares > 1e-12, shares, 1.0)
    return float(np.clip(np.exp(-(shares * np.log(shares)).sum(axis=1)).mean(), 1, k))
