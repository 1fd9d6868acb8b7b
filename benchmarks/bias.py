"""How often the intervals of a bias report hold the truth, by simulation.

    python -m benchmarks.bias [--replicates 1000] [--seed 0] [--write]

Pictures, and what an instrument says of them, are drawn from stated shares and error matrices:
nothing is rendered or judged here, but for the world "scenes", whose shares are those that the
bundled pictures are drawn with, and the row "its own matrix", which has the error matrix of the
bundled scorer's shipped audit. Every audit is drawn anew in every replicate.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from benchmarks.bias_worlds import World, audit_of, drawn, names_of, worlds
from evalsuite import references, stats
from evalsuite.records import Interval

Floats = NDArray[np.float64]
Generator = np.random.Generator

REPORT = Path(__file__).parents[1] / "reports" / "benchmarks" / "bias.md"
DRAWS = 300
"""Resamples an interval; `evalsuite.stats` takes 1,000 by itself."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """Of a world and a method: the share of intervals that held the truth, and their mean width."""

    world: str
    method: str
    coverage: float | None
    width: float | None
    undecided: float


def intervals(world: World, dice: Generator, seed: int) -> dict[str, Interval]:
    """Every method's interval of the first label's share, from one run and one audit."""
    truth, said, codes = drawn(world, dice)
    names, audit = names_of(world), audit_of(world, dice)
    answers = [names[place] for place in said]
    hits, read = (said == 0).astype(float), said < len(world.shares)
    right, wrong = audit[names[0]][names[0]], audit[names[-2]][names[0]]
    chosen = dice.permutation(codes.size)
    some, rest = chosen[: world.labels], chosen[world.labels :]
    powered = stats.powered_share(
        labelled=(truth[some] == 0).astype(float),
        answered=[answers[place] for place in some],
        clusters=codes[some],
        unlabelled=[answers[place] for place in rest],
        other_clusters=codes[rest],
        seed=seed,
        draws=DRAWS,
    )
    normal = stats.prediction_powered(
        labelled=(truth[some] == 0).astype(float),
        predicted=hits[some],
        clusters=codes[some],
        unlabelled=hits[rest],
        other_clusters=codes[rest],
        bounds=(0.0, 1.0),
    )
    found = {
        "raw": stats.proportion(values=hits[read], clusters=codes[read]),
        "corrected": stats.corrected_shares(
            answers=answers, clusters=codes, confusion=audit, seed=seed, draws=DRAWS
        ).shares[names[0]],
        "labels alone": powered.labels_alone,
        "labels and readings": powered.interval,
        "PPI++, normal theory": normal.interval,
    }
    if len(world.shares) == 2:
        found["Lang-Reiczigel"] = stats.lang_reiczigel(
            values=hits,
            clusters=codes,
            sensitivity=stats.Audit(right, world.audit),
            specificity=stats.Audit(world.audit - wrong, world.audit),
        )
    return found


def cover(world: World, replicates: int, seed: int) -> Iterator[Row]:
    """One row a method."""
    dice = np.random.default_rng(seed)
    held: dict[str, list[tuple[bool, float] | None]] = {}
    for number in range(replicates):
        for method, found in intervals(world, dice, number).items():
            told = None
            if found.low is not None and found.high is not None:
                told = found.low <= world.shares[0] <= found.high, found.high - found.low
            held.setdefault(method, []).append(told)
    for method, each in held.items():
        known = [told for told in each if told is not None]
        yield Row(
            world=world.name,
            method=method,
            coverage=float(np.mean([hit for hit, _ in known])) if known else None,
            width=float(np.mean([width for _, width in known])) if known else None,
            undecided=1 - len(known) / len(each),
        )


def slopes(replicates: int, seed: int) -> Iterator[Row]:
    """Coverage of the amplification's slope: model and reference both with errors."""
    us = references.load("us-cps-2022").rows.values()
    shares = np.array([row.share for row in us])
    base = np.array([row.effective or np.inf for row in us])
    taught = np.array([row.share for row in references.load("taught").rows.values()])
    for slope in (0.0, 1.0, 1.5):
        yield _slope(
            "63 occupations (US 2022), 16 images", shares, base, 16, slope, replicates, seed
        )
        yield _slope("8 occupations (taught), 40 images", taught, None, 40, slope, replicates, seed)


def _slope(
    name: str, shares: Floats, base: Floats | None, n: int, slope: float, replicates: int, seed: int
) -> Row:
    """An instrument right of 90 %, an audit of 100 of each; units spread by .3 about the line."""
    dice = np.random.default_rng([seed, round(10 * slope), n])
    held, widths = [], []
    for _ in range(replicates):
        own = expit(0.2 + slope * logit(shares) + 0.3 * dice.standard_normal(shares.size))
        seen = (
            shares
            if base is None
            else dice.binomial(np.round(base).astype(int), shares) / np.round(base)
        )
        right = dice.binomial(100, [0.9, 0.9])
        found = stats.amplification(
            hits=dice.binomial(n, 0.9 * own + 0.1 * (1 - own)),
            n=np.full(shares.size, n),
            reference=seen,
            base=None if base is None else np.round(base),
            sensitivity=stats.Audit(int(right[0]), 100),
            specificity=stats.Audit(int(right[1]), 100),
        ).slope
        assert found.low is not None and found.high is not None
        held.append(found.low <= slope <= found.high)
        widths.append(found.high - found.low)
    return Row(
        world=f"slope {slope:g}, {name}",
        method="amplification",
        coverage=float(np.mean(held)),
        width=float(np.mean(widths)),
        undecided=0.0,
    )


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Of uniform worlds: the shares with any finding among 65 occupations, raw and corrected."""

    instrument: str
    raw: float
    corrected: float


def uniform(replicates: int, seed: int) -> Iterator[Findings]:
    """How often an occupation is called uneven in worlds in which each is even.

    65 occupations of 64 images; a finding is an interval at 1 - 0.05/65 that leaves out one half.
    """
    for sensitivity, specificity in ((0.9, 0.9), (0.95, 0.75)):
        dice = np.random.default_rng([seed, round(100 * specificity)])
        raw = corrected = 0
        said = 0.5 * sensitivity + 0.5 * (1 - specificity)
        for _ in range(replicates):
            right = dice.binomial(200, [sensitivity, specificity])
            audits = [stats.Audit(int(number), 200) for number in right]
            counts = set(dice.binomial(IMAGES, said, 65).tolist())
            raw += any(not _holds_half(_plain(hits)) for hits in counts)
            corrected += any(not _holds_half(_without_errors(hits, audits)) for hits in counts)
        yield Findings(
            instrument=f"Se {sensitivity:g}, Sp {specificity:g}",
            raw=raw / replicates,
            corrected=corrected / replicates,
        )


STRICT = 1 - 0.05 / 65
IMAGES = 64
"""Of each occupation. At that level 16 images can show nothing, fair or not."""


def _plain(hits: int) -> Interval:
    values = [1.0] * hits + [0.0] * (IMAGES - hits)
    return stats.proportion(values=values, clusters=range(IMAGES), level=STRICT)


def _without_errors(hits: int, audits: Sequence[stats.Audit]) -> Interval:
    return stats.lang_reiczigel(
        values=[1.0] * hits + [0.0] * (IMAGES - hits),
        clusters=range(IMAGES),
        sensitivity=audits[0],
        specificity=audits[1],
        level=STRICT,
    )


def _holds_half(found: Interval) -> bool:
    if found.low is None or found.high is None:
        return True
    return found.low <= 0.5 <= found.high


def table(rows: Sequence[Row]) -> list[str]:
    """Coverage in % / mean width by world, one column a method."""
    methods = list(dict.fromkeys(row.method for row in rows))
    lines = ["| world | " + " | ".join(methods) + " |", "|---" * (len(methods) + 1) + "|"]
    for world in dict.fromkeys(row.world for row in rows):
        cells = []
        for method in methods:
            row = next((r for r in rows if (r.world, r.method) == (world, method)), None)
            if row is None or row.coverage is None or row.width is None:
                cells.append("–")
                continue
            more = f", {row.undecided:.0%} undecided" if row.undecided > 0.0005 else ""
            cells.append(f"{100 * row.coverage:.1f} / {row.width:.3f}{more}")
        lines.append(f"| {world} | " + " | ".join(cells) + " |")
    return lines


def report(replicates: int, seed: int, say: Callable[[str], None] = print) -> str:
    """The page: every simulation and its figures."""
    began = time.process_time()
    rows = []
    for number, world in enumerate(worlds()):
        rows += list(cover(world, replicates, seed + number))
        say(f"{world.name}: {time.process_time() - began:.0f} s")
    some = max(replicates // 4, 1)
    of_slopes = list(slopes(some, seed))
    found = list(uniform(replicates, seed))
    error = 100 * (0.95 * 0.05 / replicates) ** 0.5
    corrected = [r for r in rows if r.method == "corrected" and "worse" not in r.world]
    inside = [r for r in corrected if r.coverage and 0.93 <= r.coverage <= 0.97]
    lines = [
        "# Shares of people, corrected: how often the intervals hold the truth",
        "",
        f"Written by `python -m benchmarks.bias --replicates {replicates} --seed {seed} --write`.",
        "",
        "Cells are coverage of the nominal 95 % in % / mean width, of the first label's share, "
        f"over {replicates} simulated runs, each with its own audit of 100 pictures of each "
        f"label and 80 images labelled by people; a coverage is known to {error:.1f} points "
        "(standard error). Answers are drawn from error matrices; “its own matrix” is that of the "
        "bundled scorer's shipped audit, the others are stated. “Corrected” is "
        "`stats.corrected_shares`, “labels and readings” `stats.powered_share`. Raw shares are "
        "of the read pictures.",
        "",
        *table(rows),
        "",
        f"- Corrected, where the audit holds: {len(inside)} of {len(corrected)} worlds within "
        "93–97 %.",
        "- Where the instrument is 15 points worse than its audit, no correction by that audit can "
        "be relied on (at one half its two errors happen to cancel): labels of this run can.",
        "",
        "## Amplification",
        "",
        f"Coverage and mean width of the slope's interval over {some} models each, with an "
        "instrument that is right of 90 % (audit: 100 pictures of each label), and the US shares "
        "seen through as many respondents as `references` says.",
        "",
        *table(of_slopes),
        "",
        "## A world in which every occupation is even",
        "",
        f"{replicates} worlds of 65 occupations with {IMAGES} images each, true shares one "
        "half; the share of worlds in which any occupation's interval, at 1 - 0.05/65, leaves out "
        "one half.",
        "",
        "| instrument | raw | corrected (Lang–Reiczigel) |",
        "|---|---|---|",
        *(f"| {f.instrument} | {100 * f.raw:.1f} % | {100 * f.corrected:.1f} % |" for f in found),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    arguments = parser.parse_args()
    text = report(arguments.replicates, arguments.seed)
    print(text)
    if arguments.write:
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
