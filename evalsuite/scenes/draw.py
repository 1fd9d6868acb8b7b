"""Scene to picture: 64x64 RGB, drawn at four times the size and averaged down."""

from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from evalsuite.scenes.world import (
    BACKGROUNDS,
    COLORS,
    HAIR,
    LEGS,
    OCCUPATIONS,
    SIDE,
    Item,
    Person,
    Rgb,
    Scene,
)
from evalsuite.vocabulary import monk

OVERSAMPLING = 4

Points = list[tuple[float, float]]


def _star() -> Points:
    radii = [1.0 if k % 2 == 0 else 0.45 for k in range(10)]
    raw = [(r * sin(k * pi / 5), -r * cos(k * pi / 5)) for k, r in enumerate(radii)]
    xs, ys = [x for x, _ in raw], [y for _, y in raw]
    return [
        ((x - min(xs)) / (max(xs) - min(xs)) - 0.5, (y - min(ys)) / (max(ys) - min(ys)) - 0.5)
        for x, y in raw
    ]


POLYGONS: dict[str, Points] = {
    "square": [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)],
    "triangle": [(0.0, -0.5), (0.5, 0.5), (-0.5, 0.5)],
    "star": _star(),
}
"""Corners in a unit box about the origin; every shape touches all four sides of its box."""


def draw(scene: Scene) -> NDArray[np.uint8]:
    """Render a scene as an array of shape (64, 64, 3), sRGB bytes."""
    side = SIDE * OVERSAMPLING
    canvas = Image.new("RGB", (side, side), BACKGROUNDS[scene.background])
    pen = ImageDraw.Draw(canvas)
    for item in scene.items:
        _item(pen, item)
    for person in scene.people:
        _person(pen, person)
    return np.asarray(canvas.reduce(OVERSAMPLING))


def _item(pen: ImageDraw.ImageDraw, item: Item) -> None:
    color = COLORS[item.color]
    if item.shape == "circle":
        left, top, right, bottom = (v * OVERSAMPLING for v in item.box)
        pen.ellipse((left, top, right - 1, bottom - 1), fill=color)
        return
    corners = [
        (
            (item.x + px * item.size) * OVERSAMPLING - 0.5,
            (item.y + py * item.size) * OVERSAMPLING - 0.5,
        )
        for px, py in POLYGONS[item.shape]
    ]
    pen.polygon(corners, fill=color)


class _Figure:
    """Draws in units of a person's height, the origin at the top of the middle line."""

    def __init__(self, pen: ImageDraw.ImageDraw, person: Person) -> None:
        self.pen, self.person = pen, person

    def _at(self, x: float, y: float) -> tuple[float, float]:
        p = self.person
        return ((p.x + x * p.height) * OVERSAMPLING, (p.y + y * p.height) * OVERSAMPLING)

    def box(self, x0: float, y0: float, x1: float, y1: float, color: Rgb) -> None:
        self.pen.rectangle((*self._at(x0, y0), *self._at(x1, y1)), fill=color)

    def oval(self, x0: float, y0: float, x1: float, y1: float, color: Rgb) -> None:
        self.pen.ellipse((*self._at(x0, y0), *self._at(x1, y1)), fill=color)

    def shape(self, points: Points, color: Rgb) -> None:
        self.pen.polygon([self._at(x, y) for x, y in points], fill=color)


def _person(pen: ImageDraw.ImageDraw, person: Person) -> None:
    figure, job = _Figure(pen, person), OCCUPATIONS[person.occupation]
    _body(figure, person, job.outfit)
    _hat(figure, job.hat, job.hat_color)
    _prop(figure, job.prop)


def _body(figure: _Figure, person: Person, outfit: Rgb) -> None:
    skin = monk.rgb(person.tone)
    if person.presentation == "woman":
        figure.box(-0.19, 0.20, 0.19, 0.46, HAIR)
        figure.box(-0.09, 0.78, -0.02, 1.0, LEGS)
        figure.box(0.02, 0.78, 0.09, 1.0, LEGS)
        figure.shape([(-0.09, 0.41), (0.09, 0.41), (0.27, 0.82), (-0.27, 0.82)], outfit)
    else:
        figure.box(-0.15, 0.62, -0.02, 1.0, LEGS)
        figure.box(0.02, 0.62, 0.15, 1.0, LEGS)
        figure.box(-0.18, 0.41, 0.18, 0.68, outfit)
    figure.oval(-0.16, 0.10, 0.16, 0.38, HAIR)
    left, top, right, bottom = (-0.13, 0.14, 0.13, 0.40)
    figure.oval(left, top, right, bottom, skin)


def _hat(figure: _Figure, hat: str, color: Rgb) -> None:
    if hat == "cap":
        figure.box(-0.13, 0.07, 0.13, 0.16, color)
    elif hat == "dome":
        figure.pen.pieslice(
            (*figure._at(-0.18, 0.02), *figure._at(0.18, 0.34)), 180, 360, fill=color
        )
        figure.box(-0.21, 0.16, 0.21, 0.20, color)
    elif hat == "toque":
        figure.box(-0.12, 0.0, 0.12, 0.17, color)
        figure.oval(-0.17, 0.0, 0.17, 0.12, color)
    elif hat == "brim":
        figure.box(-0.11, 0.05, 0.11, 0.15, color)
        figure.box(-0.26, 0.13, 0.26, 0.18, color)
    elif hat == "beret":
        figure.oval(-0.19, 0.05, 0.12, 0.18, color)


def _prop(figure: _Figure, prop: str) -> None:
    if prop == "cross":
        figure.box(-0.02, 0.46, 0.02, 0.62, (215, 38, 38))
        figure.box(-0.07, 0.52, 0.07, 0.56, (215, 38, 38))
    elif prop == "hammer":
        figure.box(0.28, 0.45, 0.32, 0.90, (110, 70, 40))
        figure.box(0.23, 0.40, 0.37, 0.50, (110, 116, 124))
    elif prop == "pan":
        figure.oval(0.22, 0.42, 0.38, 0.58, (110, 116, 124))
        figure.box(0.28, 0.56, 0.32, 0.84, (110, 116, 124))
    elif prop == "hose":
        figure.box(0.28, 0.42, 0.33, 0.95, (242, 208, 30))
        figure.box(0.26, 0.36, 0.35, 0.46, (110, 116, 124))
    elif prop == "fork":
        figure.box(0.29, 0.40, 0.32, 1.0, (110, 70, 40))
        for x in (0.23, 0.29, 0.35):
            figure.box(x, 0.30, x + 0.03, 0.46, (110, 116, 124))
    elif prop == "suitcase":
        figure.box(0.26, 0.76, 0.38, 0.98, (150, 30, 90))
        figure.box(0.30, 0.66, 0.34, 0.76, (110, 116, 124))
    elif prop == "board":
        figure.box(0.23, 0.36, 0.38, 0.66, (20, 74, 52))
        figure.box(0.29, 0.66, 0.32, 1.0, (110, 70, 40))
    elif prop == "palette":
        figure.oval(0.22, 0.44, 0.38, 0.66, (196, 140, 84))
        for (x, y), color in zip(
            ((0.25, 0.48), (0.31, 0.50), (0.28, 0.57)),
            ((215, 38, 38), (45, 85, 220), (242, 208, 30)),
            strict=True,
        ):
            figure.box(x, y, x + 0.04, y + 0.04, color)
