"""Whether a regression of the planned size is caught: a pilot, its plan, and then the gate.

    python benchmarks/planning.py [--replays 400] [--seed 0] [--write]

A replay draws a pilot: two models that are equally good, on the same prompts and seeds, families of
prompts that vary together. `evalsuite plan`'s own functions plan from it, for a policy of four
blocking measures, how many families it takes. Then the gate is held at that number, on new prompts,
twice: against a model that lost just the margin on one measure, and against one that did not. Where
a model is right is a latent normal number below a threshold; families, prompts, seeds and noise add
up to it, and of families and prompts a part is each model's own. A loss moves the threshold (`hard
prompts first`), or spoils right images at random. The rule is that of `gates.py` on arrays, and
`evalsuite.gating.decide` judges every fiftieth gate too.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gate_sides import ALPHA, NAMES, decided, side
from gates import MEASURES, POWER, excluded, upper, words
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import binomtest

from evalsuite import gating
from evalsuite.comparison.designs import Question, designs
from evalsuite.comparison.sample_size import spread

Floats = NDArray[np.float64]

REPORT = Path(__file__).parents[1] / "reports" / "benchmarks" / "planning.md"
RATES = (0.7, 0.9, 0.97)
CORRELATIONS = (0.0, 0.3, 0.6)
MARGINS = {0.7: 0.1, 0.9: 0.1, 0.97: 0.05}
LOSSES = ("hard prompts first", "at random")
PILOT, PROMPTS, IMAGES = 40, 4, 2
"""The pilot's families, the prompts of one, and the images of each."""

OWN = 0.1
"""The part of a family's variance that is each model's own."""

EVERY = 50


@dataclass(frozen=True, kw_only=True)
class Row:
    """What the gates of one world came to; `families` are the 10, 50 and 90 % points of plans."""

    rate: float
    correlation: float
    loss: str
    replays: int
    families: tuple[int, int, int]
    caught: int
    missed: int
    passed: int
    checked: int
    agreed: int


def latent(families: int, correlation: float, rng: np.random.Generator) -> Floats:
    """Two models' latent numbers, shape (2, measures, families, prompts, images)."""
    rest = 1 - correlation
    shape = (2, MEASURES, families, PROMPTS, IMAGES)
    # Variance, and which axes it varies along: models, measures, families, prompts, images.
    parts = (
        (correlation * (1 - OWN), (1, 1, 1, 0, 0)),
        (correlation * OWN, (2, 1, 1, 0, 0)),
        (0.15 * rest, (1, 1, 1, 1, 0)),
        (0.05 * rest, (2, 1, 1, 1, 0)),
        (0.4 * rest, (1, 1, 1, 1, 1)),
        (0.4 * rest, (2, 1, 1, 1, 1)),
    )
    z = np.zeros(shape)
    for variance, (models, *varies) in parts:
        axes = (models, *(size if v else 1 for size, v in zip(shape[1:], varies, strict=True)))
        z += variance**0.5 * rng.standard_normal(axes)
    return z


def runs(
    rate: float, z: Floats, margin: float, loss: str, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Both models' verdicts, shape (measures, prompts, images); the second lost `margin`."""
    right = (z < ndtri(rate)).astype(float)
    if margin and loss == "at random":
        right[1, 0] *= rng.random(z.shape[2:]) >= margin / rate
    elif margin:
        right[1, 0] = z[1, 0] < ndtri(rate - margin)
    before, after = right.reshape(2, MEASURES, -1, IMAGES)
    return before, after


def planned(before: Floats, after: Floats, margin: float) -> int:
    """The families that a plan from these two runs asks for."""
    clusters = np.repeat(np.arange(before.shape[1] // PROMPTS), PROMPTS)
    pilot, other = (side("binary", values, clusters) for values in (before, after))
    found = spread(pilot, other, NAMES["binary"][0], "s")
    question = Question(detect=margin, power=POWER, alpha=ALPHA, family=MEASURES, num_images=IMAGES)
    (row,) = (r for r in designs(found, question, (IMAGES,), None) if r["design"] == "seeds")
    return int(row["clusters"])


def world(rate: float, correlation: float, loss: str, replays: int, seed: int) -> Row:
    """All replays of one world, each with a random stream of its own."""
    margin = MARGINS[rate]
    sizes = []
    caught = missed = passed = checked = agreed = 0
    for number in range(replays):
        name = [seed, round(1000 * rate), round(10 * correlation), LOSSES.index(loss), number]
        rng = np.random.default_rng(name)
        sizes.append(planned(*runs(rate, latent(PILOT, correlation, rng), 0.0, loss, rng), margin))
        clusters = np.repeat(np.arange(sizes[-1]), PROMPTS)
        z = latent(sizes[-1], correlation, rng)
        before, after = runs(rate, z, margin, loss, rng)
        is_checked = number % EVERY == 0
        sides = [side("binary", v, clusters) for v in (before, after)] if is_checked else []
        flips = gating.permutation_seed(*sides) if is_checked else number
        found, _ = words("binary", before, after, clusters, flips, margin)
        caught += found[0] == "fail"
        missed += found[0] == "pass"
        checked += is_checked
        agreed += is_checked and decided("binary", *sides, margin) == found
        before, after = runs(rate, z, 0.0, loss, rng)
        codes = np.repeat(clusters, IMAGES)
        passed += excluded("binary", after[0].ravel(), before[0].ravel(), codes, margin)[1]
    low, middle, high = (int(x) for x in np.quantile(sizes, (0.1, 0.5, 0.9)))
    return Row(
        rate=rate,
        correlation=correlation,
        loss=loss,
        replays=replays,
        families=(low, middle, high),
        caught=caught,
        missed=missed,
        passed=passed,
        checked=checked,
        agreed=agreed,
    )


def run(replays: int, seed: int) -> list[Row]:
    """Every rate, correlation and kind of loss."""
    return [
        world(rate, correlation, loss, replays, seed)
        for rate in RATES
        for correlation in CORRELATIONS
        for loss in LOSSES
    ]


def table(rows: Sequence[Row], replays: int, seed: int) -> str:
    """The figures as Markdown."""
    lines = [
        "# Plan, then gate",
        "",
        f"Written by `benchmarks/planning.py --replays {replays} --seed {seed} --write`. A pilot "
        f"of {PILOT} families of {PROMPTS} prompts, {IMAGES} images each, of two equally good "
        f"models; a policy of {MEASURES} blocking measures at alpha {100 * ALPHA:g} %; a plan for "
        f"a power of {100 * POWER:g} %; then the gate at the planned number of families. Families: "
        "the median plan, and the tenth and ninetieth percentile. Caught: a loss of the margin "
        "fails. Passed: no change passes. In brackets: exact 95 % intervals.",
        "",
        "| right | correlation in families | margin | loss | families | caught | loss passed "
        "| no change passed | as `gating.decide` |",
        "|---" * 9 + "|",
    ]
    for r in rows:
        low, middle, high = r.families
        lines.append(
            f"| {r.rate:g} | {r.correlation:g} | {MARGINS[r.rate]:g} | {r.loss} "
            f"| {middle} ({low} to {high}) | {_share(r.caught, r.replays)} "
            f"| {100 * r.missed / r.replays:.1f} % (up to {100 * upper(r.missed, r.replays):.1f}) "
            f"| {_share(r.passed, r.replays)} | {r.agreed} of {r.checked} |"
        )
    least = min(r.caught / r.replays for r in rows)
    lines += ["", f"- Caught in every world: at least {100 * least:.1f} %.", ""]
    return "\n".join(lines)


def _share(count: int, n: int) -> str:
    ends = binomtest(count, n).proportion_ci(0.95)
    return f"{100 * count / n:.1f} % ({100 * ends.low:.1f} to {100 * ends.high:.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replays", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name} too")
    arguments = parser.parse_args()
    rows = run(arguments.replays, arguments.seed)
    text = table(rows, arguments.replays, arguments.seed)
    print(text)
    if arguments.write:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
