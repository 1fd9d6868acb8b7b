"""Designs that answer a question: what was left open, filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from evalsuite import stats
from evalsuite.comparison.sample_size import Spread
from evalsuite.stats import DifferenceVariance, Pairing

DESIGNS: dict[Pairing, str] = {
    "seeds": "same prompts and seeds",
    "prompts": "same prompts, other seeds",
    "none": "other prompts",
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: of `detect`, `prompts` and `num_images`, what is None is to be found.

    `detect` is a difference in the measure's unit; `alpha` is shared by a `family` of measures, as
    Holm's correction does it at worst.
    """

    detect: float | None = None
    power: float = 0.9
    alpha: float = 0.01
    family: int = 1
    prompts: int | None = None
    num_images: int | None = None


def designs(
    spread: Spread, question: Question, several: Sequence[int], seconds: float | None
) -> list[dict[str, Any]]:
    """One row per design: what was given, with what was left open filled in; None where none can.

    `several` are the numbers of images per prompt that are offered where none is asked for;
    `seconds` is what an image takes.
    """
    rows = []
    for pairing, variance in spread.parts.items():
        for detect, clusters, each in _filled_in(question, several, variance):
            prompts = None if clusters is None else ceil(clusters * variance.per_cluster)
            images = None if prompts is None or each is None else prompts * each
            caught, passes = _chances(question, variance, detect, clusters, each)
            rows.append(
                {
                    "measure": spread.measure,
                    "prompt_set": spread.prompt_set,
                    "group": ", ".join(f"{name} {value}" for name, value in spread.group),
                    "design": pairing,
                    "detect": detect,
                    "power": caught,
                    "passes": passes,
                    "prompts": prompts,
                    "clusters": clusters,
                    "num_images": each,
                    "images": images,
                    "hours": None if images is None or seconds is None else images * seconds / 3600,
                }
            )
    return rows


def too_few(spread: Spread, question: Question) -> str:
    """What no number of images of the pilot's own prompts answers, in words; "" where one does."""
    if question.detect is None or not spread.clusters or not spread.parts:
        return ""
    variance = next(iter(spread.parts.values()))
    options = _options(question, variance)
    if stats.images_needed(effect=question.detect, clusters=spread.clusters, **options) is not None:
        return ""
    noun = "prompts" if spread.clusters == spread.prompts else "families of prompts"
    needed = stats.clusters_needed(effect=question.detect, num_images=100, **options)
    more = f"at least {needed} would" if needed else "nor do more of them"
    which = f"{spread.measure} {spread.prompt_set}: no number of images of its {spread.clusters}"
    return f"{which} {noun} decides {question.detect:g}; {more}."


Filled = tuple[float | None, int | None, int | None]
"""The difference, clusters and images each."""


def _filled_in(
    question: Question, several: Sequence[int], variance: DifferenceVariance
) -> list[Filled]:
    detect, num_images = question.detect, question.num_images
    clusters = None
    if question.prompts is not None:
        clusters = int(question.prompts / variance.per_cluster)
    images = (num_images,) if num_images else several
    options = _options(question, variance)
    if detect is None:
        known = clusters or 0
        return [
            (stats.detectable(clusters=known, num_images=k, **options), clusters, k) for k in images
        ]
    if clusters is None:
        return [
            (detect, stats.clusters_needed(effect=detect, num_images=k, **options), k)
            for k in images
        ]
    if num_images is not None:
        return [(detect, clusters, num_images)]
    return [
        (detect, clusters, stats.images_needed(effect=detect, clusters=clusters, **options)),
    ]


def _options(question: Question, variance: DifferenceVariance) -> dict[str, Any]:
    """The test's error, and the power asked of it.

    The gate passes a regression of just the margin with a chance of up to alpha, shown or not.
    """
    power, alpha = question.power, question.alpha
    return {
        "variance": variance,
        "alpha": alpha,
        "family": question.family,
        "power": min(power + alpha, (1 + power) / 2),
    }


def _chances(
    question: Question,
    variance: DifferenceVariance,
    detect: float | None,
    clusters: int | None,
    each: int | None,
) -> tuple[float | None, float | None]:
    """The chance that the gate catches a regression, and that it passes an unchanged model."""
    if detect is None or clusters is None or each is None:
        return None, None
    design: dict[str, Any] = {"variance": variance, "clusters": clusters, "num_images": each}
    alpha = question.alpha
    shown = stats.power(effect=detect, alpha=alpha / question.family, **design)
    passes = stats.excluding(margin=detect, alpha=alpha, **design)
    return max(0.0, shown - alpha), passes
