"""The moments of clustered values that every interval is built on."""

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

Floats = NDArray[np.float64]

Estimand = Literal["prompts like these", "these prompts"]
"""Whether the prompts count as a sample of such prompts, or are all that is asked about."""

FEW = 10
"""Up to so many prompts an interval is undecided, or deliberately too wide and says so."""


class Moments(NamedTuple):
    """Clustered values, summed up: one entry per cluster in `sums`, `sizes` and `influence`.

    `influence` has the clusters' contributions to the mean's error, so that the sum of their
    squares is the variance of the mean. `df` are its degrees of freedom.
    """

    n: int
    sums: Floats
    sizes: Floats
    mean: float
    influence: Floats
    variance: float
    df: float

    @property
    def crowding(self) -> float:
        """Kish's mean cluster size, sum(m^2)/sum(m): the design effect if prompts agree fully."""
        return float((self.sizes**2).sum() / self.n)


def checked(values: ArrayLike, clusters: ArrayLike, level: float) -> tuple[Floats, NDArray[Any]]:
    """The values as floats and the clusters as numbers 0, 1, ...; `ValueError` if they are bad."""
    y = np.asarray(values, dtype=np.float64)
    names = np.asarray(clusters)
    if y.ndim != 1 or names.shape != y.shape:
        raise ValueError(f"values {y.shape} and clusters {names.shape} must be equally long lists")
    if not np.isfinite(y).all():
        raise ValueError("values hold NaN or infinity; leave out what was not measured, count it")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if y.size == 0:
        return y, np.zeros(0, dtype=np.intp)
    return y, np.unique(names, return_inverse=True)[1]


def paired(
    a: ArrayLike, b: ArrayLike, clusters: ArrayLike, level: float = 0.95
) -> tuple[Floats, NDArray[Any]]:
    """The differences a - b and their clusters, as `checked` gives them."""
    first, second = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if first.shape != second.shape:
        raise ValueError(f"a {first.shape} and b {second.shape} must be equally long")
    return checked(first - second, clusters, level)


def moments(y: Floats, codes: NDArray[Any]) -> Moments:
    """Mean, cluster-robust variance and degrees of freedom over at least two clusters.

    The variance is CR2 for a model with nothing but an intercept: each cluster's residual total is
    divided by sqrt(1 - m/n) (Bell & McCaffrey 2002, Survey Methodology 28:169-181); with equal
    clusters it is the plain variance of the cluster means. The degrees of freedom are theirs too
    (Satterthwaite), taken in the cautious case that the images of one prompt agree fully:
    clusters - 1 if all are equally large, fewer if few large ones dominate.
    """
    n = y.size
    sizes = np.bincount(codes).astype(np.float64)
    sums = np.bincount(codes, weights=y).astype(np.float64)
    mean = float(sums.sum() / n)
    residual = sums - sizes * mean
    # Sums of equal numbers differ in the last bit, and noise must not pass for variance.
    residual[np.abs(residual) <= 1e-12 * sizes * np.abs(y).max()] = 0.0
    leverage = 1 - sizes / n
    influence = residual / np.sqrt(leverage) / n
    return Moments(
        n=n,
        sums=sums,
        sizes=sizes,
        mean=mean,
        influence=influence,
        variance=float((influence**2).sum()),
        df=_freedom(sizes, leverage),
    )


def _freedom(sizes: Floats, leverage: Floats) -> float:
    """Satterthwaite: tr(WO)^2 / tr(WOWO) for the covariance O of the clusters' residual totals.

    O[c, d] = m_c m_d (1[c = d] + q - (m_c + m_d)/n), q = sum(m^2)/n^2, W = diag(1/leverage); the
    double sum is multiplied out, so that thousands of clusters need no matrix.
    """
    n = sizes.sum()
    q = (sizes**2).sum() / n**2
    a = sizes**2 / leverage
    a0, a1, a2 = a.sum(), (a * sizes).sum(), (a * sizes**2).sum()
    trace = (a * (1 + q - 2 * sizes / n)).sum()
    square = q**2 * a0**2 + 2 * (a2 * a0 + a1**2) / n**2 - 4 * q * a0 * a1 / n
    square += (a**2 * (1 + 2 * (q - 2 * sizes / n))).sum()
    return float(trace**2 / square)


def quantile(level: float, df: float) -> float:
    """The two-sided t quantile."""
    return float(stdtrit(df, 0.5 + level / 2))


def within_variance(y: Floats, codes: NDArray[Any], m: Moments) -> float | None:
    """Variance of the mean if the prompts stay and only seeds vary; None if a prompt has one image.

    The stratified estimate, sum of (m_c/n)^2 s_c^2/m_c (Cochran 1977, Sampling Techniques, 5.11).
    """
    if m.sizes.min() < 2:
        return None
    squares = np.bincount(codes, weights=(y - (m.sums / m.sizes)[codes]) ** 2)
    return float((m.sizes * squares / (m.sizes - 1)).sum() / m.n**2)
