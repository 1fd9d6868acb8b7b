"""How many independent values say as much as clustered ones do."""

from typing import NamedTuple

from numpy.typing import ArrayLike

from evalsuite.records import THESE, Estimand
from evalsuite.stats.interval import FEW, Codes, Floats, moments, quantile, seed_moments
from evalsuite.stats.means import FEWEST, believed_freedom, believed_variance, independent


class Effective(NamedTuple):
    """How many independent zeros and ones vary as much, and the quantile of the interval."""

    n: float
    quantile: float


def effective(
    y: Floats, codes: Codes, level: float, estimand: Estimand, strata: ArrayLike | None
) -> Effective | str:
    """The effective sample size that `proportion` uses, or why there is none.

    For intervals of which such a share is only a part. Pictures of one prompt where "these
    prompts" are asked about have no more than their own number.
    """
    count = int(codes.max()) + 1
    if estimand == THESE:
        m = seed_moments(y, codes) or independent(y)
    elif count < 2:
        return "one prompt says nothing about others"
    else:
        m = moments(y, codes, strata)
        if count > FEW and m.df < FEWEST:
            return "a few prompts have nearly all images; draw as many of each"
    variance = believed_variance(m)
    n = m.n / m.crowding
    if variance > 0 and 0 < m.mean < 1:
        n = m.mean * (1 - m.mean) / variance
    return Effective(n, quantile(level, believed_freedom(m, variance)))
