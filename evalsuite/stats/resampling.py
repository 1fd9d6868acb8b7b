"""Weights of the Bayesian bootstrap over families, and the interval of its draws."""

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.stats.interval import FEW, Codes, Floats

DRAWS = 1000
"""How many draws an interval rests on: its ends are then known to a fifth of their distance."""

FEWEST_FAMILIES = 5
"""With fewer families than this, families cannot be resampled."""


MANY = 200
"""From so many families on the exponentials' variance is within 1 % of what it should be."""


def family_weights(families: int, draws: int, dice: np.random.Generator) -> Floats:
    """One positive weight for each family in each draw, shape (draws, families), 1 on average.

    Rubin's Bayesian bootstrap (1981, Ann. Stat. 9:130-134) weighs by standard exponentials; the
    shape (G - 2)/G in place of 1 makes the variance of a mean over G families that of a sample,
    s^2/G, where the exponentials fall short by a factor of about G/(G - 1). Sums of h exponentials
    are Gamma(h): with every image its own family, and a pseudo-image of weight Gamma(1/2) for each
    answer, a share is drawn from its Jeffreys posterior, so that answers which were never seen
    keep a chance.
    """
    if families >= MANY or families < 3:
        return dice.standard_exponential((draws, families))
    shape = (families - 2) / families
    return dice.gamma(shape, 1 / shape, (draws, families))


def tallied(
    codes: Codes, kinds: Codes, families: int, among: int, weights: Floats | None = None
) -> Floats:
    """How many values of each kind every family has (or their weight), shape (families, among)."""
    flat = np.bincount(codes * among + kinds, weights=weights, minlength=families * among)
    return flat.reshape(families, among).astype(np.float64)


def ends(draws: ArrayLike, level: float, families: int) -> tuple[float, float]:
    """The percentile interval of the draws; up to `FEW` families that of a fifth of alpha.

    That is the caution that `mean` takes: so few families do not show how they are spread. The
    quantiles are Weibull's, k/(draws + 1), beyond which new draws lie as often as they should.
    """
    alpha = (1 - level) / (5 if families <= FEW else 1)
    ordered = np.asarray(draws, dtype=np.float64)
    low, high = np.quantile(ordered, (alpha / 2, 1 - alpha / 2), method="weibull")
    return float(low), float(high)
