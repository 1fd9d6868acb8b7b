"""Probes of style and region, on pictures whose features are those of a known text."""

from pathlib import Path

import numpy as np
import pytest

from evalsuite.encoders import clip
from evalsuite.prompts import sets as prompts
from evalsuite.records import Case, Clause, InputError, Judgement, Key, Picture, Prompt
from evalsuite.scorers import _clip_probes as probes
from evalsuite.scorers.clip import ClipScorer, negatives

STYLED = Prompt("p", "a mosaic of a cat", "style", groups={"style": "mosaic", "object": "cat"})
MARKED = Prompt(
    "p", "a wedding in India", "culture", groups={"occasion": "wedding", "region": "India"}
)
UNMARKED = Prompt("p", "a wedding", "culture", groups={"occasion": "wedding", "region": "none"})


@pytest.fixture(scope="module")
def model(tiny_l14: Path) -> clip.Clip:
    return clip.load(str(tiny_l14))


def judged(model: clip.Clip, prompt: Prompt, text: str) -> Judgement:
    """What is said of a picture that looks to CLIP exactly as `text` reads."""

    def refuse() -> np.ndarray:
        raise AssertionError("decoded although its features are known")

    picture = Picture(text, refuse, {model.key: model.texts([text])[0]})
    return ClipScorer(model).judge([Case(Key("s", "p", 0), prompt, picture)])[0]


def test_the_asked_style_must_win_among_all(model: clip.Clip) -> None:
    right = judged(model, STYLED, "a mosaic of a cat")
    assert right.values["style"] == 1.0
    assert len(right.choices["style"].options) == len(probes.STYLES) == 16
    assert right.choices["style"].options[0] == "a mosaic of a cat"
    wrong = judged(model, STYLED, "a woodcut of a cat")
    assert wrong.values["style"] == 0.0
    assert wrong.choices["style"].chosen == "a woodcut of a cat"


def test_a_style_of_another_set_is_compared_with_all_known_ones() -> None:
    prompt = Prompt("p", "a cat, ukiyo-e", "style", groups={"style": "ukiyo-e", "object": "cat"})
    found = probes.styles(prompt)
    assert len(found) == 17 and found["ukiyo-e"] == "a cat, ukiyo-e"


def test_a_named_region_must_win_among_all(model: clip.Clip) -> None:
    right = judged(model, MARKED, "a wedding in India")
    assert right.values["region_asked"] == 1.0 and "region" not in right.values
    assert len(right.choices["region_asked"].options) == 16
    assert judged(model, MARKED, "a wedding in Poland").values["region_asked"] == 0.0


def test_an_unmarked_picture_suggests_a_region_or_none(
    model: clip.Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Random weights hardly tell one country from another; a large scale makes them sure.
    monkeypatch.setattr(model, "scale", 1e4)
    seen = judged(model, UNMARKED, "a wedding in the United Kingdom")
    assert seen.values["region"] == "United Kingdom" and "region_asked" not in seen.values
    assert len(seen.choices["region"].options) == 17
    neutral = judged(model, UNMARKED, "a wedding")
    assert neutral.values["region"] is None
    assert neutral.reasons["region"].startswith("unknown")
    monkeypatch.setattr(model, "scale", 1e-6)
    unsure = judged(model, UNMARKED, "a wedding in the United Kingdom")
    assert unsure.values["region"] is None


def test_prompts_without_such_a_question_have_no_such_field(model: clip.Clip) -> None:
    plain = judged(model, Prompt("p", "a cat", "other"), "a cat")
    assert set(plain.values) == {"score"} and not plain.reasons
    fields = {"hessel", "choice", "binding", "style", "region", "region_asked"}
    assert set(plain.not_applicable) == fields


def test_the_lists_are_those_of_the_bundled_sets() -> None:
    for prompt_set in prompts.find(prompts.bundled(), "everyday"):
        for prompt in prompt_set.prompts:
            if prompt.tag == "style":
                assert prompt.groups["style"] in probes.STYLES, prompt
            if prompt.tag == "culture":
                assert prompt.groups["region"] in (*probes.REGIONS, probes.NONE), prompt


def test_an_attribute_is_put_to_the_test_where_nothing_else_is() -> None:
    asked = (Clause("car", color="red"),)
    by_look = negatives(Prompt("p", "a red car", "attribution", include=asked), None)
    by_number = negatives(Prompt("p", "a red car", "counting", include=asked), None)
    assert "a blue car" in by_look and "two red cars" not in by_look
    assert "two red cars" in by_number and "a blue car" not in by_number
    assert negatives(Prompt("p", "a car", "other", include=(Clause("car"),)), None) == []


def test_a_probe_that_would_be_cut_is_a_problem(model: clip.Clip) -> None:
    long = Prompt("p", "a mosaic", "style", groups={"style": "mosaic", "object": "cat " * 80})
    assert "prompt p: 91 tokens" in ClipScorer(model).problems([long])[0]
    assert not ClipScorer(model).problems([STYLED, MARKED, UNMARKED])


def test_choices_by_other_rules_are_another_scorers(model: clip.Clip) -> None:
    assert ClipScorer(model).describe()["negatives"] == 3


@pytest.mark.parametrize(
    "mark", ["<|endoftext|>", "<|ENDOFTEXT|>", "&lt;|endoftext|&gt;", "<|startoftext|>"]
)
def test_a_mark_of_the_tokenizers_own_is_refused_with_its_place(mark: str) -> None:
    scenes = clip.load("scenes-clip")
    prompt = Prompt("p", f"a red circle {mark} a blue square", "attribution")
    (problem,) = ClipScorer(scenes).problems([prompt])
    assert problem.startswith("prompt p: scenes-clip takes '<|")
    with pytest.raises(InputError, match="for a mark of its own; leave it out"):
        scenes.texts([prompt.text])
    assert not ClipScorer(scenes).problems([Prompt("p", "a red circle! <3 [sic]", "control")])


def test_open_clips_own_tokenizer_has_marks_too(model: clip.Clip) -> None:
    prompt = Prompt("p", "a dog <end_of_text> a cat", "control")
    assert "takes '<end_of_text>' for a mark" in ClipScorer(model).problems([prompt])[0]
