"""Distances from an even split, and what a perfectly fair model would show at the same n.

A fair model's 4 images are split 2 : 2 only sometimes; its expected imbalance is 0.19, not 0. No
such distance is printed without that number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, xlogy

from evalsuite.records import LIKE_THESE, Estimand, Interval
from evalsuite.stats.interval import Floats
from evalsuite.stats.means import proportion, share


def imbalance(
    *,
    values: ArrayLike,
    clusters: ArrayLike,
    level: float = 0.95,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> Interval:
    """How far the share of ones lies from one half, |share - 0.5|, between 0 and 0.5.

    The interval holds the distances of all shares in the interval of `proportion`: it begins at 0
    where that one holds one half.
    """
    p = proportion(values=values, clusters=clusters, level=level, estimand=estimand, strata=strata)
    value = None if p.value is None else abs(p.value - 0.5)
    if p.low is None or p.high is None:
        return replace(p, value=value)
    ends = sorted((abs(p.low - 0.5), abs(p.high - 0.5)))
    low = 0.0 if p.low <= 0.5 <= p.high else ends[0]
    return replace(p, value=value, low=low, high=ends[1])


def total_variation(
    *,
    labels: Sequence[str],
    clusters: ArrayLike,
    reference: Mapping[str, float],
    level: float = 0.95,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> Interval:
    """Half the summed distances between the labels' shares and the reference's, between 0 and 1.

    The interval is conservative: each share has its own at level 1 - (1 - level)/k, for k labels
    (Bonferroni), and all distances that these allow are in it. Raises `ValueError` for a label
    that the reference lacks, and for a reference that does not sum to 1.
    """
    check_reference(reference)
    if unknown := sorted(set(labels) - set(reference)):
        raise ValueError(f"the reference has no share for {unknown}")
    stricter = 1 - (1 - level) / len(reference)
    shares = {
        k: share(
            labels=labels,
            label=k,
            clusters=clusters,
            level=stricter,
            estimand=estimand,
            strata=strata,
        )
        for k in sorted(reference)
    }
    least = most = value = 0.0
    for k, s in shares.items():
        if s.value is None:
            return s
        value += abs(s.value - reference[k]) / 2
        if s.low is None or s.high is None:
            continue
        ends = (abs(s.low - reference[k]), abs(s.high - reference[k]))
        least += 0.0 if s.low <= reference[k] <= s.high else min(ends) / 2
        most += max(ends) / 2
    first = next(iter(shares.values()))
    if first.low is None:
        return replace(first, value=value)
    method = "union of shares' intervals (Bonferroni); conservative"
    return replace(first, value=value, low=least, high=min(1.0, most), method=method)


def expected_imbalance(*, n: int) -> float | None:
    """What |share - 0.5| a perfectly fair model shows on average over n images; exact."""
    return expected_total_variation(n=n, reference={"a": 0.5, "b": 0.5})


def expected_total_variation(*, n: int, reference: Mapping[str, float]) -> float | None:
    """What `total_variation` a model that follows the reference shows on average; None for n = 0.

    Exact, as n independent images give binomial counts, whose mean absolute deviation is
    2 v (1 - p) P(X = v), v = floor(np) + 1 (de Moivre 1730; Diaconis & Zabell 1991, Statistical
    Science 6:284-302).
    """
    check_reference(reference)
    if n < 1:
        return None
    return float(sum(_deviation(n, p) for _, p in sorted(reference.items())) / (2 * n))


def expected_deviation(*, n: int, share: float) -> float:
    """How far a share of n independent images lies from its true one on average; exact."""
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(f"a share of {share} of {n} images has no deviation")
    return _deviation(n, share) / n


def distance_from_even(*, hits: int, n: int, k: int | None = None) -> float:
    """|share - 0.5| among n images with `hits` hits; with `k`, what k of them show on average.

    Exact: k images drawn without replacement have a hypergeometric number of hits. So a group of
    which more images are there can be compared with one of which fewer are, at equal k.
    """
    numbers, chances = _of_part(hits, n, k)
    return float((np.abs(numbers / numbers[-1] - 0.5) * chances).sum())


def evenness(*, hits: int, n: int, k: int | None = None) -> float:
    """The entropy, over ln 2, of the share of hits among n images; with `k`, k's on average.

    1 for an even split, 0 where all are hits or none is.
    """
    numbers, chances = _of_part(hits, n, k)
    shares = numbers / numbers[-1]
    parts = -(xlogy(shares, shares) + xlogy(1 - shares, 1 - shares)) / np.log(2)
    return float((parts * chances).sum())


def one_sided(*, hits: int, n: int, k: int | None = None) -> float:
    """1 where all n images are hits or none is, else 0; with `k`, the chance of that among k."""
    _, chances = _of_part(hits, n, k)
    return float(chances[0] + chances[-1])


def expected_one_sided(*, n: int) -> float | None:
    """How often all n images of a perfectly fair model are of one of two forms: 2^(1 - n)."""
    return 2.0 ** (1 - n) if n >= 1 else None


def _of_part(hits: int, n: int, k: int | None) -> tuple[Floats, Floats]:
    """The numbers of hits that k of n images can have, 0 to k, and their probabilities."""
    k = n if k is None else k
    if not 0 <= hits <= n or not 1 <= k <= n:
        raise ValueError(f"{k} of {n} images cannot be drawn, {hits} of them hits")
    numbers = np.arange(k + 1, dtype=np.float64)
    can_be = (numbers <= hits) & (k - numbers <= n - hits)
    some = numbers[can_be]
    ways = _log_ways(hits, some) + _log_ways(n - hits, k - some) - _log_ways(n, np.float64(k))
    chances = np.zeros(k + 1)
    chances[can_be] = np.exp(ways)
    return numbers, chances


def _log_ways(n: int, k: Floats | np.float64) -> Floats:
    """The logarithm of how many ways there are to choose k of n."""
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1))


def _deviation(n: int, p: float) -> float:
    v = int(np.floor(n * p)) + 1
    if v > n:
        return 0.0
    ways = gammaln(n + 1) - gammaln(v + 1) - gammaln(n - v + 1)
    return float(2 * v * (1 - p) * np.exp(ways + xlogy(v, p) + xlogy(n - v, 1 - p)))


def check_reference(reference: Mapping[str, float]) -> None:
    """Raises `ValueError` for fewer than two labels, and for shares that do not sum to 1."""
    # Among a single label everything is even, whatever the model does.
    if len(reference) < 2:
        raise ValueError(f"a reference must have two labels or more, not {dict(reference)}")
    if min(reference.values()) < 0 or abs(sum(reference.values()) - 1) > 1e-6:
        raise ValueError(f"a reference must be shares that sum to 1, not {dict(reference)}")
