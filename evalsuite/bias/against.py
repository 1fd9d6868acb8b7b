"""Whether a group's share is another than expected: exact, with the instrument's errors let in."""

from collections.abc import Sequence
from typing import NamedTuple

from scipy.special import bdtr, bdtrik, betaincinv

GIVEN_AWAY = 1e-5
"""The error that each unknown beside the share (reference, sensitivity, specificity) is given.

Small beside 0.05 shared among hundreds of groups, so that one group alone can still be a finding.
"""
Ends = tuple[float, float]


class Errors(NamedTuple):
    """Where an instrument's sensitivity and specificity for a label surely lie.

    `spent` is the chance that one of the two lies elsewhere.
    """

    sensitivity: Ends
    specificity: Ends
    spent: float


def p_value(*, hits: int, n: int, expected: Ends, errors: Errors | None = None) -> float:
    """Two-sided p of a true share within `expected`, given `hits` of `n` readings.

    The binomial's doubled smaller tail (the test that Clopper and Pearson's interval turns round,
    1934, Biometrika 26:404-413), at the expected share that fits best: reference, sensitivity and
    specificity may lie anywhere in intervals that miss with `GIVEN_AWAY` each, which is added
    (Berger and Boos 1994, JASA 89:1012-1016). Images of a group's fixed sentences are no more
    variable than independent ones (Hoeffding 1956, Ann. Math. Stat. 27:713-721), so that it is not
    too small for them. Without `errors` the instrument is taken at its word. 1 without readings.
    """
    if n < 1:
        return 1.0
    low, high = expected
    spent = GIVEN_AWAY if high > low else 0.0
    if errors is not None:
        low, high = read_as(low, high, errors)
        spent += errors.spent
    share = hits / n
    if low <= share <= high:
        return 1.0
    tail = _at_most(hits, n, low) if share < low else _at_most(n - hits, n, 1 - high)
    return float(min(1.0, 2 * tail + spent))


def read_as(low: float, high: float, errors: Errors) -> Ends:
    """The shares that an instrument with such errors may read of true shares from low to high."""
    corners = [
        q * right + (1 - q) * (1 - refused)
        for q in (low, high)
        for right in errors.sensitivity
        for refused in errors.specificity
    ]
    return min(corners), max(corners)


def errors_of(of_label: Sequence[tuple[int, int]], of_other: Sequence[tuple[int, int]]) -> Errors:
    """From an audit's right answers and all, for each truth that is the label, and that is not.

    Of several truths behind one word (the tones of a band) each may be as common as it likes: the
    lowest and the highest count. A truth of which the audit saw nothing may be read as anything.
    """

    def ends(counts: Sequence[tuple[int, int]]) -> Ends:
        each = [clopper_pearson(hits, n, GIVEN_AWAY / len(counts)) for hits, n in counts]
        return min((low for low, _ in each), default=0.0), max((h for _, h in each), default=1.0)

    return Errors(ends(of_label), ends(of_other), 2 * GIVEN_AWAY)


def clopper_pearson(hits: int, n: int, error: float = GIVEN_AWAY) -> Ends:
    """The exact interval of a share, missing it with at most `error`; without n, 0 to 1."""
    if n < 1:
        return 0.0, 1.0
    low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, error / 2))
    high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1 - error / 2))
    return low, high


def widened(share: float, base: float | None) -> Ends:
    """Where a reference of a sample of `base` surely lies, missing it with `GIVEN_AWAY`.

    One without a base is exact.
    """
    if base is None:
        return share, share
    n = max(1, round(base))
    return clopper_pearson(round(share * n), n)


def fair_band(n: int, share: float = 0.5) -> Ends | None:
    """Where the middle 95 % of a model with that true share lie at n images; None without any."""
    if n < 1:
        return None
    low, high = _quantile(0.025, n, share), _quantile(0.975, n, share)
    return low / n, high / n


def _quantile(q: float, n: int, share: float) -> int:
    """The least k with P(X <= k) >= q."""
    k = max(0, int(bdtrik(q, n, share)) - 1)
    while _at_most(k, n, share) < q:
        k += 1
    return k


def _at_most(hits: int, n: int, share: float) -> float:
    if hits >= n or share <= 0:
        return 1.0
    return float(bdtr(hits, n, share)) if share < 1 else 0.0
