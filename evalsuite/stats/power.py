"""How many prompts and images a question needs.

A paired design compares two models on the same prompts, K images of each. The difference of one
prompt's means has the variance between + within / K, where `between` is how much the models' own
differences vary from prompt to prompt and `within` what is left between images of a prompt
(`variance.difference_variances` gives both). All is one-sided at `alpha`, as the gate's tests are:
a regression of `effect` is shown with the power given, and so is its absence where nothing changed.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import nctdtr, ndtr, stdtrit

MOST_PROMPTS = 10_000_000
"""Beyond this nobody asks; the search ends here and the answer is None."""

NORMAL_FROM = 2000
"""Degrees of freedom from which on the normal distribution stands in for the noncentral t."""


def power(
    *,
    effect: float,
    between: float,
    within: float,
    prompts: int,
    num_images: int,
    alpha: float,
    step: float = 0.0,
) -> float:
    """The chance that a one-sided t test over prompts shows a true difference of `effect`.

    The noncentral t distribution with prompts - 1 degrees of freedom (Cohen 1988, Statistical Power
    Analysis, 2.3). 0 with fewer than two prompts. `step` is the distance between a score's values
    where they are few, 1 for 0/1 verdicts: an exact test of them counts ties as extreme, and a flip
    moves the sum by two steps, so half of that is lost (the continuity correction).
    """
    _check(effect, between, within, alpha)
    if prompts < 2 or num_images < 1:
        return 0.0
    df, variance = prompts - 1, (between + within / num_images) / prompts
    if variance == 0:
        return 1.0
    visible = effect - step / (prompts * num_images)
    shift, limit = visible / variance**0.5, float(stdtrit(df, 1 - alpha))
    # Far out the library's series underflows, where the normal tail is already 0 or 1.
    if df >= NORMAL_FROM or abs(shift) > 30:
        return float(ndtr(shift - limit))
    return float(1 - nctdtr(df, shift, limit))


def prompts_needed(
    *,
    effect: float,
    power: float,
    between: float,
    within: float,
    num_images: int = 1,
    alpha: float = 0.01,
    step: float = 0.0,
) -> int | None:
    """The least number of prompts, with `num_images` each, that reaches `power`."""
    _check(effect, between, within, alpha, power)
    return _least(lambda n: _power(effect, between, within, n, num_images, alpha, step), power)


def images_needed(
    *,
    effect: float,
    power: float,
    between: float,
    within: float,
    prompts: int,
    alpha: float = 0.01,
    step: float = 0.0,
) -> int | None:
    """The least number of images per prompt with which so many `prompts` reach `power`.

    None where no number does: what the models make of a prompt varies from prompt to prompt, and
    more images of the same prompts do not change that.
    """
    _check(effect, between, within, alpha, power)
    return _least(lambda k: _power(effect, between, within, prompts, k, alpha, step), power)


def detectable(
    *,
    power: float,
    between: float,
    within: float,
    prompts: int,
    num_images: int = 1,
    alpha: float = 0.01,
    step: float = 0.0,
) -> float | None:
    """The smallest difference that this design shows with `power`; None below two prompts."""
    _check(1.0, between, within, alpha, power)
    if prompts < 2 or num_images < 1:
        return None
    error = ((between + within / num_images) / prompts) ** 0.5
    if error == 0:
        return 0.0
    low, high = 0.0, 1.0
    while _power(high * error, between, within, prompts, num_images, alpha, step) < power:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        enough = _power(middle * error, between, within, prompts, num_images, alpha, step) >= power
        low, high = (low, middle) if enough else (middle, high)
    return float(high * error)


def _power(
    effect: float, between: float, within: float, n: int, k: int, alpha: float, step: float
) -> float:
    return power(
        effect=effect,
        between=between,
        within=within,
        prompts=n,
        num_images=k,
        alpha=alpha,
        step=step,
    )


def _least(reached: Callable[[int], float], enough: float) -> int | None:
    """The least n with reached(n) >= enough, for a power that grows with n."""
    high = 1
    while reached(high) < enough:
        high *= 2
        if high > MOST_PROMPTS:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) >= enough else (middle, high)
    return high


def _check(effect: float, between: float, within: float, alpha: float, power: float = 0.5) -> None:
    if not np.isfinite([effect, between, within]).all() or min(between, within) < 0 or effect <= 0:
        raise ValueError(
            f"effect {effect} must be positive, variances {between} and {within} not negative"
        )
    if not 0 < alpha < 0.5 or not alpha < power < 1:
        raise ValueError(f"alpha {alpha} must lie below 0.5, and power {power} between it and 1")
