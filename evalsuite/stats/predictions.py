"""A mean over a run's images of which people labelled a random part, and an instrument all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import Interval
from evalsuite.stats.interval import FEW, Codes, Floats, checked, quantile
from evalsuite.stats.resampling import DRAWS, FEWEST_FAMILIES, ends, family_weights, tallied

FEWEST_LABELS = 10
"""With fewer labelled images than this nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Powered:
    """The mean by labels and readings together, and by the labels alone, at one level.

    `weight` is how far the readings are trusted (0 not at all, 1 fully); None where a share is
    told by its answers' own labels. `labelled` and `unlabelled` count images.
    """

    interval: Interval
    labels_alone: Interval
    weight: float | None
    labelled: int
    unlabelled: int


def prediction_powered(
    *,
    labelled: ArrayLike,
    predicted: ArrayLike,
    clusters: ArrayLike,
    unlabelled: ArrayLike,
    other_clusters: ArrayLike,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
) -> Powered:
    """The mean of what people say, helped by an instrument's readings of the other images: PPI++.

    `labelled` and `predicted` hold the labels and the readings of the labelled images, a random
    part of all; `unlabelled` the readings of the others. `clusters` and `other_clusters` name their
    families, which both parts may share; `weights` say how many of all images each labelled one
    stands for, where the part was drawn with unequal chances. The mean is
    w mean(unlabelled) + mean(labelled - w predicted), w = cov(labelled, predicted) / ((1 + n/N)
    var(predicted)) within 0 and 1 (Angelopoulos, Duchi & Zrnic 2023, arXiv 2311.01453),
    written as mean(labelled) + w (1 + n/N) (mean(all readings) - mean(predicted)), which is the
    same and holds for weights too. It is unbiased whatever the instrument's errors are here, and
    no wider, but for noise, than the labels alone, w = 0. The variance is that of the families'
    parts in both terms together, the quantile t with one degree of freedom less than there are
    families with labels. Of 0/1 labels near 0 or 1 it covers too little: use `powered_share`. Up
    to ten families the level is that of a fifth of alpha; undecided below five, or ten labels.
    """
    y, f, u = (np.asarray(part, np.float64) for part in (labelled, predicted, unlabelled))
    if f.shape != y.shape or u.ndim != 1 or not all(np.isfinite(x).all() for x in (f, u)):
        raise ValueError("predicted and labelled must be equally long, readings finite")
    part = _part(y, clusters, other_clusters, u.size, weights, level)
    n, many = y.size, u.size
    if part.why:
        return _nothing(part, n, many)
    shares = part.weights / n
    spread = float((shares * (f - (shares * f).sum()) ** 2).sum())
    common = float((shares * (y - (shares * y).sum()) * f).sum())
    weight = 0.0
    if spread > 0 and many:
        weight = min(max(common / ((1 + n / many) * spread), 0.0), 1.0)
    both = np.concatenate((f, u))
    found = [
        _mean(y, f * w, both * w, part, level, bounds)
        for w in (weight * (1 + n / max(many, 1)), 0.0)
    ]
    return Powered(
        interval=found[0], labels_alone=found[1], weight=weight, labelled=n, unlabelled=many
    )


def powered_share(
    *,
    labelled: ArrayLike,
    answered: Sequence[str],
    clusters: ArrayLike,
    unlabelled: Sequence[str],
    other_clusters: ArrayLike,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    seed: int = 0,
    draws: int = DRAWS,
) -> Powered:
    """The share of images of which people say yes, helped by an instrument's answers: near 0 too.

    `labelled` holds ones and zeros, what people said; `answered` the instrument's answers for the
    same images, any words, its abstentions among them; `unlabelled` those for the others; the rest
    as in `prediction_powered`. The share is the sum over answers j of P(answer j) P(yes | answer
    j), the first from all images and the second from the labelled ones: the chain rule estimate
    (Hofer et al. 2024, Bayesian Prediction-Powered Inference, arXiv 2405.06034), which for two
    answers is PPI++ at its best weight. Each rate has Jeffreys' pseudo-images (of more than
    two answers fewer, together two, or they would draw the share to one half) and families are
    resampled in both at once (`family_weights`), so that a miss that no label has shown keeps a
    chance. Normal theory has no interval at all where no label is a hit: of a share of .02 in a
    fifth of the runs of `benchmarks/bias.py`. Undecided below five families or ten labels; up to
    ten families at a fifth of alpha.
    """
    y = np.asarray(labelled, np.float64)
    if not np.isin(y, (0.0, 1.0)).all() or len(answered) != y.size:
        raise ValueError("labelled must hold zeros and ones, one for each answered")
    part = _part(y, clusters, other_clusters, len(unlabelled), weights, level)
    n, many = y.size, len(unlabelled)
    if part.why:
        return _nothing(part, n, many)
    dice = np.random.default_rng(seed)
    weights_of = family_weights(part.families, draws, dice)
    alike = ["any"] * (n + many)
    found = [
        _chain(y, words, part, level, dice, weights_of)
        for words in ([*answered, *unlabelled], alike)
    ]
    return Powered(
        interval=found[0], labels_alone=found[1], weight=None, labelled=n, unlabelled=many
    )


class _Part(NamedTuple):
    """The labelled images' families and weights (1 on average), all images' families; why not."""

    own: Codes
    everywhere: Codes
    families: int
    weights: Floats
    why: str

    @property
    def with_labels(self) -> int:
        return int(np.unique(self.own).size)


def _mean(
    y: Floats,
    f: Floats,
    everywhere: Floats,
    part: _Part,
    level: float,
    bounds: tuple[float, float] | None,
) -> Interval:
    shares, total = part.weights / y.size, everywhere.size
    error = y - f
    mean_error, mean = float((shares * error).sum()), float(everywhere.mean())
    value = mean_error + mean
    own = np.bincount(part.own, weights=shares * (error - mean_error), minlength=part.families)
    own += np.bincount(part.everywhere, weights=(everywhere - mean) / total)
    count = part.with_labels
    half = float((own**2).sum() * count / (count - 1)) ** 0.5
    if half < 1e-12:
        why = "undecided: no label differs from another"
        return Interval(value, None, None, total, part.families, why)
    half *= quantile(1 - (1 - level) / (5 if count <= FEW else 1), count - 1)
    low, high = value - half, value + half
    if bounds is not None:
        low, value, high = (min(max(x, bounds[0]), bounds[1]) for x in (low, value, high))
    method = "PPI++, t, clustered" if f.any() else "labels alone, t, clustered"
    return Interval(value, low, high, total, part.families, method)


def _chain(
    y: Floats,
    words: Sequence[str],
    part: _Part,
    level: float,
    dice: np.random.Generator,
    weights: Floats,
) -> Interval:
    names, kinds = np.unique(np.asarray(words, dtype=str), return_inverse=True)
    of_labelled, count = kinds[: y.size], len(names)
    # Among the labelled of one answer, weights are worth Kish's number of equal ones.
    sums = np.bincount(of_labelled, weights=part.weights, minlength=count)
    squares = np.bincount(of_labelled, weights=part.weights**2, minlength=count)
    worth = part.weights * (sums / np.maximum(squares, 1e-12))[of_labelled]
    seen = tallied(part.everywhere, kinds, part.families, count)
    judged = tallied(part.own, of_labelled, part.families, count, worth)
    yes = tallied(part.own, of_labelled, part.families, count, worth * y)
    answers, told, hits = (weights @ table for table in (seen, judged, yes))
    answers = answers + dice.gamma(1 / count, 1.0, answers.shape)
    pseudo = min(0.5, 1 / count)
    for_yes, for_no = (dice.gamma(pseudo, 1.0, hits.shape) for _ in range(2))
    rates = (hits + for_yes) / (told + for_yes + for_no)
    shares = (answers * rates).sum(axis=1) / answers.sum(axis=1)
    low, high = ends(shares, level, part.with_labels)
    totals, of, found = (table.sum(axis=0) for table in (seen, judged, yes))
    # Of an answer that no labelled image has nothing is known: it counts as the others do.
    rate = np.where(of > 0, found / np.maximum(of, 1e-12), found.sum() / of.sum())
    value = float((totals * rate).sum() / totals.sum())
    method = "chain rule, bootstrap over families" if count > 1 else "labels alone, bootstrap"
    ends_of = (min(low, value), max(high, value))
    return Interval(value, *ends_of, len(words), part.families, method)


def _part(
    y: Floats,
    clusters: ArrayLike,
    other_clusters: ArrayLike,
    others: int,
    weights: ArrayLike | None,
    level: float,
) -> _Part:
    checked(y, clusters, level)
    own, other = np.asarray(clusters), np.asarray(other_clusters)
    if other.shape != (others,):
        raise ValueError(f"other_clusters {other.shape} must name a family for each unlabelled")
    w = np.ones(y.size) if weights is None else np.asarray(weights, np.float64)
    if w.shape != y.shape or not (np.isfinite(w) & (w > 0)).all():
        raise ValueError("weights must be positive, one for each labelled image")
    names, codes = np.unique(
        np.concatenate((own.astype(str), other.astype(str))), return_inverse=True
    )
    families = int(np.unique(codes[: y.size]).size)
    why = ""
    if y.size < FEWEST_LABELS:
        why = f"undecided: {y.size} labels are too few"
    elif families < FEWEST_FAMILIES:
        why = f"undecided: labels of {families} families say nothing about others"
    return _Part(codes[: y.size], codes, len(names), w * y.size / max(w.sum(), 1e-12), why)


def _nothing(part: _Part, labelled: int, unlabelled: int) -> Powered:
    nothing = Interval(None, None, None, labelled + unlabelled, part.families, part.why)
    return Powered(
        interval=nothing,
        labels_alone=nothing,
        weight=None,
        labelled=labelled,
        unlabelled=unlabelled,
    )
