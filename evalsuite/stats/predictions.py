"""A mean over a run's images of which people labelled a random part, and an instrument all."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    level: float = 0.95,
    bounds: tuple[float, float] | None = None,
) -> Powered:
    """The mean of what people say, helped by an instrument's readings of the other images: PPI++.

    `labelled` and `predicted` hold the labels and the readings of the labelled images, which must
    be a random part of all; `unlabelled` the readings of the others. `clusters` and
    `other_clusters` name their families, which both parts may share. The mean is
    w mean(unlabelled) + mean(labelled - w predicted), w = cov(labelled, predicted) / ((1 + n/N)
    var(predicted)) within 0 and 1 (Angelopoulos, Duchi & Zrnic 2023, arXiv 2311.01453, section 6):
    unbiased whatever the instrument's errors are here, and never wider, but for noise, than the
    labels alone, w = 0. The variance is that of the families' parts in both terms together, the
    quantile t with one degree of freedom less than there are families with labels. Near the
    `bounds` of 0/1 labels it covers too little: use `powered_share`. Up to ten families the level
    is that of a fifth of alpha; undecided below five families or ten labels.
    """
    y, own = checked(labelled, clusters, level)
    f, u = np.asarray(predicted, np.float64), np.asarray(unlabelled, np.float64)
    if f.shape != y.shape or not (np.isfinite(f).all() and np.isfinite(u).all()):
        raise ValueError("predicted and labelled must be equally long, readings finite")
    own, other, families = _codes(clusters, other_clusters, u.size)
    n, many = y.size, u.size
    why = _lacking(n, np.unique(own).size)
    if why:
        nothing = Interval(None, None, None, n + many, families, why)
        return Powered(
            interval=nothing, labels_alone=nothing, weight=None, labelled=n, unlabelled=many
        )
    spread = float(f.var(ddof=1))
    weight = 0.0
    if spread > 0 and many:
        weight = float(np.cov(y, f)[0, 1]) / ((1 + n / many) * spread)
        weight = min(max(weight, 0.0), 1.0)
    found = [_mean(y, w * f, w * u, (own, other, families), level, bounds) for w in (weight, 0.0)]
    return Powered(
        interval=found[0], labels_alone=found[1], weight=weight, labelled=n, unlabelled=many
    )


def _mean(
    y: Floats,
    f: Floats,
    u: Floats,
    where: tuple[Codes, Codes, int],
    level: float,
    bounds: tuple[float, float] | None,
) -> Interval:
    own, other, families = where
    error = y - f
    value = float(error.mean()) + (float(u.mean()) if u.size else 0.0)
    parts = np.bincount(own, weights=(error - error.mean()) / error.size, minlength=families)
    if u.size:
        parts += np.bincount(other, weights=(u - u.mean()) / u.size, minlength=families)
    with_labels = np.unique(own).size
    level = 1 - (1 - level) / (5 if with_labels <= FEW else 1)
    half = float((parts**2).sum() * with_labels / (with_labels - 1)) ** 0.5
    if half == 0:
        why = "undecided: no label differs from another"
        return Interval(value, None, None, y.size + u.size, families, why)
    half *= quantile(level, with_labels - 1)
    low, high = value - half, value + half
    if bounds is not None:
        low, value, high = (min(max(x, bounds[0]), bounds[1]) for x in (low, value, high))
    method = "PPI++, t, clustered" if f.any() else "labels alone, t, clustered"
    return Interval(value, low, high, y.size + u.size, families, method)


def powered_share(
    *,
    labelled: ArrayLike,
    answered: Sequence[str],
    clusters: ArrayLike,
    unlabelled: Sequence[str],
    other_clusters: ArrayLike,
    level: float = 0.95,
    seed: int = 0,
    draws: int = DRAWS,
) -> Powered:
    """The share of images of which people say yes, helped by an instrument's answers: near 0 too.

    `labelled` holds ones and zeros, what people said; `answered` the instrument's answers for the
    same images, any words, its abstentions among them; `unlabelled` those for the others. The share
    is the sum over answers j of P(answer j) P(yes | answer j), the first from all images and the
    second from the labelled ones: the chain rule estimate (Hofer et al. 2024, Bayesian
    Prediction-Powered Inference, arXiv 2405.06034), which for two answers is PPI++ at its best
    weight. Each share has Jeffreys' pseudo-images and families are resampled in both at once
    (`family_weights`), so that a miss that no label has shown keeps a chance: normal theory covers
    as little as 80 % of small shares. An answer that few labelled images have borrows nothing.

    Undecided below five families or ten labels; up to ten families at a fifth of alpha.
    """
    y, own = checked(labelled, clusters, level)
    if not np.isin(y, (0.0, 1.0)).all() or len(answered) != y.size:
        raise ValueError("labelled must hold zeros and ones, one for each answered")
    own, other, families = _codes(clusters, other_clusters, len(unlabelled))
    n, many = y.size, len(unlabelled)
    why = _lacking(n, np.unique(own).size)
    if why:
        nothing = Interval(None, None, None, n + many, families, why)
        return Powered(
            interval=nothing, labels_alone=nothing, weight=None, labelled=n, unlabelled=many
        )
    both = [
        _chain(y, words, rest, (own, other, families), level, seed, draws)
        for words, rest in (
            (answered, unlabelled),
            (["any"] * n, ["any"] * many),
        )
    ]
    return Powered(interval=both[0], labels_alone=both[1], weight=None, labelled=n, unlabelled=many)


def _chain(
    y: Floats,
    words: Sequence[str],
    rest: Sequence[str],
    where: tuple[Codes, Codes, int],
    level: float,
    seed: int,
    draws: int,
) -> Interval:
    own, other, families = where
    names, kinds = np.unique([*words, *rest], return_inverse=True)
    of_labelled, count = kinds[: y.size].astype(np.intp), len(names)
    everywhere = np.concatenate((own, other))
    seen = tallied(everywhere, kinds.astype(np.intp), families, count)
    judged = tallied(own, of_labelled, families, count)
    yes = tallied(own[y == 1], of_labelled[y == 1], families, count)
    dice = np.random.default_rng(seed)
    weights = family_weights(families, draws, dice)
    answers, told, hits = (weights @ part for part in (seen, judged, yes))
    answers = answers + dice.gamma(1 / count, 1.0, answers.shape)
    for_yes, for_no = (dice.gamma(0.5, 1.0, hits.shape) for _ in range(2))
    rates = (hits + for_yes) / (told + for_yes + for_no)
    shares = (answers * rates).sum(axis=1) / answers.sum(axis=1)
    low, high = ends(shares, level, np.unique(own).size)
    totals, of, found = (part.sum(axis=0) for part in (seen, judged, yes))
    value = float((totals * np.where(of > 0, found / np.maximum(of, 1), 0.5)).sum() / totals.sum())
    method = "chain rule, bootstrap over families" if count > 1 else "labels alone, bootstrap"
    n = y.size + len(rest)
    return Interval(value, min(low, value), max(high, value), n, families, method)


def _codes(clusters: ArrayLike, other_clusters: ArrayLike, others: int) -> tuple[Codes, Codes, int]:
    """Both parts' families as numbers of one list."""
    own, other = np.asarray(clusters), np.asarray(other_clusters)
    if other.shape != (others,):
        raise ValueError(f"other_clusters {other.shape} must name a family for each unlabelled")
    both = np.concatenate((own.astype(str), other.astype(str)))
    names, codes = np.unique(both, return_inverse=True)
    return codes[: own.size].astype(np.intp), codes[own.size :].astype(np.intp), len(names)


def _lacking(labels: int, families: int) -> str:
    if labels < FEWEST_LABELS:
        return f"undecided: {labels} labels are too few"
    if families < FEWEST_FAMILIES:
        return f"undecided: labels of {families} families say nothing about others"
    return ""
