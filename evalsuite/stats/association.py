"""Whether images of one word lie nearer to some images than those of another: T2IAT."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from evalsuite.records import Interval
from evalsuite.stats.diversity import unit_vectors
from evalsuite.stats.interval import Floats

PERMUTATIONS = 10_000
"""Up to so many ways to divide the prompts all are taken; of more, so many are drawn."""

FEWEST_PROMPTS = 4
"""With fewer prompts on a side than this no interval is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """The effect size d, the p-value of none, and the |d| that no association shows on average.

    `interval` counts images in `n` and prompts in `clusters`; above 0, X lies nearer to A.
    """

    interval: Interval
    p: float | None
    null: float | None


def association(
    *,
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    prompts_x: Sequence[str],
    prompts_y: Sequence[str],
    level: float = 0.95,
    seed: int = 0,
) -> Association:
    """The differential association of the images x and y with the attribute images a and b.

    All are feature vectors, shape (images, width). s(w) = mean cos(w, a) - mean cos(w, b), averaged
    over each prompt's images; d = (mean over X's prompts - mean over Y's) / the standard deviation
    over the prompts of both (Caliskan et al. 2017, Science 356:183-186; Wang et al. 2023, T2IAT,
    arXiv 2306.00905), which is population's, so that d is a point-biserial correlation over
    sqrt(pq) and lies within 1/sqrt(pq). Similarity, not distance, and prompts, not images, are
    exchanged: p counts the divisions of all prompts into sides as large whose |d| is at least as
    large, all of them, or `PERMUTATIONS` drawn with `seed` and the one seen. The interval inverts
    the noncentral t of two normal samples of prompts. Few prompts show a large |d| by chance:
    `null`. A prompt on both sides raises `ValueError`; one side of fewer than two is undecided.
    """
    sides = [unit_vectors(part) for part in (x, y, a, b)]
    if len(prompts_x) != len(sides[0]) or len(prompts_y) != len(sides[1]):
        raise ValueError("prompts_x and prompts_y must name a prompt for each image")
    if both := sorted(set(prompts_x) & set(prompts_y)):
        raise ValueError(f"prompt {both[0]!r} is on both sides")
    lean = sides[2].mean(axis=0) - sides[3].mean(axis=0)
    first = _by_prompt(sides[0] @ lean, prompts_x)
    second = _by_prompt(sides[1] @ lean, prompts_y)
    n, m = len(prompts_x) + len(prompts_y), first.size + second.size
    scores = np.concatenate((first, second))
    if min(first.size, second.size) < 2 or np.ptp(scores) < 1e-12:
        why = "undecided: too few prompts" if m < 4 else "undecided: no prompt differs from another"
        return Association(interval=Interval(None, None, None, n, m, why), p=None, null=None)
    divisions = _divisions(m, first.size, seed)
    spread = scores.std()
    means = scores[divisions].mean(axis=1)
    others = (scores.sum() - means * first.size) / second.size
    effects = (means - others) / spread
    d = float(effects[0])
    return Association(
        interval=_interval(d, first.size, second.size, n, level),
        p=float((np.abs(effects) >= abs(d) - 1e-9).mean()),
        null=expected_association(prompts=(first.size, second.size)),
    )


def expected_association(*, prompts: tuple[int, int]) -> float | None:
    """The mean |d| of no association, for normal scores of so many prompts on either side; exact.

    The correlation r behind d then has r^2 ~ Beta(1/2, (m - 2)/2), m being all prompts, and
    E|r| = G((m - 1)/2) / (sqrt(pi) G(m/2)). None below two on a side.
    """
    first, second = prompts
    if min(prompts) < 2:
        return None
    m = first + second
    r = float(np.exp(gammaln((m - 1) / 2) - gammaln(m / 2)) / np.pi**0.5)
    return float(r * m / (first * second) ** 0.5)


def _by_prompt(scores: Floats, prompts: Sequence[str]) -> Floats:
    codes = np.unique(np.array(list(prompts)), return_inverse=True)[1]
    return np.asarray(np.bincount(codes, weights=scores) / np.bincount(codes))


def _divisions(m: int, first: int, seed: int) -> Floats:
    """The places of one side's prompts in each division; the first is the one seen."""
    if comb(m, first) <= PERMUTATIONS:
        return np.array(list(combinations(range(m), first)))
    dice = np.random.default_rng(seed)
    drawn = np.argsort(dice.random((PERMUTATIONS, m)), axis=1)[:, :first]
    return np.vstack((np.arange(first)[None], drawn))


def _interval(d: float, first: int, second: int, n: int, level: float) -> Interval:
    from scipy.optimize import brentq
    from scipy.stats import nct

    m = first + second
    if min(first, second) < FEWEST_PROMPTS:
        why = f"undecided: fewer than {FEWEST_PROMPTS} prompts on a side"
        return Interval(d, None, None, n, m, why)
    scale = (first * second) ** 0.5 / m
    r = min(max(d * scale, -1 + 1e-9), 1 - 1e-9)
    t = r * ((m - 2) / (1 - r * r)) ** 0.5
    tail = (1 - level) / 2

    def at(chance: float) -> float:
        def above(shift: float) -> float:
            return float(nct.cdf(t, m - 2, shift)) - chance

        # Where sides hardly overlap t is in the hundreds, and the ends lie as far from it.
        step = max(1.0, abs(t) / 20)
        low, high = t - step, t + step
        while above(low) < 0 and low > t - 100 * step:
            low -= step
        while above(high) > 0 and high < t + 100 * step:
            high += step
        shift = brentq(above, low, high, xtol=1e-6)
        standard = shift / m**0.5  # the correlation in the population of the same sides
        return float(standard / (1 + standard**2) ** 0.5 / scale)

    method = "noncentral t, prompts as clusters"
    return Interval(d, at(1 - tail), at(tail), n, m, method)
