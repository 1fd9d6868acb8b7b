import numpy as np
import pytest

from evalsuite.encoders import clip, looks
from evalsuite.records import Picture
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene

PIXELS = np.zeros((20, 30, 3), dtype=np.uint8)
PIXELS[5:10, 10:20] = (200, 10, 10)


def picture(pixels=PIXELS) -> Picture:
    return Picture("p", lambda: pixels)


def test_a_crop_is_the_box_and_grey_outside_the_mask() -> None:
    cut = looks.crop(picture(), [10, 5, 20, 10])
    assert cut.pixels.shape == (5, 10, 3) and (cut.pixels == (200, 10, 10)).all()
    mask = np.zeros((20, 30), dtype=bool)
    mask[5:10, 10:15] = True
    masked = looks.crop(picture(), [10, 5, 20, 10], mask).pixels
    assert (masked[:, :5] == (200, 10, 10)).all()
    assert (masked[:, 5:] == 0x99).all()  # #999 is 153 in each channel
    assert cut.sha256 != looks.crop(picture(), [9, 5, 20, 10]).sha256


def test_a_crop_stays_inside_the_picture_and_has_a_pixel() -> None:
    assert looks.crop(picture(), [-5, -5.4, 99, 99]).pixels.shape == (20, 30, 3)
    assert looks.crop(picture(), [7, 7, 7, 7]).pixels.shape == (1, 1, 3)
    assert looks.crop(picture(), [80, 80, 90, 90]).pixels.shape == (1, 1, 3)
    # Corners are rounded: 9.6 to 10.
    assert (looks.crop(picture(), [9.6, 5.2, 19.7, 9.9]).pixels == (200, 10, 10)).all()


@pytest.mark.parametrize("color", ["red", "blue", "green"])
def test_a_colour_is_chosen_on_the_crop(color: str) -> None:
    pixels = draw(Scene(0, (Item("circle", color, 32, 32, 24),)))
    cut = looks.crop(picture(pixels), [0, 0, 64, 64])
    model = clip.load("scenes-clip")
    chosen = looks.choose(model, [cut, cut], ["red", "blue", "green"], ["a {word} circle"])
    assert chosen == [color, color]
    assert looks.choose(model, [], ["red"], ["a {word} circle"]) == []


def test_a_words_vector_is_the_mean_of_its_texts() -> None:
    model = clip.load("scenes-clip")
    cut = looks.crop(picture(), [0, 0, 30, 20])
    words, templates = ["red", "blue"], ["a {word} circle", "a {word} square", "{word}"]
    fits = []
    for word in words:
        vectors = model.texts([t.format(word=word) for t in templates])
        centre = sum(vectors) / 3
        fits.append(float(model.images([cut])[0] @ centre / np.linalg.norm(centre)))
    assert looks.choose(model, [cut], words, templates) == [words[int(np.argmax(fits))]]
