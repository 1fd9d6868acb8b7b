"""How different the images of one prompt are, from their feature vectors."""

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.stats.interval import Floats


def vendi(*, vectors: ArrayLike) -> float:
    """The effective number of different images, 1 to their number: the Vendi score of order 1.

    exp(-sum of l log l) over the eigenvalues l of K/n, K the images' cosines (Friedman & Dieng
    2023, Transactions on Machine Learning Research, arXiv 2210.02410, definition 3.1). `vectors`
    has the shape (images, width) and needs no unit length. Raises `ValueError` for no image, and
    for a vector that is zero or not finite.
    """
    unit = _unit(vectors)
    shares = np.linalg.eigvalsh(unit @ unit.T / len(unit))
    shares = shares[shares > 1e-12]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def mean_similarity(*, vectors: ArrayLike) -> float:
    """The mean cosine of all pairs of images, -1 to 1; 1 where the model draws one picture only.

    Raises `ValueError` as `vendi` does, and for fewer than two images.
    """
    unit = _unit(vectors)
    if len(unit) < 2:
        raise ValueError("one image has no pair")
    cosines = unit @ unit.T
    n = len(unit)
    return float(np.clip((cosines.sum() - np.trace(cosines)) / (n * (n - 1)), -1, 1))


def _unit(vectors: ArrayLike) -> Floats:
    table = np.asarray(vectors, dtype=np.float64)
    if table.ndim != 2 or not len(table):
        raise ValueError(f"vectors must have the shape (images, width), not {table.shape}")
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise ValueError("a vector is zero or not finite")
    return np.asarray(table / lengths)
