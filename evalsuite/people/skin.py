"""The colour in the middle of a face, and the tone of the Monk scale that is nearest to it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalsuite.records import Pixels
from evalsuite.vocabulary import monk

CORE = 0.4
"""Share of the face's box, about its middle, that is read: between brows and mouth, where neither
hair nor background is. Geometry, and no mask of colours, so that no tone is left out."""

MOST = 48
"""At most about so many rows and columns of that part are read; of a larger one every n-th."""

FAR = 12.0
"""A colour farther than this (CIE 1976 Delta E) from all ten tones is no reading of skin: half
the widest gap between neighbouring tones (23.4, between 5 and 6), so that no mixture is lost."""

GREY = 2
"""Where channels differ by no more than so many bytes there is no colour: black and white."""

OUTSIDE = "the face lies outside the picture"
COLORLESS = "the face has no colour, as in black and white"
FAR_OFF = "the face's colour is far from every tone"

_LIGHT = monk.linear(np.arange(256))


class Skin(NamedTuple):
    """A face's tone 1-10 and the angle of its mean colour, or why there is none.

    `color` is the median in sRGB bytes, `distance` how far it is from the nearest tone.
    """

    tone: int | None
    ita: float | None = None
    color: tuple[int, int, int] | None = None
    distance: float | None = None
    why: str = ""


def read_skin(pixels: Pixels, face: tuple[float, float, float, float]) -> Skin:
    """The skin of a face: pixels are sRGB bytes, (height, width, 3); the box in pixels.

    The median of the middle's pixels in linear light, in CIELAB (D65), gives the tone; the mean of
    their CIELAB values the individual typology angle (`monk.ita`), which is no mean of angles.
    """
    middle = _middle(pixels, face)
    if not middle.size:
        return Skin(None, why=OUTSIDE)
    light = _LIGHT[middle]
    typical = np.median(light, axis=0)
    tone, distance = monk.nearest_to(monk.lab_of_light(typical))
    red, green, blue = (int(v) for v in monk.srgb(typical).round())
    seen = Skin(None, None, (red, green, blue), round(distance, 2))
    if max(red, green, blue) - min(red, green, blue) <= GREY:
        return seen._replace(why=COLORLESS)
    if not distance <= FAR:
        return seen._replace(why=FAR_OFF)
    angle = monk.ita(monk.lab_of_light(light).mean(axis=0))
    return seen._replace(tone=tone, ita=round(angle, 2))


def _middle(pixels: Pixels, face: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """The pixels of the face's middle, shape (pixels, 3); none where it is outside."""
    left, top, right, bottom = face
    x, y = (left + right) / 2, (top + bottom) / 2
    half_x, half_y = (right - left) * CORE / 2, (bottom - top) * CORE / 2
    height, width = pixels.shape[:2]
    rows = slice(max(0, round(y - half_y)), min(height, round(y + half_y) + 1))
    columns = slice(max(0, round(x - half_x)), min(width, round(x + half_x) + 1))
    part = pixels[rows, columns]
    step = (max(1, part.shape[0] // MOST), max(1, part.shape[1] // MOST))
    return np.ascontiguousarray(part[:: step[0], :: step[1]]).reshape(-1, 3)
