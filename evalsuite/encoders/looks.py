"""What a boxed thing looks like: a word chosen by CLIP on the crop (zero-shot)."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evalsuite.encoders.clip import Clip
from evalsuite.encoders.zero_shot import centres
from evalsuite.records import Picture

GREY = "#999"
"""What fills the crop outside a mask, as in GenEval (Ghosh et al. 2023, evaluate_images.py)."""


def crop(picture: Picture, box: ArrayLike, mask: NDArray[np.bool_] | None = None) -> Picture:
    """The part of a picture inside a box (left, top, right, bottom); grey outside the mask.

    `mask` has the picture's height and width. Corners are rounded to whole pixels; what lies
    outside the picture is cut off, and at least one pixel is left.
    """
    from PIL import Image

    image = Image.fromarray(picture.pixels)
    if mask is not None:
        blank = Image.new("RGB", image.size, GREY)
        image = Image.composite(image, blank, Image.fromarray(mask.astype(np.uint8) * 255))
    left, top, right, bottom = (round(float(edge)) for edge in np.asarray(box)[:4])
    left, top = min(max(left, 0), image.width - 1), min(max(top, 0), image.height - 1)
    right, bottom = min(max(right, left + 1), image.width), min(max(bottom, top + 1), image.height)
    pixels = np.asarray(image.crop((left, top, right, bottom)))
    digest = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()
    return Picture(digest, lambda: pixels)


def choose(
    clip: Clip, crops: Sequence[Picture], words: Sequence[str], templates: Sequence[str]
) -> list[str]:
    """The word whose texts fit best, for each crop.

    `templates` have a place `{word}`. Of words that fit equally well, the first is taken.
    """
    if not crops:
        return []
    texts = [[template.format(word=word) for template in templates] for word in words]
    fits = clip.images(crops) @ centres(clip, texts).T
    return [words[int(row.argmax())] for row in fits]
