"""How right a classifier is where the truth is known, and what its errors do to a share."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalsuite.records import Interval
from evalsuite.stats.interval import FEW, Floats, checked, odd_clusters, quantile
from evalsuite.stats.means import caution, wilson

BINS = 10


class Bin(NamedTuple):
    """One bin of a reliability diagram: `n` answers, their mean confidence, the share right."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


class Calibration(NamedTuple):
    """How well stated probabilities are calibrated.

    `error` is the expected calibration error, `brier` the mean squared distance between
    probability and outcome, `base` what always stating the overall share would score.
    """

    error: float
    brier: float
    base: float
    n: int
    bins: tuple[Bin, ...]


def balanced_accuracy(
    *, truth: Sequence[str], right: ArrayLike, clusters: ArrayLike, level: float = 0.95
) -> Interval:
    """The mean over the k true labels of the share right among that label's answers.

    Whoever always says the same, or guesses, reaches 1/k however common the labels are (Brodersen
    et al. 2010, ICPR, 3121-3124). A ratio's linearised, cluster-robust variance, put into Wilson's
    form with the design effect shrunk as in `proportion`; with one label it is about that. The
    sample size is that of an even split, k^2 / sum(1/n_j). One cluster is undecided.
    """
    y, codes = checked(right, clusters, level)
    if not np.isin(y, (0.0, 1.0)).all() or len(truth) != y.size:
        raise ValueError("right must hold zeros and ones, one for each truth")
    if y.size == 0:
        return Interval(None, None, None, 0, 0, "undecided: no data")
    found, count = recalls_of(truth, y, codes), int(codes.max()) + 1
    p = found.mean
    if count < 2:
        return Interval(p, None, None, y.size, count, "undecided: one image says nothing of others")
    low, high = wilson(p, found.n / found.effect, quantile(level, count - 1))
    method = "balanced, Wilson, clustered by image"
    if count <= FEW:
        method += f"; conservative, {count} images"
    return Interval(p, low, high, y.size, count, method)


class Recalls(NamedTuple):
    """The share right and the number of answers for each true label, and their design effect.

    `n` is the sample size of an even split, k^2 / sum(1/n_j).
    """

    shares: Floats
    sizes: Floats
    effect: float

    @property
    def mean(self) -> float:
        """The balanced accuracy."""
        return float(self.shares.mean())

    @property
    def n(self) -> float:
        """How many answers of an even split say as much."""
        return len(self.sizes) ** 2 / float((1 / self.sizes).sum())


def recalls_of(truth: Sequence[str], y: Floats, codes: NDArray[np.intp]) -> Recalls:
    """The recalls of 0/1 values by true label; `codes` number the clusters, two at least."""
    labels, places = np.unique(np.asarray(truth), return_inverse=True)
    sizes = np.bincount(places).astype(np.float64)
    shares = np.bincount(places, weights=y) / sizes
    plain = Recalls(shares=shares, sizes=sizes, effect=1.0)
    p, n, count = plain.mean, plain.n, int(codes.max()) + 1
    if count < 2:
        return plain
    parts = (y - shares[places]) / (len(labels) * sizes[places])
    influence = np.bincount(codes, weights=parts)
    influence[np.abs(influence) < 1e-12] = 0.0
    variance = float((influence**2).sum()) * count / (count - 1)
    measured = variance * n / (p * (1 - p)) if 0 < p < 1 else 0.0
    crowding = float((np.bincount(codes).astype(np.float64) ** 2).sum() / y.size)
    odd = odd_clusters(y, codes)
    return plain._replace(effect=(odd * measured + caution(odd) * crowding) / (odd + caution(odd)))


def calibration(*, probabilities: ArrayLike, outcomes: ArrayLike) -> Calibration | None:
    """How well probabilities fit the 0/1 outcomes that they were stated for; None without any.

    Ten equally wide bins. The expected calibration error (Naeini et al. 2015, AAAI, 2901-2907;
    Guo et al. 2017, arXiv 1706.04599) is the bins' mean distance between both averages, weighted
    by their answers; it cannot be negative, so that few answers make it too large. The Brier
    score (1950, Mon. Weather Rev. 78:1-3) needs no bins.
    """
    p, y = np.asarray(probabilities, np.float64), np.asarray(outcomes, np.float64)
    if p.shape != y.shape or p.ndim != 1:
        raise ValueError(f"probabilities {p.shape} and outcomes {y.shape} must be equally long")
    if p.size and not (p.min() >= 0 and p.max() <= 1 and np.isin(y, (0.0, 1.0)).all()):
        raise ValueError("probabilities must lie between 0 and 1, outcomes be 0 or 1")
    if p.size == 0:
        return None
    places = np.minimum((p * BINS).astype(int), BINS - 1)
    bins = []
    for place in np.unique(places):
        inside = places == place
        bins.append(
            Bin(
                low=place / BINS,
                high=(place + 1) / BINS,
                n=int(inside.sum()),
                confidence=float(p[inside].mean()),
                right=float(y[inside].mean()),
            )
        )
    error = sum(b.n * abs(b.confidence - b.right) for b in bins) / p.size
    base = float(y.mean() * (1 - y.mean()))
    return Calibration(
        error=error, brier=float(((p - y) ** 2).mean()), base=base, n=p.size, bins=tuple(bins)
    )


def corrected_share(*, share: Interval, sensitivity: Interval, specificity: Interval) -> Interval:
    """A classifier's share of one label with its own errors taken out, of all that it labelled.

    (share + specificity - 1) / (sensitivity + specificity - 1), within 0 and 1 (Rogan & Gladen
    1978, Am. J. Epidemiol. 107:71-76). The interval moves one of the three at a time to the end of
    its own interval that hurts most, squares the three distances and adds them (Newcombe 2011,
    Commun. Stat. Theory Methods 40:3154-3180): so the audit's own uncertainty is in it. The three
    are to be of independent images. It holds only where the classifier errs on the pictures at
    hand as it did in the audit. Undecided where any of the three is, or where the audit leaves
    open that the classifier is no better than chance.
    """
    parts = (share, sensitivity, specificity)
    values = [part.value for part in parts]
    n, count = share.n, share.clusters
    if any(value is None for value in values):
        return Interval(None, None, None, n, count, "undecided: no data")
    p, se, sp = (float(value or 0.0) for value in values)
    lows = [part.low for part in parts if part.low is not None]
    highs = [part.high for part in parts if part.high is not None]
    if len(lows) < 3 or len(highs) < 3:
        return Interval(None, None, None, n, count, "undecided: one of the three is")
    if lows[1] + lows[2] <= 1:
        return Interval(None, None, None, n, count, "undecided: no better than chance, perhaps")
    value = _corrected(p, se, sp)
    moved = [
        (_corrected(end, se, sp), _corrected(p, end_se, sp), _corrected(p, se, end_sp))
        for end, end_se, end_sp in (lows, highs)
    ]
    below = sum(max(0.0, value - min(pair)) ** 2 for pair in zip(*moved, strict=True)) ** 0.5
    above = sum(max(0.0, max(pair) - value) ** 2 for pair in zip(*moved, strict=True)) ** 0.5
    low, high = (min(max(end, 0.0), 1.0) for end in (value - below, value + above))
    method = "Rogan-Gladen, square and add"
    value = min(max(value, 0.0), 1.0)
    return Interval(value, low, high, n, count, method, share.estimand)


def _corrected(p: float, sensitivity: float, specificity: float) -> float:
    return (p + specificity - 1) / (sensitivity + specificity - 1)
