from pathlib import Path

import numpy as np
import pytest
import torch

from evalsuite.encoders import detector, grounding
from evalsuite.records import InputError, Picture
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene

PIXELS = draw(Scene(1, (Item("circle", "red", 20, 20, 18),)))[:48]


def picture() -> Picture:
    return Picture("p", lambda: PIXELS)


@pytest.fixture(scope="module")
def model(tiny_grounding_dino: Path) -> grounding.GroundingDino:
    found = grounding.load(str(tiny_grounding_dino))
    assert isinstance(found, grounding.GroundingDino)
    return found


def test_the_caption_is_in_small_letters_with_a_dot_after_each_name() -> None:
    text, spans = grounding.caption(["Teddy Bear", "St. Bernard ", "cat"])
    assert text == "teddy bear. st bernard. cat."
    assert [text[a:b] for a, b in spans] == ["teddy bear", "st bernard", "cat"]


def test_a_words_score_is_the_mean_of_its_tokens_in_a_direct_call(
    model: grounding.GroundingDino, tiny_grounding_dino: Path
) -> None:
    from PIL import Image
    from transformers import AutoProcessor, GroundingDinoForObjectDetection

    network = GroundingDinoForObjectDetection.from_pretrained(tiny_grounding_dino).eval()
    processor = AutoProcessor.from_pretrained(tiny_grounding_dino)
    inputs = processor(
        images=[Image.fromarray(PIXELS)], text=["teddy bear. cat."], return_tensors="pt"
    )
    # [CLS] teddy bear . cat . [SEP]
    assert inputs.input_ids.shape == (1, 7)
    with torch.inference_mode():
        said = network(**inputs)
    shares = said.logits[0].sigmoid().numpy()
    scores, boxes = model._score(picture(), *grounding.caption(["teddy bear", "cat"]))
    assert scores[:, 0] == pytest.approx(shares[:, 1:3].mean(axis=1), abs=1e-5)
    assert scores[:, 1] == pytest.approx(shares[:, 4], abs=1e-5)
    assert boxes == pytest.approx(said.pred_boxes[0].numpy(), abs=1e-5)


def test_boxes_come_by_name_strongest_first_over_the_threshold(
    tiny_grounding_dino: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = grounding.load.__wrapped__(str(tiny_grounding_dino))
    assert (model.threshold, model.overlap) == (0.35, 0.5)
    monkeypatch.setattr(model, "threshold", 0.0)
    monkeypatch.setattr(model, "overlap", 1.0)
    found = model.detect(picture(), ["dog", "teddy bear"])
    assert [d.name for d in found] == ["dog"] * 8 + ["teddy bear"] * 8
    for name in ("dog", "teddy bear"):
        scores = [d.score for d in found if d.name == name]
        assert scores == sorted(scores, reverse=True)
    scores, boxes = model._score(picture(), *grounding.caption(["dog", "teddy bear"]))
    x, y, width, height = boxes[scores[:, 0].argmax()] * (64, 48, 64, 48)
    corners = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    assert found[0].box == pytest.approx(corners, abs=0.01)
    monkeypatch.setattr(model, "threshold", 1.0)
    assert model.detect(picture(), ["dog"]) == [] == model.detect(picture(), [])


def test_a_text_that_is_too_long_is_refused(model: grounding.GroundingDino) -> None:
    with pytest.raises(InputError, match="longer than the 32 tokens of tiny-grounding-dino"):
        model.detect(picture(), ["teddy bear"] * 12)


def test_the_other_family_loads_through_the_same_door(tiny_grounding_dino: Path) -> None:
    # The very one that other scorers load, so that a picture is looked at once for all.
    assert grounding.load("scenes-owl", "auto") is detector.load("scenes-owl", "auto")
    assert isinstance(grounding.load("scenes-owl"), detector.Detector)
    with pytest.raises(InputError, match="name an OWL-ViT or OWLv2 here"):
        detector.load(str(tiny_grounding_dino))
    with pytest.raises(InputError, match=r"^detector 'no/such': the hub [^\n]*$"):
        grounding.load("no/such")


def test_it_says_that_nothing_checked_it(model: grounding.GroundingDino) -> None:
    described = model.describe()
    assert described["golden_values"] == "unchecked" and described["precision"] == "fp32"
    assert len(described["weights_sha256"]) == 64


def test_the_gpus_mixture_of_types_runs(tiny_grounding_dino: Path) -> None:
    mixed = grounding.load(str(tiny_grounding_dino), "cpu", "fp16")
    plain = grounding.load(str(tiny_grounding_dino), "cpu", "fp32")
    asked = grounding.caption(["dog"])
    a, b = (np.sort(m._score(picture(), *asked)[0][:, 0]) for m in (mixed, plain))
    assert a == pytest.approx(b, abs=0.05)


def test_thresholds_that_are_given_go_before_the_cards_and_the_familys(
    tiny_grounding_dino: Path,
) -> None:
    owl = grounding.load("scenes-owl", "cpu", "auto", 0.4, 0.2).describe()
    assert (owl["threshold"], owl["overlap"], owl["golden_values"]) == (0.4, 0.2, "checked")
    assert grounding.load("scenes-owl").describe()["threshold"] == 0.25
    dino = grounding.load(str(tiny_grounding_dino), "cpu", "auto", 0.2).describe()
    assert (dino["threshold"], dino["overlap"]) == (0.2, 0.5)
    with pytest.raises(InputError, match="detector threshold=2: give a number from 0 to 1"):
        grounding.load("scenes-owl", "cpu", "auto", 2)
