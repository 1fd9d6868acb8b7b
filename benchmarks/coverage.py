"""How often the 95 % intervals of `evalsuite.stats` hold the truth, by simulation.

    python -m benchmarks.coverage [--replicates 600] [--seed 0] [--output reports/benchmarks/...]

Every cell draws its data `--replicates` times: first on the bundled sets' own families and strata
(`benchmarks/coverage_sets.py`), then on families in general, of which number, images and the
correlation within vary. A share's interval cannot hit 95 % at every single true share, since counts
jump; there true shares are drawn afresh within 0.04 of the named one (and half its distance from
1), as in Brown, Cai & DasGupta (2001, Statistical Science 16:101-133), who judge intervals by their
mean coverage.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri

from benchmarks.coverage_sets import run_sets, table_of_sets
from evalsuite import stats
from evalsuite.records import Interval

Floats = NDArray[np.float64]
Generator = np.random.Generator

PROMPTS = (5, 8, 11, 20, 50, 150, 500)
SIZES = ("4", "16", "1-16", "16 or 1")
SHAPES = (("1", 0.0), *((name, icc) for name in SIZES for icc in (0.0, 0.3, 0.8)))
"""Images per prompt ("1-16": evenly; "16 or 1": a tenth have 16) and intra-prompt correlation."""


@dataclass(frozen=True)
class Scores:
    """A kind of score: `draw(rng, codes, icc)` gives values and the truth; `interval` judges."""

    name: str
    draw: Callable[[Generator, NDArray[np.intp], float], tuple[tuple[Floats, ...], float]]
    interval: Callable[[tuple[Floats, ...], NDArray[np.intp]], Interval]


@dataclass(frozen=True)
class Cell:
    """One simulated cell: shares of intervals that held the truth, and of undecided ones."""

    scores: str
    prompts: int
    images: str
    icc: float
    coverage: float | None
    undecided: float
    zero_width: int


def prompt_rates(rng: Generator, count: int, p: float, icc: float) -> Floats:
    """Every prompt's own share: beta-distributed, so that images correlate by `icc`."""
    if icc == 0:
        return np.full(count, p)
    return rng.beta(p * (1 - icc) / icc, (1 - p) * (1 - icc) / icc, count)


def mixed(
    rng: Generator, codes: NDArray[np.intp], icc: float, draw: Callable[..., Floats]
) -> Floats:
    """A prompt's part and an image's part, weighted so that images correlate by `icc`."""
    shared = draw(rng, codes.max() + 1)[codes]
    return np.sqrt(icc) * shared + np.sqrt(1 - icc) * draw(rng, codes.size)


def normal(rng: Generator, count: int) -> Floats:
    return rng.standard_normal(count)


def t3(rng: Generator, count: int) -> Floats:
    return rng.standard_t(3, count)


def binary(near: float, *, fixed: bool = False) -> Scores:
    def draw(
        rng: Generator, codes: NDArray[np.intp], icc: float
    ) -> tuple[tuple[Floats, ...], float]:
        reach = min(0.04, (1 - near) / 2)
        p = near + rng.uniform(-reach, reach)
        rates = prompt_rates(rng, codes.max() + 1, p, icc)[codes]
        return ((rng.random(codes.size) < rates).astype(float),), float(
            rates.mean() if fixed else p
        )

    if fixed:
        return Scores(
            f"binary, {near:g}, these prompts",
            draw,
            lambda y, c: stats.proportion(values=y[0], clusters=c, estimand="these prompts"),
        )
    return Scores(f"binary, {near:g}", draw, lambda y, c: stats.proportion(values=y[0], clusters=c))


def bounded(a: float, b: float) -> Scores:
    def draw(
        rng: Generator, codes: NDArray[np.intp], icc: float
    ) -> tuple[tuple[Floats, ...], float]:
        u = np.clip(ndtr(mixed(rng, codes, icc, normal)), 1e-12, 1 - 1e-12)
        return (betaincinv(a, b, u),), a / (a + b)

    return Scores(
        f"bounded, Beta({a:g}, {b:g})",
        draw,
        lambda y, c: stats.mean(values=y[0], clusters=c, bounds=(0, 1)),
    )


def heavy(
    name: str, shape: Callable[[Floats], Floats], truth: float, noise: Callable[..., Floats]
) -> Scores:
    return Scores(
        name,
        lambda rng, codes, icc: ((shape(mixed(rng, codes, icc, noise)),), truth),
        lambda y, c: stats.mean(values=y[0], clusters=c),
    )


def pairs(p: float, q: float) -> Scores:
    """Paired verdicts with shares p and q about the named ones, half of the noise shared."""

    def draw(
        rng: Generator, codes: NDArray[np.intp], icc: float
    ) -> tuple[tuple[Floats, ...], float]:
        shift = rng.uniform(-0.04, 0.04)
        common = mixed(rng, codes, icc, normal) / np.sqrt(2)
        a, b = (common + mixed(rng, codes, icc, normal) / np.sqrt(2) for _ in range(2))
        first, second = (a < ndtri(p + shift)), (b < ndtri(q))
        return (first.astype(float), second.astype(float)), p + shift - q

    return Scores(
        f"paired verdicts, {p:g} - {q:g}",
        draw,
        lambda y, c: stats.paired_proportions(a=y[0], b=y[1], clusters=c),
    )


SCORES: Sequence[Scores] = (
    binary(0.5),
    binary(0.8),
    binary(0.95),
    binary(0.97),
    binary(0.995),
    bounded(2, 2),
    bounded(0.3, 1.2),
    heavy("heavy tails, t(3)", lambda z: z, 0.0, t3),
    heavy("skewed, lognormal(0.5)", lambda z: np.exp(0.5 * z), float(np.exp(0.125)), normal),
    heavy("heavy and skewed, lognormal(1)", np.exp, float(np.exp(0.5)), normal),
    pairs(0.7, 0.5),
    pairs(0.9, 0.9),
    binary(0.8, fixed=True),
    binary(0.97, fixed=True),
)


def images_of(named: str, prompts: int, rng: Generator) -> NDArray[np.int64]:
    """How many images each prompt has."""
    if named == "1-16":
        return rng.integers(1, 17, prompts)
    if named == "16 or 1":
        return np.where(np.arange(prompts) < max(1, prompts // 10), 16, 1)
    return np.full(prompts, int(named))


def simulate(
    scores: Scores, prompts: int, shape: tuple[str, float], replicates: int, rng: Generator
) -> Cell:
    images, icc = shape
    covered = decided = flat = 0
    for _ in range(replicates):
        codes = np.repeat(np.arange(prompts), images_of(images, prompts, rng))
        values, truth = scores.draw(rng, codes, icc)
        interval = scores.interval(values, codes)
        if interval.low is None or interval.high is None:
            continue
        decided += 1
        covered += interval.low - 1e-12 <= truth <= interval.high + 1e-12
        flat += interval.high <= interval.low
    return Cell(
        scores=scores.name,
        prompts=prompts,
        images=images,
        icc=icc,
        coverage=covered / decided if decided else None,
        undecided=1 - decided / replicates,
        zero_width=flat,
    )


def run(
    replicates: int, seed: int, prompts: Sequence[int] = PROMPTS, scores: Sequence[Scores] = SCORES
) -> Iterator[Cell]:
    """All cells; each has a random stream of its own, so that leaving one out changes no other."""
    for i, kind in enumerate(scores):
        for count in prompts:
            for j, shape in enumerate(SHAPES):
                rng = np.random.default_rng([seed, i, count, j])
                yield simulate(kind, count, shape, replicates, rng)


def table(cells: Sequence[Cell], replicates: int) -> str:
    """The general figures as Markdown: lowest, mean and highest coverage over a row's cells."""
    error = 100 * (0.95 * 0.05 / replicates) ** 0.5
    lines = [
        "## Families in general",
        "",
        f"Each cell: {replicates} simulated runs, so its coverage is known to "
        f"{error:.1f} points (standard error). A row spans 1, 4, 16, 1-16 (evenly) and 16-or-1 "
        "images (a tenth of the prompts have 16) at a correlation within prompts of 0, 0.3 and "
        "0.8; it shows lowest / mean / highest coverage in %, of the intervals that are given. "
        "Up to ten prompts are deliberately conservative or undecided. Of these prompts, one image "
        "each, nobody knows how alike images are, and the interval is as wide as if they were not.",
        "",
        "| scores | " + " | ".join(f"{p} prompts" for p in PROMPTS) + " |",
        "|---" * (len(PROMPTS) + 1) + "|",
    ]
    for name in dict.fromkeys(c.scores for c in cells):
        row = []
        for count in PROMPTS:
            inside = [c.coverage for c in cells if (c.scores, c.prompts) == (name, count)]
            decided = [100 * share for share in inside if share is not None]
            row.append(
                f"{min(decided):.1f} / {np.mean(decided):.1f} / {max(decided):.1f}"
                if decided
                else "undecided"
            )
        lines.append(f"| {name} | " + " | ".join(row) + " |")
    enough = [c for c in cells if c.prompts >= 20 and c.coverage is not None]
    some = [c for c in cells if c.prompts > 10 and c.coverage is not None]
    low = [c for c in enough if c.coverage < 0.93]
    high = [c for c in enough if c.coverage > 0.97]
    tolerance = 2 * error / 100
    outside = [c for c in enough if not 0.93 - tolerance <= c.coverage <= 0.97 + tolerance]
    below = [c for c in some if c.coverage < 0.91]
    lines += [
        "",
        f"- From 20 prompts on: {len(enough) - len(low) - len(high)} of {len(enough)} cells within "
        f"93-97 %, {len(low)} below 93 %, {len(high)} above 97 % (too wide).",
        f"- Above 10 prompts: {len(below)} of {len(some)} cells below 91 %.",
        f"- Intervals of zero width: {sum(c.zero_width for c in cells)}.",
        "",
        "Every cell from 20 prompts on that is outside by more than twice the simulation's error, "
        "and every one of 11 prompts below:",
        "",
        *(
            f"- {c.scores}, {c.prompts} prompts, {c.images} images, correlation {c.icc:g}: "
            f"{100 * c.coverage:.1f} %"
            + (f", {100 * c.undecided:.0f} % undecided" if c.undecided else "")
            for c in some
            if c in outside or (c.prompts < 20 and c.coverage < 0.93 - tolerance)
        ),
        "",
    ]
    return "\n".join(lines)


def report(replicates: int, seed: int) -> str:
    """Both parts as one page."""
    head = [
        "# Coverage of the 95 % intervals",
        "",
        f"Written by `python -m benchmarks.coverage --replicates {replicates} --seed {seed}`.",
        "",
        "## The bundled sets",
        "",
        "Intervals about prompts like these, on each set's own families and strata: lowest / "
        "highest coverage in % over one and four images of each prompt and correlations within "
        "families of 0, 0.3, 0.6 and 0.8. `benchmarks/coverage_sets.py` says what the world is.",
        "",
    ]
    sets = table_of_sets(list(run_sets(replicates, seed)), replicates)
    return "\n".join([*head, *sets, table(list(run(replicates, seed)), replicates)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    text = report(arguments.replicates, arguments.seed)
    print(text)
    if arguments.output is not None:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
