"""How often the leaderboard's ranges of places hold the true places, all at once, by simulation.

    python -m benchmarks.ranks [--replays 2000] [--seed 0] [--write]

A replay draws pictures of several models on the same prompts and seeds, in the worlds of
`benchmarks/ranks_worlds.py`, and ranks them by `stats.paired_ranks`, as `evalsuite compare` does,
beside four other ways. The true places of truly equal models are all those that they share: ranges
hold them only if no model is said to be better than one that is as good or better.
"""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.ranks_worlds import World, crossed, even, uneven
from evalsuite import stats
from evalsuite.stats.means import wilson

Floats = NDArray[np.float64]
Better = NDArray[np.bool_]
"""Shape (models, models): whether the row's model is said to be better than the column's."""

REPORT = Path(__file__).parents[1] / "reports" / "benchmarks" / "ranks.md"
LEVEL = 0.95
OURS = "step-down, all pairs"

FOUR, FIVE, EIGHT = (0.7,) * 4, (0.5, 0.5, 0.7, 0.7, 0.9), (0.7,) * 8
APART, TWOS = (0.6, 0.65, 0.7, 0.75), (0.6, 0.6, 0.8, 0.8)
WORLDS: Sequence[World] = (
    *(World(name=f"4 equal, {f} families", rates=FOUR, **even(f)) for f in (6, 8, 14, 30, 100)),
    *(World(name=f"8 equal, {f} families", rates=EIGHT, **even(f)) for f in (8, 30, 100)),
    World(name="3 equal, nearly all right, 14 families", rates=(0.97,) * 3, **even(14)),
    World(name="3 equal, nearly all right, 60 families", rates=(0.97,) * 3, **even(60)),
    World(name="2 equal, 2 equal and 1, 30 families", rates=FIVE, **even(30)),
    World(name="2 equal, 2 equal and 1, 100 families", rates=FIVE, **even(100)),
    World(name="4 equal, 21 uneven families", rates=FOUR, **uneven(21)),
    World(name="4 equal, 70 uneven families", rates=FOUR, **uneven(70)),
    World(name="4 equal on average, strata apart", rates=FOUR, crossing=0.2, **crossed(20)),
    World(name="4 equal, the judge errs", rates=FOUR, judge_errs=True, **even(30)),
    World(name="4 equal, each refuses 20 %", rates=FOUR, refusals=(0.2,) * 4, **even(30)),
    World(
        name="2 and 2 equal, 0 to 40 % refused, the judge errs, 40 uneven families",
        rates=TWOS,
        refusals=(0.0, 0.4, 0.1, 0.3),
        judge_errs=True,
        **uneven(40),
    ),
    World(name="4 apart by 5 points, 30 families", rates=APART, **even(30)),
    World(name="4 apart by 5 points, 100 families", rates=APART, **even(100)),
    World(name="4 apart by 15 points, 30 families", rates=(0.4, 0.55, 0.7, 0.85), **even(30)),
    World(name="8 apart by 5 points", rates=tuple(np.linspace(0.5, 0.85, 8)), **even(100)),
)


@dataclass(frozen=True)
class Drawn:
    """Verdicts of all models, shape (models, n), their families, and the replay's own seed."""

    values: Floats
    codes: NDArray[np.intp]
    seed: int

    @cached_property
    def pairs(self) -> tuple[list[tuple[int, int]], list[float]]:
        """Every pair of models, and the p of its own test of sign flips."""
        found = [(a, b) for a in range(len(self.values)) for b in range(a)]
        y = self.values
        test = partial(stats.sign_flip, clusters=self.codes, seed=self.seed)
        return found, [test(a=y[a], b=y[b]) for a, b in found]


def ours(drawn: Drawn) -> Better:
    """As the leaderboard does it."""
    found = stats.paired_ranks(values=drawn.values, clusters=drawn.codes, seed=drawn.seed)
    return found.is_better


def holm(drawn: Drawn) -> Better:
    """Each pair's own test, all of them corrected by Holm."""
    return _signed(drawn, stats.holm(p_values=drawn.pairs[1]))


def each_pair(drawn: Drawn) -> Better:
    """Each pair's own test, uncorrected: what many leaderboards call significant."""
    return _signed(drawn, np.asarray(drawn.pairs[1]))


def _signed(drawn: Drawn, ps: Floats) -> Better:
    found, is_above = np.zeros((len(drawn.values),) * 2, dtype=bool), points(drawn)
    for (a, b), p in zip(drawn.pairs[0], ps, strict=True):
        found[a, b], found[b, a] = p <= 1 - LEVEL, p <= 1 - LEVEL
    return found & is_above


def overlap(drawn: Drawn) -> Better:
    """Better where the model's own 95 % interval lies above the other's."""
    ends = [stats.proportion(values=row, clusters=drawn.codes) for row in drawn.values]
    return np.array([[_above(a.low, b.high) for b in ends] for a in ends])


def _above(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low > high


def points(drawn: Drawn) -> Better:
    """The order of the values, taken at its word."""
    means = drawn.values.mean(axis=1)
    return np.asarray(means[:, None] > means[None, :])


WAYS: Mapping[str, Callable[[Drawn], Better]] = {
    OURS: ours,
    "Holm": holm,
    "intervals overlap": overlap,
    "each pair at 5 %": each_pair,
    "order of values": points,
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One world: of each way how often all ranges held, their mean width, and the pairs told.

    `told` are the truly different pairs that were told apart; None where there are none. `values`
    is how often all simultaneous intervals of the values held, `unranked` how often nobody was
    ranked for want of data.
    """

    world: World
    replays: int
    held: Mapping[str, int]
    width: Mapping[str, float]
    told: Mapping[str, float | None]
    values: int
    unranked: float


def simulate(world: World, replays: int, rng: np.random.Generator) -> Cell:
    truth = world.truth()
    is_better = truth[:, None] > truth[None, :] + 1e-9
    held, width, told = (dict.fromkeys(WAYS, 0.0) for _ in range(3))
    values_held, unranked = 0, 0
    for replay in range(replays):
        values, codes = world.draw(rng)
        drawn = Drawn(values, codes, replay)
        for name, way in WAYS.items():
            found = way(drawn)
            held[name] += not (found & ~is_better).any()
            width[name] += float((world.models - found.sum(0) - found.sum(1)).mean())
            told[name] += float((found & is_better).sum())
        limit = stats.paired_ranks(values=values, clusters=codes, permutations=2).limit
        unranked += bool(limit)
        values_held += _all_hold(values, codes, truth)
    pairs = int(is_better.sum())
    return Cell(
        world=world,
        replays=replays,
        held={name: int(n) for name, n in held.items()},
        width={name: total / replays for name, total in width.items()},
        told={name: total / replays / pairs if pairs else None for name, total in told.items()},
        values=values_held,
        unranked=unranked / replays,
    )


def _all_hold(values: Floats, codes: NDArray[np.intp], truth: Floats) -> bool:
    """Whether every model's interval, at the level that makes all of them sure, holds its value."""
    level = 1 - (1 - LEVEL) / len(values)
    found = [stats.proportion(values=row, clusters=codes, level=level) for row in values]
    return all(
        each.low is not None and each.high is not None and each.low <= true <= each.high
        for each, true in zip(found, truth, strict=True)
    )


def run(replays: int, seed: int, worlds: Sequence[World] = WORLDS) -> Iterator[Cell]:
    """All cells, each with a random stream of its own."""
    for at, world in enumerate(worlds):
        yield simulate(world, replays, np.random.default_rng([seed, at]))


def held_of(count: float, replays: int) -> str:
    """A coverage in % with Wilson's 95 % interval, for the simulation's own error."""
    low, high = wilson(count / replays, replays, 1.96)
    return f"{100 * count / replays:.1f} ({100 * low:.1f}-{100 * high:.1f})"


HEAD = """# Places of several models, all at once

Written by `python -m benchmarks.ranks --replays {replays} --seed {seed} --write`.

{docstring}

Each world was drawn {replays} times. Beside every coverage stands its 95 % interval, which is the
simulation's error. A way is sound where its coverage is 95 % or more, however many models there
are and whichever of them are equal.

- **{ours}** is the leaderboard's (`stats.paired_ranks`).
- **Holm** corrects each pair's own exact test.
- **intervals overlap**: a model is better where its own 95 % interval lies above another's. Hardly
  ever wrong, because pictures of the same prompts are alike, and for that reason blind.
- **each pair at 5 %**: no correction for the number of pairs.
- **order of values**: the usual leaderboard. Of equal models it is nearly always wrong.

"""


def report(cells: Sequence[Cell], replays: int, seed: int) -> str:
    """The page as Markdown."""
    first, second, third = (part.strip().replace("\n", " ") for part in _paragraphs())
    head = HEAD.format(
        replays=replays, seed=seed, docstring=f"{first}\n\n{second}\n\n{third}", ours=OURS
    )
    names = list(WAYS)
    lines = [
        "## How often all places were held, in %",
        "",
        f"| world | {' | '.join(names)} | nobody ranked | all intervals of values |",
        "|---" * (len(names) + 3) + "|",
    ]
    for cell in cells:
        parts = [held_of(cell.held[name], replays) for name in names]
        values = held_of(cell.values, replays)
        unranked = f"{100 * cell.unranked:.1f}"
        lines.append(f"| {cell.world.name} | {' | '.join(parts)} | {unranked} | {values} |")
    lines += [
        "",
        "## How wide the ranges are, and how many truly different pairs are told apart",
        "",
        "Mean number of places in a range (1 is a sure place), and in % the pairs told apart.",
        "",
        f"| world | models | {' | '.join(names)} |",
        "|---" * (len(names) + 2) + "|",
    ]
    for cell in cells:
        wide = [_wide(cell, name) for name in names]
        lines.append(f"| {cell.world.name} | {cell.world.models} | {' | '.join(wide)} |")
    return head + "\n".join([*lines, "", *_summary(cells, replays), ""])


def _paragraphs() -> list[str]:
    from benchmarks import ranks_worlds

    what = (__doc__ or "").split("\n\n")[2]
    world = (ranks_worlds.__doc__ or "").strip().split("\n\n")[1]
    limits = (
        "What this does not show: a judge that errs more on one model's pictures than on another's "
        "ranks what it sees, and no number of pictures mends that. Places are of what all models "
        "drew; a model that refuses what is hard for it alone gains by that."
    )
    return [what, world, limits]


def _wide(cell: Cell, name: str) -> str:
    told = cell.told[name]
    return f"{cell.width[name]:.2f}" + ("" if told is None else f", {100 * told:.0f} %")


def _summary(cells: Sequence[Cell], replays: int) -> list[str]:
    worst = min(cells, key=lambda cell: cell.held[OURS])
    below = [c for c in cells if wilson(c.held[OURS] / replays, replays, 1.96)[1] < LEVEL]
    values = min(cells, key=lambda cell: cell.values)
    return [
        f"- {OURS}: the lowest coverage is {held_of(worst.held[OURS], replays)} % "
        f"({worst.world.name}); in {len(below)} of {len(cells)} worlds it is surely below 95 %.",
        "- Simultaneous intervals of the values: the lowest coverage is "
        f"{held_of(values.values, replays)} % ({values.world.name}).",
    ]


def main() -> None:
    """Simulate, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replays", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="write reports/benchmarks/ranks.md")
    given = parser.parse_args()
    text = report(list(run(given.replays, given.seed)), given.replays, given.seed)
    print(text)
    if given.write:
        REPORT.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
