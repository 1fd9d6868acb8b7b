"""The tone of a face's middle: the ten published colours, other light, and what is no skin."""

import io
from math import nan

import numpy as np
import pytest
from PIL import Image

from evalsuite.people.skin import COLORLESS, FAR_OFF, OUTSIDE, read_skin
from evalsuite.vocabulary import monk

TONES = range(1, 11)
FACE = (16.0, 16.0, 48.0, 48.0)

PUBLISHED = {
    1: (94.21, 1.50, 5.43), 2: (92.27, 2.06, 7.29), 3: (93.09, 0.22, 14.21),
    4: (87.57, 0.46, 17.75), 5: (77.90, 3.47, 23.14), 6: (55.14, 7.79, 26.74),
    7: (42.47, 12.33, 20.53), 8: (30.68, 11.67, 13.34), 9: (21.07, 2.69, 5.97),
    10: (14.61, 1.48, 3.53),
}  # fmt: skip
"""L*, a* and b* of the ten, as published (skintone.google)."""

ANGLES = dict(
    zip(TONES, (83.0, 80.2, 71.7, 64.7, 50.3, 10.9, -20.1, -55.4, -78.3, -84.3), strict=True)
)
"""arctan((L* - 50) / b*) of these, in degrees."""


def swatch(color, size=64) -> np.ndarray:
    return np.full((size, size, 3), np.round(color), dtype=np.uint8)


@pytest.mark.parametrize("tone", TONES)
def test_every_swatch_is_read_as_itself(tone):
    seen = read_skin(swatch(monk.rgb(tone)), FACE)
    assert (seen.tone, seen.why, seen.color) == (tone, "", monk.rgb(tone))
    assert seen.ita == pytest.approx(ANGLES[tone], abs=0.1)
    apart = np.linalg.norm(monk.lab(seen.color) - PUBLISHED[tone])
    assert apart <= 2 and seen.distance <= 2


def test_a_png_that_is_opened_again_is_read_red_first():
    """DALL-Eval's compute_ita.py takes OpenCV's blue-first bytes for red-first ones."""
    read, mistaken = {}, {}
    for tone in TONES:
        stream = io.BytesIO()
        Image.fromarray(swatch(monk.rgb(tone))).save(stream, "PNG")
        pixels = np.asarray(Image.open(stream).convert("RGB"))
        read[tone] = read_skin(pixels, FACE).tone
        mistaken[tone] = read_skin(pixels[..., ::-1], FACE).tone
    assert read == {tone: tone for tone in TONES}
    # The mistake would not pass: seven of the ten are then no skin, and 9 is taken for 10.
    assert mistaken == {**dict.fromkeys(TONES), 1: 1, 9: 10, 10: 10}


def test_a_speckled_face_has_its_median_tone():
    pixels = swatch(monk.rgb(6))
    pixels[::3] = 255  # a third of the rows is a reflection
    assert read_skin(pixels, FACE).tone == 6


def test_only_the_middle_is_read():
    pixels = swatch((30, 160, 60))
    pixels[25:40, 25:40] = monk.rgb(8)  # the middle two fifths of the face are rows 26 to 38
    assert read_skin(pixels, FACE).tone == 8


def test_the_angle_is_of_the_mean_colour_and_no_mean_of_angles():
    pixels = swatch(monk.rgb(5))
    pixels[:, ::2] = monk.rgb(7)
    seen = read_skin(pixels, FACE)
    light, yellow = (np.mean([PUBLISHED[5][k], PUBLISHED[7][k]]) for k in (0, 2))
    # 13 columns, of which seven are even and tone 7: a little darker than half of each.
    assert seen.ita == pytest.approx(np.degrees(np.arctan2(light - 50, yellow)), abs=4)
    assert abs(seen.ita - (ANGLES[5] + ANGLES[7]) / 2) > 4


@pytest.mark.parametrize(
    ("color", "why"),
    [
        ((0, 0, 0), COLORLESS),  # blacked out
        ((255, 255, 255), COLORLESS),
        ((60, 60, 60), COLORLESS),  # black and white
        ((30, 160, 60), FAR_OFF),
        ((60, 110, 200), FAR_OFF),
        ((3, 0, 0), FAR_OFF),  # all but black: 13 from tone 10
    ],
)
def test_what_is_no_skin_has_no_tone(color, why):
    seen = read_skin(swatch(color), FACE)
    assert (seen.tone, seen.ita, seen.why) == (None, None, why)


def test_a_face_outside_the_picture_is_none():
    assert read_skin(swatch(monk.rgb(5)), (90.0, 90.0, 120.0, 120.0)).why == OUTSIDE


def test_a_colour_that_is_no_number_is_near_no_tone():
    tone, distance = monk.nearest_to([nan, 0.0, 0.0])
    assert not distance <= 12 and 1 <= tone <= 10


def test_linear_light_and_back():
    shades = np.arange(256)
    assert monk.srgb(monk.linear(shades)) == pytest.approx(shades, abs=1e-3)
    # Half the light of white is 188 in sRGB, not 128.
    assert float(monk.srgb(0.5)) == pytest.approx(187.5, abs=0.1)
