"""The pixel reader: recovers a scene from a clean render, for tests and audits only.

It knows the renderer's exact colours, so it reads nothing but the renderer's own pictures.
"""

from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from evalsuite.records import Pixels
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import (
    BACKGROUNDS,
    COLORS,
    LEGS,
    OCCUPATIONS,
    PRESENTATIONS,
    SHAPES,
    Item,
    Person,
    Rgb,
    Scene,
)
from evalsuite.vocabulary import monk

EXACT = 2
"""Largest difference, in sRGB bytes, at which a pixel has a colour and is no mixture."""

LEAST_ITEM = 12
"""An item's least number of mostly covered pixels: the smallest star has about 35."""

LEAST_LEGS = 6

SEARCH = 32
"""Side of the window in which an item is compared with the renderer's own, in pixels."""


def read(pixels: Pixels) -> Scene:
    """The scene that `draw` was given.

    It proposes what the colours suggest and keeps the proposal whose own render differs least.
    """
    background = int(np.argmax([_is(pixels, color).sum() for color in BACKGROUNDS]))
    if _is(pixels, LEGS).sum() >= LEAST_LEGS:
        return Scene(background, people=(_person(pixels, background),))
    items = []
    for color, value in COLORS.items():
        covered = _coverage(pixels, value, BACKGROUNDS[background])
        labels, _ = ndimage.label(covered >= 0.5)
        for number, part in enumerate(ndimage.find_objects(labels), start=1):
            if (labels[part] == number).sum() >= LEAST_ITEM:
                items.append(_item(covered, color, part))
    return Scene(background, tuple(items))


def _is(pixels: Pixels, color: Rgb) -> NDArray[np.bool_]:
    different = np.abs(pixels.astype(int) - np.array(color)).max(axis=-1)
    return np.asarray(different <= EXACT)


def _coverage(pixels: Pixels, color: Rgb, background: Rgb) -> NDArray[np.float64]:
    """How much of each pixel the colour covers: 0 to 1 on the line from the background to it."""
    direction = np.array(color, float) - background
    offset = pixels.astype(float) - background
    share = offset @ direction / (direction @ direction)
    astray = np.linalg.norm(offset - share[..., None] * direction, axis=-1)
    return np.where(astray < 12, share.clip(0, 1), 0.0)


def _item(covered: NDArray[np.float64], color: str, part: tuple[slice, ...]) -> Item:
    rows, columns = part
    side = max(rows.stop - rows.start, columns.stop - columns.start)
    x, y = (columns.start + columns.stop) // 2, (rows.start + rows.stop) // 2
    half = SEARCH // 2
    padded = np.pad(covered, half + 1)
    best: tuple[float, Item] | None = None
    for dx, dy in product((-1, 0, 1), repeat=2):
        top, left = y + dy + 1, x + dx + 1
        window = padded[top : top + SEARCH, left : left + SEARCH]
        # Farther away there may be other items.
        reach = slice(max(0, half - side // 2 - 2), half + side // 2 + 3)
        for shape, size in product(SHAPES, range(side - 1, side + 4)):
            drawn, own = window[reach, reach], _template(shape, size)[reach, reach]
            error = float(np.abs(drawn - own).sum())
            if best is None or error < best[0]:
                best = (error, Item(shape=shape, color=color, x=x + dx, y=y + dy, size=size))
    assert best is not None
    return best[1]


@cache
def _template(shape: str, size: int) -> NDArray[np.float64]:
    """The renderer's own coverage of one item in the middle of the search window."""
    picture = draw(Scene(0, (Item(shape=shape, color="red", x=32, y=32, size=size),)))
    half = SEARCH // 2
    return _coverage(picture, COLORS["red"], BACKGROUNDS[0])[
        32 - half : 32 + half, 32 - half : 32 + half
    ]


def _person(pixels: Pixels, background: int) -> Person:
    tone = 1 + int(np.argmax([_is(pixels, monk.rgb(tone)).sum() for tone in range(1, 11)]))
    face = np.argwhere(_is(pixels, monk.rgb(tone)))
    legs = np.argwhere(_is(pixels, LEGS))
    bottom, middle = int(legs[:, 0].max()) + 1, round(float(legs[:, 1].mean() + 0.5))
    # The chin lies at 0.40 of the height and the soles at 1.
    height = round((bottom - int(face[:, 0].max()) - 1) / 0.60)
    outfits = {job: int(_is(pixels, look.outfit).sum()) for job, look in OCCUPATIONS.items()}
    likely = sorted(outfits, key=outfits.__getitem__)[-2:]
    rough = [
        Person(
            occupation=job, presentation=form, tone=tone, x=middle, y=bottom - height, height=height
        )
        for job, form in product(likely, PRESENTATIONS)
    ]
    kind = min(rough, key=lambda person: _difference(pixels, background, person))
    around = [
        replace(kind, x=kind.x + dx, y=bottom - kind.height - dh, height=kind.height + dh)
        for dx, dh in product((-1, 0, 1), range(-3, 4))
    ]
    return min(around, key=lambda person: _difference(pixels, background, person))


def _difference(pixels: Pixels, background: int, person: Person) -> float:
    own = draw(Scene(background, people=(person,)))
    return float(np.abs(pixels.astype(float) - own).sum())
