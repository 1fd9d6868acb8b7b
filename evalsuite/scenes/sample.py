"""The training distribution: scenes drawn at random, with the skews that `world` declares."""

import numpy as np

from evalsuite.scenes.world import (
    BACKGROUNDS,
    COLORS,
    COUNT_SHARES,
    OCCUPATIONS,
    SHAPES,
    SIDE,
    Item,
    Person,
    Scene,
)

Rng = np.random.Generator
Kind = tuple[str, str]
"""A shape and a colour."""

MARGIN = 1
GAP = 2
SIZES = {1: (14, 30), 2: (12, 26), 3: (12, 20), 4: (12, 18), 5: (11, 16), 6: (11, 15)}
"""Least and largest side in pixels, by how many objects share the picture."""

AXIS_RATIO = 1.5
"""In a scene of two objects one axis is at least this many times as long as the other, so that
its relation is never a matter of opinion."""


def place(rng: Rng, kinds: list[Kind], relation: str | None = None) -> tuple[Item, ...]:
    """Place objects of the given kinds at random: no overlap, inside the picture.

    With `relation`, the first of two kinds lies so seen from the second.
    """
    low, high = SIZES[len(kinds)]
    while True:
        items: list[Item] = []
        for shape, color in kinds:
            for _ in range(40):
                size = int(rng.integers(low, high + 1))
                edge = MARGIN + (size + 1) // 2
                x, y = (int(v) for v in rng.integers(edge, SIDE - edge + 1, size=2))
                item = Item(shape=shape, color=color, x=x, y=y, size=size)
                if all(_apart(item, other) for other in items):
                    items.append(item)
                    break
        if len(items) == len(kinds) and (len(items) != 2 or _related(items, relation)):
            return tuple(items)


def _apart(a: Item, b: Item) -> bool:
    reach = (a.size + b.size) / 2 + GAP
    return abs(a.x - b.x) >= reach or abs(a.y - b.y) >= reach


def _related(items: list[Item], relation: str | None) -> bool:
    dx, dy = items[0].x - items[1].x, items[0].y - items[1].y
    long, short = max(abs(dx), abs(dy)), min(abs(dx), abs(dy))
    if long < AXIS_RATIO * short:
        return False
    sideways = abs(dx) > abs(dy)
    return {
        None: True,
        "left of": sideways and dx < 0,
        "right of": sideways and dx > 0,
        "above": not sideways and dy < 0,
        "below": not sideways and dy > 0,
    }[relation]


def any_kind(rng: Rng) -> Kind:
    """A shape and a colour, uniformly."""
    return str(rng.choice(SHAPES)), str(rng.choice(list(COLORS)))


def different_kind(rng: Rng, other: Kind) -> Kind:
    """A kind that differs from `other` in shape and in colour."""
    while True:
        kind = any_kind(rng)
        if kind[0] != other[0] and kind[1] != other[1]:
            return kind


def any_background(rng: Rng) -> int:
    """The number of a background, uniformly."""
    return int(rng.integers(len(BACKGROUNDS)))


def tone_of(rng: Rng, occupation: str) -> int:
    """A Monk tone 1-10 with the occupation's invented skew."""
    band = int(rng.choice(3, p=OCCUPATIONS[occupation].tones))
    first, last = ((1, 4), (5, 7), (8, 10))[band]
    return int(rng.integers(first, last + 1))


def person(
    rng: Rng,
    occupation: str | None = None,
    presentation: str | None = None,
    tone: int | None = None,
) -> Person:
    """A person somewhere in the picture; what is not given follows the training skews."""
    job = occupation or str(rng.choice(list(OCCUPATIONS)))
    form = presentation or ("woman" if rng.random() < OCCUPATIONS[job].woman else "man")
    height = int(rng.integers(44, 60))
    x = int(rng.integers(int(0.31 * height) + 1, SIDE - int(0.40 * height)))
    y = int(rng.integers(1, SIDE - height))
    return Person(
        occupation=job, presentation=form, tone=tone or tone_of(rng, job), x=x, y=y, height=height
    )


def any_scene(rng: Rng) -> Scene:
    """A scene of the training distribution.

    42 % one kind of object, 1-6 of it; 26 % two single objects of different shape and colour;
    8 % two kinds with counts, at most six objects together; 24 % one person.
    """
    background, draw = any_background(rng), rng.random()
    if draw < 0.42:
        count = 1 + int(rng.choice(6, p=COUNT_SHARES))
        return Scene(background, place(rng, [any_kind(rng)] * count))
    if draw < 0.76:
        first = any_kind(rng)
        second = different_kind(rng, first)
        if draw < 0.68:
            return Scene(background, place(rng, [first, second]))
        a = int(rng.integers(1, 4))
        b = int(rng.integers(1, 4)) if a > 1 else int(rng.integers(2, 4))
        return Scene(background, place(rng, [first] * a + [second] * b))
    return Scene(background, people=(person(rng),))
