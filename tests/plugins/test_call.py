"""What comes back of a back-end that draws with PIL."""

from collections import Counter

import numpy as np
from PIL import Image

from evalsuite.plugins import call
from evalsuite.records import Key, NoImage, Prompt, Request

MODES = ("RGB", "RGBA", "L", "F")


class Painter:
    """Draws a grey square in another mode for each request."""

    batch_size = 4
    dialect = "everyday"

    def describe(self):
        return {}

    def problems(self, prompts):
        return []

    def render(self, requests):
        return [Image.new("L", (3, 2), 90).convert(MODES[r.key.index]) for r in requests]


def test_pil_images_are_pictures_and_what_cannot_be_one_is_invalid():
    requests = [Request(Key("s", "p", n), Prompt("p", "grey", "t"), n) for n in range(4)]

    *drawn, refused = call.render(Painter(), requests, 0, Counter())

    assert all(np.array_equal(image, np.full((2, 3, 3), 90, np.uint8)) for image in drawn)
    assert isinstance(refused, NoImage) and refused.status == "invalid"
    assert refused.reason == "a PIL image of mode F, whose range is unknown; make it RGB"
