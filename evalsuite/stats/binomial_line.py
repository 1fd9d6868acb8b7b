"""A straight line through log-odds: the likelihood of a hierarchical binomial, and its profile."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit, xlog1py, xlogy

from evalsuite.stats.interval import Floats
from evalsuite.stats.prevalence import Audit

STEEPEST = 8.0
"""The slope from which steeper ones are not told apart: shares of 10 and 90 % become 10^-8 of 1."""

GRID = np.linspace(-10.0, 10.0, 101)
"""Log-odds over which a unit's own share is integrated: beyond them a share is 0 or 1."""

LEAST_SPREAD = 0.15
"""The least standard deviation of the units' own part; the sum over the grid needs as much."""

FINE = np.linspace(-12.0, 12.0, 801)
"""Log-odds over which a reference's own share is integrated."""

LARGE = 3000.0
"""The respondents from which a reference's log-odds are as good as normal."""

ROUNDS = 40
"""Of expectation and maximisation for the references' own spread."""


class Units(NamedTuple):
    """What each unit showed, and the log-odds that it is held against."""

    hits: Floats
    n: Floats
    x: Floats  # the reference's log-odds, shrunk by its own error
    doubt: Floats  # their variances
    audits: tuple[Audit, ...]  # sensitivity and specificity, or none


class Fit(NamedTuple):
    """The parameters where the negative log-likelihood `fun` is least."""

    x: Floats
    fun: float


def first_guess(data: Units) -> Floats:
    """Where the search begins: least squares on shrunken log-odds, which is only that."""
    seen = logit((data.hits + 0.5) / (data.n + 1))
    slope, intercept = np.polyfit(data.x, seen, 1)
    return np.array([intercept, slope, -0.5, *(_logit(part) for part in data.audits)])


def best_fit(data: Units, slope: float | None, begin: Floats) -> Fit:
    """The least negative log-likelihood, at a given slope or over all; `begin` holds all."""
    from scipy.optimize import minimize

    free = np.array([slope is None or place != 1 for place in range(begin.size)])
    whole = begin.copy()
    if slope is not None:
        whole[1] = slope

    def cost(values: Floats) -> tuple[float, Floats]:
        whole[free] = values
        value, gradient = cost_of(data, whole)
        return value, gradient[free]

    limits = [(-12.0, 12.0), (-STEEPEST, STEEPEST), (np.log(LEAST_SPREAD), np.log(6.0))]
    limits += [(-6.0, 8.0)] * len(data.audits)
    bounds = [limit for limit, is_free in zip(limits, free, strict=True) if is_free]
    first = np.clip(whole[free], *np.array(bounds).T)
    found = minimize(cost, first, jac=True, method="L-BFGS-B", bounds=bounds)
    whole[free] = found.x
    return Fit(whole.copy(), float(found.fun))


def cost_of(data: Units, parameters: Floats) -> tuple[float, Floats]:
    """The negative log-likelihood and its gradient in the parameters.

    These are intercept, slope, log spread, and with an audit the logits of its two shares.
    """
    intercept, slope, log_spread, *instrument = parameters
    own = np.asarray(expit(GRID))
    audit, of_audit, of_p, p = 0.0, [], [], own
    if instrument:
        shares = [float(expit(value)) for value in instrument]
        p = shares[0] * own + (1 - shares[1]) * (1 - own)
        of_p = [own, -(1 - own)]
        for share, part in zip(shares, data.audits, strict=True):
            audit += float(xlogy(part.right, share) + xlog1py(part.n - part.right, -share))
            of_audit.append(part.right - part.n * share)
    # A centre beyond the grid is a share of 0 or 1 as well.
    line = intercept + slope * data.x
    centre = np.clip(line, GRID[0] + 1, GRID[-1] - 1)
    variance = slope**2 * data.doubt + np.exp(2 * log_spread)
    away = GRID - centre[:, None]
    prior = -(away**2) / (2 * variance[:, None])
    misses = data.n - data.hits
    each = prior + np.outer(data.hits, np.log(p)) + np.outer(misses, np.log1p(-p))
    (total, after), (whole, before) = _summed(each), _summed(prior)
    moved = after - before
    by_centre = (moved * away).sum(axis=1) / variance * (line == centre)
    by_variance = (moved * away**2).sum(axis=1) / (2 * variance**2)
    gradient = [
        by_centre.sum(),
        by_centre @ data.x + by_variance @ (2 * slope * data.doubt),
        by_variance.sum() * 2 * np.exp(2 * log_spread),
    ]
    by_p = (data.hits @ after) / p - (misses @ after) / (1 - p)
    for value, change, own_part in zip(instrument, of_p, of_audit, strict=True):
        share = float(expit(value))
        gradient.append(by_p @ change * share * (1 - share) + own_part)
    return -float((total - whole).sum()) - audit, -np.array(gradient)


def _summed(logs: Floats) -> tuple[Floats, Floats]:
    """The logarithm of each row's sum of exponentials, and the exponentials' shares of it."""
    most = logs.max(axis=1, keepdims=True)
    parts = np.exp(logs - most)
    sums = parts.sum(axis=1, keepdims=True)
    return (np.log(sums) + most)[:, 0], parts / sums


def profile_end(data: Units, best: Fit, limit: float, far: float) -> tuple[float, bool]:
    """Where the profile likelihood falls to the limit on one side, and whether it does not."""
    near, warm = float(best.x[1]), best.x
    step = 0.4 if far > near else -0.4
    while True:
        ahead = near + step
        if (ahead - far) * step >= 0:
            return far, True
        fit = best_fit(data, ahead, warm)
        if fit.fun > limit:
            break
        near, warm, step = ahead, fit.x, step * 1.5
    while abs(ahead - near) > 0.01:
        middle = (near + ahead) / 2
        fit = best_fit(data, middle, warm)
        if fit.fun > limit:
            ahead = middle
        else:
            near, warm = middle, fit.x
    return ahead, False


def calibrated(q: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of each reference's log-odds, given that it is one of a normal family."""
    respondents = np.where(np.isinf(size), 1e15, size)
    safe = (q * respondents + 0.5) / (respondents + 1)
    x, doubt = np.asarray(logit(safe)), 1 / (respondents * safe * (1 - safe))
    small = respondents < LARGE
    if not small.any():
        return x, doubt
    k, m = (q * respondents)[small], respondents[small]
    likely = np.outer(k, -np.logaddexp(0, -FINE)) - np.outer(m - k, np.logaddexp(0, FINE))
    likely = np.exp(likely - likely.max(axis=1, keepdims=True))
    centre, spread = float(x.mean()), max(float(x.var()), 0.1)
    for _ in range(ROUNDS):
        weights = likely * np.exp(-((FINE - centre) ** 2) / (2 * spread))
        weights /= weights.sum(axis=1, keepdims=True)
        x[small] = weights @ FINE
        doubt[small] = weights @ FINE**2 - x[small] ** 2
        centre, spread = float(x.mean()), max(float(x.var() + doubt.mean()), 1e-3)
    return x, np.maximum(doubt, 0.0)


def _logit(part: Audit) -> float:
    return float(logit((part.right + 0.5) / (part.n + 1)))
