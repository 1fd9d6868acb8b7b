"""What stopping early saves, and that it does not inflate the error: the gate's e-process replayed.

    python benchmarks/sequential.py [--replays 10000] [--seed 0] [--write]

A replay draws paired differences of prompts in rounds and asks `stats.e_values` after each, as
`stats.evidence` does, until the verdict is pass or fail or the planned maximum is reached; there
`stats.evidence` itself decides with what is left of alpha. The fixed design and the maximum come
from `stats.prompts_needed`. Images are the candidate's; each has its partner in the baseline.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evalsuite import stats
from evalsuite.stats.betting import SHARE, STRETCH

Floats = NDArray[np.float64]

REPORT = Path(__file__).parents[1] / "reports" / "benchmarks" / "sequential.md"
ALPHA, POWER, MARGIN = 0.01, 0.9, 0.05
ROUNDS = 40
"""How often a replay looks: so many rounds reach the fixed design's n."""

SHARED = 0.6
"""The correlation of two models' scores at the same prompt and seed, for the unpaired design."""

TRUTHS = {
    "no change": 0.0,
    "one margin worse": -1.0,
    "twice the margin worse": -2.0,
    "one margin better": 1.0,
}


@dataclass(frozen=True)
class Kind:
    """A kind of score: its differences' variance between and within prompts, and how to draw.

    `draw(rng, effect, replays, prompts)` gives differences, shape (replays, prompts, images).
    """

    name: str
    between: float
    within: float
    images: int
    draw: Callable[[np.random.Generator, float, int, int], Floats]


@dataclass(frozen=True)
class Row:
    """What the replays of one kind under one truth came to; images are means over replays."""

    kind: str
    truth: str
    fixed: int
    images: float
    passed: float
    failed: float
    early: float
    replays: int


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


KINDS: Sequence[Kind] = (
    verdicts(0.192, 0.0, 1),  # 60 % right, correlation 0.6
    verdicts(0.192, 0.08, 4),
    verdicts(0.11, 0.0, 1),
    scores(0.45, 1),
)


def fixed_prompts(kind: Kind) -> int:
    """The prompts of the fixed paired design: it passes no change, and catches one margin."""
    needed = stats.prompts_needed(
        effect=MARGIN,
        power=POWER,
        between=kind.between,
        within=kind.within,
        num_images=kind.images,
        alpha=ALPHA,
    )
    assert needed is not None
    return needed


def replay(kind: Kind, truth: str, replays: int, rng: np.random.Generator) -> Row:
    """The verdicts of `replays` sequential gates and what they cost."""
    fixed = fixed_prompts(kind)
    most = int(STRETCH * fixed)
    looks = np.unique(np.append(np.arange(1, most, max(1, round(fixed / ROUNDS))), most))
    cost = passed = failed = early = 0
    done = 0
    while done < replays:
        size = min(500, replays - done)
        pairs = kind.draw(rng, MARGIN * TRUTHS[truth], size, most)
        at, word = _stops(pairs.mean(axis=2), looks)
        for late in np.flatnonzero(word == ""):
            word[late] = _at_the_maximum(pairs[late], seed=done + int(late))
        cost += int(at.sum()) * kind.images
        passed += int((word == "pass").sum())
        failed += int((word == "fail").sum())
        early += int((at < most).sum())
        done += size
    return Row(
        kind=kind.name,
        truth=truth,
        fixed=fixed * kind.images,
        images=cost / replays,
        passed=passed / replays,
        failed=failed / replays,
        early=early / replays,
        replays=replays,
    )


def _stops(means: Floats, looks: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.str_]]:
    """When each replay stops, and its word; "" where the maximum is reached without one."""
    worse = stats.e_values(differences=means, null=0.0, alternative="smaller", effect=MARGIN)
    fine = stats.e_values(differences=means, null=-MARGIN, alternative="larger", effect=MARGIN)
    limit = 1 / (SHARE * ALPHA)
    best = [np.maximum.accumulate(e, axis=1)[:, looks - 1] >= limit for e in (fine, worse)]
    decided = best[0] | best[1]
    first = np.where(decided.any(axis=1), decided.argmax(axis=1), looks.size - 1)
    rows = np.arange(means.shape[0])
    word = np.where(best[0][rows, first], "pass", np.where(best[1][rows, first], "fail", ""))
    return looks[first], word.astype("<U9")


def _at_the_maximum(pairs: Floats, seed: int) -> str:
    """The verdict of `stats.evidence` on one replay's whole plan; the scores are made to fit."""
    differences = pairs.ravel()
    is_verdict = bool(np.isin(differences, (-1, 0, 1)).all())
    a = np.where(differences > 0, 1, 0) if is_verdict else (1 + differences) / 2
    b = a - differences
    clusters = np.repeat(np.arange(pairs.shape[0]), pairs.shape[1])
    shown = stats.evidence(a=a, b=b, clusters=clusters, margin=MARGIN, final=True, seed=seed)
    return stats.decide(regression=shown.regression, harm=shown.harm, alpha=ALPHA)


def run(replays: int, seed: int, kinds: Sequence[Kind] = KINDS) -> list[Row]:
    """Every kind under every truth, each with a random stream of its own."""
    return [
        replay(kind, truth, replays, np.random.default_rng([seed, i, j]))
        for i, kind in enumerate(kinds)
        for j, truth in enumerate(TRUTHS)
    ]


def error(row: Row) -> float | None:
    """The share of replays whose word is wrong, where the truth lies on a boundary of it."""
    return {"no change": row.failed, "one margin worse": row.passed}.get(row.truth)


def upper(share: float, n: int) -> float:
    """The upper end of the exact two-sided 95 % interval of a share (Clopper & Pearson 1934)."""
    from scipy.stats import binomtest

    return float(binomtest(round(share * n), n).proportion_ci(0.95).high)


def table(rows: Sequence[Row], replays: int, seed: int) -> str:
    """The figures as Markdown."""
    lines = [
        "# The sequential gate",
        "",
        f"Written by `benchmarks/sequential.py --replays {replays} --seed {seed} --write`. Margin "
        f"{MARGIN:g}, alpha {ALPHA:g}; the fixed paired design has a power of {POWER:g} by "
        "`stats.prompts_needed`; the sequential one stops at the latest at "
        f"{STRETCH:g} times its n, and looks {ROUNDS} times on the way to it. The fixed unpaired "
        f"design needs 1 / (1 - {SHARED:g}) times the fixed paired one's images per model, where "
        f"scores at the same prompt and seed correlate by {SHARED:g}, which is assumed. Every row: "
        f"{replays} replays. Images are the candidate's, on average. A truth on a verdict's "
        "boundary has a wrong word: fail at no change, pass at one margin worse.",
        "",
        "| scores | truth | fixed paired | sequential | of paired | of unpaired | pass | fail "
        "| undecided | stopped early | wrong (upper 95 %) |",
        "|---" * 11 + "|",
    ]
    for r in rows:
        wrong = error(r)
        cell = "" if wrong is None else f"{100 * wrong:.2f} % ({100 * upper(wrong, r.replays):.2f})"
        lines.append(
            f"| {r.kind} | {r.truth} | {r.fixed} | {r.images:.0f} | {r.images / r.fixed:.2f} "
            f"| {(1 - SHARED) * r.images / r.fixed:.2f} | {100 * r.passed:.1f} % "
            f"| {100 * r.failed:.1f} % | {100 * (1 - r.passed - r.failed):.1f} % "
            f"| {100 * r.early:.0f} % | {cell} |"
        )
    wrong = [e for r in rows if (e := error(r)) is not None]
    twice = [r.images / r.fixed for r in rows if r.truth == "twice the margin worse"]
    same = [r.images / r.fixed for r in rows if r.truth == "no change"]
    lines += [
        "",
        f"- Error at the boundary: at most {100 * max(wrong):.2f} % (nominal {100 * ALPHA:g} %).",
        f"- At twice the margin: at most {max(twice):.2f} of the fixed paired design, "
        f"{(1 - SHARED) * max(twice):.2f} of the unpaired one.",
        f"- At no change: at most {max(same):.2f} of the fixed paired design on average, and "
        f"{STRETCH:g} of it where nothing is decided early.",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replays", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name} too")
    arguments = parser.parse_args()
    text = table(run(arguments.replays, arguments.seed), arguments.replays, arguments.seed)
    print(text)
    if arguments.write:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
