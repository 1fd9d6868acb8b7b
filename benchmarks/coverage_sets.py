"""How often intervals hold the truth on the bundled prompt sets' own families and strata.

Part of `python -m benchmarks.coverage`. The design of every set is read from its card: which
prompts are one family, and what the set fixes. The world is invented:

- strata differ: their true shares are evenly spread about the named one;
- a family has a share of its own in each stratum, beta-distributed about the stratum's, so that two
  images of one family and different prompts correlate by the named correlation;
- images of one prompt correlate by another fifth: each copies the prompt's own draw with a
  probability of sqrt(0.2), and is drawn afresh else.

The truth is the mean over strata, each with its part of the prompts. For a group that is a single
family it is the mean share of its prompts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr

from evalsuite import stats
from evalsuite.prompts import sets
from evalsuite.records import Interval, PromptSet

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Generator = np.random.Generator

CORRELATIONS = (0.0, 0.3, 0.6, 0.8)
IMAGES = (1, 4)
COPIES = 0.2**0.5
LOWER = 0.05
"""By how much the second of two compared runs is truly worse."""


@dataclass(frozen=True)
class Design:
    """A set's prompts as numbers: one entry per prompt in `family` and `stratum`."""

    name: str
    family: Codes
    stratum: Codes
    has_twins: bool

    @property
    def families(self) -> int:
        """How many families there are."""
        return int(self.family.max()) + 1

    @property
    def strata(self) -> int:
        """How many strata there are; 1 where the set fixes none."""
        return int(self.stratum.max()) + 1


@dataclass(frozen=True)
class SetCell:
    """One simulated cell; `coverage` is of the decided intervals, None where there is none."""

    prompt_set: str
    scores: str
    images: int
    correlation: float
    coverage: float | None
    undecided: float


def designs(names: Sequence[str] | None = None) -> list[Design]:
    found = [sets.find([name], "everyday")[0] for name in names or sets.bundled()]
    return [_design(prompt_set) for prompt_set in found]


def _design(prompt_set: PromptSet) -> Design:
    prompts = prompt_set.prompts
    twins = [prompt for prompt in prompts if prompt.twin]
    asked = twins or prompts
    return Design(
        name=prompt_set.name,
        family=_numbers([prompt_set.family(prompt) for prompt in asked]),
        stratum=_numbers([prompt_set.stratum(prompt) for prompt in asked]),
        has_twins=bool(twins),
    )


def _numbers(names: Sequence[str]) -> Codes:
    return np.unique(names, return_inverse=True)[1]


def shares_of_strata(p: float, strata: int) -> Floats:
    reach = min(0.3, 0.8 * (1 - p))
    return p + reach * np.linspace(-1, 1, strata) if strata > 1 else np.array([p])


def shares_of_prompts(design: Design, p: Floats, correlation: float, ranks: Floats) -> Floats:
    """Every prompt's share, shape (runs, prompts), from the families' ranks (runs, families)."""
    mean = p[design.stratum]
    if correlation == 0:
        return np.broadcast_to(mean, (len(ranks), mean.size)).copy()
    scale = (1 - correlation) / correlation
    u = np.clip(ranks[:, design.family], 1e-9, 1 - 1e-9)
    found: Floats = betaincinv(mean * scale, (1 - mean) * scale, u)
    return np.clip(found, 1e-12, 1 - 1e-12)


def verdicts(rng: Generator, shares: Floats, images: int) -> Floats:
    """Shape (runs, prompts, images)."""
    uniform = rng.random((*shares.shape, images))
    common = rng.random((*shares.shape, 1))
    copied = rng.random(uniform.shape) < COPIES
    return (np.where(copied, common, uniform) < shares[..., None]).astype(np.float64)


Drawn = tuple[tuple[Floats, ...], float]
"""Values of all runs, each of shape (runs, prompts, images), and the truth."""


def share(p: float) -> Callable[[Generator, Design, int, float, int], Drawn]:
    def draw(rng: Generator, design: Design, images: int, correlation: float, runs: int) -> Drawn:
        at = shares_of_strata(p, design.strata)
        ranks = rng.random((runs, design.families))
        values = verdicts(rng, shares_of_prompts(design, at, correlation, ranks), images)
        return (values,), float(at[design.stratum].mean())

    return draw


def score(rng: Generator, design: Design, images: int, correlation: float, runs: int) -> Drawn:
    """Between 0 and 1, beta-distributed about the family's own mean."""
    at = shares_of_strata(0.8, design.strata)
    ranks = rng.random((runs, design.families))
    means = np.clip(shares_of_prompts(design, at, correlation, ranks), 1e-3, 1 - 1e-3)
    means = np.repeat(means[..., None], images, axis=2)
    return (rng.beta(4 * means, 4 * (1 - means)),), float(at[design.stratum].mean())


def pair(rng: Generator, design: Design, images: int, correlation: float, runs: int) -> Drawn:
    """Two runs of the same seeds: families do not change alike, images half."""
    at = shares_of_strata(0.8, design.strata)
    first, second = rng.standard_normal((2, runs, design.families))
    ranks = ndtr(first), ndtr(np.sqrt(0.8) * first + np.sqrt(0.2) * second)
    noise = rng.random((3, runs, design.family.size, images))
    alike = rng.random(noise.shape[1:]) < 0.5
    sides = [
        shares_of_prompts(design, at - lower, correlation, rank)[..., None]
        for lower, rank in zip((0.0, LOWER), ranks, strict=True)
    ]
    a, b = (
        (np.where(alike, noise[2], own) < side).astype(np.float64)
        for own, side in zip(noise[:2], sides, strict=True)
    )
    return (a, b), LOWER


def twins(rng: Generator, design: Design, images: int, correlation: float, runs: int) -> Drawn:
    """Drawn when asked for, 90 %, and when negated, 30 %."""
    sides = [np.full(design.strata, p) for p in (0.9, 0.3)]
    ranks = rng.random((runs, design.families))
    asked, negated = (
        verdicts(rng, shares_of_prompts(design, at, correlation, ranks), images) for at in sides
    )
    return ((asked > negated).astype(float), (asked < negated).astype(float)), 0.6


def _proportion(values: Sequence[Floats], design: Mapping[str, Codes | None]) -> Interval:
    return stats.proportion(values=values[0], **design)


def _score(values: Sequence[Floats], design: Mapping[str, Codes | None]) -> Interval:
    return stats.mean(values=values[0], bounds=(0, 1), **design)


def _pair(values: Sequence[Floats], design: Mapping[str, Codes | None]) -> Interval:
    return stats.paired_proportions(a=values[0], b=values[1], **design)


KINDS = {
    "share, 0.5": (share(0.5), _proportion),
    "share, 0.8": (share(0.8), _proportion),
    "share, 0.95": (share(0.95), _proportion),
    "score, 0.8": (score, _score),
    "difference of two runs": (pair, _pair),
    "effect of a negation": (twins, _pair),
}


def run_sets(
    replicates: int, seed: int, names: Sequence[str] | None = None, kinds: Sequence[str] = ()
) -> Iterator[SetCell]:
    """All cells; each has a random stream of its own, so that leaving one out changes no other."""
    for design in designs(names):
        for place, kind in enumerate(KINDS):
            if (kinds and kind not in kinds) or (kind == "effect of a negation") > design.has_twins:
                continue
            for images in IMAGES:
                for correlation in CORRELATIONS:
                    key = [seed, *design.name.encode(), place, images, int(10 * correlation)]
                    rng = np.random.default_rng(key)
                    yield _cell(design, kind, images, correlation, replicates, rng)


def _cell(
    design: Design, kind: str, images: int, correlation: float, replicates: int, rng: Generator
) -> SetCell:
    draw, interval = KINDS[kind]
    values, truth = draw(rng, design, images, correlation, replicates)
    varied: dict[str, Codes | None] = {
        "clusters": np.repeat(design.family, images),
        "strata": np.repeat(design.stratum, images) if design.strata > 1 else None,
    }
    covered = decided = 0
    for run in range(replicates):
        found = interval([side[run].ravel() for side in values], varied)
        if found.low is not None and found.high is not None:
            decided += 1
            covered += found.low - 1e-12 <= truth <= found.high + 1e-12
    return SetCell(
        prompt_set=design.name,
        scores=kind,
        images=images,
        correlation=correlation,
        coverage=covered / decided if decided else None,
        undecided=1 - decided / replicates,
    )


def table_of_sets(cells: Sequence[SetCell], replicates: int) -> list[str]:
    """Lines of Markdown: a row for each set, then every cell that fails."""
    error = (0.95 * 0.05 / replicates) ** 0.5
    kinds = [kind for kind in KINDS if any(cell.scores == kind for cell in cells)]
    lines = [
        "| set | prompts | families | strata | " + " | ".join(kinds) + " |",
        "|---" * (len(kinds) + 4) + "|",
    ]
    for design in designs(list(dict.fromkeys(cell.prompt_set for cell in cells))):
        row = [design.name, str(design.family.size), str(design.families), str(design.strata)]
        for kind in kinds:
            inside = [
                100 * cell.coverage
                for cell in cells
                if (cell.prompt_set, cell.scores) == (design.name, kind)
                and cell.coverage is not None
            ]
            row.append(f"{min(inside):.1f} / {max(inside):.1f}" if inside else "")
        lines.append("| " + " | ".join(row) + " |")
    failing = [cell for cell in cells if fails(cell, error)]
    lines += [
        "",
        f"{len(cells) - len(failing)} of {len(cells)} cells lie within 93-97 %, give or take twice "
        f"the simulation's error of {100 * error:.1f} points. The others:",
        "",
        *(
            f"- {c.prompt_set}, {c.scores}, {c.images} images, correlation {c.correlation:g}: "
            f"{100 * (c.coverage or 0):.1f} %"
            + (f", {100 * c.undecided:.0f} % undecided" if c.undecided else "")
            for c in failing
        ),
        "",
    ]
    return lines


def fails(cell: SetCell, error: float) -> bool:
    """Whether the coverage is outside 93-97 % by more than twice the simulation's error."""
    return cell.coverage is not None and not 0.93 - 2 * error <= cell.coverage <= 0.97 + 2 * error
