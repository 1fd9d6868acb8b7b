"""Finds the renderer's exact colours, in the place of a detector: quick, and never wrong."""

import numpy as np
from scipy import ndimage

from evalsuite.records import Judgement, Measure
from evalsuite.scenes.world import COLORS

LEAST = 12
"""Pixels of a thing: the smallest star has about 35 whole ones."""

MEASURES = (
    Measure(name="objects.present", title="Every asked thing is there", applies=("includes",)),
    Measure(name="objects.count", title="Exact number", applies=("tag:counting",)),
    Measure(name="objects.relation", title="The relation holds", applies=("tag:position",)),
)


def load(*, strict: bool = True):
    return Pixels(strict)


class Pixels:
    name = "objects"
    batch_size = 8

    def __init__(self, strict):
        self.strict = strict

    def describe(self):
        return {"strict": self.strict}

    def problems(self, prompts):
        return []

    def judge(self, cases):
        return [Judgement("objects", case.key, _values(case)) for case in cases]


def _values(case):
    places = {color: _places(case.picture.pixels, rgb) for color, rgb in COLORS.items()}
    asked = case.prompt.include
    values = {"present": float(all(places[one.color] for one in asked if one.color))}
    if case.prompt.tag == "counting":
        values["count"] = float(sum(map(len, places.values())) == asked[0].count)
    if case.prompt.tag == "position":
        first, second = places[asked[1].color], places[asked[0].color]
        values["relation"] = None
        if len(first) == len(second) == 1:
            holds = _relation(first[0], second[0]) == asked[1].position[0]
            values["relation"] = float(holds)
    return values


def _places(pixels, rgb):
    """The middles (row, column) of everything of one colour."""
    mask = np.abs(pixels.astype(int) - rgb).max(axis=-1) <= 2
    labels, count = ndimage.label(mask)
    found = range(1, count + 1)
    large = [one for one in found if (labels == one).sum() >= LEAST]
    return ndimage.center_of_mass(mask, labels, large)


def _relation(first, second):
    down, right = first[0] - second[0], first[1] - second[1]
    if abs(right) >= abs(down):
        return "left of" if right < 0 else "right of"
    return "above" if down < 0 else "below"
