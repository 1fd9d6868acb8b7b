"""About how many images would decide a verdict that is undecided."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from evalsuite import stats
from evalsuite.comparison.paired import Pairs

POWER = 0.9
"""The chance with which so many images decide, whether nothing changed or the margin was lost."""


NOUNS = {"prompt": "prompts", "family": "families"}
"""What clusters are called, singly and in number."""


class Enough(NamedTuple):
    """The number of the run's images, and how to come by them in words."""

    images: int
    words: str


class Question(NamedTuple):
    """What is to be decided: a loss of `margin`, at `alpha`, in a `family` of tests."""

    margin: float
    alpha: float
    family: int
    bounds: tuple[float, float] | None


def enough(asked: Question, pairs: Pairs, noun: str) -> Enough | None:
    """From the variance of the differences seen; None where one cluster is all there is.

    First more images of the same prompts are looked for; where no number of them is enough, more
    clusters. `noun` is a cluster's, one of `NOUNS`.
    """
    y = np.asarray(pairs.candidate) - np.asarray(pairs.baseline)
    clusters = len(set(pairs.clusters))
    if clusters < 2:
        return None
    each = y.size / clusters
    variance = _variance(y, pairs, asked.bounds)
    options = {"effect": asked.margin, "power": POWER + asked.alpha, "variance": variance}
    options |= {"alpha": asked.alpha, "family": asked.family}
    these = f"{clusters} {NOUNS[noun]}"
    if (num_images := stats.images_needed(clusters=clusters, **options)) is not None:
        images = max(num_images * clusters, _by_what_was_seen(asked, y, pairs))
        return Enough(images, f"about {images} images of these {these} would tell")
    more = stats.clusters_needed(num_images=max(1, round(each)), **options)
    if more is None:
        return None
    images = math.ceil(more * each)
    return Enough(
        images,
        f"no number of images of these {these} would tell, but about {images} images of {more} "
        f"such {NOUNS[noun]} would",
    )


def by_interval(asked: Question, value: float, low: float, images: int) -> Enough | None:
    """From the end of an interval alone, where `images` lie behind it in another way."""
    if low >= value:
        return None
    z, more = (float(ndtri(1 - tail)) for tail in (asked.alpha, 1 - POWER))
    error = (value - low) / z
    needed = math.ceil(images * max(1.0, ((z + more) * error / asked.margin) ** 2))
    return Enough(needed, f"about {needed} images would tell")


def _variance(
    y: NDArray[np.float64],
    pairs: Pairs,
    bounds: tuple[float, float] | None,
) -> stats.DifferenceVariance:
    split = stats.variance_split(values=y, clusters=pairs.clusters)
    scores = stats.variance_split(values=pairs.baseline, clusters=pairs.clusters)
    is_verdict = {*pairs.candidate, *pairs.baseline} <= {0.0, 1.0}
    between, within = split.prompt, split.seed
    if between is None or within is None:  # one image of each cluster
        between, within = float(y.var(ddof=1)), 0.0
    together = None
    if is_verdict:
        whole = (scores.prompt or 0.0) + (scores.seed or 0.0)
        together = (scores.prompt or 0.0) / whole if whole else 1.0
    return stats.DifferenceVariance(
        between=between,
        within=within,
        together=together,
        step=float(is_verdict),
        width=None if bounds is None else bounds[1] - bounds[0],
    )


def _by_what_was_seen(asked: Question, y: NDArray[np.float64], pairs: Pairs) -> int:
    """The images with which the difference seen, were it to stay, would just be decided."""
    seen = float(y.mean())
    usual = stats.paired_difference(
        a=pairs.candidate, b=pairs.baseline, clusters=pairs.clusters, level=1 - 2 * asked.alpha
    )
    if usual.low is None:
        return 0
    error = (seen - usual.low) / float(ndtri(1 - asked.alpha))
    passes = (seen + asked.margin) / float(ndtri(1 - asked.alpha))
    fails = -seen / float(ndtri(1 - asked.alpha / asked.family))
    return math.ceil(y.size * (error / max(passes, fails)) ** 2)
