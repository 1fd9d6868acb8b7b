"""The worlds that `benchmarks/ranks.py` ranks models in: families, refusals, judges that err.

A picture is right where a sum is above 0: the model's ability, the family's difficulty (the same
for all models), what the model makes of that family, what it makes of the stratum, and the
picture's own noise, half of which models share that drew it from the same seed. A model refuses
hard families more often, so that what all models drew is easier than what was asked. The judge
then errs, in every family with a sensitivity of its own, which is the same for all models.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Generator = np.random.Generator

DIFFICULTY, TASTE = 0.8, 0.5
"""Standard deviations of a family's difficulty, and of what a model makes of a family."""

SPECIFICITY, SENSITIVITY, SPREAD = 0.95, 0.9, 20.0
"""Of the judge that errs: the sensitivity is beta-distributed over families with this mean."""

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(60)


@dataclass(frozen=True, kw_only=True)
class World:
    """Models of these true shares right, on prompts of these families and strata.

    `rates` are the shares right of all that is asked, one a model. `crossing` is by how much the
    models part over the strata, every other one the other way, with no effect on the mean.
    `refusals` are the shares refused.
    """

    name: str
    rates: Sequence[float]
    family: Codes
    stratum: Codes
    images: int = 2
    refusals: Sequence[float] = ()
    judge_errs: bool = False
    crossing: float = 0.0

    @property
    def models(self) -> int:
        """How many models there are."""
        return len(self.rates)

    @property
    def families(self) -> int:
        """How many families there are."""
        return int(self.family.max()) + 1

    def abilities(self) -> Floats:
        """The models' abilities in every stratum, shape (models, strata)."""
        strata = int(self.stratum.max()) + 1
        width = (1 + TASTE**2 + DIFFICULTY**2) ** 0.5
        sides = np.where(np.arange(self.models) % 2, -1, 1)[:, None]
        parts = np.linspace(-1, 1, strata)[None, :] if strata > 1 else np.zeros((1, 1))
        parts = parts - np.average(parts[0], weights=np.bincount(self.stratum))
        shares = np.asarray(self.rates)[:, None] + self.crossing * sides * parts
        return np.asarray(width * ndtri(np.clip(shares, 1e-3, 1 - 1e-3)))

    def refused(self, difficulty: Floats) -> Floats:
        """Every model's chance to refuse a picture, shape (models, *difficulty)."""
        rates = np.asarray(self.refusals or [0.0] * self.models)
        hard = np.clip(2 * ndtr(-difficulty / DIFFICULTY), 0, 1)
        return np.multiply.outer(rates, hard)

    def truth(self) -> Floats:
        """What a judge would say on average of pictures like those that all models drew."""
        d = DIFFICULTY * NODES
        kept = WEIGHTS * np.prod(1 - self.refused(d), axis=0)
        part = np.bincount(self.stratum) / self.stratum.size
        right = ndtr((self.abilities()[..., None] + d) / (1 + TASTE**2) ** 0.5)
        share = (right * part[:, None]).sum(axis=1) @ kept / kept.sum()
        if not self.judge_errs:
            return np.asarray(share)
        return np.asarray(1 - SPECIFICITY + (SENSITIVITY + SPECIFICITY - 1) * share)

    def draw(self, rng: Generator) -> tuple[Floats, Codes]:
        """Verdicts on the pictures that all models drew, shape (models, n), and their families."""
        shape = (self.models, self.family.size, self.images)
        difficulty = DIFFICULTY * rng.standard_normal(self.families)
        taste = TASTE * rng.standard_normal((self.models, self.families))
        noise = (rng.standard_normal(shape[1:]) + rng.standard_normal(shape)) / 2**0.5
        where = self.abilities()[:, self.stratum] + (difficulty + taste)[:, self.family]
        verdicts = where[..., None] + noise > 0
        if self.judge_errs:
            found = SPREAD * SENSITIVITY, SPREAD * (1 - SENSITIVITY)
            seen = rng.beta(*found, self.families)[self.family][None, :, None]
            verdicts = rng.random(shape) < np.where(verdicts, seen, 1 - SPECIFICITY)
        refused = self.refused(difficulty)[:, self.family]
        drawn = (rng.random(shape) >= refused[..., None]).all(axis=0)
        codes = np.repeat(self.family, self.images).reshape(shape[1:])
        return verdicts[:, drawn].astype(np.float64), codes[drawn]


def even(families: int, prompts: int = 2) -> dict[str, Codes]:
    """Families of equally many prompts, without strata."""
    family = np.repeat(np.arange(families), prompts)
    return {"family": family, "stratum": np.zeros_like(family)}


def uneven(families: int) -> dict[str, Codes]:
    """Families of one to eight prompts: most small, a few large."""
    sizes = np.array([(1, 1, 1, 2, 2, 4, 8)[at % 7] for at in range(families)])
    family = np.repeat(np.arange(families), sizes)
    return {"family": family, "stratum": np.zeros_like(family)}


def crossed(families: int, strata: int = 4) -> dict[str, Codes]:
    """Every family has one prompt in each stratum, as things have numbers."""
    family = np.repeat(np.arange(families), strata)
    return {"family": family, "stratum": np.tile(np.arange(strata), families)}
