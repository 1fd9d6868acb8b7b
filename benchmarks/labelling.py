"""How often values with people's labels, and a judge's recalls, hold the truth.

    python -m benchmarks.labelling            a quick cut
    python -m benchmarks.labelling --write    1,000 runs a row, into reports/benchmarks/labelling.md

Each simulated run has 400 images of 40 families whose shares are beta-distributed about the true
one (correlation 1/9). The judge abstains on 8 % of them and is otherwise right as often as the row
says. 100 images are drawn as `evalsuite label` draws them and labelled without error, save that of
a tenth (more of one label, and of what the judge left open) people cannot tell. The truth of a
share is that among the images of which people can tell; of a recall that of the run's own images.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np

from evalsuite import stats
from evalsuite.labels.drawing import allocate
from evalsuite.records import Interval
from evalsuite.stats.stratified import NO, OUT, YES

OUT_FILE = Path(__file__).parents[1] / "reports" / "benchmarks" / "labelling.md"
IMAGES, FAMILIES, LABELLED = 400, 40, 100
ABSTAINS, SPREAD = 0.08, 8.0
WORLDS = (
    (0.5, 0.95, 0.95),
    (0.5, 0.80, 0.80),
    (0.5, 0.70, 0.75),
    (0.1, 0.90, 0.95),
    (0.02, 0.90, 0.95),
)
"""True share, and how often the judge is right where people say yes, and where they say no."""


class Row(NamedTuple):
    """One world: coverage of the judge alone, with labels, by labels alone, and of the recall."""

    world: tuple[float, float, float]
    judge: float
    powered: float
    alone: float
    recall: float
    width: float
    width_alone: float


def simulate(world: tuple[float, float, float], runs: int, seed: int = 0) -> Row:
    dice, found = np.random.default_rng(seed), []
    for number in range(runs):
        found.append(_run(world, dice, number))
    means = np.array(found, dtype=np.float64).mean(axis=0)
    return Row(world, *map(float, means))


def _run(world: tuple[float, float, float], dice: np.random.Generator, seed: int) -> list[float]:
    share, when_yes, when_no = world
    family = np.repeat(np.arange(FAMILIES), IMAGES // FAMILIES)
    y = dice.random(IMAGES) < dice.beta(share * SPREAD, (1 - share) * SPREAD, FAMILIES)[family]
    is_right = dice.random(IMAGES) < np.where(y, when_yes, when_no)
    said = np.where(dice.random(IMAGES) < ABSTAINS, "open", np.where(is_right == y, "yes", "no"))
    unclear = np.where(said == "open", 0.6, np.where(y, 0.15, 0.05))
    tells = dice.random(IMAGES) > unclear
    chosen = _drawn(said, dice)
    rest = np.setdiff1d(np.arange(IMAGES), chosen)
    powered = stats.powered_told_share(
        labelled=y[chosen],
        told=tells[chosen],
        answered=list(said[chosen]),
        clusters=family[chosen],
        unlabelled=list(said[rest]),
        other_clusters=family[rest],
        seed=seed,
        draws=400,
    )
    sizes = {name: int((said == name).sum()) for name in ("yes", "no", "open")}
    counts = {name: int((said[chosen] == name).sum()) for name in sizes}
    kept = chosen[tells[chosen]]
    alone = stats.weighted_proportion(
        values=y[kept],
        weights=[sizes[name] / counts[name] for name in said[kept]],
        clusters=family[kept],
    )
    read = said != "open"
    judge = stats.proportion(values=said[read] == "yes", clusters=family[read])
    truth = _truth(share)
    return [
        _holds(judge, truth),
        _holds(powered, truth),
        _holds(alone, truth),
        _holds(_recall(y, said, tells, chosen, seed), _true_recall(y, said, tells)),
        (powered.high or 0.0) - (powered.low or 0.0),
        (alone.high or 0.0) - (alone.low or 0.0),
    ]


def _drawn(said: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    names = {name: np.flatnonzero(said == name) for name in ("yes", "no", "open")}
    seats = allocate({name: own.size for name, own in names.items()}, LABELLED)
    return np.concatenate([dice.permutation(own)[: seats[name]] for name, own in names.items()])


def _truth(share: float) -> float:
    told = [ABSTAINS * 0.4 + (1 - ABSTAINS) * can for can in (0.85, 0.95)]
    return share * told[0] / (share * told[0] + (1 - share) * told[1])


def _recall(
    y: np.ndarray, said: np.ndarray, tells: np.ndarray, chosen: np.ndarray, seed: int
) -> Interval:
    own = chosen[said[chosen] != "open"]
    return stats.stratified_share(
        found=[(YES if said[k] == "yes" else NO) if y[k] and tells[k] else OUT for k in own],
        strata=list(said[own]),
        sizes={name: int((said == name).sum()) for name in ("yes", "no")},
        certain={"yes": YES, "no": NO},
        seed=seed,
        draws=400,
    )


def _true_recall(y: np.ndarray, said: np.ndarray, tells: np.ndarray) -> float:
    of = y & tells & (said != "open")
    return float((said[of] == "yes").mean()) if of.any() else 1.0


def _holds(interval: Interval, truth: float) -> float:
    if interval.low is None or interval.high is None:
        return 1.0
    return float(interval.low - 1e-9 <= truth <= interval.high + 1e-9)


def report(rows: list[Row], runs: int) -> str:
    head = (
        "# Values with people's labels\n\n"
        f"`python -m benchmarks.labelling --write`: {runs:,} simulated runs a row, nominal 95 %. "
        "The module's text says what is simulated.\n\n"
        "| true share | judge right on yes, on no | judge alone | with labels | labels alone "
        "| judge's recall | width with labels | width, labels alone |\n"
        "|---|---|---|---|---|---|---|---|\n"
    )
    lines = [
        f"| {row.world[0]:.0%} | {row.world[1]:.0%}, {row.world[2]:.0%} | {row.judge:.1%} "
        f"| {row.powered:.1%} | {row.alone:.1%} | {row.recall:.1%} "
        f"| {100 * row.width:.1f} points | {100 * row.width_alone:.1f} points |\n"
        for row in rows
    ]
    return head + "".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="1,000 runs a row, into the report")
    runs = 1000 if (asked := parser.parse_args()).write else 100
    text = report([simulate(world, runs) for world in WORLDS], runs)
    print(text)
    if asked.write:
        OUT_FILE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
