"""Frames around what a scorer found in a picture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalsuite.records import Box
from evalsuite.report.words import short

if TYPE_CHECKING:
    from PIL.Image import Image

FRAME = "#d5004f"
LABEL = 40
"""Characters of a box's name that are written."""


def with_boxes(picture: "Image", boxes: Sequence[Box]) -> "Image":
    """A copy of the picture with each box framed, its name and score beside it."""
    from PIL import ImageDraw

    framed = picture.copy()
    pen = ImageDraw.Draw(framed)
    for box in boxes:
        left, top, right, bottom = box.box
        if not (left < right and top < bottom):  # inside out, or no numbers: not to be drawn
            continue
        pen.rectangle((left, top, right, bottom), outline=FRAME, width=max(1, picture.width // 256))
        pen.text((left + 2, top + 1), _label(box), fill=FRAME)
    return framed


def _label(box: Box) -> str:
    words = [*box.looks.values(), box.name]
    return short(" ".join(words), LABEL) + ("" if box.score is None else f" {box.score:.2f}")
