"""A person cut out of the picture, for encoders that read whole pictures."""

import hashlib

import numpy as np

from evalsuite.encoders.looks import crop
from evalsuite.people.person import Person
from evalsuite.records import Picture

MARGIN = 0.15
"""How much of the box's longer side is kept around it on every side. Our own choice."""

GREY = 153
"""What fills the crop to a square: #999, as GenEval fills what it masks."""


def cut_out(picture: Picture, person: Person, margin: float = MARGIN) -> Picture:
    """A person's box with a margin, filled with grey to a square; kept with the picture.

    Square, because CLIP's own preprocessing cuts the longer side of a picture down to the shorter,
    and a tall box would lose the head.
    """
    left, top, right, bottom = person.body.box
    room = margin * max(right - left, bottom - top)
    box = (left - room, top - room, right + room, bottom + room)
    key = f"person-{box}"
    if key not in picture.memo:
        picture.memo[key] = _squared(crop(picture, box))
    cut: Picture = picture.memo[key]
    return cut


def _squared(picture: Picture) -> Picture:
    height, width = picture.pixels.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    square = np.full((side, side, 3), GREY, dtype=np.uint8)
    square[top : top + height, left : left + width] = picture.pixels
    digest = hashlib.sha256(repr(square.shape).encode() + square.tobytes()).hexdigest()
    return Picture(digest, lambda: square)
