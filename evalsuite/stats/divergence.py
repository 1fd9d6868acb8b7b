"""How far shares lie from a reference, or from even: smoothed divergence and entropy."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import log

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, rel_entr, xlog1py, xlogy

from evalsuite.records import LIKE_THESE, Estimand, Interval
from evalsuite.stats.fairness import check_reference
from evalsuite.stats.interval import Floats
from evalsuite.stats.means import share

PSEUDO = 0.5
"""How many pseudo-images each label is given, of the shares and of the reference alike."""

MOST_LABELS = 12
"""With more labels the corners of their intervals' box are too many to look at."""


def smoothed_kl(
    *,
    labels: Sequence[str],
    clusters: ArrayLike,
    reference: Mapping[str, float],
    level: float = 0.95,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
    pseudo: float = PSEUDO,
) -> Interval:
    """The divergence of the labels' shares from the reference's, sum p ln(p/q), in nats.

    Both are smoothed alike, (n p + e)/(n + K e) with e = `pseudo`: a label that the reference
    gives nothing makes it large, not infinite, and shares equal to the reference's give 0. It
    depends on n, so that it is compared at equal n, beside `expected_smoothed_kl`. The interval is
    conservative: each share has its own at level 1 - (1 - level)/K (Bonferroni), and the least and
    the greatest divergence that these allow are its ends. Raises `ValueError` for a label that the
    reference lacks, for one that does not sum to 1, and for more than `MOST_LABELS`.
    """
    check_reference(reference)
    if unknown := sorted(set(labels) - set(reference)):
        raise ValueError(f"the reference has no share for {unknown}")
    n, names = len(labels), sorted(reference)
    parts = _shares(labels, names, clusters, level, estimand, strata)
    if n == 0:
        return parts[0]

    def smoothed(shares: ArrayLike) -> Floats:
        return (n * np.asarray(shares, np.float64) + pseudo) / (n + len(names) * pseudo)

    q = smoothed([reference[name] for name in names])
    value = float(rel_entr(smoothed([part.value or 0.0 for part in parts]), q).sum())
    if any(part.low is None for part in parts):
        return replace(parts[0], value=value)
    low, high = _box(
        smoothed([part.low or 0.0 for part in parts]),
        smoothed([1.0 if part.high is None else part.high for part in parts]),
        q,
    )
    method = "smoothed, union of shares' intervals (Bonferroni); conservative"
    return replace(parts[0], value=value, low=min(low, value), high=max(high, value), method=method)


def normalised_entropy(
    *,
    labels: Sequence[str],
    possible: Sequence[str],
    clusters: ArrayLike,
    level: float = 0.95,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> Interval:
    """The entropy of the labels' shares over that of an even split, H/ln K, between 0 and 1.

    `possible` are the K labels that there are, whether drawn or not. 1 is even, 0 is a single
    label; it is 1 - KL(p, even)/ln K, and its conservative interval is that divergence's, without
    smoothing. Few images look less even than they are: see `expected_entropy`. Raises `ValueError`
    for a label that is not possible.
    """
    k = len(set(possible))
    even = {name: 1 / k for name in possible} if k else {}
    found = smoothed_kl(
        labels=labels,
        clusters=clusters,
        reference=even,
        level=level,
        estimand=estimand,
        strata=strata,
        pseudo=0.0,
    )
    ends = [
        None if end is None else min(max(1 - end / log(k), 0.0), 1.0)
        for end in (found.value, found.high, found.low)
    ]
    method = found.method.removeprefix("smoothed, ")
    return replace(found, value=ends[0], low=ends[1], high=ends[2], method=method)


def expected_smoothed_kl(
    *, n: int, reference: Mapping[str, float], pseudo: float = PSEUDO
) -> float | None:
    """The `smoothed_kl` that a model which follows the reference shows on average; None for n = 0.

    Exact for independent images: the divergence is a sum over labels, whose counts are binomial.
    With images that agree within families give the effective number of images.
    """
    check_reference(reference)
    if n < 1:
        return None
    counts = np.arange(n + 1)
    total, whole = 0.0, n + len(reference) * pseudo
    ways = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
    for _, q in sorted(reference.items()):
        parts = rel_entr((counts + pseudo) / whole, (n * q + pseudo) / whole)
        # A label that the reference never has is never drawn: its count is surely 0.
        chances = np.exp(ways + xlogy(counts, q) + xlog1py(n - counts, -q))
        total += float(parts[chances > 0] @ chances[chances > 0])
    return total


def expected_entropy(*, n: int, labels: int) -> float | None:
    """The `normalised_entropy` that an even model shows on average over n images; exact."""
    if labels < 2:
        raise ValueError(f"entropy is of two labels or more, not {labels}")
    even = {str(label): 1 / labels for label in range(labels)}
    apart = expected_smoothed_kl(n=n, reference=even, pseudo=0.0)
    return None if apart is None else 1 - apart / log(labels)


def _shares(
    labels: Sequence[str],
    names: Sequence[str],
    clusters: ArrayLike,
    level: float,
    estimand: Estimand,
    strata: ArrayLike | None,
) -> list[Interval]:
    # Of two labels one share says all: the other's is its complement.
    stricter = level if len(names) == 2 else 1 - (1 - level) / len(names)
    return [
        share(
            labels=labels,
            label=name,
            clusters=clusters,
            level=stricter,
            estimand=estimand,
            strata=strata,
        )
        for name in names
    ]


def _box(lows: Floats, highs: Floats, q: Floats) -> tuple[float, float]:
    """The least and the greatest sum p ln(p/q) over shares p within [lows, highs] that sum to 1.

    The least lies where p is proportional to q as far as the box lets it (Lagrange); the greatest
    in a corner, where all but one share are at an end, as the divergence is convex.
    """
    if len(q) > MOST_LABELS:
        raise ValueError(f"{len(q)} labels are too many; {MOST_LABELS} at most")
    below, above = 0.0, float((highs / q).max())
    for _ in range(100):
        middle = (below + above) / 2
        is_less = np.clip(middle * q, lows, highs).sum() < 1
        below, above = (middle, above) if is_less else (below, middle)
    least = float(rel_entr(np.clip(above * q, lows, highs), q).sum())
    greatest = least
    for free in range(len(q)):
        rest = [place for place in range(len(q)) if place != free]
        choices = np.array(list(product((0, 1), repeat=len(rest))))
        corners = np.where(choices == 1, highs[rest], lows[rest])
        last = 1 - corners.sum(axis=1)
        fits = (last >= lows[free] - 1e-12) & (last <= highs[free] + 1e-12)
        parts = rel_entr(corners[fits], q[rest]).sum(axis=1)
        parts += rel_entr(np.maximum(last[fits], 0.0), q[free])
        greatest = max(greatest, float(parts.max(initial=0.0)))
    return least, greatest
