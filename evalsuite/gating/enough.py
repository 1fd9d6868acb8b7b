"""About how many images would decide a verdict that is undecided."""

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri

from evalsuite import stats
from evalsuite.comparison.pairing import Pairs
from evalsuite.comparison.pilot import Images, by_pairing

POWER = 0.9
"""The chance with which so many images decide, whether nothing changed or the margin was lost."""


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


def enough(asked: Question, pairs: Pairs) -> Enough | None:
    """From the variance of the differences seen; None where one cluster is all there is.

    First more images of the same prompts are looked for; where no number of them is enough, more
    clusters.
    """
    scores = np.array([pairs.candidate, pairs.baseline]).T
    prompts = [reading.asked for reading in pairs.readings]
    is_verdict = asked.bounds == (0.0, 1.0) and bool(np.isin(scores, (0, 1)).all())
    width = None if asked.bounds is None else asked.bounds[1] - asked.bounds[0]
    found = by_pairing(Images(scores, prompts, pairs.clusters), is_verdict, width)
    if "seeds" not in found:
        return None
    clusters, count = len(set(pairs.clusters)), len(set(prompts))
    options: dict[str, Any] = {
        "effect": asked.margin,
        "power": min(POWER + asked.alpha, (1 + POWER) / 2),
        "variance": found["seeds"],
        "alpha": asked.alpha,
        "family": asked.family,
    }
    noun = "prompts" if clusters == count else "families"
    if (num_images := stats.images_needed(clusters=clusters, **options)) is not None:
        images = max(num_images * count, _by_what_was_seen(asked, pairs))
        return Enough(images, f"about {images} images of these {clusters} {noun} would tell")
    each = len(prompts) / clusters
    more = stats.clusters_needed(num_images=max(1, round(len(prompts) / count)), **options)
    if more is None:
        return None
    images = math.ceil(more * each)
    return Enough(
        images,
        f"no number of images of these {clusters} {noun} would tell, but about {images} images of "
        f"{more} such {noun} would",
    )


def by_interval(asked: Question, value: float, low: float, images: int) -> Enough | None:
    """From the end of an interval alone, where `images` lie behind it in another way."""
    if low >= value:
        return None
    z, more = (float(ndtri(1 - tail)) for tail in (asked.alpha, 1 - POWER))
    error = (value - low) / z
    needed = math.ceil(images * max(1.0, ((z + more) * error / asked.margin) ** 2))
    return Enough(needed, f"about {needed} images would tell")


def _by_what_was_seen(asked: Question, pairs: Pairs) -> int:
    """The images with which the difference seen, were it to stay, would just be decided."""
    usual = stats.paired_difference(
        a=pairs.candidate, b=pairs.baseline, clusters=pairs.clusters, level=1 - 2 * asked.alpha
    )
    if usual.value is None or usual.low is None:
        return 0
    passes, fails = (
        wanted / float(ndtri(1 - alpha))
        for wanted, alpha in (
            (usual.value + asked.margin, asked.alpha),
            (-usual.value, asked.alpha / asked.family),
        )
    )
    error = (usual.value - usual.low) / float(ndtri(1 - asked.alpha))
    return math.ceil(usual.n * (error / max(passes, fails)) ** 2)
