"""What every scorer must keep, on real pictures and real bundled models."""

import json
import re

import numpy as np
import pytest

from evalsuite.plugins.find import load_scorer
from evalsuite.records import Case, Clause, Judgement, Key, Picture, Prompt, Scorer
from evalsuite.runs import judgement_rows
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Person, Scene

CIRCLES = Prompt(
    "counts",
    "two red circles",
    "counting",
    (Clause("circle", 2, "red"),),
    (Clause("circle", 3),),
    {"count": "2"},
)
SPATIAL = Prompt(
    "spatial",
    "a red circle to the left of a blue square",
    "position",
    (Clause("square", color="blue"), Clause("circle", color="red", position=("left of", 0))),
)
NEGATED = Prompt(
    "negated",
    "a red circle and no square",
    "negation",
    (Clause("circle", color="red"),),
    (Clause("square"),),
    {"form": "negated", "absent": "square"},
    twin="affirmed",
)
AFFIRMED = Prompt(
    "affirmed",
    "a red circle and a square",
    "negation",
    (Clause("circle", color="red"), Clause("square")),
    groups={"form": "affirmative", "absent": "square"},
)
NURSE = Prompt(
    "nurse",
    "a nurse",
    "occupation",
    (Clause("nurse"),),
    groups={"occupation": "nurse"},
    subject="person",
)
BARE = Prompt("bare", "a red circle", "other")
SIGN = Prompt("sign", 'a red circle and "OK"', "text", (Clause("circle"),), words="OK")

ONE, TWO = Item("circle", "red", 16, 20, 18), Item("circle", "red", 46, 40, 16)
SQUARE = Item("square", "blue", 46, 22, 16)
PICTURES = {
    "counts": Scene(0, (ONE, TWO)),
    "spatial": Scene(1, (ONE, SQUARE)),
    "negated": Scene(2, (ONE,)),
    "affirmed": Scene(3, (ONE, SQUARE)),
    "nurse": Scene(0, people=(Person("nurse", "woman", 6, 30, 6, 52),)),
    "bare": Scene(0, (ONE,)),
    "sign": Scene(0, (ONE,)),
}


def cases() -> list[Case]:
    found = []
    for prompt in (CIRCLES, SPATIAL, NEGATED, AFFIRMED, NURSE, BARE, SIGN):
        pixels = draw(PICTURES[prompt.id])
        picture = Picture(prompt.id, lambda pixels=pixels: pixels)
        twin = {"negated": AFFIRMED, "affirmed": NEGATED}.get(prompt.id)
        found.append(Case(Key("set", prompt.id, 0), prompt, picture, twin))
    return found


NAMES = ("clip", "objects", "presentation", "geneval", "text", "vqa-blip", "vqa-qwen2")


@pytest.fixture(scope="module", params=[*NAMES, "grounding"])
def scorer(request: pytest.FixtureRequest) -> Scorer:
    name, _, model = request.param.partition("-")
    options: dict[str, object] = {} if name == "text" else {"dialect": "scenes"}
    if name == "geneval":
        # No bundled model segments; a tiny one with random weights must keep the contract too.
        options |= {"model": str(request.getfixturevalue("tiny_mask2former"))}
        options |= {"clip": "scenes-clip", "threshold": 0.1, "counting_threshold": 0.1}
        options |= {"shortest": 64, "longest": 96}
    if name == "grounding":
        options = {"model": str(request.getfixturevalue("tiny_grounding_dino"))}
        return load_scorer("objects", options | {"clip": "scenes-clip"})
    if model:  # with random weights it says neither yes nor no, which no floor lets it abstain from
        options |= {"model": str(request.getfixturevalue(f"tiny_{model}")), "floor": 0.0}
    return load_scorer(name, options)


def test_one_judgement_a_case_in_order(scorer: Scorer) -> None:
    judged = scorer.judge(cases())
    assert [j.key.prompt_id for j in judged] == list(PICTURES)
    assert {j.scorer for j in judged} == {scorer.name}


def test_every_missing_value_has_its_reason_and_every_number_is_finite(scorer: Scorer) -> None:
    for judgement in scorer.judge(cases()):
        assert judgement.failure is None and (judgement.values or judgement.not_applicable)
        assert not set(judgement.values) & set(judgement.not_applicable)
        for field, value in judgement.values.items():
            if value is None:
                assert judgement.reasons[field]
            elif isinstance(value, float):
                assert np.isfinite(value)
        assert set(judgement.reasons) <= set(judgement.values)


def test_judgements_are_json(scorer: Scorer) -> None:
    for judgement in scorer.judge(cases()):
        row = json.loads(json.dumps(judgement_rows.to_row(judgement), allow_nan=False))
        assert judgement_rows.parse(row) == (judgement, None)
    described = json.dumps(scorer.describe(), allow_nan=False)
    assert not re.search(r'"(/|~|[A-Za-z]:\\)', described)


def test_a_judgement_depends_on_its_own_case_alone(scorer: Scorer) -> None:
    together = scorer.judge(cases())
    alone = [scorer.judge([case])[0] for case in reversed(cases())]
    assert list(reversed(alone)) == list(together)


def test_ordinary_prompts_are_no_problem(scorer: Scorer) -> None:
    assert list(scorer.problems([case.prompt for case in cases()])) == []


def by_id(judged: list[Judgement] | object) -> dict[str, Judgement]:
    return {j.key.prompt_id: j for j in judged}  # type: ignore[attr-defined]


def test_objects_on_pictures_whose_truth_is_known() -> None:
    judged = by_id(load_scorer("objects", {"dialect": "scenes"}).judge(cases()))
    assert judged["counts"].values["drawn"] == 2.0
    for name in ("counts", "spatial", "negated", "affirmed", "nurse"):
        assert judged[name].values["correct"] == 1.0, judged[name]
    assert judged["spatial"].values["relation"] == 1.0
    assert judged["negated"].values["excluded_drawn"] == 0.0
    assert judged["affirmed"].values["excluded_drawn"] == 1.0
    assert judged["bare"].values == {} and judged["bare"].not_applicable == ("correct",)


def test_presentation_speaks_of_people_only() -> None:
    judged = by_id(load_scorer("presentation", {"dialect": "scenes"}).judge(cases()))
    assert judged["nurse"].values == {"label": "woman", "tone": "6"}
    assert judged["counts"].not_applicable == ("label", "tone") and not judged["counts"].values


def test_clip_chooses_among_hard_negatives() -> None:
    judged = by_id(load_scorer("clip", {"dialect": "scenes"}).judge(cases()))
    assert judged["counts"].evidence["kind"] == "count"
    assert len(judged["counts"].choices["choice"].options) == 6
    assert judged["spatial"].evidence["kind"] == "relation"
    assert len(judged["spatial"].choices["choice"].options) == 4
    assert judged["spatial"].choices["binding"].options[1] == (
        "a blue circle to the left of a red square"
    )
    assert judged["negated"].choices["choice"].options == (NEGATED.text, AFFIRMED.text)
    assert "choice" in judged["nurse"].not_applicable and "choice" not in judged["nurse"].values
