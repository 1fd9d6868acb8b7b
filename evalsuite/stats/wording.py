"""How much of the variance is the wording's: several sentences for one and the same subject."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import Interval
from evalsuite.stats.interval import FEW, checked, quantile
from evalsuite.stats.means import wilson

FEWEST_FAMILIES = 5
"""With fewer families than this nothing is said of others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceShare:
    """The wording's share of the sum of squares, and what it is where wording makes no difference.

    `subject` is the families' own share of it (the occupations'), `seeds` the rest.
    """

    interval: Interval
    subject: float | None
    seeds: float | None
    null: float | None


def variance_share(
    *, values: ArrayLike, clusters: ArrayLike, prompts: ArrayLike, level: float = 0.95
) -> VarianceShare:
    """The share of the images' sum of squares that lies between the sentences of one family.

    `clusters` names families (occupations) and `prompts` their sentences. With the squares about
    the grand mean split into those between families, between a family's sentences and within a
    sentence, the share is the middle part's (eta squared of a nested analysis of variance: Searle,
    Casella & McCulloch 1992, Variance Components). It is above 0 by chance: `null` is its
    exact mean where a family's images could have been drawn for any of its sentences, the sum of
    SS_within-family (P - 1)/(N - 1) for P sentences and N images. The interval is a ratio's, by
    families (linearised, Cochran 1977, 2.11), in Wilson's form. Undecided below five families, and
    where no value differs from another, or no family has two sentences; a family of one sentence
    counts in the whole alone.
    """
    y, codes = checked(values, clusters, level)
    names = np.asarray(prompts)
    if names.shape != y.shape:
        raise ValueError("prompts and values must be equally long")
    count = int(codes.max()) + 1 if y.size else 0
    pairs = np.stack((codes, np.unique(names, return_inverse=True)[1])) if y.size else None
    if pairs is None or np.ptp(y) < 1e-12 or len(np.unique(pairs, axis=1).T) == count:
        why = "undecided: no data" if not y.size else "undecided: no value differs from another"
        if pairs is not None and np.ptp(y) >= 1e-12:
            why = "undecided: every family has one sentence"
        nothing = Interval(None, None, None, y.size, count, why)
        return VarianceShare(interval=nothing, subject=None, seeds=None, null=None)
    cells = np.unique(pairs, axis=1, return_inverse=True)[1].reshape(-1)
    sizes, of_cell = np.bincount(codes), np.bincount(cells)
    means = np.bincount(codes, weights=y) / sizes
    cell_means = np.bincount(cells, weights=y) / of_cell
    whole = np.bincount(codes, weights=(y - y.mean()) ** 2)
    inside = np.bincount(codes, weights=(y - means[codes]) ** 2)
    between = np.bincount(codes, weights=(cell_means[cells] - means[codes]) ** 2)
    sentences = np.bincount(codes[np.unique(cells, return_index=True)[1]])
    by_chance = inside * (sentences - 1) / np.maximum(sizes - 1, 1)
    total = float(whole.sum())
    value = float(between.sum()) / total
    interval = Interval(value, None, None, y.size, count, "undecided: too few families")
    if count >= FEWEST_FAMILIES:
        parts = (between - value * whole) / total
        variance = float((parts**2).sum()) * count / (count - 1)
        strict = 1 - (1 - level) / (5 if count <= FEW else 1)
        size = value * (1 - value) / variance if variance > 0 and 0 < value < 1 else float(count)
        low, high = wilson(value, size, quantile(strict, count - 1))
        interval = Interval(value, low, high, y.size, count, "ratio, by families, Wilson")
    return VarianceShare(
        interval=interval,
        subject=1 - float(inside.sum()) / total,
        seeds=float((inside - between).sum()) / total,
        null=float(by_chance.sum()) / total,
    )
