"""The test of no difference between paired values: sign flips of whole prompts."""

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalsuite.stats.interval import Floats, paired

Alternative = Literal["two-sided", "larger", "smaller"]
"""What a test looks for: that a - b differs from 0, is larger than 0, or is smaller."""

PATTERNS = 2**14
"""How many sign patterns a test compares; its smallest p-value is 1/16384."""


def sign_flip(
    *,
    a: ArrayLike,
    b: ArrayLike,
    clusters: ArrayLike,
    alternative: Alternative = "two-sided",
    permutations: int = PATTERNS,
    seed: int = 0,
) -> float:
    """The p-value of no difference between scores paired entry by entry, by flipping signs.

    If a and b differ by chance alone, then in any prompt they could as well have changed places,
    all of its images together: the sum of a - b over a prompt keeps its size and loses its sign.
    The p-value is the share of sign patterns whose total is at least as extreme as the one seen,
    ties (to rounding) included; "larger" counts the totals of a - b at least as large, "smaller"
    those at least as small. So it is never 0 and holds its level at any number of prompts, with
    ties, heavy tails and prompts of unequal size. Prompts whose sum is 0 take no part.

    All patterns are counted where there are at most `permutations` (rounded down to a power of
    two). Otherwise those of a subgroup of all sign flips, drawn with `seed`: it holds the pattern
    seen, which is what the "+ 1" of a Monte Carlo p-value stands for, and for a subgroup the test
    is exact rather than exact on average (Hemerik & Goeman 2018, TEST 27:811-825; Koning &
    Hemerik 2024, Biometrika 111, doi 10.1093/biomet/asad050). Raises `ValueError` for bad
    values; 1.0 without data.
    """
    y, codes = paired(a, b, clusters)
    _check(alternative)
    if permutations < 2:
        raise ValueError(f"permutations must be 2 or more, not {permutations}")
    sums = np.bincount(codes, weights=y).astype(np.float64)
    # Sums of numbers that cancel differ from 0 in the last bits only.
    noise = 1e-12 * max(float(np.abs(y).sum()), np.finfo(float).tiny)
    sums = sums[np.abs(sums) > noise]
    drawn = totals(sums, permutations.bit_length() - 1, seed)
    observed = drawn[0]
    if alternative == "two-sided":
        extreme = np.abs(drawn) >= abs(observed) - noise
    elif alternative == "larger":
        extreme = drawn >= observed - noise
    else:
        extreme = drawn <= observed + noise
    return float(extreme.mean())


def _check(alternative: str) -> None:
    if alternative not in ("two-sided", "larger", "smaller"):
        raise ValueError(f"alternative is two-sided, larger or smaller, not {alternative!r}")


def totals(sums: Floats, bits: int, seed: int) -> Floats:
    """The total under each sign pattern of the subgroup; the first is the one seen.

    Pattern g flips the prompts whose column has an odd number of ones in common with g, in
    binary; all totals together are then a Walsh-Hadamard transform.
    """
    bits = min(bits, sums.size)
    spread = np.zeros(2**bits)
    np.add.at(spread, _columns(sums.size, bits, seed), sums)
    for _ in range(bits):
        even, odd = spread[0::2], spread[1::2]
        spread = np.concatenate((even + odd, even - odd))
    return spread


def _columns(count: int, bits: int, seed: int) -> NDArray[np.int64]:
    """A column of `bits` binary digits for each prompt: the unit ones, then others at random.

    With the unit ones no two patterns are equal. No column is repeated before all are used: two
    prompts with the same one would always be flipped together.
    """
    units = 2 ** np.arange(bits, dtype=np.int64)
    if count <= bits:
        return units
    others = _others(bits)
    rng = np.random.default_rng(seed)
    rounds, rest = divmod(count - bits, others.size)
    some = rng.choice(others.size, rest, replace=False)
    return np.concatenate((units, np.tile(others, rounds), others[some]))


@lru_cache(maxsize=16)
def _others(bits: int) -> NDArray[np.int64]:
    """All columns but the unit ones and 0; with a single digit there is only the unit one."""
    columns = np.arange(1, 2**bits, dtype=np.int64)
    return columns[columns & (columns - 1) != 0] if bits > 1 else columns
