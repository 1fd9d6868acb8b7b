"""How often the gate's statistics cry wolf, pass a regression of just the margin, and catch one.

    python benchmarks/gates.py [--gates 10000] [--seed 0] [--write]

A gate is a family of four blocking measures of two runs. Every A/A gate draws its own design: 8 to
120 prompts, alone or in families of two to five that vary together, 1 to 6 images each, correlation
within prompts 0 to 0.8, up to 30 % of the images refused (some prompts more than others), measures
that correlate with one another, and ties: images that come out alike in both runs, and scores
rounded to tenths. The rule is the gate's own, written out on arrays to be quick;
`evalsuite.gating.decide` judges every hundredth gate too, and the two must agree.

At the boundary one measure is worse by just its margin: on images at random, or on all images of a
few prompts, or on whole families. Half of those gates differ in nothing else. Planned are gates of
that size at the number of prompts that `stats.clusters_needed` gives from known variances.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gate_sides import ALPHA, decided, reruns, side
from gate_worlds import (
    BOUNDS,
    FAMILY,
    KINDS,
    MARGINS,
    MEASURES,
    WHERE,
    Codes,
    Floats,
    regressed,
    unchanged,
)
from scipy.stats import binomtest

from evalsuite import gating, stats
from evalsuite.comparison.pilot import Images, by_pairing

REPORT = Path(__file__).parents[1] / "reports" / "benchmarks" / "gates.md"
POWER = 0.9
LEVEL = 1 - 2 * ALPHA
EVERY = 100
"""One in so many A/A gates is judged by `gating.decide` as well."""

PILOT = 20_000
"""Clusters from which the variances of the planned gates are known."""

CLUSTERS = (20, 40, 60, 100, 200)
"""The designs of the gates at the boundary, with 1, 2 or 4 images per prompt."""


@dataclass(frozen=True, kw_only=True)
class Unchanged:
    """What the A/A gates of a kind of score came to; `below` is the share of p up to 0.05."""

    kind: str
    gates: int
    alarms: int
    passes: int
    below: float
    checked: int
    agreed: int


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """Gates of a regression of just the margin: how many passed, also by the interval alone.

    `worst` is the number of clusters at which most passed, with that share.
    """

    kind: str
    where: str
    gates: int
    passed: int
    by_interval: int
    worst: tuple[int, float]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """Gates at the planned number of clusters, with the regression and without.

    `others` are the same counts where the interval alone excludes a margin.
    """

    kind: str
    where: str
    clusters: int
    gates: int
    caught: int
    missed: int
    passed: int
    others: tuple[int, int, int]


def words(
    kind: str, before: Floats, after: Floats, clusters: Codes, seed: int, margin: float
) -> tuple[list[str], Floats]:
    """The gate's rule on arrays: one word per measure, and the one-sided p-values before Holm."""
    codes = np.broadcast_to(clusters[:, None], before.shape[1:])
    pairs = []
    ps = np.ones(MEASURES)
    for i in range(MEASURES):
        both = ~np.isnan(before[i]) & ~np.isnan(after[i])
        a, b, names = after[i][both], before[i][both], codes[both]
        pairs.append((a, b, names))
        if np.unique(names).size > 1:
            p = stats.sign_flip(a=a, b=b, clusters=names, seed=seed)
            ps[i] = p / 2 if a.mean() < b.mean() else 1 - p / 2
    rejected = stats.holm(p_values=ps) <= ALPHA
    verdicts = []
    for i, pair in enumerate(pairs):
        known, lowest = excluded(kind, *pair, margin)
        if known is None:
            verdicts.append("undecided")
        elif lowest:
            verdicts.append("pass")
        else:
            verdicts.append("fail" if rejected[i] else "undecided")
    return verdicts, ps


def excluded(
    kind: str, a: Floats, b: Floats, clusters: Codes, margin: float
) -> tuple[bool | None, bool]:
    """Whether the interval excludes the margin, None without one; and whether the lowest end does.

    The lowest end is never above the interval's, and takes longer.
    """
    options = {"a": a, "b": b, "clusters": clusters, "level": LEVEL}
    if kind == "binary":
        low = stats.paired_proportions(**options).low
    else:
        low = stats.paired_difference(**options, bounds=BOUNDS[kind]).low
    if low is None or low <= -margin:
        return None if low is None else False, False
    lowest = stats.lowest_end(**options, bounds=BOUNDS[kind])
    return True, lowest is not None and lowest > -margin


def overall(verdicts: Sequence[str]) -> str:
    if "fail" in verdicts:
        return "fail"
    return "undecided" if "undecided" in verdicts else "pass"


def without_change(kind: str, gates: int, seed: int) -> Unchanged:
    """A/A gates, each with a random stream and a design of its own."""
    alarms = passes = agreed = small = 0
    for number in range(gates):
        rng = np.random.default_rng([seed, KINDS.index(kind), number])
        before, after, clusters = unchanged(kind, rng)
        is_checked = number % EVERY == 0
        runs = tuple(side(kind, v, clusters) for v in (before, after)) if is_checked else None
        flips = gating.permutation_seed(*runs) if runs else number
        verdicts, ps = words(kind, before, after, clusters, flips, MARGINS[kind])
        alarms += overall(verdicts) == "fail"
        passes += overall(verdicts) == "pass"
        small += int((ps <= 0.05).sum())
        agreed += runs is not None and decided(kind, *runs, MARGINS[kind]) == verdicts
    return Unchanged(
        kind=kind,
        gates=gates,
        alarms=alarms,
        passes=passes,
        below=small / gates / MEASURES,
        checked=len(range(0, gates, EVERY)),
        agreed=agreed,
    )


def at_the_boundary(kind: str, where: str, gates: int, seed: int) -> Boundary:
    """Gates of one measure that is worse by just its margin, in designs of all sizes."""
    size = FAMILY if where == "few families" else 1
    found = np.zeros((len(CLUSTERS), 3))
    for number in range(gates):
        rng = np.random.default_rng([seed, 10 + KINDS.index(kind), WHERE.index(where), number])
        place = number % len(CLUSTERS)
        before, after, clusters = regressed(
            kind,
            MARGINS[kind],
            CLUSTERS[place] * size,
            rng,
            where=where,
            alike=number // len(CLUSTERS) % 2,
            images=int(rng.choice((1, 2, 4))),
            measures=1,
        )
        codes = np.broadcast_to(clusters[:, None], before.shape[1:]).ravel()
        by_interval, passed = excluded(
            kind, after[0].ravel(), before[0].ravel(), codes, MARGINS[kind]
        )
        found[place] += 1, passed, bool(by_interval)
    shares = found[:, 1] / np.maximum(found[:, 0], 1)
    return Boundary(
        kind=kind,
        where=where,
        gates=gates,
        passed=int(found[:, 1].sum()),
        by_interval=int(found[:, 2].sum()),
        worst=(CLUSTERS[int(shares.argmax())], float(shares.max())),
    )


def as_planned(kind: str, where: str, gates: int, seed: int, pilot: int) -> Planned:
    """Gates at the planned number of clusters, with a regression of the margin and without."""
    size = FAMILY if where == "few families" else 1
    count = needed(kind, where, seed, pilot)
    new, old = np.zeros(3, dtype=int), np.zeros(3, dtype=int)
    for number in range(gates):
        rng = np.random.default_rng([seed, 20 + KINDS.index(kind), WHERE.index(where), number])
        for place, worse in enumerate((MARGINS[kind], 0.0)):
            before, after, clusters = regressed(
                kind, worse, count * size, rng, where=where, measures=1
            )
            codes = np.broadcast_to(clusters[:, None], before.shape[1:]).ravel()
            a, b = after[0].ravel(), before[0].ravel()
            by_interval, passed = excluded(kind, a, b, codes, MARGINS[kind])
            if place:
                new[2], old[2] = new[2] + passed, old[2] + bool(by_interval)
                continue
            p = stats.sign_flip(a=a, b=b, clusters=codes, alternative="smaller", seed=number)
            is_shown = p * MEASURES <= ALPHA
            new[:2] += is_shown and not passed, passed
            old[:2] += is_shown and not by_interval, bool(by_interval)
    caught, missed, passed = (int(count) for count in new)
    others = (int(old[0]), int(old[1]), int(old[2]))
    return Planned(
        kind=kind,
        where=where,
        clusters=count,
        gates=gates,
        caught=caught,
        missed=missed,
        passed=passed,
        others=others,
    )


def needed(kind: str, where: str, seed: int, pilot: int) -> int:
    """The clusters that are planned for a family of four from two runs without a change.

    There are very many of them: what a small pilot's own error costs is the question of
    `planning.py`. The power is one alpha more than asked: so often a regression of just the margin
    may pass.
    """
    size = FAMILY if where == "few families" else 1
    rng = np.random.default_rng([seed, 30, WHERE.index(where)])
    before, after, clusters = regressed(kind, 0.0, pilot * size, rng, where=where, measures=1)
    scores = np.stack((before[0].ravel(), after[0].ravel()), axis=1)
    names = np.repeat(np.arange(pilot * size), before.shape[2])
    bounds = BOUNDS[kind]
    width = None if bounds is None else bounds[1] - bounds[0]
    images = Images(scores, list(names), list(np.repeat(clusters, before.shape[2])))
    count = stats.clusters_needed(
        effect=MARGINS[kind],
        power=POWER + ALPHA,
        variance=by_pairing(images, kind == "binary", width)["seeds"],
        num_images=before.shape[2],
        alpha=ALPHA,
        family=MEASURES,
    )
    assert count is not None
    return count


def upper(count: int, n: int) -> float:
    """The upper end of the exact two-sided 95 % interval of a share (Clopper & Pearson 1934)."""
    return float(binomtest(count, n).proportion_ci(0.95).high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gates", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name} too")
    arguments = parser.parse_args()
    gates, seed = arguments.gates, arguments.seed
    from gate_tables import text

    cells = [(kind, where) for kind in KINDS for where in WHERE]
    found = text(
        [without_change(kind, gates, seed) for kind in KINDS],
        [at_the_boundary(*cell, gates, seed) for cell in cells],
        [as_planned(*cell, max(gates // 10, 20), seed, PILOT) for cell in cells],
        reruns(seed),
        f"--gates {gates} --seed {seed}",
    )
    print(found)
    if arguments.write:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(found, encoding="utf-8")


if __name__ == "__main__":
    main()
