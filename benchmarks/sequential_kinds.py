"""The kinds of score that `sequential.py` replays: paired differences of prompts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of score: its differences' variance between and within prompts, and how to draw.

    `together` is the share of a loss's variance that lies between prompts, where a change adds one.

    `draw(rng, effect, replays, prompts)` gives differences, shape (replays, prompts, images).
    """

    name: str
    between: float
    within: float
    images: int
    draw: Callable[[np.random.Generator, float, int, int], Floats]
    together: float | None = None


def verdicts(flips: float, spread: float, images: int) -> Kind:
    """Differences of 0/1 verdicts: a share `flips` is not 0; prompts' effects have sd `spread`."""

    def draw(rng: np.random.Generator, effect: float, replays: int, prompts: int) -> Floats:
        shift = effect + spread * rng.choice((-1.0, 1.0), (replays, prompts, 1))
        better = (flips + shift) / 2
        u = rng.random((replays, prompts, images))
        return (u < better).astype(float) - ((u >= better) & (u < flips))

    return Kind(
        name=f"verdicts, {100 * flips:g} % flip, {images} image" + ("s" if images > 1 else ""),
        between=spread**2,
        within=flips - spread**2,
        images=images,
        draw=draw,
    )


def scores(width: float, images: int) -> Kind:
    """Differences of bounded scores, Beta(2, 2) on the effect plus and minus `width`."""

    def draw(rng: np.random.Generator, effect: float, replays: int, prompts: int) -> Floats:
        return effect + width * (2 * rng.beta(2, 2, (replays, prompts, images)) - 1)

    return Kind(
        name=f"bounded scores, sd {width * 0.2**0.5:.2g}",
        between=0.0,
        within=width**2 / 5,
        images=images,
        draw=draw,
    )


def whole_prompts(images: int) -> Kind:
    """All images of few prompts are lost, or gained; all others come out the same in both runs."""

    def draw(rng: np.random.Generator, effect: float, replays: int, prompts: int) -> Floats:
        struck = rng.random((replays, prompts, 1)) < abs(effect)
        return np.repeat(np.sign(effect) * struck, images, axis=2)

    return Kind(
        name=f"verdicts, whole prompts flip, {images} images",
        between=0.0,
        within=0.0,
        images=images,
        draw=draw,
        together=1.0,
    )


KINDS: Sequence[Kind] = (
    verdicts(0.192, 0.0, 1),  # 60 % right, correlation 0.6
    verdicts(0.192, 0.08, 4),
    verdicts(0.11, 0.0, 1),
    scores(0.45, 1),
    whole_prompts(2),
)
