"""A share of the images of one run, from a random sample of each of its strata."""

from collections.abc import Mapping, Sequence

import numpy as np

from evalsuite.records import THESE, Interval
from evalsuite.stats.interval import Floats
from evalsuite.stats.resampling import DRAWS

YES, NO, OUT = 0, 1, 2
"""What a sampled image is: counts and is a hit, counts and is none, does not count."""


def stratified_share(
    *,
    found: Sequence[int],
    strata: Sequence[str],
    sizes: Mapping[str, int],
    certain: Mapping[str, int] | None = None,
    labels: int = 2,
    level: float = 0.95,
    seed: int = 0,
    draws: int = DRAWS,
) -> Interval:
    """The share of hits among the images that count, of all images of the strata.

    `found` holds `YES`, `NO` or `OUT` for each sampled image of a stratum; `sizes` how many images
    every stratum has, sampled or not; `certain` what an image that counts must be in some strata,
    where the strata say so. The value is the ratio of weighted sums (Begg & Greenes 1983,
    Biometrics 39:207-215). The interval is that of draws of every stratum's shares from its
    Dirichlet posterior with 1 / `labels` pseudo-image for each way to count (Jeffreys' for two,
    Perks' for more; Perks 1947, J. Inst. Actuar. 73:285-312): a few misses of great weight, or
    none that has been seen, keep their chance, where a variance from the sample would hold none.

    Undecided where fewer than two images count, and where all that can count is certain to be the
    same: a judge that only ever says yes is right wherever yes is true, and that says nothing of
    it. Raises `ValueError` for lists of unequal lengths
    and for a stratum without a size.
    """
    if len(found) != len(strata):
        raise ValueError("found and strata must be equally long")
    if not set(strata) <= set(sizes):
        raise ValueError("every stratum must have a size")
    names = sorted(name for name, size in sizes.items() if size)
    place = {name: k for k, name in enumerate(names)}
    counts = np.zeros((len(names), 3))
    for name, kind in zip(strata, found, strict=True):
        counts[place[name], kind] += 1
    n = int(counts[:, :OUT].sum())
    if n == 0:
        return Interval(None, None, None, 0, 0, "undecided: no data", THESE)
    whole = np.array([sizes[name] for name in names], dtype=np.float64)
    value = _ratio(counts, whole)
    prior = np.full((len(names), 3), 1 / labels)
    prior[:, OUT] = max(1 - 1 / labels, 1 / labels)
    for name, kind in (certain or {}).items():
        if name in place:
            prior[place[name], NO if kind == YES else YES] = 0.0
    why = "one image says nothing of others" if n < 2 else ""
    if not (prior[:, YES].any() and prior[:, NO].any()):
        why = "every image is certain to be alike"
    if why:
        return Interval(value, None, None, n, n, f"undecided: {why}", THESE)
    dice = np.random.default_rng(seed)
    parts = dice.gamma(counts + prior, 1.0, (draws, *counts.shape))
    shares = parts / parts.sum(axis=2, keepdims=True)
    hits, others = (shares[:, :, kind] @ whole for kind in (YES, NO))
    low, high = np.quantile(hits / (hits + others), ((1 - level) / 2, (1 + level) / 2))
    method = "weighted by strata, Dirichlet"
    return Interval(value, min(float(low), value), max(float(high), value), n, n, method, THESE)


def _ratio(counts: Floats, whole: Floats) -> float:
    """Hits among what counts, each sampled image standing for its part of its stratum."""
    sampled = counts.sum(axis=1)
    each = np.divide(whole, sampled, out=np.zeros_like(whole), where=sampled > 0)
    return float(each @ counts[:, YES] / (each @ (counts[:, YES] + counts[:, NO])))
