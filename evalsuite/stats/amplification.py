"""Whether a model exaggerates a reference: the slope of its log-odds on the reference's."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, xlog1py, xlogy

from evalsuite.records import Interval
from evalsuite.stats.interval import Floats, quantile
from evalsuite.stats.means import mean
from evalsuite.stats.prevalence import Audit

FEWEST_UNITS = 5
"""With fewer occupations than this no slope is told."""

STEEPEST = 8.0
"""The slope from which steeper ones are not told apart: shares of 10 and 90 % become 10^-8 of 1."""

GRID = np.linspace(-10.0, 10.0, 135)
"""Log-odds over which a unit's own share is integrated."""

LEAST_SPREAD = float(GRID[1] - GRID[0])
"""The least standard deviation of the units' own part: a grid step, which the sum needs."""


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


class _Data(NamedTuple):
    hits: Floats
    n: Floats
    x: Floats  # the reference's log-odds, shrunk by its own error
    doubt: Floats  # their variances
    audits: tuple[Audit, ...]  # sensitivity and specificity, or none


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
    e ~ N(0, s^2), which also takes what one unit's images have in common. The reference's log-odds
    are x + d, d ~ N(0, 1/(base q (1 - q))), x ~ N(m, t^2) by moments, so that x given what was seen
    is normal (regression calibration: Carroll et al. 2006, Measurement Error in Nonlinear Models,
    chapter 4); x and e are integrated out, Se and Sp have their audit's binomial likelihood. The
    interval is the profile likelihood's, at the t quantile with units - 2 degrees of freedom.
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
    start = np.array([0.0, 1.0, -0.5, *(_logit(part) for part in data.audits)])
    best = _best(data, None, start)
    limit = best.fun + quantile(level, units - 2) ** 2 / 2
    slope = float(best.x[1])
    low, open_low = _end(data, best.x, limit, -STEEPEST)
    high, open_high = _end(data, best.x, limit, STEEPEST)
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


class _Fit(NamedTuple):
    x: Floats
    fun: float


def _best(data: _Data, slope: float | None, start: Floats) -> _Fit:
    """The least negative log-likelihood, at a given slope or over all; `start` has the slope."""
    from scipy.optimize import minimize

    free = np.array([slope is None or place != 1 for place in range(start.size)])
    whole = start.copy()
    if slope is not None:
        whole[1] = slope

    def cost(values: Floats) -> float:
        whole[free] = values
        return _cost(data, whole)

    limits = [(-12.0, 12.0), (-STEEPEST, STEEPEST), (np.log(LEAST_SPREAD), np.log(6.0))]
    limits += [(-6.0, 8.0)] * len(data.audits)
    bounds = [limit for limit, is_free in zip(limits, free, strict=True) if is_free]
    begin = np.clip(whole[free], *np.array(bounds).T)
    found = minimize(cost, begin, method="L-BFGS-B", bounds=bounds)
    whole[free] = found.x
    return _Fit(whole.copy(), float(found.fun))


def _cost(data: _Data, parameters: Floats) -> float:
    """The negative log-likelihood of intercept, slope, log spread, and the audit's two logits."""
    intercept, slope, log_spread, *instrument = parameters
    p = expit(GRID)
    audit = 0.0
    if instrument:
        se, sp = (float(expit(value)) for value in instrument)
        p = se * p + (1 - sp) * (1 - p)
        for share, part in zip((se, sp), data.audits, strict=True):
            audit += float(xlogy(part.right, share) + xlog1py(part.n - part.right, -share))
    centre = intercept + slope * data.x
    variance = slope**2 * data.doubt + np.exp(2 * log_spread)
    each = np.outer(data.hits, np.log(p)) + np.outer(data.n - data.hits, np.log1p(-p))
    each -= (GRID - centre[:, None]) ** 2 / (2 * variance[:, None])
    most = each.max(axis=1)
    total = np.log(np.exp(each - most[:, None]).sum(axis=1)) + most - np.log(variance) / 2
    return -float(total.sum()) - audit


def _end(data: _Data, best: Floats, limit: float, far: float) -> tuple[float, bool]:
    """Where the profile likelihood falls to the limit on one side, and whether it does not."""
    from scipy.optimize import brentq

    warm = {"at": best}

    def above(slope: float) -> float:
        fit = _best(data, slope, warm["at"])
        warm["at"] = fit.x
        return fit.fun - limit

    near, step = float(best[1]), 0.4 if far > best[1] else -0.4
    while True:
        ahead = near + step
        if abs(ahead) >= abs(far) and ahead * far > 0:
            return far, True
        if above(ahead) > 0:
            return float(brentq(above, near, ahead, xtol=0.01)), False
        near, step = ahead, step * 1.5


def _checked(
    hits: ArrayLike,
    n: ArrayLike,
    reference: ArrayLike,
    base: ArrayLike | None,
    sensitivity: Audit | None,
    specificity: Audit | None,
) -> tuple[_Data, Floats]:
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
    finite = np.where(np.isinf(size), 0.0, 1 / size)
    shrunk = (q + 0.5 * finite) / (1 + finite)
    seen, error = np.asarray(logit(shrunk)), finite / (shrunk * (1 - shrunk))
    if not seen.size:
        return _Data(y, of, seen, error, ()), q
    centre = float(seen.mean())
    between = max(float(seen.var(ddof=1)) - float(error.mean()), 1e-6) if seen.size > 1 else 1.0
    trust = between / (between + error)
    audits = () if sensitivity is None or specificity is None else (sensitivity, specificity)
    return _Data(y, of, centre + trust * (seen - centre), trust * error, audits), q


def _signed(data: _Data, reference: Floats, level: float) -> Interval:
    """The mean signed distance beyond the reference; a unit whose reference is even has no side."""
    side = np.sign(reference - 0.5)
    beyond = (side * (data.hits / np.maximum(data.n, 1) - reference))[side != 0]
    found = mean(values=beyond, clusters=range(beyond.size), level=level, bounds=(-1.0, 1.0))
    return Interval(
        found.value, found.low, found.high, int(data.n.sum()), found.clusters, found.method
    )


def _logit(part: Audit) -> float:
    return float(logit((part.right + 0.5) / (part.n + 1)))
