"""One tiny run, written out: six prompts in four sets, a word of the tester's in each field.

And short ways to write others down, as fixtures: `row`, `run` and `texts` give the functions below.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from evalsuite.measures import estimate
from evalsuite.records import (
    Box,
    Choice,
    Clause,
    Estimate,
    Interval,
    Judgement,
    Key,
    Measure,
    Prompt,
    PromptSet,
    Sample,
)
from evalsuite.report import Audited, Report
from evalsuite.scorers import clip, objects, presentation, skin_tone


def pixels(sha256: str) -> np.ndarray:
    """An 8x8 picture; every name has its own grey."""
    return np.full((8, 8, 3), 16 * len(sha256), dtype=np.uint8)


def _prompt_sets(word: str) -> list[PromptSet]:
    def named(topic: str, *prompts: Prompt) -> PromptSet:
        card = {"topic": topic + word, "not_measured": "beauty" + word}
        return PromptSet(
            name=topic + word,
            version="1" + word,
            digest="abc" + word,
            dialect="everyday",
            prompts=prompts,
            card=card,
        )

    cat, dog = Clause("cat" + word), Clause("dog" + word)
    vet = {"occupation": "vet" + word}
    return [
        named(
            "counts",
            Prompt(
                "c1" + word, "two cats" + word, "counting", include=(cat,), groups={"count": "2"}
            ),
            Prompt("c2", "three cats", "counting", include=(cat,), groups={"count": "3" + word}),
        ),
        named(
            "spatial", Prompt("s1", "left" + word, "position", groups={"relation": "left" + word})
        ),
        named(
            "negation",
            Prompt(
                "n1", "a dog" + word, "negation", include=(dog,), groups={"form": "affirmative"}
            ),
            Prompt("n2", "no dog", "negation", groups={"form": "negated"}, twin="n1"),
        ),
        named("work", Prompt("w1", "a vet" + word, "occupation", groups=vet, subject="person")),
    ]


def _estimates(word: str) -> list[Estimate]:
    def made(topic: str, measure: str, group: dict[str, str], value: float | None) -> Estimate:
        ends = (None, None) if value is None else (value - 0.125, value + 0.125)
        n = 0 if value is None else 3
        return Estimate(
            prompt_set=topic + word,
            measure=measure,
            group=group,
            interval=Interval(value, *ends, n, min(n, 2), "m" + word),
            missing={"refused": 1, "abstained: unsure" + word: 1},
            null=0.5,
            reference=0.25,
        )

    vet = {"occupation": "vet" + word}
    return [
        made("counts", "objects.count", {}, 0.75),
        made("counts", "objects.count", {"count": "2"}, 0.5),
        made("counts", "objects.count", {"count": "3" + word}, None),
        made("counts", "objects.drawn", {}, 2.0),
        made("counts", "other.thing" + word, {}, 0.5),
        made("counts", "other.thing" + word, {"sort" + word: "x" + word}, 0.5),
        made("spatial", "objects.relation", {}, 0.5),
        made("spatial", "objects.relation", {"relation": "left" + word}, 0.5),
        made("negation", "objects.excluded_drawn", {"form": "affirmative"}, 0.75),
        made("negation", "objects.excluded_drawn", {"form": "negated"}, 0.5),
        made("negation", "objects.negation_effect", {}, 0.25),
        made("work", "presentation.woman", vet, 0.5),
        made("work", "presentation.unknown", vet, 0.125),
        made("work", "presentation.imbalance", vet, 0.125),
        made("work", "skin_tone.tone", {**vet, "tone": "1-4"}, 0.5),
        made("work", "skin_tone.tone_imbalance", vet, 0.125),
    ]


def _measures(word: str) -> dict[str, Measure]:
    """Those of three bundled scorers, and one of an outside scorer."""
    odd = Measure(
        name="other.thing" + word,
        title="Thing" + word,
        kind="mean",
        unit="furlongs" + word,
        plot=("sort" + word,),
        higher_is_better=None,
    )
    own = [*objects.MEASURES, *clip.MEASURES, *presentation.MEASURES, *skin_tone.MEASURES]
    said = [replace(m, title=m.title + word, cannot_show=m.cannot_show + word) for m in own]
    return {measure.name: measure for measure in [*said, odd]}


def _judgements(keys: list[Key], word: str) -> dict[tuple[str, Key], Judgement]:
    judgements = {}
    for key in keys[:1] + keys[2:]:
        judgements["objects", key] = Judgement(
            "objects",
            key,
            {"correct": float(key.index), "drawn": 2.0, "relation": None},
            reasons={"relation": "unsure" + word + ": hm"},
            evidence={"more" + word: {"x" + word: 1}},
            boxes=(Box("cat" + word, (1.0, 1.0, 5.0, 6.0), 0.9, {"color": "red" + word}),),
            summary="expected" + word,
        )
        options = Choice(("a" + word, "b" + word), (0.25, 0.75), "b" + word)
        judgements["clip", key] = Judgement(
            "clip",
            key,
            {"score": 20.0, "choice": 0.0},
            not_applicable=("binding",),
            choices={"choice": options},
        )
        judgements["odd" + word, key] = Judgement("odd" + word, key, failure="broke" + word)
    for key in keys[-2:]:
        labels = Choice(("woman" + word, "man"), (0.75, 0.25), "woman" + word)
        judgements["presentation", key] = Judgement(
            "presentation", key, {"label": "woman" + word}, choices={"label": labels}
        )
        judgements["skin_tone", key] = Judgement("skin_tone", key, {"tone": "3", "ita": 71.7})
    return judgements


def make(word: str = "") -> Report:
    """The tiny run; `word` is added to every text that comes from outside."""
    sets = _prompt_sets(word)
    keys = [Key(s.name, p.id, index) for s in sets for p in s.prompts for index in range(2)]
    samples = {key: Sample(key, 1, "ok", image="ab" + "c" * (key.index + 1)) for key in keys}
    samples[keys[1]] = Sample(keys[1], 1, "refused", reason="policy" + word)
    audit = {
        ("counts" + word, "objects.count", ()): Audited(
            interval=Interval(0.5, 0.375, 0.625, 64, 32),
            chance=0.5,
            scorer="objects" + word,
            field="count",
            tag="counting" + word,
        ),
        ("spatial" + word, "objects.relation", ()): Audited(
            interval=Interval(0.75, 0.625, 0.875, 64, 0), chance=0.25
        ),
    }
    return Report(
        title="A run" + word,
        model="a model" + word,
        manifest={"seed" + word: ["x" + word]},
        prompt_sets=sets,
        samples=samples,
        judgements=_judgements(keys, word),
        estimates=_estimates(word),
        load_image=pixels,
        measures=_measures(word),
        planned=keys,
        audit=audit,
        command="evalsuite run" + word,
        references="taught" + word,
    )


@pytest.fixture
def tiny() -> Report:
    return make()


@pytest.fixture
def hostile():
    return make


@pytest.fixture
def empty() -> Report:
    """Planned, and nothing more."""
    return replace(make(), samples={}, judgements={}, estimates=[], measures={}, audit={})


def make_row(
    measure: str,
    value: float | None,
    group: dict[str, str] | None = None,
    *,
    prompt_set: str = "s",
    n: int = 4,
    spread: float = 0.25,
) -> Estimate:
    """An estimate; its interval reaches as far as `spread` to both sides."""
    ends = (None, None) if value is None else (value - spread, value + spread)
    interval = Interval(value, *ends, 0 if value is None else n, 2, "")
    return Estimate(prompt_set=prompt_set, measure=measure, group=group or {}, interval=interval)


def make_run(
    prompts: Iterable[Prompt],
    judgements: Iterable[Judgement] = (),
    measures: Iterable[Measure] = (),
    estimates: Iterable[Estimate] | None = None,
    card: dict[str, str] | None = None,
    images: int = 1,
) -> Report:
    """A report of one set of which every image was drawn; without estimates, those that follow."""
    prompt_set = PromptSet(
        name="s",
        version="1",
        digest="d" * 64,
        dialect="everyday",
        prompts=tuple(prompts),
        card=card or {},
    )
    keys = [Key("s", prompt.id, index) for prompt in prompt_set.prompts for index in range(images)]
    samples = {key: Sample(key, 1, "ok", image="a" * 64) for key in keys}
    judged = {(judgement.scorer, judgement.key): judgement for judgement in judgements}
    known = list(measures)
    if estimates is None:
        estimates = estimate([prompt_set], samples, judged, keys, known)
    return Report(
        title="t",
        model="m",
        manifest={},
        prompt_sets=[prompt_set],
        samples=samples,
        judgements=judged,
        estimates=list(estimates),
        load_image=lambda sha256: np.full((8, 8, 3), 128, np.uint8),
        measures={measure.name: measure for measure in known},
        planned=keys,
    )


def make_texts(table) -> list[list[str]]:
    """A table's head and rows as plain text."""
    return [[cell.text for cell in line] for line in (table.head, *table.rows)]


@pytest.fixture
def row():
    return make_row


@pytest.fixture
def run():
    return make_run


@pytest.fixture
def texts():
    return make_texts
