"""Agreement beyond chance between two raters, or among several with gaps."""

from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np

from evalsuite.stats.interval import Floats

Scale = Literal["nominal", "ordinal", "interval"]


def cohen_kappa(*, a: Sequence[Hashable], b: Sequence[Hashable]) -> float | None:
    """Cohen's kappa of two raters' labels of the same items (1960, Educ. Psychol. Meas. 20:37-46).

    (observed agreement - chance) / (1 - chance), where chance follows from how often each rater
    uses each label. None without items, and where both use one and the same label throughout: such
    raters were never tested. Raises `ValueError` for lists that are not equally long.
    """
    if len(a) != len(b):
        raise ValueError(f"a ({len(a)}) and b ({len(b)}) must be equally long")
    if not a:
        return None
    n = len(a)
    observed = sum(x == y for x, y in zip(a, b, strict=True)) / n
    chance = sum(a.count(label) * b.count(label) for label in set(a)) / n**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def krippendorff_alpha(
    *, ratings: Sequence[Sequence[float | str | None]], scale: Scale = "nominal"
) -> float | None:
    """Krippendorff's alpha, 1 - observed / expected disagreement, for any number of raters.

    `ratings` holds one list per rater, with one entry per item; None (or NaN) where a rater gave
    none. Items with fewer than two ratings are left out. Labels may be words on the nominal scale;
    the ordinal one takes numbers in their order, the interval one their distances (Krippendorff
    2011, "Computing Krippendorff's Alpha-Reliability"). None without pairs, and where all ratings
    are equal. Raises `ValueError` for lists that are not equally long, and for words on other
    scales.
    """
    if len({len(row) for row in ratings}) > 1:
        raise ValueError("every rater's list must have an entry for every item")
    items = [[v for v in item if _is_given(v)] for item in zip(*ratings, strict=True)]
    items = [item for item in items if len(item) > 1]
    used = {v for item in items for v in item}
    if scale != "nominal" and any(isinstance(v, str) for v in used):
        raise ValueError(f"the {scale} scale takes numbers, not words")
    labels = sorted(used, key=lambda v: (isinstance(v, str), v))
    place = {label: i for i, label in enumerate(labels)}
    # The coincidence matrix: every ordered pair within an item, weighed by 1 / (ratings - 1).
    pairs = np.zeros((len(labels), len(labels)))
    for item in items:
        counts = np.bincount([place[v] for v in item], minlength=len(labels))
        pairs += (np.outer(counts, counts) - np.diag(counts)) / (len(item) - 1)
    totals = pairs.sum(axis=1)
    distance = _squared_distances(labels, totals, scale)
    expected = float((np.outer(totals, totals) * distance).sum())
    if expected == 0:
        return None
    return float(1 - (totals.sum() - 1) * (pairs * distance).sum() / expected)


def _is_given(value: float | str | None) -> bool:
    return value is not None and value == value


def _squared_distances(labels: Sequence[float | str | None], totals: Floats, scale: str) -> Floats:
    """How far apart two labels count as, squared; between ranks: the ratings between them."""
    if scale == "nominal":
        return 1 - np.eye(len(labels))
    if scale == "ordinal":
        middles = np.cumsum(totals) - totals / 2
    elif scale == "interval":
        middles = np.array(labels, dtype=np.float64)
    else:
        raise ValueError(f"scale is nominal, ordinal or interval, not {scale!r}")
    return np.asarray((middles[:, None] - middles[None, :]) ** 2, dtype=np.float64)
