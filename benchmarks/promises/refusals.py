"""Promise 8: what is missing never becomes a value.

Made-up runs in which a model refuses everything, all images of some prompts, or images at random.
Where it refuses whole prompts, every estimate must be that of the others alone, or undecided, and
no interval may leave the old one. Where it refuses a random part, the former value of every
measure must lie in the new interval: as often, over many runs, as a 95 % interval holds what it
is of. A measure that counts what is missing (a lower score, a smaller or a larger distance from
even) would leave it in most runs.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isclose

import numpy as np
from scipy.special import betainc

from benchmarks.promises._worlds import (
    World,
    estimates_of,
    prompts_of_every_kind,
    report_of,
    world,
)
from benchmarks.promises.proof import Proof
from evalsuite.commands.table import tables
from evalsuite.measures import diversity
from evalsuite.plugins.find import own_measures
from evalsuite.records import Estimate, Key, Sample, scorer_of
from evalsuite.report.tables import is_overall

NUMBER = 8
PROMISE = "A refusal is never a value: not 0, not anything, in no estimate and in no table."

REFUSAL = "refusal"
"""What the measures of how many images were refused are called."""

OVER_GROUPS = frozenset(measure.name for measure in own_measures() if measure.over)

PART = 0.6
"""The share of images that is refused at random."""

SURE = 1e-4
"""How rarely a measure that does not move may be said to have moved."""


def prove(quick: bool) -> Proof:
    """One model that refuses everything, and runs that lose prompts, or images at random."""
    runs, each = (2, 1) if quick else (30, 3)
    dice = random.Random(8)
    refused = list(all_refused(dice, each))
    broken = list(filter(None, refused))
    held: dict[str, list[bool]] = {}
    for _ in range(runs):
        whole = world(dice, prompts_of_every_kind(dice, each), 8, whole=True)
        before = judged(whole)
        broken += moved(dice, whole, before)
        for name, holds in held_at_random(dice, whole, before):
            held.setdefault(name, []).append(holds)
    broken += strayed(held)
    told = sum(map(len, held.values()))
    return Proof(
        counts={
            "rows of a model that refuses everything": len(refused),
            "runs": runs,
            "measures at random refusals": len(held),
            "former values held by the new interval": sum(map(sum, held.values())),
            "of": told,
        },
        broken=broken,
    )


def all_refused(dice: random.Random, each: int) -> Iterator[str]:
    """A model that refuses everything has no value of anything, nor a number in a table."""
    whole = world(dice, prompts_of_every_kind(dice, each), 4, whole=True)
    run = with_refused(whole, set(whole.planned))
    rows = [*judged(run), *diversity(run.prompt_sets, run.samples, run.planned, {})]
    for found in rows:
        ends = found.value, found.low, found.high, found.n
        yield "" if ends == (None, None, None, 0) else f"refused: {found.measure}: {ends}"
    for line in [*tables(rows, report_of(run, rows).measures)[0][1]]:
        right = line[1] == "not measured" and line[3] == "0" and line[4] in ("0%", "")
        yield "" if right else f"refused: {line}"


def judged(run: World, planned: Sequence[Key] | None = None) -> list[Estimate]:
    """The estimates of what scorers answered; how many images were refused is another question."""
    found = estimates_of(run) if planned is None else estimates_of(run, planned)
    return [each for each in found if scorer_of(each.measure) != REFUSAL]


def with_refused(run: World, keys: set[Key]) -> World:
    """The run as it is where the model refuses these images; what was said of them is gone."""
    samples = {
        key: Sample(key, sample.seed, "refused", image=None, reason="no") if key in keys else sample
        for key, sample in run.samples.items()
    }
    judgements = {at: answer for at, answer in run.judgements.items() if at[1] not in keys}
    return replace(run, samples=samples, judgements=judgements)


def moved(dice: random.Random, whole: World, rows: Sequence[Estimate]) -> Iterator[str]:
    """Refuse all images of some prompts: every row is that of the other prompts, or undecided.

    So no missing value counts as 0, nor as anything else. And no interval leaves the old one.
    `rows` are the whole run's.
    """
    own = list(whole.prompt_sets[0].prompts)
    units = sorted({prompt.twin or prompt.id for prompt in own})
    gone = set(dice.sample(units, len(units) // 3))
    lost = {prompt.id for prompt in own if (prompt.twin or prompt.id) in gone}
    keys = {key for key in whole.planned if key.prompt_id in lost}
    refused = judged(with_refused(whole, keys))
    others = judged(whole, [key for key in whole.planned if key not in keys])
    kept, before = (
        {(e.measure, *sorted(e.group.items())): e for e in found} for found in (others, rows)
    )
    for found in refused:
        place = (found.measure, *sorted(found.group.items()))
        other = kept.get(place)
        if found.value is None or other is None:
            if found.value is not None:
                yield f"refusals: {place}: a value of refused images alone, {found.value}"
            continue
        # A mean over tags of which one was lost is undecided: it has no ends.
        is_undecided = found.low is None and found.value == other.value
        if not is_undecided and not agrees(found, other):
            yield f"refusals: {place}: {found.interval}, without them {other.interval}"
        if apart(found, before.get(place)):
            yield f"refusals: {place}: {found.interval} lies apart from what it was"


def agrees(found: Estimate, other: Estimate) -> bool:
    """Whether a row is that of the other prompts, up to the last bit of a sum.

    The words may say that some groups have no value. A measure that takes each group by itself
    (`Measure.over`) has an interval about all planned images: it may give way for those that are
    missing.
    """
    if (found.n, found.prompts, found.estimand) != (other.n, other.prompts, other.estimand):
        return False
    pairs = ((found.value, other.value), (found.low, other.low), (found.high, other.high))
    if all(a == b or (a is not None and b is not None and isclose(a, b)) for a, b in pairs):
        return True
    if found.measure not in OVER_GROUPS or any(None in pair for pair in pairs):
        return False
    value, low, high = ([float(end or 0.0) for end in pair] for pair in pairs)
    return isclose(*value) and low[0] <= low[1] and high[0] >= high[1]


def apart(found: Estimate, before: Estimate | None) -> bool:
    """Whether two intervals have nothing in common."""
    if before is None or None in (found.low, found.high, before.low, before.high):
        return False
    assert found.low is not None and found.high is not None
    assert before.low is not None and before.high is not None
    touch = isclose(found.low, before.high) or isclose(found.high, before.low)
    return not touch and (found.low > before.high or found.high < before.low)


def held_at_random(
    dice: random.Random, whole: World, rows: Sequence[Estimate]
) -> Iterator[tuple[str, bool]]:
    """Of each measure of the whole run, whether its value is held where `PART` is refused.

    `rows` are the whole run's.
    """
    draws = np.random.default_rng(dice.randrange(1000))
    vectors = {
        str(s.image): draws.normal(size=16).astype(np.float32) for s in whole.samples.values()
    }
    gone = set(dice.sample(whole.planned, round(PART * len(whole.planned))))
    refused = with_refused(whole, gone)
    before, after = (
        {
            (e.measure, *e.group.items()): e
            for e in [*own, *diversity(run.prompt_sets, run.samples, run.planned, vectors)]
            if is_overall(e.group)
        }
        for run, own in ((whole, rows), (refused, judged(refused)))
    )
    for place, found in after.items():
        value = before[place].value if place in before else None
        if value is not None and found.low is not None and found.high is not None:
            yield place[0], found.low - 1e-9 <= value <= found.high + 1e-9


def strayed(held: dict[str, list[bool]]) -> Iterator[str]:
    """Measures whose former value lay outside more often than a 95 % interval's may."""
    for name, holds in held.items():
        out, n = holds.count(False), len(holds)
        # The chance of at least so many of n at a rate of one in twenty.
        if out and betainc(out, n - out + 1, 0.05) < SURE:
            yield f"refusals: {name}: moved beyond its interval in {out} of {n} runs"
