"""Zero-shot choice with several texts a label, on the bundled CLIP."""

import numpy as np
import pytest

from evalsuite.encoders import clip, zero_shot
from evalsuite.records import Picture
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene

TEXTS = [
    ["a red circle", "a picture of a red circle"],
    ["a blue square", "a scene with a blue square"],
]


def test_a_labels_vector_is_the_unit_mean_of_its_texts():
    model = clip.load("scenes-clip")
    found = zero_shot.centres(model, TEXTS)
    mean = model.texts(TEXTS[0]).sum(axis=0)
    assert found[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1], abs=1e-6)


def test_probabilities_add_up_and_one_text_a_label_is_the_plain_choice():
    model = clip.load("scenes-clip")
    pixels = draw(Scene(0, (Item(shape="circle", color="red", x=30, y=30, size=16),)))
    shown = Picture("circle", lambda: pixels)
    chances = zero_shot.chances(model, shown, TEXTS)
    assert chances.sum() == pytest.approx(1) and chances[0] > 0.9
    single = [own[:1] for own in TEXTS]
    plain = model.probabilities(shown, [own[0] for own in TEXTS])
    assert zero_shot.chances(model, shown, single) == pytest.approx(plain, abs=1e-6)
