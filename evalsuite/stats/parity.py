"""How far apart the groups with the largest and the smallest share lie."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr

from evalsuite.records import THESE, Estimand, Interval
from evalsuite.stats.interval import Floats
from evalsuite.stats.means import proportion

RATIO_DRAWS = 4000
"""How many sets of fair groups the expected ratio is the mean of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """The largest share minus the smallest, and the smallest over the largest.

    `n` of both counts values and `clusters` groups. `ratio` has no value where the largest share
    is 0. `highest` and `lowest` name the two groups; `null_difference` and `null_ratio` are what
    as many groups with one and the same share, the pooled one, show on average at these numbers.
    `method` of an interval says where groups without a value were left out.
    """

    difference: Interval
    ratio: Interval
    highest: str
    lowest: str
    null_difference: float | None
    null_ratio: float | None


def parity(
    *,
    values: ArrayLike,
    groups: Sequence[str],
    clusters: ArrayLike,
    level: float = 0.95,
    estimand: Estimand = THESE,
    share: float | None = None,
) -> Parity:
    """The parity difference and ratio of 0/1 values over groups (fairlearn's MetricFrame).

    `values` are whether an image has the label, is right, was refused; `groups` its group and
    `clusters` its prompt where each group is one family ("these prompts": only seeds vary), or
    its family where groups hold several. Both grow with the number of groups, however fair a model
    is, so that they mean nothing without their nulls; `share` is that of the fair groups, the
    pooled one by default. The intervals are conservative: with each group's own at level
    1 - (1 - level)/G (Bonferroni) the largest true share lies between the greatest lower and the
    greatest upper end, the smallest likewise. Undecided below two groups, and where a group is.
    """
    y, names = np.asarray(values, np.float64), np.asarray(groups, dtype=str)
    of = np.asarray(clusters)
    if not y.shape == names.shape == of.shape:
        raise ValueError("values, groups and clusters must be equally long")
    kinds = sorted(set(names.tolist()))
    if len(kinds) < 2:
        why = "undecided: no data" if not kinds else "undecided: one group has no other"
        nothing = Interval(None, None, None, y.size, len(kinds), why, estimand)
        return Parity(
            difference=nothing,
            ratio=nothing,
            highest="",
            lowest="",
            null_difference=None,
            null_ratio=None,
        )
    stricter = 1 - (1 - level) / len(kinds)
    parts = [
        proportion(
            values=y[names == kind], clusters=of[names == kind], level=stricter, estimand=estimand
        )
        for kind in kinds
    ]
    shares = np.array([part.value for part in parts], dtype=np.float64)
    sizes = [part.n for part in parts]
    most, least = int(shares.argmax()), int(shares.argmin())
    fair = float(y.mean()) if share is None else share
    return Parity(
        difference=_difference(parts, shares, y.size, estimand),
        ratio=_ratio(parts, shares, y.size, estimand),
        highest=kinds[most],
        lowest=kinds[least],
        null_difference=expected_parity_difference(sizes=sizes, share=fair),
        null_ratio=expected_parity_ratio(sizes=sizes, share=fair),
    )


def _difference(parts: Sequence[Interval], shares: Floats, n: int, estimand: Estimand) -> Interval:
    value = float(shares.max() - shares.min())
    found = _ends(parts)
    if found is None:
        return Interval(value, None, None, n, len(parts), "undecided: a group is", estimand)
    lows, highs = found
    low, high = max(0.0, float(lows.max() - highs.min())), float(highs.max() - lows.min())
    return Interval(value, low, high, n, len(parts), _METHOD, estimand)


def _ratio(parts: Sequence[Interval], shares: Floats, n: int, estimand: Estimand) -> Interval:
    if shares.max() == 0:
        return Interval(None, None, None, n, len(parts), "undecided: all shares are 0", estimand)
    value = float(shares.min() / shares.max())
    found = _ends(parts)
    if found is None:
        return Interval(value, None, None, n, len(parts), "undecided: a group is", estimand)
    lows, highs = found
    low = float(lows.min() / highs.max())
    high = 1.0 if lows.max() == 0 else min(1.0, float(highs.min() / lows.max()))
    return Interval(value, low, high, n, len(parts), _METHOD, estimand)


_METHOD = "groups' intervals (Bonferroni); conservative"


def _ends(parts: Sequence[Interval]) -> tuple[Floats, Floats] | None:
    """The groups' lower and upper ends; None where one has none."""
    lows, highs = ([getattr(part, end) for part in parts] for end in ("low", "high"))
    if None in lows:
        return None
    return np.array(lows, dtype=np.float64), np.array(highs, dtype=np.float64)


def expected_parity_difference(*, sizes: Sequence[int], share: float = 0.5) -> float | None:
    """The largest minus the smallest share of fair groups, on average; None below two groups.

    `sizes` are the groups' numbers of images, each of which has the label with chance `share`,
    independently: E max = the integral of 1 - P(all shares <= x), E min that of P(all > x), exact
    sums over the shares that can be. With images that agree within prompts give effective sizes.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        return None
    points = np.unique(np.concatenate([np.arange(n + 1) / n for n in set(sizes)]))
    widths = np.diff(points)
    most, least = np.ones(widths.size), np.ones(widths.size)
    for n in sizes:
        below = bdtr(np.floor(points[:-1] * n + 1e-9), n, share)
        most *= below
        least *= 1 - below
    return float((widths * (1 - most - least)).sum())


def expected_parity_ratio(
    *, sizes: Sequence[int], share: float = 0.5, seed: int = 0
) -> float | None:
    """The smallest over the largest share of fair groups, on average; None below two groups.

    Of `RATIO_DRAWS` sets of groups drawn with `seed`; sets without any hit are left out. None where
    all are.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        return None
    of = np.asarray(sizes)
    shares = np.random.default_rng(seed).binomial(of, share, (RATIO_DRAWS, of.size)) / of
    most = shares.max(axis=1)
    if not most.any():
        return None
    return float((shares.min(axis=1)[most > 0] / most[most > 0]).mean())
