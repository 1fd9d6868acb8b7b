from pathlib import Path

import numpy as np
import pytest
import torch

from evalsuite.encoders import segmenter
from evalsuite.encoders.precision import precision_of
from evalsuite.records import InputError, Picture
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene
from evalsuite.vocabulary import coco

PIXELS = draw(Scene(1, (Item("circle", "red", 20, 20, 18), Item("square", "blue", 46, 44, 16))))
WIDE = np.concatenate([PIXELS, PIXELS[:, :30]], axis=1)


def picture(pixels=WIDE) -> Picture:
    return Picture("wide", lambda: pixels)


@pytest.fixture(scope="module")
def model(tiny_mask2former: Path) -> segmenter.Segmenter:
    return segmenter.load(str(tiny_mask2former), "cpu", "auto", 64, 96)


def test_the_default_checkpoints_class_loads_from_the_hub_layout(model, tiny_mask2former) -> None:
    assert model.classes == {0: "circle", 1: "square", 2: "person"}
    described = model.describe()
    assert described["model"] == tiny_mask2former.name
    assert described["precision"] == "fp32" and described["input_sides"] == [64, 96]
    assert len(described["weights_sha256"]) == 64


def test_scores_and_boxes_are_those_of_a_direct_call(model, tiny_mask2former) -> None:
    from PIL import Image
    from transformers import AutoImageProcessor, Mask2FormerForUniversalSegmentation

    network = Mask2FormerForUniversalSegmentation.from_pretrained(tiny_mask2former).eval()
    processor = AutoImageProcessor.from_pretrained(tiny_mask2former)
    # 64 x 94 pixels: the shorter side is 64 already, the longer one becomes a multiple of 32.
    inputs = processor(
        images=[Image.fromarray(WIDE).convert("RGB")],
        size={"shortest_edge": 64, "longest_edge": 96},
        size_divisor=32,
        return_tensors="pt",
    )
    assert inputs["pixel_values"].shape == (1, 3, 64, 96)
    with torch.inference_mode():
        said = network(**inputs)
    expected = []
    for query in range(12):
        logits = said.masks_queries_logits[:, query : query + 1]
        for size in ((64, 96), WIDE.shape[:2]):
            logits = torch.nn.functional.interpolate(logits, size=size, mode="bilinear")
        logits = logits[0, 0].numpy()
        inside = logits > 0
        if not inside.any():
            continue
        sure = float((1 / (1 + np.exp(-logits[inside]))).mean())
        y, x = np.nonzero(inside)
        box = (x.min(), y.min(), x.max() + 1, y.max() + 1)
        for label, share in enumerate(said.class_queries_logits[0, query].softmax(-1)[:-1]):
            expected.append((model.classes[label], float(share) * sure, box))
    expected = sorted((e for e in expected if e[1] > 0.1), key=lambda e: -e[1])
    found = model.segment(picture(), 0.1)
    order = np.argsort(-found.boxes[:, 4])
    assert len(expected) == len(order) > 3
    assert [found.names[k] for k in order] == [name for name, _, _ in expected]
    assert found.boxes[order, 4] == pytest.approx([score for _, score, _ in expected], abs=1e-4)
    assert found.boxes[order, :4].tolist() == [list(map(float, box)) for _, _, box in expected]
    assert found.masks.shape == (len(order), *WIDE.shape[:2])


def test_what_scores_no_more_than_asked_is_left_out(model) -> None:
    every, none = model.segment(picture(), 0.0), model.segment(picture(), 1.0)
    assert none.boxes.shape == (0, 5) and none.names == ()
    least = float(np.median(every.boxes[:, 4]))
    some = model.segment(picture(), least)
    assert 0 < len(some.boxes) < len(every.boxes) and (some.boxes[:, 4] > least).all()
    boxes, masks = every.of("circle")
    assert len(boxes) == len(masks) == every.names.count("circle") > 0
    assert every.of("dog")[0].shape == (0, 5)


def test_the_checkpoints_own_input_size_on_demand(tiny_mask2former: Path) -> None:
    own = segmenter.load(str(tiny_mask2former), "cpu", "auto", 0)
    assert own._resizing() == {}
    assert own.segment(picture(), 0.0).masks.shape[1:] == WIDE.shape[:2]


def test_the_gpus_mixture_of_types_runs(tiny_mask2former: Path) -> None:
    mixed = segmenter.load(str(tiny_mask2former), "cpu", "fp16", 64, 96)
    plain = segmenter.load(str(tiny_mask2former), "cpu", "fp32", 64, 96)
    a, b = (np.sort(m.segment(picture(), 0.0).boxes[:, 4])[-5:] for m in (mixed, plain))
    assert a == pytest.approx(b, abs=0.02) and not np.array_equal(a, b)


def test_precision_is_a_known_word() -> None:
    assert (precision_of("auto", "cpu"), precision_of("auto", "cuda:1")) == ("fp32", "fp16")
    with pytest.raises(InputError, match="'fp8' is unknown; choose auto, fp32, fp16"):
        precision_of("fp8", "cpu")


def test_an_extent_is_one_past_the_last_pixel() -> None:
    mask = np.zeros((6, 8), dtype=bool)
    assert segmenter._extent(mask) == (0, 0, 0, 0)
    mask[2:4, 3:7] = True
    assert segmenter._extent(mask) == (3, 2, 7, 4)


def test_classes_by_any_of_their_names() -> None:
    # COCO's own names, and those of older label files; GenEval asks for "tv remote" and "couch".
    new = segmenter._by_name(["TV", "remote", "couch", "dog"])
    assert (new["tv remote"], new["tv"], new["couch"]) == ("remote", "TV", "couch")
    old = segmenter._by_name(["tvmonitor", "sofa", "motorbike", "aeroplane"])
    assert (old["tv"], old["couch"], old["airplane"]) == ("tvmonitor", "sofa", "aeroplane")
    assert "cat" not in new and "remote" not in old
    every = segmenter._by_name(coco.NAMES)
    assert all(every[name] == name for name in coco.NAMES) and len(coco.NAMES) == 80
    assert {every[name] for name in coco.ALIASES} == {"mouse", "remote", "keyboard"}


def test_another_architecture_and_an_unknown_name_are_one_line() -> None:
    with pytest.raises(InputError, match=r"^segmenter 'no/such': the hub [^\n]*$"):
        segmenter.load("no/such")
    with pytest.raises(InputError, match=r"^segmenter 'scenes-owl' cannot be loaded [^\n]*$"):
        segmenter.load("scenes-owl")
