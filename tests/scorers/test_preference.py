import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from evalsuite.encoders import hub_clip
from evalsuite.plugins.find import load_scorer
from evalsuite.records import Case, InputError, Key, Picture, Prompt

TEXTS = ["a red circle", "a very small dog on a bench", "a red circle"]


@pytest.fixture(scope="module")
def folder(tiny_clips, tiny_l14: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_clips.transformers_folder(tiny_l14, tmp_path_factory.mktemp("m") / "tiny-pick")


def cases() -> list[Case]:
    rng = np.random.default_rng(0)
    found = []
    for number, text in enumerate(TEXTS):
        pixels = rng.integers(0, 256, (240, 260, 3), dtype=np.uint8)
        picture = Picture(str(number), lambda pixels=pixels: pixels)
        found.append(Case(Key("s", str(number), 0), Prompt(str(number), text, "other"), picture))
    return found


def test_it_agrees_with_a_direct_transformers_call(folder: Path) -> None:
    import torch
    from transformers import CLIPModel, CLIPProcessor

    judged = load_scorer("preference", {"model": str(folder)}).judge(cases())
    model, processor = CLIPModel.from_pretrained(folder), CLIPProcessor.from_pretrained(folder)
    for judgement, case in zip(judged, cases(), strict=True):
        inputs = processor(
            text=[case.prompt.text], images=[case.picture.pixels], return_tensors="pt"
        )
        with torch.inference_mode():
            score = float(model(**inputs).logits_per_image[0, 0])
        assert judgement.values["score"] == pytest.approx(score, abs=1e-4)


def test_each_picture_is_encoded_once_and_described(folder: Path) -> None:
    scorer = load_scorer("preference", {"model": str(folder)})
    before = hub_clip.load(str(folder), None, "auto").images_encoded
    seen = cases()
    first = scorer.judge(seen)
    assert scorer.judge(seen) == first
    assert hub_clip.load(str(folder), None, "auto").images_encoded - before == 3
    described = json.loads(json.dumps(scorer.describe()))
    assert described["model"] == "tiny-pick" and described["max_tokens"] == 77
    assert described["scale"] == pytest.approx(1 / 0.07, rel=1e-4)


def test_a_prompt_that_would_be_cut_is_a_problem(folder: Path) -> None:
    scorer = load_scorer("preference", {"model": str(folder)})
    found = scorer.problems([Prompt("long", "cat " * 80, "other"), Prompt("p", "cat", "other")])
    assert found == ["prompt long: 82 tokens, and tiny-pick reads 77; shorten it"]


def test_weights_that_lack_a_part_are_refused(folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    broken = tmp_path / "broken"
    shutil.copytree(folder, broken)
    weights = load_file(broken / "model.safetensors")
    del weights["visual_projection.weight"]
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"'.*broken': its weights lack visual_projection\.weight"):
        load_scorer("preference", {"model": str(broken)})


def test_the_default_offline_is_one_line() -> None:
    with pytest.raises(InputError, match=r"^CLIP model 'yuvalkirstain/.*': the hub [^\n]*$"):
        load_scorer("preference")
