"""One tiny run, written out: six prompts in four sets, a word of the tester's in each field."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.records import Clause, Estimate, Judgement, Key, Prompt, PromptSet, Sample
from evalsuite.report import Audited, MeasureText, Report

CONFUSED = {"boxes": [{"class": "cat", "score": 0.9, "box": [1, 1, 5, 6], "color": None}]}


def pixels(sha256: str) -> np.ndarray:
    """An 8x8 picture; every name has its own grey."""
    return np.full((8, 8, 3), 16 * len(sha256), dtype=np.uint8)


def _prompt_sets(word: str) -> list[PromptSet]:
    def one(topic: str, *prompts: Prompt) -> PromptSet:
        card = {"topic": topic + word, "not_measured": "beauty" + word}
        return PromptSet(topic + word, "1" + word, "abc" + word, "everyday", prompts, card)

    cat, dog = Clause("cat" + word), Clause("dog" + word)
    return [
        one(
            "counts",
            Prompt("c1" + word, "two cats" + word, "counting", (cat,), groups={"count": "2"}),
            Prompt("c2", "three cats", "counting", (cat,), groups={"count": "3" + word}),
        ),
        one("spatial", Prompt("s1", "left" + word, "position", groups={"relation": "left" + word})),
        one(
            "negation",
            Prompt("n1", "a dog" + word, "negation", (dog,), groups={"form": "affirmative"}),
            Prompt("n2", "no dog", "negation", groups={"form": "negated"}, twin="n1"),
        ),
        one(
            "work",
            Prompt("w1", "a vet" + word, "occupation", groups={"occupation": "vet" + word},
                   subject="person"),
        ),
    ]  # fmt: skip


def _estimates(word: str) -> list[Estimate]:
    def one(topic: str, measure: str, group: dict[str, str], value: float | None) -> Estimate:
        low, high = (None, None) if value is None else (value - 0.125, value + 0.125)
        n = 0 if value is None else 3
        lost = {"refused": 1, "abstained: unsure" + word: 1}
        return Estimate(
            topic + word,
            measure,
            group,
            value,
            low,
            high,
            n,
            min(n, 2),
            lost,
            0.5,
            0.25,
            "m" + word,
        )

    vet = {"occupation": "vet" + word}
    return [
        one("counts", "objects.count", {}, 0.75),
        one("counts", "objects.count", {"count": "2"}, 0.5),
        one("counts", "objects.count", {"count": "3" + word}, None),
        one("counts", "other.thing" + word, {}, 0.5),
        one("spatial", "objects.relation", {}, 0.5),
        one("spatial", "objects.relation", {"relation": "left" + word}, 0.5),
        one("negation", "objects.excluded_drawn", {"form": "affirmative"}, 0.75),
        one("negation", "objects.excluded_drawn", {"form": "negated"}, 0.5),
        one("negation", "objects.negation_effect", {}, 0.25),
        one("work", "presentation.woman", vet, 0.5),
        one("work", "presentation.unknown", vet, 0.125),
        one("work", "presentation.imbalance", vet, 0.125),
        one("work", "presentation.tone", {**vet, "tone": "1-4"}, 0.5),
        one("work", "presentation.tone_imbalance", vet, 0.125),
    ]


def make(word: str = "") -> Report:
    """The tiny run; `word` is added to every text that comes from outside."""
    sets = _prompt_sets(word)
    keys = [Key(s.name, p.id, index) for s in sets for p in s.prompts for index in range(2)]
    samples = {key: Sample(key, 1, "ok", "ab" + "c" * (key.index + 1)) for key in keys}
    samples[keys[1]] = Sample(keys[1], 1, "refused", None, "policy" + word)
    judgements = {}
    for key in keys[:1] + keys[2:]:
        boxes = [{**CONFUSED["boxes"][0], "class": "cat" + word, "color": "red" + word}]
        values = {"correct": float(key.index), "drawn": 2.0, "relation": None}
        said = {"boxes": boxes, "reason": "expected" + word, "more" + word: {"x" + word: 1}}
        why = {"relation": "unsure" + word + ": hm"}
        judgements["objects", key] = Judgement("objects", key, values, why, said)
        odds = {"options": ["a" + word, "b" + word], "probabilities": [0.25, 0.75]}
        judgements["clip", key] = Judgement("clip", key, {"score": 20.0}, {}, odds)
        judgements["odd" + word, key] = Judgement("odd" + word, key, failure="broke" + word)
    for key in keys[-2:]:
        values = {"label": "woman" + word, "tone": "3"}
        odds = {"probabilities": {"woman" + word: 0.75}}
        judgements["presentation", key] = Judgement("presentation", key, values, {}, odds)
    texts = {
        "objects.count": MeasureText("Exact" + word, "share", True, "blind" + word),
        "objects.negation_effect": MeasureText("Effect" + word, "difference", True),
        "other.thing" + word: MeasureText("Thing" + word, "furlongs" + word),
    }
    audit = {
        ("counts" + word, "objects.count", ()): Audited(
            0.5, 0.375, 0.625, 0.5, 64, 32, "objects" + word, "count", tag="counting" + word
        ),
        ("spatial" + word, "objects.relation", ()): Audited(0.75, 0.625, 0.875, 0.25, 64),
    }
    return Report(
        "A run" + word, "a model" + word, {"seed" + word: ["x" + word]}, sets, samples, judgements,
        _estimates(word), pixels, texts, keys, audit, "evalsuite run" + word, "taught" + word,
    )  # fmt: skip


@pytest.fixture
def tiny() -> Report:
    return make()


@pytest.fixture
def hostile():
    return make


@pytest.fixture
def empty() -> Report:
    """Planned, and nothing more."""
    return replace(make(), samples={}, judgements={}, estimates=[], texts={}, audit={})
