"""A share among the images of which people can tell, from a labelled part and all answers."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import Interval
from evalsuite.stats.interval import checked
from evalsuite.stats.resampling import DRAWS, FEWEST_FAMILIES, ends, family_weights, tallied

FEWEST = 10
"""With fewer images of which people could tell nothing is said, as in `powered_share`."""


def powered_told_share(
    *,
    labelled: ArrayLike,
    told: ArrayLike,
    answered: Sequence[str],
    clusters: ArrayLike,
    unlabelled: Sequence[str],
    other_clusters: ArrayLike,
    level: float = 0.95,
    seed: int = 0,
    draws: int = DRAWS,
) -> Interval:
    """The share of yes among the images of which people can tell, helped by what is known of all.

    `labelled` are ones and zeros, what people said; `told` whether they could tell (0: the label
    counts for nothing), and `answered` each image's answer or stratum; `unlabelled` are the answers
    of the other images. Where people cannot tell depends on the answer, so that leaving those
    images out would change how often each answer comes: the share is the ratio of two chain rule
    estimates, sum_j P(j) P(yes | j) / sum_j P(j) P(told | j), each as in `powered_share` (Hofer et
    al. 2024, arXiv 2405.06034), resampled together over families. Of a sample that was drawn with
    other probabilities for each answer, P(. | j) is right as it is (Cochran 1977, 5A.14).

    The value has no pseudo-images. Undecided below five families or ten told; up to ten families
    the level is that of a fifth of alpha. Raises `ValueError` for lists of unequal lengths.
    """
    y, _ = checked(labelled, clusters, level)
    t = np.asarray(told, dtype=np.float64)
    if not np.isin(y, (0.0, 1.0)).all() or not np.isin(t, (0.0, 1.0)).all():
        raise ValueError("labelled and told must hold zeros and ones")
    n, many = y.size, len(unlabelled)
    if t.size != n or len(answered) != n or len(np.asarray(other_clusters)) != many:
        raise ValueError("labels, answers and clusters must be equally long")
    names = [*map(str, np.asarray(clusters)), *map(str, np.asarray(other_clusters))]
    families, codes = np.unique(np.array(names, dtype=str), return_inverse=True)
    count, with_labels = len(families), len(set(names[:n]))
    if t.sum() < FEWEST:
        return _undecided(n + many, count, f"people could tell of {int(t.sum())} images, too few")
    if with_labels < FEWEST_FAMILIES:
        return _undecided(n + many, count, f"labels of {with_labels} families say too little")
    words, kinds = np.unique([*answered, *unlabelled], return_inverse=True)
    own, of = codes[:n].astype(np.intp), kinds[:n].astype(np.intp)
    among = len(words)
    seen = tallied(codes.astype(np.intp), kinds.astype(np.intp), count, among)
    parts = [
        tallied(own[mask], of[mask], count, among)
        for mask in ((y == 1) & (t == 1), (y == 0) & (t == 1), t == 0)
    ]
    dice = np.random.default_rng(seed)
    weights = family_weights(count, draws, dice)
    answers = weights @ seen + dice.gamma(1 / among, 1.0, (draws, among))
    # Jeffreys' half image for each of yes, no and cannot tell, in every answer and draw; of more
    # than two answers less, or with ten they draw a small share up: 84 % coverage, not 95 %.
    pseudo = min(0.5, 1 / among)
    yes, no, cannot = (weights @ p + dice.gamma(pseudo, 1.0, (draws, among)) for p in parts)
    every = yes + no + cannot
    top = (answers * yes / every).sum(axis=1)
    low, high = ends(top / (answers * (yes + no) / every).sum(axis=1), level, with_labels)
    value = _ratio(seen.sum(axis=0), *(p.sum(axis=0) for p in parts))
    method = "chain rule among the told, bootstrap over families"
    return Interval(value, min(low, value), max(high, value), n + many, count, method)


def _ratio(answers: ArrayLike, yes: ArrayLike, no: ArrayLike, cannot: ArrayLike) -> float:
    """The plain ratio; an answer without labels is taken to be as the labelled ones are."""
    a, y, n, c = (np.asarray(part, dtype=np.float64) for part in (answers, yes, no, cannot))
    every = y + n + c
    rates = a / np.where(every > 0, every, np.inf)
    return float((rates * y).sum() / (rates * (y + n)).sum())


def _undecided(n: int, count: int, why: str) -> Interval:
    return Interval(None, None, None, n, count, f"undecided: {why}")
