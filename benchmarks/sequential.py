"""What stopping early saves, and that it does not inflate the error: the gate's e-process replayed.

    python benchmarks/sequential.py [--replays 10000] [--seed 0] [--write]

A replay draws paired differences of prompts in rounds and asks `stats.e_values` after each, as
`stats.evidence` does, until the verdict is pass or fail or the planned maximum is reached; there
`stats.evidence` itself decides with what is left of alpha. The fixed design and the maximum come
from `stats.clusters_needed`. Images are the candidate's; each has its partner in the baseline.

A raised replay that is undecided at its maximum goes on to `RAISED` times as many prompts. The
tests of a fixed number stay those of the first maximum; only the e-values see more.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sequential_kinds import KINDS, Kind

from evalsuite import stats
from evalsuite.stats.betting import SHARE, STRETCH

Floats = NDArray[np.float64]

REPORT = Path(__file__).parents[1] / "reports" / "benchmarks" / "sequential.md"
ALPHA, POWER, MARGIN = 0.01, 0.9, 0.05
ROUNDS = 40
"""How often a replay looks: so many rounds reach the fixed design's n."""

RAISED = 2
"""How many times the first maximum a raised replay draws at most."""

SHARED = 0.6
"""The correlation of two models' scores at the same prompt and seed, for the unpaired design."""

TRUTHS = {
    "no change": 0.0,
    "one margin worse": -1.0,
    "twice the margin worse": -2.0,
    "one margin better": 1.0,
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """What the replays of one kind under one truth came to; images are means over replays.

    `raised_pass` and `raised_fail` are the shares when those undecided at the maximum went on.
    """

    kind: str
    truth: str
    fixed: int
    images: float
    passed: float
    failed: float
    early: float
    raised_pass: float
    raised_fail: float
    replays: int


def fixed_prompts(kind: Kind) -> int:
    """The prompts of the fixed paired design: it passes no change, and catches one margin."""
    needed = stats.clusters_needed(
        effect=MARGIN,
        power=POWER,
        variance=stats.DifferenceVariance(
            between=kind.between, within=kind.within, together=kind.together, width=1.0
        ),
        num_images=kind.images,
        alpha=ALPHA,
    )
    assert needed is not None
    return needed


def replay(kind: Kind, truth: str, replays: int, rng: np.random.Generator) -> Row:
    """The verdicts of `replays` sequential gates and what they cost."""
    fixed = fixed_prompts(kind)
    most = int(STRETCH * fixed)
    step = max(1, round(fixed / ROUNDS))
    looks = np.unique(np.append(np.arange(1, most, step), most))
    more = np.append(looks, np.arange(most + step, RAISED * most + 1, step))
    cost = early = done = 0
    counts = {"": 0, "pass": 0, "fail": 0, "undecided": 0}
    later = {"": 0, "pass": 0, "fail": 0}
    effect = MARGIN * TRUTHS[truth]
    while done < replays:
        size = min(500, replays - done)
        pairs = kind.draw(rng, effect, size, most)
        at, word = _stops(pairs.mean(axis=2), looks)
        for late in np.flatnonzero(word == ""):
            word[late] = _at_the_maximum(pairs[late], seed=done + int(late))
        open_ones = pairs[word == "undecided"]
        added = kind.draw(rng, effect, len(open_ones), (RAISED - 1) * most)
        whole = np.concatenate((open_ones, added), axis=1)
        for raised in _stops(whole.mean(axis=2), more)[1]:
            later[str(raised)] += 1
        for last in word:
            counts[str(last)] += 1
        cost += int(at.sum()) * kind.images
        early += int((at < most).sum())
        done += size
    return Row(
        kind=kind.name,
        truth=truth,
        fixed=fixed * kind.images,
        images=cost / replays,
        passed=counts["pass"] / replays,
        failed=counts["fail"] / replays,
        early=early / replays,
        raised_pass=(counts["pass"] + later["pass"]) / replays,
        raised_fail=(counts["fail"] + later["fail"]) / replays,
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
    shown = stats.evidence(a=a, b=b, clusters=clusters, margin=MARGIN, planned=a.size, seed=seed)
    return stats.decide(regression=shown.regression, harm=shown.harm, alpha=ALPHA)


def run(replays: int, seed: int, kinds: Sequence[Kind] = KINDS) -> list[Row]:
    """Every kind under every truth, each with a random stream of its own."""
    return [
        replay(kind, truth, replays, np.random.default_rng([seed, i, j]))
        for i, kind in enumerate(kinds)
        for j, truth in enumerate(TRUTHS)
    ]


def error(row: Row, raised: bool = False) -> float | None:
    """The share of replays whose word is wrong, where the truth lies on a boundary of it."""
    failed = row.raised_fail if raised else row.failed
    passed = row.raised_pass if raised else row.passed
    return {"no change": failed, "one margin worse": passed}.get(row.truth)


def upper(share: float, n: int) -> float:
    """The upper end of the exact two-sided 95 % interval of a share (Clopper & Pearson 1934)."""
    from scipy.stats import binomtest

    return float(binomtest(round(share * n), n).proportion_ci(0.95).high)


def _wrong(row: Row, raised: bool) -> str:
    wrong = error(row, raised)
    return "" if wrong is None else f"{100 * wrong:.2f} % ({100 * upper(wrong, row.replays):.2f})"


def table(rows: Sequence[Row], replays: int, seed: int) -> str:
    """The figures as Markdown."""
    lines = [
        "# The sequential gate",
        "",
        f"Written by `benchmarks/sequential.py --replays {replays} --seed {seed} --write`. Margin "
        f"{MARGIN:g}, alpha {ALPHA:g}; the fixed paired design has a power of {POWER:g} by "
        "`stats.clusters_needed`; the sequential one stops at the latest at "
        f"{STRETCH:g} times its n, and looks {ROUNDS} times on the way to it. The fixed unpaired "
        f"design needs 1 / (1 - {SHARED:g}) times the fixed paired one's images per model, where "
        f"scores at the same prompt and seed correlate by {SHARED:g}, which is assumed. Every row: "
        f"{replays} replays. Images are the candidate's, on average. A truth on a verdict's "
        "boundary has a wrong word: fail at no change, pass at one margin worse. Raised: where "
        f"nothing is decided at the maximum, up to {RAISED} times as many prompts are drawn, and "
        "the tests of a fixed number stay those of the first maximum.",
        "",
        "| scores | truth | fixed paired | sequential | of paired | of unpaired | pass | fail "
        "| undecided | stopped early | wrong (upper 95 %) | undecided if raised "
        "| wrong if raised (upper 95 %) |",
        "|---" * 13 + "|",
    ]
    for r in rows:
        cell, raised = (_wrong(r, raised) for raised in (False, True))
        left = 1 - r.raised_pass - r.raised_fail
        lines.append(
            f"| {r.kind} | {r.truth} | {r.fixed} | {r.images:.0f} | {r.images / r.fixed:.2f} "
            f"| {(1 - SHARED) * r.images / r.fixed:.2f} | {100 * r.passed:.1f} % "
            f"| {100 * r.failed:.1f} % | {100 * (1 - r.passed - r.failed):.1f} % "
            f"| {100 * r.early:.0f} % | {cell} | {100 * left:.1f} % | {raised} |"
        )
    wrong = [[e for r in rows if (e := error(r, b)) is not None] for b in (False, True)]
    twice = [r.images / r.fixed for r in rows if r.truth == "twice the margin worse"]
    same = [r.images / r.fixed for r in rows if r.truth == "no change"]
    lines += [
        "",
        f"- Error at the boundary: at most {100 * max(wrong[0]):.2f} %, and "
        f"{100 * max(wrong[1]):.2f} % where the maximum is raised (nominal {100 * ALPHA:g} %).",
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
