"""Whether a model exaggerates a reference: the slope of its log-odds on the reference's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from evalsuite.records import Interval
from evalsuite.stats.binomial_line import (
    STEEPEST,
    Units,
    best_fit,
    calibrated,
    first_guess,
    profile_end,
)
from evalsuite.stats.interval import Floats, quantile
from evalsuite.stats.means import mean
from evalsuite.stats.prevalence import Audit

FEWEST_UNITS = 5
"""With fewer occupations than this no slope is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amplification:
    """How a model's shares follow the reference's, over units such as occupations.

    `slope` is 1 where the model mirrors the reference, above 1 where it exaggerates, 0 where it
    draws every unit alike. `at_even` is the model's share where the reference's is one half, and
    `spread` the standard deviation of the units' log-odds about the line. `signed` is the mean,
    over units, of the model's share minus the reference's, away from one half being positive. Both
    intervals count images in `n` and units in `clusters`. `fair` is the slope of a model that draws
    every unit evenly, `mirror` that of one that repeats the reference.
    """

    slope: Interval
    at_even: float | None
    spread: float | None
    signed: Interval
    fair: float = 0.0
    mirror: float = 1.0


def amplification(
    *,
    hits: ArrayLike,
    n: ArrayLike,
    reference: ArrayLike,
    base: ArrayLike | None = None,
    sensitivity: Audit | None = None,
    specificity: Audit | None = None,
    level: float = 0.95,
) -> Amplification:
    """The slope of a model's log-odds on a reference's, with errors in both.

    One entry for each unit: `hits` of `n` images that could be read show the label; `reference` is
    the share it is held against, of a sample of `base` (None: exact, as what a world was taught).
    With the audit's `sensitivity` and `specificity` the slope is of the true shares: an
    instrument's errors draw every share to the middle, and so the slope to 0.

    A hierarchical binomial model: hits ~ Bin(n, Se p + (1 - Sp)(1 - p)), logit p = a + b x + e,
    e ~ N(0, s^2), which also takes what one unit's images have in common. The reference is seen
    through base respondents, base q ~ Bin(base, logit^-1 x), x ~ N(m, t^2), both fitted first, and
    x given what was seen is taken to be normal, with its own mean and variance (regression
    calibration: Carroll et al. 2006, Measurement Error in Nonlinear Models, chapter 4). x and e are
    integrated out; Se and Sp have their audit's binomial likelihood. The interval is the profile
    likelihood's, at the t quantile with units - 2 degrees of freedom.
    Never least squares on raw shares: those of 0 and 1 have no log-odds, and errors in the
    reference draw that slope to 0.

    `signed` is raw, without the instrument's errors taken out (after Seshadri et al. 2023, arXiv
    2308.00755). Undecided below five units with images, and where the reference is the same for
    all; an end beyond `STEEPEST` is given as that, and `method` says so. Run neutral and
    caption-matched prompts as two calls: their difference is the prompts', not the model's.
    Raises `ValueError` for bad values, and for a reference of 0 or 1 without a base.
    """
    data, raw = _checked(hits, n, reference, base, sensitivity, specificity)
    signed = _signed(data, raw, level)
    units, images = data.n.size, int(data.n.sum())
    why = ""
    if units < FEWEST_UNITS:
        why = f"undecided: {units} units are too few"
    elif np.ptp(data.x) < 0.5:
        why = "undecided: the reference is much the same for all"
    if why:
        nothing = Interval(None, None, None, images, units, why)
        return Amplification(slope=nothing, at_even=None, spread=None, signed=signed)
    best = best_fit(data, None, first_guess(data))
    limit = best.fun + quantile(level, units - 2) ** 2 / 2
    slope = float(best.x[1])
    low, open_low = profile_end(data, best, limit, -STEEPEST)
    high, open_high = profile_end(data, best, limit, STEEPEST)
    method = "hierarchical binomial, profile likelihood"
    if open_low or open_high:
        method += f"; no end found within {STEEPEST:g}"
    slope = min(max(slope, low), high)
    return Amplification(
        slope=Interval(slope, low, high, images, units, method),
        at_even=float(expit(best.x[0])),
        spread=float(np.exp(best.x[2])),
        signed=signed,
    )


def _checked(
    hits: ArrayLike,
    n: ArrayLike,
    reference: ArrayLike,
    base: ArrayLike | None,
    sensitivity: Audit | None,
    specificity: Audit | None,
) -> tuple[Units, Floats]:
    """The units with images, and their references as they were given."""
    y, of, q = (np.asarray(part, np.float64) for part in (hits, n, reference))
    size = np.full(q.shape, np.inf) if base is None else np.asarray(base, np.float64)
    if not (y.shape == of.shape == q.shape == size.shape and y.ndim == 1):
        raise ValueError("hits, n, reference and base must be equally long lists")
    if not ((y >= 0) & (y <= of)).all() or not ((q >= 0) & (q <= 1)).all():
        raise ValueError("hits must be among n, references between 0 and 1")
    if (sensitivity is None) != (specificity is None):
        raise ValueError("give both sensitivity and specificity, or neither")
    if not (size > 0).all() or (np.isinf(size) & ((q == 0) | (q == 1))).any():
        raise ValueError("a reference of 0 or 1 has no log-odds; give the sample it is of as base")
    used = of > 0
    y, of, q, size = (part[used] for part in (y, of, q, size))
    audits = () if sensitivity is None or specificity is None else (sensitivity, specificity)
    return Units(y, of, *calibrated(q, size), audits), q


def _signed(data: Units, reference: Floats, level: float) -> Interval:
    """The mean signed distance beyond the reference; a unit whose reference is even has no side."""
    side = np.sign(reference - 0.5)
    beyond = (side * (data.hits / np.maximum(data.n, 1) - reference))[side != 0]
    found = mean(values=beyond, clusters=range(beyond.size), level=level, bounds=(-1.0, 1.0))
    return Interval(
        found.value, found.low, found.high, int(data.n.sum()), found.clusters, found.method
    )
