"""Anytime-valid tests of a bounded mean difference, by betting: one may look at any time.

Whoever bets against a true null hypothesis, at fair odds or worse, does not grow rich: the chance
that the wealth ever reaches 1/alpha is at most alpha (Ville 1939). So wealth is evidence, called an
e-value, and looking at it after every round does not inflate the error (Waudby-Smith & Ramdas 2024,
J. R. Stat. Soc. B 86:1-27, arXiv 2010.09686).

An observation is a cluster, a prompt or a family of prompts: the mean of a - b over its images,
which are all drawn before it counts. Images of one cluster are not independent, clusters in random
order are. So a run that may stop early draws its clusters in random order, each with all of its
images, and not in turns: the second image would come with part of its difference already known.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.stats.exclusion import excludes
from evalsuite.stats.interval import Floats, checked, paired
from evalsuite.stats.permutation import sign_flip

Word = Literal["pass", "fail", "undecided"]

STAKES = ((1.0, 4 / 7), (2.0, 2 / 7), (4.0, 1 / 7))
"""Multiples of the effect that matters at which bets aim, and the share of wealth each is given."""

MOST = 0.9
"""Share of its wealth that a bet can lose at the worst observation; one that loses all is over."""

GUESS = (2.0, 1 / 16)
"""How many observations the guess of the variance weighs, and that guess over the squared range."""

LARGEST = 700.0
"""The logarithm of wealth beyond which it is not counted: exp(710) is no number any more."""

SHARE = 0.5
"""The part of alpha that may be spent before the planned maximum; the rest is spent there."""

STRETCH = 1.15
"""The planned maximum over the n of a fixed design of the same power: what splitting alpha costs.

By the normal approximation at alpha = 0.01 and a power of 0.9, half of alpha needs
((2.576 + 1.282) / (2.326 + 1.282))^2 = 1.143 times the n.
"""


def e_values(
    *,
    differences: ArrayLike,
    null: float,
    alternative: Literal["larger", "smaller"],
    effect: float,
    bounds: tuple[float, float] = (-1.0, 1.0),
) -> Floats:
    """The evidence after each observation that their mean is larger (or smaller) than `null`.

    `differences`, shape (..., n), lie within `bounds` and are in the order of arrival; the answer
    has the same shape. Against any mean up to (or from) `null` on, the chance that an e-value ever
    reaches 1/alpha is at most alpha; that holds for any distribution in the bounds.

    The wealth is spread over bets that aim at means `effect`, 2 and 4 times as far from `null`: a
    bet stakes delta / (v + delta^2) of its wealth per unit, nearly the share at which wealth grows
    fastest (Kelly 1956; Waudby-Smith & Ramdas, section 5), v being the variance of the observations
    before. Such bets decided faster than mixtures over fixed stakes and than stakes that follow the
    mean seen so far: see `benchmarks/sequential.py`.
    """
    y = np.asarray(differences, dtype=np.float64)
    low, high = bounds
    if y.ndim < 1 or not np.isfinite(y).all() or (y.size and not low <= y.min() <= y.max() <= high):
        raise ValueError(f"differences must be finite numbers within {bounds}")
    if effect <= 0 or alternative not in ("larger", "smaller") or not low < null < high:
        raise ValueError(
            f"effect {effect} must be positive, the alternative {alternative!r} larger or smaller, "
            f"and null {null} within {bounds}"
        )
    gain, worst = (y - null, null - low) if alternative == "larger" else (null - y, high - null)
    variance = _variance_before(y, high - low)
    wealth: Floats = np.zeros_like(y)
    for multiple, share in STAKES:
        aim = multiple * effect
        stake = np.minimum(aim / (variance + aim**2), MOST / worst)
        grown = np.cumsum(np.log1p(stake * gain), axis=-1)
        wealth += share * np.exp(np.minimum(grown, LARGEST))
    return wealth


def _variance_before(y: Floats, width: float) -> Floats:
    """The variance of the observations before each one, with a guess that weighs a little."""
    weight, guess = GUESS
    n = np.arange(1, y.shape[-1] + 1)
    squares = np.cumsum(y**2, axis=-1) - np.cumsum(y, axis=-1) ** 2 / n
    after = (weight * guess * width**2 + np.maximum(squares, 0.0)) / (weight + n)
    first = np.full((*y.shape[:-1], 1), guess * width**2)
    return np.concatenate((first, after[..., :-1]), axis=-1)[..., : y.shape[-1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What paired scores say of a regression, a - b < 0, and of one of `margin`.

    `regression` is the p-value of "no worse", a - b >= 0: small where a regression is shown.
    `harm` is that of "worse by the margin or more", a - b <= -margin: small where that is
    excluded. Both hold whenever one looks.
    """

    regression: float
    harm: float
    n: int
    clusters: int
    method: str


def evidence(
    *,
    a: ArrayLike,
    b: ArrayLike,
    clusters: ArrayLike,
    margin: float,
    bounds: tuple[float, float] | None = (0.0, 1.0),
    planned: int | None = None,
    seed: int = 0,
) -> Evidence:
    """Both p-values of scores paired entry by entry, a the candidate's, larger being better.

    Entries come in the order of drawing, whole clusters at a time; `bounds` are those of one score.
    Before the planned maximum the p-values are 1/e over `SHARE` of alpha, where e is the largest
    e-value so far. At the maximum what is left of alpha goes to the tests of a fixed design,
    `sign_flip` and `excludes`, and the better of the two counts: their errors add up to alpha.

    `planned` is how many entries, the first ones, the maximum is that was set before the first
    look; None until they are all there. The fixed tests are of those entries alone, for ever:
    where more come after them, nothing is spent twice, as e-values hold at any number. Unbounded
    scores (None) can be decided at the maximum only.
    """
    y, codes = paired(a, b, clusters)
    if margin <= 0:
        raise ValueError(f"margin must be positive, not {margin}")
    if not y.size:
        return Evidence(regression=1.0, harm=1.0, n=0, clusters=0, method="undecided: no data")
    count = int(codes.max()) + 1
    regression = harm = np.inf
    method = "unbounded: decided at the planned maximum only"
    if bounds is not None:
        width = bounds[1] - bounds[0]
        if margin >= width:
            raise ValueError(f"margin {margin} is as wide as the bounds {bounds}")
        if int((np.diff(codes) != 0).sum()) != count - 1:
            raise ValueError("the images of a cluster must be drawn together, not in turns")
        regression, harm = _by_betting(prompt_means(values=y, clusters=clusters), margin, width)
        method = "betting e-process, one observation per cluster"
    regression, harm = regression / SHARE, harm / SHARE
    if planned is not None:
        first = (np.asarray(part)[:planned] for part in (a, b, clusters))
        pairs: dict[str, Any] = dict(zip(("a", "b", "clusters"), first, strict=True))
        down = sign_flip(**pairs, alternative="smaller", seed=seed)
        up = excludes(**pairs, margin=margin, bounds=bounds)
        regression = min(regression, down / (1 - SHARE))
        harm = min(harm, up / (1 - SHARE))
        method += "; sign flips and interval at the maximum"
    return Evidence(
        regression=min(regression, 1.0),
        harm=min(harm, 1.0),
        n=y.size,
        clusters=count,
        method=method,
    )


def _by_betting(observed: Floats, margin: float, width: float) -> tuple[float, float]:
    """One over the largest e-value so far: against no regression, and against one of the margin."""
    span = (-width, width)
    worse = e_values(
        differences=observed, null=0.0, alternative="smaller", effect=margin, bounds=span
    )
    fine = e_values(
        differences=observed, null=-margin, alternative="larger", effect=margin, bounds=span
    )
    return 1 / float(worse.max()), 1 / float(fine.max())


def decide(*, regression: float, harm: float, alpha: float = 0.01) -> Word:
    """The verdict on one measure from its two p-values; in a family `regression` is Holm's.

    A regression that is shown, but shown to be smaller than the margin too, passes.
    """
    if harm <= alpha:
        return "pass"
    return "fail" if regression <= alpha else "undecided"


def prompt_means(*, values: ArrayLike, clusters: ArrayLike) -> Floats:
    """The mean of each cluster's values, in the order in which the clusters first appear."""
    y, codes = checked(values, clusters, 0.95)
    _, first = np.unique(codes, return_index=True)
    means = np.bincount(codes, weights=y) / np.maximum(np.bincount(codes), 1)
    return np.asarray(means[np.argsort(first)], dtype=np.float64)
