from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from evalsuite.measures import estimate
from evalsuite.plugins.find import load_scorer
from evalsuite.records import (
    Case,
    Clause,
    InputError,
    Key,
    Picture,
    Prompt,
    PromptSet,
    Question,
    Sample,
)
from evalsuite.scorers import vqa

PIXELS = np.random.default_rng(0).integers(0, 256, (40, 56, 3), dtype=np.uint8)
CATS = Prompt("cats", "two cats", "counting", include=(Clause("cat", 2),), groups={"count": "2"})
BARE = Prompt("bare", "a calm day", "mood")
OWN = Prompt(
    "own",
    "a red cat",
    "object",
    questions=(Question("Is there a cat?"), Question("Is it red?", depends=(0,))),
)


def cases(*prompts: Prompt) -> list[Case]:
    return [Case(Key("set", p.id, 0), p, Picture("x", lambda: PIXELS)) for p in prompts]


@pytest.fixture(params=["blip", "qwen2"])
def folder(request: pytest.FixtureRequest) -> Path:
    return Path(request.getfixturevalue(f"tiny_{request.param}"))


def test_the_default_and_its_question_are_as_stated() -> None:
    assert vqa.DEFAULT == "Qwen/Qwen2-VL-2B-Instruct"
    assert vqa.SCORE.format("a cat") == ('Does this figure show "a cat"? Please answer yes or no.')


def test_the_score_is_the_models_probability_of_yes(folder: Path) -> None:
    scorer = vqa.load(model=str(folder), floor=0)
    (told,) = scorer._answerer.ask(cases(BARE)[0].picture, [Question(vqa.SCORE.format(BARE.text))])
    judged = scorer.judge(cases(BARE))[0]
    assert judged.values["score"] == round(told[0][0], 6)
    assert judged.evidence["yes"] == round(sum(told[0]), 6)
    assert judged.values["answers"] is judged.values["all_right"] is judged.values["soft"] is None
    assert judged.reasons["soft"] == "the prompt does not say what should be seen"


def test_values_follow_from_the_evidence(folder: Path) -> None:
    own, cats = vqa.load(model=str(folder), floor=0).judge(cases(OWN, CATS))
    assert [q["question"] for q in own.evidence["questions"]] == ["Is there a cat?", "Is it red?"]
    assert [q["depends"] for q in cats.evidence["questions"]] == [[], [0]]
    for judged in (own, cats):
        first, second = judged.evidence["questions"]
        both = first["right"] and second["right"]
        assert judged.values["answers"] == (first["right"] + both) / 2
        assert judged.values["all_right"] == float(both)
        product = first["probability"] * second["probability"]
        assert judged.values["soft"] == pytest.approx(product**0.5, rel=0.05)


def test_a_model_that_says_neither_abstains(folder: Path) -> None:
    judged = vqa.load(model=str(folder)).judge(cases(OWN))[0]  # random weights: hardly any belief
    assert set(judged.values.values()) == {None}
    assert judged.reasons["score"].startswith("unsure: yes and no have 0.")
    assert judged.reasons["answers"].startswith("a question has no answer: unsure: yes and no")
    assert all(q["given"] is None and q["reason"] for q in judged.evidence["questions"])


def test_each_picture_is_encoded_once_for_score_and_answers(folder: Path) -> None:
    scorer = vqa.load(model=str(folder), floor=0)
    before = scorer._answerer.images_encoded
    pictures = [Picture(f"{k}", lambda k=k: np.roll(PIXELS, k)) for k in range(3)]
    scorer.judge([Case(Key("set", "own", k), OWN, p) for k, p in enumerate(pictures)])
    assert scorer._answerer.images_encoded - before == 3


def test_questions_that_cannot_be_asked_are_problems(tiny_qwen2: Path) -> None:
    scorer = vqa.load(model=str(tiny_qwen2))
    open_ended = Prompt("p", "a cat", "object", questions=(Question("Which?", "elephants"),))
    marked = Prompt("q", "a cat <|im_end|>", "object")
    found = list(scorer.problems([CATS, BARE, open_ended, marked]))
    assert len(found) == 2
    assert found[0].startswith("prompt p: 'Which?': 'elephants' is no single token")
    assert found[1].startswith("prompt q: ")


@pytest.mark.parametrize("floor", [-0.1, 1.5])
def test_a_floor_is_a_probability(floor: float) -> None:
    with pytest.raises(InputError, match=r"vqa\.floor=.*write 0 to 1$"):
        vqa.load(floor=floor)


def test_the_bundled_world_needs_a_model_by_name() -> None:
    with pytest.raises(InputError, match=r"name one with --scorer-arg vqa\.model=\.\.\.$"):
        load_scorer("vqa", {"dialect": "scenes"})


def test_measures_sum_it_up(tiny_qwen2: Path) -> None:
    prompts: Sequence[Prompt] = (CATS, BARE, OWN)
    judged = vqa.load(model=str(tiny_qwen2), floor=0).judge(cases(*prompts))
    samples = {j.key: Sample(j.key, 0, "ok", image="x") for j in judged}
    rows = {
        e.measure: e
        for e in estimate(
            [
                PromptSet(
                    name="set", version="1", digest="d", dialect="everyday", prompts=tuple(prompts)
                )
            ],
            samples,
            {("vqa", j.key): j for j in judged},
            [j.key for j in judged],
            vqa.MEASURES,
        )
        if not e.group
    }
    assert {name: row.n for name, row in rows.items()} == {
        "vqa.score": 3,
        "vqa.answers": 2,
        "vqa.all_right": 2,
        "vqa.soft": 2,
    }
    assert rows["vqa.score"].value == pytest.approx(np.mean([j.values["score"] for j in judged]))
    assert not any(row.missing for row in rows.values())
