"""Frames around what scorers found in a picture, as the report's gallery draws them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalsuite.records import Judgement
from evalsuite.report.evidence import drawn_boxes

if TYPE_CHECKING:
    from PIL.Image import Image

COLOR = "#d5004f"


def with_boxes(picture: "Image", judgements: Sequence[Judgement]) -> "Image":
    """A copy of the picture with each box framed and labelled; damaged boxes are left out."""
    from PIL import ImageDraw

    framed = picture.copy()
    pen = ImageDraw.Draw(framed)
    for box in drawn_boxes(judgements):
        corners = (box.x, box.y, box.x + box.width, box.y + box.height)
        pen.rectangle(corners, outline=COLOR, width=max(1, picture.width // 256))
        pen.text((box.x + 2, box.y + 1), box.label, fill=COLOR)
    return framed
