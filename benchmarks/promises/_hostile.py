"""A run, a comparison and a gate in whose every text from outside stands a payload."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np

from evalsuite.measures import estimate
from evalsuite.measures.declared import measures_of
from evalsuite.plugins.find import own_measures
from evalsuite.records import (
    Box,
    Choice,
    Clause,
    Difference,
    Estimate,
    Flip,
    Interval,
    Judgement,
    Key,
    Measure,
    Pixels,
    Prompt,
    PromptSet,
    Sample,
    Verdict,
)
from evalsuite.report import Audited, Report
from evalsuite.report.comparison import (
    Against,
    Board,
    ComparedRun,
    ComparisonReport,
    Contrasted,
    FlippedImage,
    Standing,
    Unlike,
)
from evalsuite.report.verdicts import Gated

SET = "mine"
"""A set's name is its file's: letters, digits and -._ alone, so that no payload can be one."""
SCORERS = ("objects", "other")


def picture(sha256: str) -> Pixels:
    """A grey picture of 8x8 pixels."""
    return np.full((8, 8, 3), 16 * (len(sha256) % 16), dtype=np.uint8)


def measures(word: str) -> list[Measure]:
    """Those of our own scorer of objects, and one that an outside scorer declares."""
    odd = Measure(
        name="other.thing",
        title="Thing" + word,
        kind="mean",
        unit="furlongs" + word,
        plot=("sort" + word,),
        higher_is_better=True,
        prominence=1,
        blur_from=2.0,
        cannot_show="much" + word,
    )
    return [*(m for m in own_measures() if m.scorer == "objects"), odd]


def prompts(word: str) -> PromptSet:
    """Six prompts with every text that a prompt can have, and a card."""
    found = [
        Prompt(
            f"p{n}",
            f"{n} cats{word}",
            "counting" if n < 5 else "tag" + word,
            include=(Clause("cat" + word, n),),
            groups={"count": str(n), "sort" + word: f"{'ab'[n % 2]}{word}"},
            words="cat" + word,
        )
        for n in range(1, 7)
    ]
    card = {"topic": "cats" + word, "not_measured": "dogs" + word, "version": "1"}
    return PromptSet(
        name=SET, version="1", digest="0" * 64, dialect="everyday", prompts=tuple(found), card=card
    )


def judgements(word: str, keys: list[Key]) -> dict[tuple[str, Key], Judgement]:
    """What two scorers said; the first image of a prompt has it all, the third a breakdown."""
    found = {}
    for key in keys:
        value = float(key.index == 0)
        options = Choice(("a" + word, "b" + word), (0.25, 0.75), "b" + word)
        found["objects", key] = Judgement(
            "objects",
            key,
            {"correct": value, "count": value, "drawn": 2.0, "relation": None},
            reasons={"relation": f"unsure{word}: hm{word}"},
            evidence={"more" + word: {"x" + word: 1}},
            boxes=(Box("cat" + word, (1.0, 1.0, 5.0, 6.0), 0.9, {"color": "red" + word}),),
            choices={"count": options},
            summary="expected" + word,
        )
        is_broken = key.index == 2
        found["other", key] = Judgement(
            "other",
            key,
            {} if is_broken else {"thing": value + 1, "said" + word: "label" + word},
            failure="broke" + word if is_broken else None,
        )
    return found


@lru_cache(maxsize=1)  # each output asks for it
def report(word: str) -> Report:
    """The run as its report's data."""
    own = prompts(word)
    keys = [Key(SET, prompt.id, index) for prompt in own.prompts for index in range(4)]
    samples = {key: Sample(key, 1, "ok", image="ab" + "c" * key.index) for key in keys}
    samples |= {
        k: Sample(k, 1, "refused", image=None, reason="policy" + word) for k in keys if k.index == 3
    }
    said = judgements(word, [key for key in keys if key.index < 3])
    known = measures_of([own], said, measures(word))
    audit = Audited(
        interval=Interval(0.5, 0.375, 0.625, 64, 32),
        chance=0.5,
        scorer="objects" + word,
        field="count",
        tag="counting" + word,
    )
    return Report(
        title="A run" + word,
        model="a model" + word,
        manifest={"seed" + word: ["x" + word], "card": "y" + word},
        prompt_sets=[own],
        samples=samples,
        judgements=said,
        estimates=estimate([own], samples, said, keys, measures(word)),
        load_image=picture,
        measures={measure.name: measure for measure in known},
        planned=keys,
        audit={(SET, "objects.count", ()): audit},
        command="evalsuite run" + word,
        references="taught" + word,
    )


@lru_cache(maxsize=1)
def comparison(word: str) -> ComparisonReport:
    """Two runs side by side, with what flipped, what is missing and why they are not alike."""
    data = report(word)
    shown = [e for e in data.estimates if e.value is not None]
    lost = [difference(e, {"missing": "why" + word}) for e in shown[:2]]
    runs = [_compared(data, name + word) for name in ("first", "second")]
    key = next(iter(data.samples))
    flipped = FlippedImage(key, "a prompt" + word, ("objects.count",), ("other.said" + word,))
    against = Against(
        run=runs[1],
        rows=[Contrasted(difference(e, e.group), 0.01) for e in shown],
        losses=[Contrasted(each, 0.01) for each in lost],
        flips=[flipped],
        unlike=[Unlike("another model" + word, SET)],
    )
    return ComparisonReport(
        baseline=runs[0],
        candidates=[against],
        prompt_sets=[SET],
        measures=data.measures,
        tested=len(shown),
        command="evalsuite compare" + word,
        folder="compare" + word,
        boards=[_board(word, [run.name for run in runs])],
    )


def _board(word: str, names: Sequence[str]) -> Board:
    first, second = names
    ranked = Standing(
        run=first,
        interval=Interval(0.5, 0.4, 0.6, 8, 8),
        first=1,
        last=2,
        better_than=(second,),
        missing=1,
        planned=8,
    )
    interval = Interval(0.4, 0.3, 0.5, 8, 8)
    other = Standing(run=second, interval=interval, why="another judge" + word)
    return Board(
        prompt_set=SET,
        measure="objects.count",
        group={"kind" + word: "many" + word},
        standings=(ranked, other),
        pairing="seeds",
        limit="too little" + word,
        judge="not audited",
    )


def _compared(data: Report, name: str) -> ComparedRun:
    images = {key: s.image for key, s in data.samples.items() if s.image is not None}
    return ComparedRun(
        name=name,
        model=data.model,
        seed=7,
        planned=8,
        drawn=6,
        complete=False,
        images=images,
        judgements=data.judgements,
        load_image=picture,
    )


def difference(own: Estimate, group: Any) -> Difference:
    """An estimate beside itself, with a difference between the two."""
    return Difference(
        prompt_set=own.prompt_set,
        measure=own.measure,
        group=group,
        baseline=own,
        candidate=own,
        interval=Interval(0.25, 0.125, 0.5, 8, 4, own.method),
        p=0.001,
        pairing="seeds",
        gained=1,
        lost=2,
    )


@lru_cache(maxsize=1)
def gated(word: str) -> Gated:
    """A gate with a verdict of every word and tier, and flips."""
    data = report(word)
    rows = [e for e in data.estimates if e.value is not None]
    verdicts = [
        Verdict(
            measure=own.measure,
            prompt_set=own.prompt_set,
            group=own.group,
            tier=tier,  # type: ignore[arg-type]
            word=ending,
            reason="because" + word,
            margin=0.1,
            unit="share" + word,
            p=0.01,  # type: ignore[arg-type]
            difference=difference(own, own.group),
        )
        for own, (tier, ending) in zip(rows, TIERS * len(rows), strict=False)
    ]
    flips = [Flip(Key(SET, "p1", n), "objects.count", n < 2, "two cats" + word) for n in range(4)]
    return Gated(
        word="fail",
        run="a run" + word,
        baseline="another" + word,
        policy="mine" + word,
        alpha=0.01,
        level=0.98,
        verdicts=verdicts,
        flips=flips,
        folder=Path("a run"),
    )


TIERS = [("block", "fail"), ("block", "undecided"), ("block", "pass"), ("warn", "fail")]


def endings(word: str) -> dict[str, Counter[str]]:
    """The counts of an unfinished run, as its last line says them."""
    return {
        "failures": Counter({f"drawing: {word}": 2, f"objects: {word}": 1}),
        "endings": Counter({f"refused: {word}": 3}),
        "statuses": cast("Counter[str]", Counter({"refused": 3})),
    }
