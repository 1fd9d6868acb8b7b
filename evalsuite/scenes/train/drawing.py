"""Shares of the training pool, drawn by one process each: no torch, so that a process starts fast.

Scene n comes from a generator seeded by [2, n] and its captions from one seeded by [3, n]: the pool
is the same whoever draws it, in whatever order.
"""

import os
from pathlib import Path

import numpy as np

from evalsuite.scenes.captions import caption
from evalsuite.scenes.draw import draw
from evalsuite.scenes.sample import any_scene
from evalsuite.scenes.world import COLORS, OCCUPATIONS, PRESENTATIONS, SHAPES, SIDE, Scene

SHARE = 4096
CAPTIONS = 4
"""Captions of each scene."""
THINGS = 6
"""The most things in one picture; a person and the face are two."""

Box = tuple[float, float, float, float]

KINDS: tuple[tuple[str, ...], ...] = (
    *((shape, f"{color} {shape}") for shape in SHAPES for color in COLORS),
    *((job, form, "person") for job in OCCUPATIONS for form in PRESENTATIONS),
    ("face",),
)
"""Every kind of thing, by all the names that it answers to."""


def scene(number: int) -> Scene:
    """The pool's scene of that number."""
    return any_scene(np.random.default_rng([2, number]))


def things(of: Scene) -> list[tuple[Box, int]]:
    """Every thing's box in pixels, with the number of its kind."""
    found = [
        (item.box, KINDS.index((item.shape, f"{item.color} {item.shape}"))) for item in of.items
    ]
    for person in of.people:
        kind = (person.occupation, person.presentation, "person")
        found += [(person.box, KINDS.index(kind)), (person.face, KINDS.index(("face",)))]
    return found


def pictures(share: int, path: Path) -> None:
    """Write one share's renders with the things in them: `pixels`, `boxes` and `kinds`.

    Shapes (share, 64, 64, 3) in bytes, (share, 6, 4) in pixels and (share, 6), -1 for no thing.
    """
    pixels = np.empty((SHARE, SIDE, SIDE, 3), np.uint8)
    boxes = np.zeros((SHARE, THINGS, 4), np.float32)
    kinds = np.full((SHARE, THINGS), -1, np.int64)
    for row in range(SHARE):
        shown = scene(share * SHARE + row)
        pixels[row] = draw(shown)
        for number, (box, kind) in enumerate(things(shown)):
            boxes[row, number], kinds[row, number] = box, kind
    beside = path.with_suffix(".tmp.npz")
    np.savez(beside, pixels=pixels, boxes=boxes, kinds=kinds)
    os.replace(beside, path)


def captions(share: int) -> list[str]:
    """One share's captions, `CAPTIONS` to a scene, those of one scene together."""
    texts = []
    for number in range(share * SHARE, (share + 1) * SHARE):
        rng, shown = np.random.default_rng([3, number]), scene(number)
        texts += [caption(rng, shown) for _ in range(CAPTIONS)]
    return texts
