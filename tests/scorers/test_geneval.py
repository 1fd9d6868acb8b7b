from pathlib import Path

import numpy as np
import pytest

from evalsuite.encoders import clip
from evalsuite.encoders.looks import choose, crop
from evalsuite.records import Case, Clause, InputError, Key, Picture, Prompt
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene
from evalsuite.scorers import geneval
from evalsuite.scorers._geneval_verdict import COLORS, Rules, select, verdict

PIXELS = draw(Scene(1, (Item("circle", "red", 20, 20, 18), Item("square", "blue", 46, 44, 16))))


def case(prompt: Prompt) -> Case:
    return Case(Key("set", prompt.id, 0), prompt, Picture(prompt.id, lambda: PIXELS))


def prompt(name: str, *include: Clause, tag: str = "colors", exclude=()) -> Prompt:
    return Prompt(name, "x", tag, include=include, exclude=tuple(exclude))


@pytest.fixture(scope="module")
def scorer(tiny_mask2former: Path) -> geneval.GenEvalScorer:
    return geneval.load(
        model=str(tiny_mask2former),
        clip="scenes-clip",
        threshold=0.1,
        counting_threshold=0.12,
        shortest=64,
        longest=96,
    )


PROMPTS = (
    prompt(
        "colored",
        Clause("circle", 2, color="red"),
        Clause("square", 1, color="blue", position=("below", 0)),
    ),
    prompt("counted", Clause("circle", 3), tag="counting", exclude=[Clause("circle", 4)]),
    prompt("excluded", Clause("square"), exclude=[Clause("person")]),
    prompt("many", Clause("circle", 900, color="red"), tag="counting"),
)


def test_a_verdict_is_the_rules_on_what_both_models_say(scorer) -> None:
    colorist = clip.load("scenes-clip")
    for prompt, judgement in zip(PROMPTS, scorer.judge([case(p) for p in PROMPTS]), strict=True):
        found = scorer._segmenter.segment(case(prompt).picture, 0.0)
        boxes, colors = {}, {}
        for name in {c.name for c in (*prompt.include, *prompt.exclude)}:
            mine, masks = found.of(name)
            rows = select(mine, prompt.tag, Rules(0.1, 0.12))
            boxes[name] = mine[rows]
            crops = [crop(case(prompt).picture, mine[k], masks[k]) for k in rows]
            texts = (f"a photo of a {{word}} {name}", f"a photo of a {{word}}-colored {name}")
            colors[name] = choose(colorist, crops, COLORS, [*texts, "a photo of a {word} object"])
        expected = verdict(prompt.include, prompt.exclude, boxes, colors)
        assert judgement.values == {"correct": float(expected.correct)}
        assert judgement.summary == "; ".join(expected.faults)
        shown = [box for box in judgement.boxes if box.name == "circle"]
        assert [box.score for box in shown] == pytest.approx(
            [float(b[4]) for b in boxes.get("circle", ())], abs=1e-4
        )
    (first, *_) = scorer.judge([case(PROMPTS[0])])
    # Only the boxes that the rules look at are asked for their colour: the first two circles.
    asked = ["color" in box.looks for box in first.boxes if box.name == "circle"]
    assert asked == [True, True, *[False] * (len(asked) - 2)] and len(asked) > 2


@pytest.mark.parametrize(
    ("include", "exclude", "why"),
    [
        ((Clause("dog"),), (), "a class that the detector does not know: dog"),
        ((Clause("circle"),), (Clause("cat"),), "a class that the detector does not know: cat"),
        ((Clause("circle", material="glass"),), (), "something that GenEval has no rule for"),
        ((Clause("circle"),), (Clause("square", color="red"),), "something that GenEval has no"),
        ((Clause("circle", color="cyan"),), (), "a colour outside GenEval's ten"),
        (
            (Clause("circle"), Clause("square", position=("inside", 0))),
            (),
            "a relation that GenEval has no rule for: inside",
        ),
    ],
)
def test_what_geneval_cannot_judge_is_an_abstention(scorer, include, exclude, why) -> None:
    (judgement,) = scorer.judge([case(prompt("p", *include, exclude=exclude))])
    assert judgement.values == {"correct": None}
    assert judgement.reasons["correct"].startswith(why)


def test_a_prompt_that_says_nothing_of_what_should_be_seen_raises_no_question(scorer) -> None:
    (judgement,) = scorer.judge([case(prompt("p"))])
    assert (judgement.values, judgement.not_applicable) == ({}, ("correct",))


def test_every_published_threshold_is_described(tiny_mask2former: Path) -> None:
    plain = geneval.load(model=str(tiny_mask2former), clip="scenes-clip")
    described = plain.describe()
    assert described["rules"] == {
        "threshold": 0.3,
        "counting_threshold": 0.9,
        "max_objects": 16,
        "max_overlap": 1.0,
        "margin": 0.1,
    }
    assert described["input_sides"] == [800, 1333] and described["clip"]["model"] == "scenes-clip"
    assert geneval.MODEL == "facebook/mask2former-swin-small-coco-instance"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": 1.5}, r"geneval\.threshold=1\.5: give a number from 0 to 1"),
        ({"max_overlap": "all"}, r"geneval\.max_overlap=all: give a number"),
        ({"max_objects": 0}, r"geneval\.max_objects=0: give a whole number from 1 up"),
        ({"dialect": "scenes", "model": None}, "not the bundled world; leave it out, or name"),
    ],
)
def test_options_that_make_no_sense_are_refused(tiny_mask2former: Path, options, message) -> None:
    with pytest.raises(InputError, match=message):
        geneval.load(**({"model": str(tiny_mask2former), "clip": "scenes-clip"} | options))


def test_the_default_clip_loads_through_open_clips_factory(tmp_path: Path) -> None:
    """ViT-L-14's own configuration, every size divided, saved in the hub layout."""
    import json

    import open_clip
    import torch
    from safetensors.torch import save_file

    config = open_clip.get_model_config(geneval.CLIP)
    assert config["quick_gelu"] and config["vision_cfg"]["patch_size"] == 14
    config["embed_dim"] = 16
    config["vision_cfg"] |= {"width": 64, "layers": 2, "head_width": 32, "image_size": 28}
    config["text_cfg"] |= {"width": 32, "heads": 2, "layers": 2}
    torch.manual_seed(0)
    model = open_clip.model.CLIP(**config)
    folder = tmp_path / "tiny-vit-l-14"
    folder.mkdir()
    means = {"mean": list(open_clip.OPENAI_DATASET_MEAN), "std": list(open_clip.OPENAI_DATASET_STD)}
    whole = {"model_cfg": config, "preprocess_cfg": means}
    (folder / "open_clip_config.json").write_text(json.dumps(whole))
    save_file(model.state_dict(), folder / "open_clip_model.safetensors", metadata={"format": "pt"})
    loaded = clip.load(str(folder))
    assert loaded.max_tokens == 77
    cut = crop(Picture("p", lambda: PIXELS), np.array([0, 0, 40, 40]))
    templates = [t.format(name="hair drier") for t in geneval.TEMPLATES]
    assert choose(loaded, [cut], COLORS, templates)[0] in COLORS


def test_genevals_own_texts_are_the_published_three() -> None:
    assert [t.format(name="dog").format(word="red") for t in geneval.TEMPLATES] == [
        "a photo of a red dog",
        "a photo of a red-colored dog",
        "a photo of a red object",
    ]
