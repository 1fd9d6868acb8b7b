"""Promise 8: what is missing never becomes a value.

Made-up runs in which a model refuses everything, or all images of some prompts. Of those, every
estimate must be that of the other prompts alone, or undecided, and no interval may leave the old
one. The Vendi score is known to fall where fewer images of a prompt are drawn, since it counts
effective images: what leaves its interval so is counted, and said.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from math import isclose

import numpy as np

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
from evalsuite.records import Estimate, Key, Sample

NUMBER = 8
PROMISE = "A refusal is never a value: not 0, not anything, in no estimate and in no table."

FELL = "Vendi scores of fewer images that left their interval (known)"


def prove(quick: bool) -> Proof:
    """One model that refuses everything, and runs that lose a third of their prompts."""
    runs, each = (1, 1) if quick else (30, 3)
    dice = random.Random(8)
    refused = list(all_refused(dice, each))
    broken = list(filter(None, refused))
    fallen = 0
    for _ in range(runs):
        whole = world(dice, prompts_of_every_kind(dice, each), 4, whole=True)
        broken += moved(dice, whole)
        fallen += fallen_vendi(dice, whole)
    counts = {"rows of a model that refuses everything": len(refused), "runs": runs}
    return Proof(counts=counts | ({FELL: fallen} if fallen else {}), broken=broken)


def all_refused(dice: random.Random, each: int) -> Iterator[str]:
    """A model that refuses everything has no value of anything, nor a number in a table."""
    whole = world(dice, prompts_of_every_kind(dice, each), 4, whole=True)
    run = with_refused(whole, set(whole.planned))
    rows = [*estimates_of(run), *diversity(run.prompt_sets, run.samples, run.planned, {})]
    for found in rows:
        ends = found.value, found.low, found.high, found.n
        yield "" if ends == (None, None, None, 0) else f"refused: {found.measure}: {ends}"
    for line in [*tables(rows, report_of(run, rows).measures)[0][1]]:
        right = line[1] == "not measured" and line[3] == "0" and line[4] in ("0%", "")
        yield "" if right else f"refused: {line}"


def with_refused(run: World, keys: set[Key]) -> World:
    """The run as it is where the model refuses these images; what was said of them is gone."""
    samples = {
        key: Sample(key, sample.seed, "refused", image=None, reason="no") if key in keys else sample
        for key, sample in run.samples.items()
    }
    judgements = {at: answer for at, answer in run.judgements.items() if at[1] not in keys}
    return replace(run, samples=samples, judgements=judgements)


def moved(dice: random.Random, whole: World) -> Iterator[str]:
    """Refuse all images of some prompts: every row is that of the other prompts, or undecided.

    So no missing value counts as 0, nor as anything else. And no interval leaves the old one.
    """
    own = list(whole.prompt_sets[0].prompts)
    units = sorted({prompt.twin or prompt.id for prompt in own})
    gone = set(dice.sample(units, len(units) // 3))
    lost = {prompt.id for prompt in own if (prompt.twin or prompt.id) in gone}
    keys = {key for key in whole.planned if key.prompt_id in lost}
    refused = estimates_of(with_refused(whole, keys))
    others = estimates_of(whole, [key for key in whole.planned if key not in keys])
    kept, before = (
        {(e.measure, *sorted(e.group.items())): e for e in rows}
        for rows in (others, estimates_of(whole))
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
        if not is_undecided and other.interval != found.interval:
            yield f"refusals: {place}: {found.interval}, without them {other.interval}"
        if apart(found, before.get(place)):
            yield f"refusals: {place}: {found.interval} lies apart from what it was"


def apart(found: Estimate, before: Estimate | None) -> bool:
    """Whether two intervals have nothing in common."""
    if before is None or None in (found.low, found.high, before.low, before.high):
        return False
    assert found.low is not None and found.high is not None
    assert before.low is not None and before.high is not None
    touch = isclose(found.low, before.high) or isclose(found.high, before.low)
    return not touch and (found.low > before.high or found.high < before.low)


def fallen_vendi(dice: random.Random, whole: World) -> int:
    """How many Vendi scores leave their interval where half of each prompt's images are refused."""
    draws = np.random.default_rng(dice.randrange(1000))
    vectors = {
        str(s.image): draws.normal(size=16).astype(np.float32) for s in whole.samples.values()
    }
    halved = with_refused(whole, {key for key in whole.planned if key.index % 2})
    rows = [
        diversity(run.prompt_sets, run.samples, run.planned, vectors) for run in (whole, halved)
    ]
    before = {(e.measure, *e.group.items()): e for e in rows[0]}
    return sum(
        apart(found, before.get((found.measure, *found.group.items())))
        for found in rows[1]
        if found.measure == "diversity.vendi"
    )
