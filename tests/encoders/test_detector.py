import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from evalsuite.encoders import detector
from evalsuite.encoders.boxes import corners_of, suppress
from evalsuite.files.checkpoints import BUNDLED
from evalsuite.records import InputError, Picture
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene

CIRCLE = Item("circle", "red", 20, 20, 18)
SQUARE = Item("square", "blue", 46, 44, 16)


def picture(*items: Item) -> Picture:
    pixels = draw(Scene(1, items))
    return Picture(str(items), lambda: pixels)


@pytest.fixture(scope="module")
def owl() -> detector.Detector:
    return detector.load("scenes-owl")


def test_it_finds_what_is_there_where_it_is(owl: detector.Detector) -> None:
    found = owl.detect(picture(CIRCLE, SQUARE), ["circle", "square", "star"], colored=True)
    assert [(d.name, d.color) for d in found] == [("circle", "red"), ("square", "blue")]
    for item, seen in zip((CIRCLE, SQUARE), found, strict=True):
        assert seen.box == pytest.approx(item.box, abs=4)


def test_an_empty_picture_has_no_boxes(owl: detector.Detector) -> None:
    assert owl.detect(picture(), ["circle", "person", "face"]) == []


def test_each_picture_is_looked_at_once(owl: detector.Detector) -> None:
    seen = picture(CIRCLE)
    before = owl.images_encoded
    owl.detect(seen, ["circle"])
    owl.detect(seen, ["square"], colored=True)
    assert owl.images_encoded - before == 1


def test_boxes_do_not_depend_on_other_pictures_or_words(owl: detector.Detector) -> None:
    alone = owl.detect(picture(CIRCLE), ["circle"])
    crowd = [picture(SQUARE), picture(CIRCLE, SQUARE), picture(CIRCLE)]
    owl.look(crowd)
    assert owl.detect(crowd[2], ["square", "circle", "star"])[-1:] == alone


def test_corners_on_hand_computed_boxes() -> None:
    boxes = np.array([[0.5, 0.5, 0.5, 0.25]], dtype=np.float32)
    assert corners_of(boxes, (100, 200), square=False).tolist() == [[50, 37.5, 150, 62.5]]
    # OWLv2 pads to a square: shares are of the longer side.
    assert corners_of(boxes, (100, 200), square=True).tolist() == [[50, 75, 150, 125]]


def test_suppression_keeps_the_stronger_of_two_boxes() -> None:
    corners = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [20, 20, 30, 30]], dtype=np.float32)
    scores = np.array([0.6, 0.9, 0.2], dtype=np.float32)
    assert suppress(corners, scores, 0.1, 0.5) == [1, 2]
    assert suppress(corners, scores, 0.5, 0.5) == [1]
    assert suppress(corners, scores, 0.95, 0.5) == []
    # The two overlap by 0.9: where that is allowed, both stay.
    assert suppress(corners, scores, 0.1, 0.95) == [1, 0, 2]


@pytest.fixture(scope="module")
def tiny_owlv2(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A randomly initialised OWLv2 with its processor, saved in the hub layout."""
    from transformers import (
        Owlv2Config,
        Owlv2ForObjectDetection,
        Owlv2ImageProcessor,
        Owlv2Processor,
    )

    from evalsuite.scenes.train.tokenizer import build

    folder = tmp_path_factory.mktemp("owlv2")
    tokenizer = build(16)
    torch.manual_seed(0)
    tower = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1}
    text = {
        **tower,
        "num_attention_heads": 2,
        "vocab_size": len(tokenizer),
        "max_position_embeddings": 16,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    vision = {**tower, "num_attention_heads": 2, "image_size": 32, "patch_size": 8}
    config = Owlv2Config(text_config=text, vision_config=vision, projection_dim=16)
    Owlv2ForObjectDetection(config).save_pretrained(folder)
    images = Owlv2ImageProcessor(size={"height": 32, "width": 32})
    Owlv2Processor(image_processor=images, tokenizer=tokenizer).save_pretrained(folder)
    return folder


def test_the_default_checkpoints_class_loads_and_gives_boxes(tiny_owlv2: Path) -> None:
    model = detector.load(str(tiny_owlv2))
    assert model.threshold == detector.THRESHOLD
    assert len(model.colors) == 10
    wide = np.full((40, 80, 3), 200, dtype=np.uint8)
    model.threshold = 0.0
    found = model.detect(Picture("wide", lambda: wide), ["dog"], colored=True)
    assert found
    assert all(0 <= d.score <= 1 and d.color in model.colors for d in found)
    # Boxes are shares of the padded square's side, which is the longer one.
    assert max(d.box[2] for d in found) <= 80 + 80


def test_an_unknown_detector_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(InputError, match=r"^detector 'no/such-model': the hub [^\n]*$"):
        detector.load("no/such-model")


def test_golden_values_stand_beside_the_bundled_detector_and_are_held_against_it(
    tmp_path: Path, owl: detector.Detector
) -> None:
    assert owl.describe()["golden_values"] == "checked"
    folder = tmp_path / "changed"
    shutil.copytree(BUNDLED / "scenes-owl", folder)
    assert detector.load(str(folder)).golden == "checked"
    settings = folder / "processor_config.json"
    whole = json.loads(settings.read_text())
    whole["image_processor"]["image_mean"] = [0.48, 0.46, 0.41]  # CLIP's, rounded
    settings.write_text(json.dumps(whole))
    detector.fetch.cache_clear()
    with pytest.raises(InputError, match=r"^changed/golden\.json: for '[^\n]*preprocessing[^\n]*$"):
        detector.load.__wrapped__(str(folder))


def test_a_detector_without_golden_values_says_so(tiny_owlv2: Path) -> None:
    assert detector.load(str(tiny_owlv2)).describe()["golden_values"] == "unchecked"


def test_the_gpus_mixture_of_types_says_nearly_the_same(tiny_owlv2: Path) -> None:
    said = []
    for precision in ("fp16", "fp32"):
        model = detector.load(str(tiny_owlv2), "cpu", precision, 0.0, 1.0)
        wide = np.full((40, 80, 3), 200, dtype=np.uint8)
        found = model.detect(Picture("wide", lambda pixels=wide: pixels), ["dog"])
        said.append([d.score for d in found])
    assert len(said[0]) == 16 and said[0] == pytest.approx(said[1], abs=0.01)
