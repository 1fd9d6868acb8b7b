"""10,000 A/A gates a kind of score: how often the gate's statistics cry wolf, and what they catch.

    python benchmarks/gates.py [--gates 10000] [--seed 0] [--write]

A gate is a family of four blocking measures of two runs. Every A/A gate draws its own design:
8 to 120 prompts, 1 to 6 images each, correlation within prompts 0 to 0.8, up to 30 % of the images
refused (some prompts more than others), measures that correlate with one another, and ties: images
that come out alike in both runs, and scores rounded to tenths. The rule is the gate's own, written
out on arrays to be quick; `evalsuite.gating.decide` judges every hundredth gate too, and the two
must agree. Injected: one of the four measures is worse by its margin, at the number of prompts that
`stats.prompts_needed` plans from known variances for a power of 0.9.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, stdtrit
from scipy.stats import binomtest

from evalsuite import gating, stats
from evalsuite.comparison.snapshot import Asked, Side
from evalsuite.gating.policy import Policy, Rule
from evalsuite.measures.reading import Reading
from evalsuite.records import Key, Measure

Floats = NDArray[np.float64]

REPORT = Path(__file__).parents[1] / "reports" / "benchmarks" / "gates.md"
ALPHA, POWER, MEASURES = 0.01, 0.9, 4
EVERY = 100
"""One in so many A/A gates is judged by `gating.decide` as well."""

PILOT = 200_000

KINDS = ("binary", "bounded", "heavy-tailed")
MARGINS = {"binary": 0.1, "bounded": 0.05, "heavy-tailed": 0.5}
NAMES = {
    "binary": tuple(f"objects.{name}" for name in ("correct", "present", "count", "color")),
    "bounded": tuple(f"made.up{n}" for n in range(MEASURES)),
    "heavy-tailed": tuple(f"made.up{n}" for n in range(MEASURES)),
}


@dataclass(frozen=True)
class Row:
    """A kind of score: what its A/A gates and its gates with a regression came to."""

    kind: str
    gates: int
    alarms: int
    passes: int
    below: float  # share of all single p-values at or below 0.05
    checked: int
    agreed: int
    prompts: int
    injected: int
    caught: int
    missed: int


def as_scores(kind: str, z: Floats, levels: Floats) -> Floats:
    """Standard normal numbers as scores, which differ by the measure's own level, 0 to 1.

    Shares lie near 0 and 1 too; the heavy tails are those of t with 1 (no mean) to 4 degrees.
    """
    if kind == "binary":
        return (ndtr(z) < levels).astype(float)
    if kind == "bounded":
        return np.round(betaincinv(0.5, 2.0, ndtr(z)), 1)
    return np.asarray(stdtrit(np.ceil(4 * levels), ndtr(z)), dtype=np.float64)


def draw(kind: str, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """An A/A gate: the values of both runs, shape (measures, prompts, images); NaN is refused."""
    prompts, images = int(rng.integers(8, 121)), int(rng.integers(1, 7))
    icc, refused, alike, common = rng.uniform(0, [0.8, 0.3, 0.9, 0.8])
    shape = (2, MEASURES, prompts, images)
    shared = rng.standard_normal((1, MEASURES, prompts, 1))
    single = np.sqrt(common) * rng.standard_normal((2, 1, prompts, images))
    single = single + np.sqrt(1 - common) * rng.standard_normal(shape)
    z = np.sqrt(icc) * shared + np.sqrt(1 - icc) * single
    z[1] = np.where(rng.random((1, prompts, images)) < alike, z[0], z[1])
    values = as_scores(kind, z, rng.uniform(0.05, 0.95, (1, MEASURES, 1, 1)))
    rates = rng.beta(1, 1 / max(refused, 1e-3) - 1, (1, 1, prompts, 1))
    gone = np.broadcast_to(rng.random((2, 1, prompts, images)) < rates, shape)
    values = np.where(gone, np.nan, values)
    return values[0], values[1]


def injected(
    kind: str, worse: float, prompts: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Two runs on the same seeds, correlation 0.6; the second's first measure is `worse`."""
    shape = (2, MEASURES, prompts, 2)
    z = np.sqrt(0.3) * rng.standard_normal((1, MEASURES, prompts, 1))
    z = z + np.sqrt(0.3) * rng.standard_normal((1, *shape[1:]))
    z = z + np.sqrt(0.4) * rng.standard_normal(shape)
    values = as_scores(kind, z, np.full((1, MEASURES, 1, 1), 0.6))
    if kind == "binary":
        # Wrong where it was right, so often that the share falls by `worse`.
        fall = rng.random(shape[2:]) < worse / 0.6
        values[1, 0] = np.where(fall, 0.0, values[1, 0])
    elif kind == "bounded":
        # A tenth lower so often that it makes `worse`, where there is a tenth to lose.
        able = values[1, 0] >= 0.1
        low = able & (rng.random(shape[2:]) < worse / 0.1 / LOWERABLE)
        values[1, 0] = np.where(low, values[1, 0] - 0.1, values[1, 0])
    else:
        values[1, 0] -= worse
    return values[0], values[1]


_MANY = as_scores("bounded", np.random.default_rng(0).standard_normal(10**6), np.zeros(1))
LOWERABLE = float(np.mean(_MANY >= 0.1))
"""The share of bounded scores that are a tenth or more."""


def words(kind: str, before: Floats, after: Floats, seed: int) -> tuple[list[str], Floats]:
    """The gate's rule on arrays: one word per measure, and the one-sided p-values before Holm."""
    prompts = np.broadcast_to(np.arange(before.shape[1])[:, None], before.shape[1:])
    pairs = []
    ps = np.ones(MEASURES)
    for i in range(MEASURES):
        both = ~np.isnan(before[i]) & ~np.isnan(after[i])
        pairs.append((after[i][both], before[i][both], prompts[both]))
        a, b, clusters = pairs[-1]
        if np.unique(clusters).size > 1:
            p = stats.sign_flip(a=a, b=b, clusters=clusters, seed=seed)
            ps[i] = p / 2 if a.mean() < b.mean() else 1 - p / 2
    rejected = stats.holm(p_values=ps) <= ALPHA
    verdicts = []
    for i, (a, b, clusters) in enumerate(pairs):
        low = bound(kind, a, b, clusters)
        if low is None:
            verdicts.append("undecided")
        elif low > -MARGINS[kind]:
            verdicts.append("pass")
        else:
            verdicts.append("fail" if rejected[i] else "undecided")
    return verdicts, ps


def bound(kind: str, a: Floats, b: Floats, clusters: NDArray[np.intp]) -> float | None:
    """The one-sided lower bound of the difference."""
    options = {"a": a, "b": b, "clusters": clusters, "level": 1 - 2 * ALPHA}
    if kind == "binary":
        return stats.paired_proportions(**options).low
    return stats.paired_difference(**options).low


def overall(verdicts: Sequence[str]) -> str:
    if "fail" in verdicts:
        return "fail"
    return "undecided" if "undecided" in verdicts else "pass"


def run(gates: int, seed: int, pilot: int = PILOT) -> list[Row]:
    """All kinds, each gate with a random stream of its own."""
    return [_run(kind, gates, max(gates // 10, 20), seed, pilot) for kind in KINDS]


def _run(kind: str, gates: int, powered: int, seed: int, pilot: int) -> Row:
    place, margin = KINDS.index(kind), MARGINS[kind]
    alarms = passes = agreed = small = 0
    for number in range(gates):
        before, after = draw(kind, np.random.default_rng([seed, place, number]))
        checked = number % EVERY == 0
        runs = (side(kind, before), side(kind, after)) if checked else None
        flips = gating.permutation_seed(*runs) if runs else number
        verdicts, ps = words(kind, before, after, flips)
        alarms += overall(verdicts) == "fail"
        passes += overall(verdicts) == "pass"
        small += int((ps <= 0.05).sum())
        agreed += runs is not None and _decided(kind, *runs) == verdicts
    prompts = planned(kind, margin, seed, pilot)
    ended = []
    for number in range(powered):
        rng = np.random.default_rng([seed, 10 + place, number])
        ended.append(words(kind, *injected(kind, margin, prompts, rng), number)[0][0])
    return Row(
        kind=kind,
        gates=gates,
        alarms=alarms,
        passes=passes,
        below=small / gates / MEASURES,
        checked=len(range(0, gates, EVERY)),
        agreed=agreed,
        prompts=prompts,
        injected=powered,
        caught=ended.count("fail"),
        missed=ended.count("pass"),
    )


def planned(kind: str, margin: float, seed: int, pilot: int) -> int:
    """The prompts that `stats` plans for a family of four, as `evalsuite plan` does.

    The variances are known from `pilot` prompts, very many: what a small pilot's own error costs
    is not asked here. The power is one alpha more than asked: so often a regression of just the
    margin passes.
    """
    before, after = injected(kind, margin, pilot, np.random.default_rng([seed, 20]))
    table = np.stack((before[0].ravel(), after[0].ravel()), axis=1)
    variances = stats.variance_split(values=table, clusters=np.repeat(np.arange(pilot), 2))
    between, within = stats.difference_variances(variances=variances, pairing="seeds")
    assert between is not None and within is not None
    needed = stats.prompts_needed(
        effect=margin,
        power=POWER + ALPHA,
        between=between,
        within=within,
        num_images=2,
        alpha=ALPHA / MEASURES,
        step=1.0 if kind == "binary" else 0.0,
    )
    assert needed is not None
    return needed


def side(kind: str, values: Floats) -> Side:
    """Values of the shape (measures, prompts, images) as a side; NaN is refused."""
    keys = [Key("s", f"p{n:03}", i) for n, i in np.ndindex(values.shape[1:])]
    names = NAMES[kind]
    readings = {
        (name, key): Reading(None if np.isnan(v) else float(v), "refused", key.prompt_id)
        for name, table in zip(names, values, strict=True)
        for key, v in zip(keys, table.ravel(), strict=True)
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
        measures={name: _measure(name, kind) for name in names},
        readings=readings,
        scorers={scorer: "s"},
        images={},
        complete=True,
    )


def _measure(name: str, kind: str) -> Measure:
    return Measure(name=name, title=name, kind="share" if kind == "binary" else "mean", by=())


def rules(kind: str) -> Policy:
    # Missingness is a question of its own; here it may not hide a verdict.
    blocking = (Rule(name, MARGINS[kind], True, missing=1.0) for name in NAMES[kind])
    return Policy(tuple(blocking), ALPHA)


def _decided(kind: str, before: Side, after: Side) -> list[str]:
    """The words of `gating.decide`; a pass withheld for missingness alone counts as a pass."""
    verdicts = gating.decide(before, after, rules(kind))
    return ["pass" if "of what was measured" in v.reason else str(v.word) for v in verdicts]


def reruns(seed: int, times: int = 100) -> int:
    """How many different answers one gate gives when it is asked so many times."""
    runs = [side("binary", values) for values in draw("binary", np.random.default_rng([seed, 30]))]
    return len({repr(gating.decide(*runs, rules("binary"))) for _ in range(times)})


def upper(count: int, n: int) -> float:
    """The upper end of the exact two-sided 95 % interval of a share (Clopper & Pearson 1934)."""
    return float(binomtest(count, n).proportion_ci(0.95).high)


def table(rows: Sequence[Row], answers: int, gates: int, seed: int) -> str:
    """The figures as Markdown."""
    lines = [
        "# A/A gates and injected regressions",
        "",
        f"Written by `benchmarks/gates.py --gates {gates} --seed {seed} --write`. A gate is a "
        f"family of {MEASURES} blocking measures at alpha {100 * ALPHA:g} %; designs are drawn at "
        "random (8 to 120 prompts, 1 to 6 images, correlation within prompts 0 to 0.8, refusals 0 "
        "to 30 %, ties). A false alarm is a gate that fails though both runs are of one model. "
        f"Injected is one regression of the margin at the n planned for a power of {POWER:g}.",
        "",
        "| scores | A/A gates | false alarms | upper 95 % | passed | single p up to 0.05 | as "
        "`gating.decide` | planned prompts of 2 | injected | caught | passed |",
        "|---" * 11 + "|",
    ]
    for r in rows:
        lines.append(
            f"| {r.kind} | {r.gates} | {r.alarms} ({100 * r.alarms / r.gates:.2f} %) "
            f"| {100 * upper(r.alarms, r.gates):.2f} % | {100 * r.passes / r.gates:.0f} % "
            f"| {100 * r.below:.2f} % | {r.agreed} of {r.checked} | {r.prompts} | {r.injected} "
            f"| {100 * r.caught / r.injected:.1f} % | {100 * r.missed / r.injected:.1f} % |"
        )
    lines += ["", f"- 100 reruns of one gate gave {answers} different answer(s).", ""]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gates", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name} too")
    arguments = parser.parse_args()
    rows = run(arguments.gates, arguments.seed)
    text = table(rows, reruns(arguments.seed), arguments.gates, arguments.seed)
    print(text)
    if arguments.write:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
