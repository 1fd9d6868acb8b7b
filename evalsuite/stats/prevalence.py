"""The share of one of two labels, small ones too, with an instrument's errors taken out."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from evalsuite.records import LIKE_THESE, Estimand, Interval
from evalsuite.stats.effective import effective
from evalsuite.stats.interval import checked


class Audit(NamedTuple):
    """Of `n` audited pictures of one label, how many the instrument got right."""

    right: int
    n: int


def lang_reiczigel(
    *,
    values: ArrayLike,
    clusters: ArrayLike,
    sensitivity: Audit,
    specificity: Audit,
    level: float = 0.95,
    estimand: Estimand = LIKE_THESE,
    strata: ArrayLike | None = None,
) -> Interval:
    """The true share of a label, from 0/1 `values`: whether the instrument said it.

    The interval of Lang & Reiczigel (2014, Prev. Vet. Med. 113:13-22): with z the
    quantile, pseudo-pictures are added to all three parts, Se -> (n1 Se + 1)/(n1 + 2), Sp alike,
    a -> (n a + z^2/2)/(n + z^2), and the centre (a + Sp - 1)/(Se + Sp - 1) is moved by
    2 z^2 (t Se (1 - Se)/n1 - (1 - t) Sp (1 - Sp)/n0). It covers small shares, where the delta
    method does not (1978, Rogan & Gladen). n is the effective sample size of `proportion`, with
    its t quantile, and the value is Rogan and Gladen's, within 0 and 1.

    "Not said" holds the abstentions too where `sensitivity` and `specificity` count them so: then
    it is the share among all that were judged; with abstentions left out on both sides it is that
    among the read. It holds only where the instrument errs here as in its audit. Undecided where
    a proportion is, where the audit leaves open that the instrument is no better than chance, and
    where so few (or many) were read that even a share of 0 (or 1) is out, with the audit's errors.
    """
    y, codes = checked(values, clusters, level)
    if not np.isin(y, (0.0, 1.0)).all():
        raise ValueError("values must be zeros and ones")
    for part in (sensitivity, specificity):
        if not 0 <= part.right <= part.n:
            raise ValueError(f"{part.right} of {part.n} cannot be right")
    count = int(codes.max()) + 1 if y.size else 0
    if not y.size or not sensitivity.n or not specificity.n:
        return Interval(None, None, None, y.size, count, "undecided: no data", estimand)
    found = effective(y, codes, level, estimand, strata)
    if isinstance(found, str):
        return Interval(None, None, None, y.size, count, f"undecided: {found}", estimand)
    n, z = found.n, found.quantile
    se, sp = ((part.right + 1) / (part.n + 2) for part in (sensitivity, specificity))
    n1, n0 = sensitivity.n + 2, specificity.n + 2
    slope, doubt = se + sp - 1, z * (se * (1 - se) / n1 + sp * (1 - sp) / n0) ** 0.5
    if slope <= doubt:
        why = "undecided: no better than chance, perhaps"
        return Interval(None, None, None, y.size, count, why, estimand)
    a = (n * float(y.mean()) + z * z / 2) / (n + z * z)
    share = (a + sp - 1) / slope
    one, other = se * (1 - se) / n1, sp * (1 - sp) / n0
    shift = 2 * z * z * (share * one - (1 - share) * other)
    error = (a * (1 - a) / (n + z * z) + share**2 * one + (1 - share) ** 2 * other) ** 0.5 / slope
    low, high = (share + shift + s * z * error for s in (-1, 1))
    if high <= 0 or low >= 1:
        why = "undecided: the readings do not fit the audit's errors"
        return Interval(None, None, None, y.size, count, why, estimand)
    low, high = max(low, 0.0), min(high, 1.0)
    raw_se, raw_sp = sensitivity.right / sensitivity.n, specificity.right / specificity.n
    value = min(max((float(y.mean()) + raw_sp - 1) / (raw_se + raw_sp - 1), 0.0), 1.0)
    low, high = min(low, value), max(high, value)
    return Interval(value, low, high, y.size, count, "Lang-Reiczigel, clustered", estimand)
