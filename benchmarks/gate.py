"""How often the gate cries wolf, and how often it sees one: whole gates replayed on made-up runs.

    python benchmarks/gate.py [--replicates 10000] [--seed 0] [--output reports/benchmarks/gate.md]

A/A: two runs of one model, five blocking measures, alpha 0.01. Every replicate draws its own
design: 8 to 80 prompts, 1 to 4 images each, intra-prompt correlation 0 to 0.8, up to 30 % refused,
and a share of images that come out the same in both runs, which are ties. A false alarm is a gate
whose word is "fail". Injected: one measure worse by its margin, at the number of prompts that
`stats.prompts_needed` plans for a power of 0.9; caught is a gate that fails.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, norm

from evalsuite import gate, stats
from evalsuite.measures import Asked, Side
from evalsuite.measures.reading import Reading
from evalsuite.policy import Policy, Rule
from evalsuite.records import Key

Floats = NDArray[np.float64]

ALPHA, MARGIN, POWER = 0.01, 0.1, 0.9
SHARES = tuple(f"objects.{name}" for name in ("correct", "present", "count", "color", "absent"))
MEANS = tuple(f"made.up{n}" for n in range(5))
KINDS = ("binary", "bounded", "heavy-tailed")


@dataclass(frozen=True)
class Row:
    """One line of the table: how many of `n` gates ended so, and the 95 % bounds of the share."""

    what: str
    count: int
    n: int

    @property
    def bounds(self) -> tuple[float, float]:
        """Clopper and Pearson's."""
        low = beta.ppf(0.05, self.count, self.n - self.count + 1) if self.count else 0.0
        high = beta.ppf(0.95, self.count + 1, self.n - self.count) if self.count < self.n else 1.0
        return float(low), float(high)


def scores(kind: str, z: Floats, rng: np.random.Generator) -> Floats:
    """Standard normal numbers as scores of a kind; shares near 0 and 1 come up too."""
    if kind == "binary":
        return (z < norm.ppf(rng.uniform(0.05, 0.95))).astype(float)
    return norm.cdf(z) if kind == "bounded" else np.sign(z) * (np.exp(np.abs(z) ** 1.5) - 1)


def pair(kind: str, rng: np.random.Generator) -> tuple[Side, Side]:
    """Two runs of one model, of a design drawn at random."""
    prompts, images = int(rng.integers(8, 81)), int(rng.integers(1, 5))
    icc, same, refused = rng.uniform(0, 0.8), rng.uniform(0, 0.9), rng.uniform(0, 0.3)
    shape = (5, prompts, images)
    shared = np.sqrt(icc) * rng.standard_normal((5, prompts, 1))
    first, second = (shared + np.sqrt(1 - icc) * rng.standard_normal(shape) for _ in range(2))
    second = np.where(rng.random(shape) < same, first, second)
    both = scores(kind, np.stack((first, second)), rng)
    both[:, :, rng.random(shape[1:]) < refused / 2] = np.nan
    gone = rng.random((2, *shape[1:])) < refused / 2
    both[np.broadcast_to(gone[:, None], both.shape)] = np.nan
    names = SHARES if kind == "binary" else MEANS
    return side(names, both[0]), side(names, both[1])


def injected(prompts: int, rng: np.random.Generator) -> tuple[Side, Side]:
    """Two runs of which the second loses 20 % of the images and gains 10 %: worse by 0.1."""
    before = rng.random((1, prompts, 4)) < 0.6
    u = rng.random(before.shape)
    # 0.6 * 1/3 of all images are lost, 0.4 * 1/4 of them are gained.
    after = np.where(before, u >= 1 / 3, u < 1 / 4)
    return side(SHARES[2:3], before.astype(float)), side(SHARES[2:3], after.astype(float))


def side(names: Sequence[str], values: Floats) -> Side:
    """A side of values of the shape (measures, prompts, images); NaN is refused."""
    keys = [Key("s", f"p{n}", i) for n in range(values.shape[1]) for i in range(values.shape[2])]
    readings = {
        (name, key): Reading(None, "refused", key.prompt_id)
        if np.isnan(value)
        else Reading(float(value), "", key.prompt_id)
        for name, table in zip(names, values, strict=True)
        for key, value in zip(keys, table.ravel(), strict=True)
    }
    scorer = names[0].partition(".")[0]
    return Side(
        name="made up",
        dialect="scenes",
        seed=0,
        prompt_sets={"s": "d"},
        prompts={key[:2]: Asked("", {}) for key in keys},
        planned=tuple(keys),
        seeds={key: at for at, key in enumerate(keys)},
        measures=dict.fromkeys(names, "share" if scorer == "objects" else "mean"),
        readings=readings,
        scorers={scorer: "s"},
        images={},
        complete=True,
    )


def run(replicates: int, seed: int) -> list[Row]:
    """All rows of the table."""
    rows = []
    for place, kind in enumerate(KINDS):
        names = SHARES if kind == "binary" else MEANS
        rules = Policy(tuple(Rule(name, MARGIN, True, missing=1.0) for name in names), ALPHA)
        alarms = 0
        for replicate in range(replicates):
            a, b = pair(kind, np.random.default_rng([seed, place, replicate]))
            alarms += gate.overall(gate.decide(a, b, rules)) == "fail"
        rows.append(Row(f"A/A, {kind}: false alarms", alarms, replicates))
    prompts = stats.prompts_needed(
        effect=MARGIN, power=POWER, between=0.0, within=0.3 - MARGIN**2, num_images=4, alpha=ALPHA
    )
    assert prompts is not None
    one = Policy((Rule(SHARES[2], MARGIN, True),), ALPHA)
    words = []
    for replicate in range(max(200, replicates // 10)):
        a, b = injected(prompts, np.random.default_rng([seed, 9, replicate]))
        words.append(gate.overall(gate.decide(a, b, one)))
    what = f"worse by the margin, {prompts} prompts of 4 images"
    rows.append(Row(f"{what}: caught", words.count("fail"), len(words)))
    rows.append(Row(f"{what}: passed", words.count("pass"), len(words)))
    a, b = pair("binary", np.random.default_rng([seed, 10]))
    rules = Policy(tuple(Rule(name, MARGIN, True) for name in SHARES), ALPHA)
    same = {repr(gate.decide(a, b, rules)) for _ in range(100)}
    rows.append(Row("reruns of one gate with the first one's verdicts", 101 - len(same), 100))
    return rows


def table(rows: Sequence[Row], replicates: int, seed: int) -> str:
    """The rows in Markdown."""
    lines = [
        "# The gate, replayed",
        "",
        f"`python benchmarks/gate.py --replicates {replicates} --seed {seed}`: whole gates at "
        f"alpha {ALPHA:g} on made-up runs; bounds are one-sided 95 % each (Clopper-Pearson).",
        "",
        "| | gates | share | at least | at most |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        low, high = (f"{100 * end:.2f} %" for end in row.bounds)
        share = f"{100 * row.count / row.n:.2f} %"
        lines.append(f"| {row.what} | {row.count} of {row.n} | {share} | {low} | {high} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    text = table(run(arguments.replicates, arguments.seed), arguments.replicates, arguments.seed)
    print(text)
    if arguments.output is not None:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
