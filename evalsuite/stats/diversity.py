"""How different the images of one prompt are, from their feature vectors."""

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.stats.interval import Floats

MOST_PARTS = 500
"""Up to so many choices of k images all are taken; of more, so many are drawn."""


def vendi(*, vectors: ArrayLike) -> float:
    """The effective number of different images, 1 to their number: the Vendi score of order 1.

    exp(-sum of l log l) over the eigenvalues l of K/n, K the images' cosines (Friedman & Dieng
    2023, Transactions on Machine Learning Research, arXiv 2210.02410, definition 3.1). `vectors`
    has the shape (images, width) and needs no unit length. Raises `ValueError` for no image, and
    for a vector that is zero or not finite.
    """
    unit = unit_vectors(vectors)
    shares = np.linalg.eigvalsh(unit @ unit.T / len(unit))
    shares = shares[shares > 1e-12]
    return float(np.exp(-(shares * np.log(shares)).sum()))


def vendi_of(*, vectors: ArrayLike, k: int, seed: int) -> float:
    """The mean Vendi score of k of the images, over all choices of k, or `MOST_PARTS` random ones.

    The score is at most the number of images and grows with it, so that scores of unequally many
    images cannot be compared; this one is the same on average however many images are there (the
    rarefaction of ecology, Hurlbert 1971, Ecology 52:577-586). `seed` draws the choices. Raises
    `ValueError` as `vendi` does, and for fewer than k images.
    """
    unit = unit_vectors(vectors)
    n = len(unit)
    if not 1 <= k <= n:
        raise ValueError(f"{k} of {n} images cannot be taken")
    if comb(n, k) <= MOST_PARTS:
        parts = np.array(list(combinations(range(n), k)))
    else:
        dice = np.random.default_rng(seed)
        parts = np.argsort(dice.random((MOST_PARTS, n)), axis=1)[:, :k]
    shares = np.linalg.eigvalsh((unit @ unit.T)[parts[:, :, None], parts[:, None, :]] / k)
    shares = np.where(shares > 1e-12, shares, 1.0)  # 1 log 1 is 0, as 0 log 0 is
    return float(np.exp(-(shares * np.log(shares)).sum(axis=1)).mean())


def mean_similarity(*, vectors: ArrayLike, parts: ArrayLike | None = None) -> float:
    """The mean cosine of all pairs of images, -1 to 1; 1 where the model draws one picture only.

    With `parts`, a number for each image, only the pairs of images of different parts count.
    Raises `ValueError` as `vendi` does, and where there is no pair.
    """
    unit = unit_vectors(vectors)
    of = np.arange(len(unit)) if parts is None else np.asarray(parts)
    is_pair = of[:, None] != of[None, :]
    if not is_pair.any():
        raise ValueError("one image has no pair")
    return float(np.clip((unit @ unit.T)[is_pair].mean(), -1, 1))


def unit_vectors(vectors: ArrayLike) -> Floats:
    """The vectors at unit length; `ValueError` for none, and for one that is zero or not finite."""
    table = np.asarray(vectors, dtype=np.float64)
    if table.ndim != 2 or not len(table):
        raise ValueError(f"vectors must have the shape (images, width), not {table.shape}")
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise ValueError("a vector is zero or not finite")
    return np.asarray(table / lengths)
