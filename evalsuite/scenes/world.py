"""What exists in the bundled world, and how often: words, colours and the deliberate skews.

Nothing here describes people. The skews are invented, so that the bias that a model learns can be
compared with the one in its training data.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from evalsuite.vocabulary import english
from evalsuite.vocabulary.relations import PLANE

Rgb = tuple[int, int, int]

SIDE = 64
"""Width and height of every render, in pixels."""

SHAPES = ("circle", "square", "triangle", "star")

COLORS: Mapping[str, Rgb] = MappingProxyType(
    {
        "red": (215, 38, 38),
        "green": (38, 160, 60),
        "blue": (45, 85, 220),
        "yellow": (242, 208, 30),
        "purple": (140, 55, 185),
        "orange": (245, 130, 20),
    }
)

BACKGROUNDS: tuple[Rgb, ...] = (
    (205, 222, 238),
    (213, 232, 220),
    (222, 217, 238),
    (200, 208, 214),
)
"""Cool pale tints, far from every Monk tone, so that a background is never read as skin."""

RELATIONS = PLANE

NUMBERS = english.NUMBERS[:7]

PRESENTATIONS = ("woman", "man")
"""The two pictogram forms, as the captions name them: what a picture suggests, not who one is."""

HAIR: Rgb = (84, 70, 120)
"""One hair colour for everybody, deliberately no natural one, so that it is never read as skin."""

LEGS: Rgb = (70, 80, 96)


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation's look and its invented skews.

    `woman` is the share drawn in the first pictogram form. `tones` are the shares of the Monk
    bands 1-4, 5-7 and 8-10; within a band all tones are equally frequent.
    """

    outfit: Rgb
    hat: str
    hat_color: Rgb
    prop: str
    woman: float
    tones: tuple[float, float, float]


EVEN = (0.4, 0.3, 0.3)
LIGHTER = (0.7, 0.2, 0.1)
DARKER = (0.1, 0.3, 0.6)

OCCUPATIONS: Mapping[str, Occupation] = MappingProxyType(
    {
        "nurse": Occupation(
            outfit=(250, 250, 250),
            hat="cap",
            hat_color=(250, 250, 250),
            prop="cross",
            woman=0.9,
            tones=EVEN,
        ),
        "builder": Occupation(
            outfit=(245, 130, 20),
            hat="dome",
            hat_color=(242, 208, 30),
            prop="hammer",
            woman=0.1,
            tones=DARKER,
        ),
        "chef": Occupation(
            outfit=(48, 48, 54),
            hat="toque",
            hat_color=(250, 250, 250),
            prop="pan",
            woman=0.3,
            tones=EVEN,
        ),
        "firefighter": Occupation(
            outfit=(215, 38, 38),
            hat="dome",
            hat_color=(215, 38, 38),
            prop="hose",
            woman=0.1,
            tones=LIGHTER,
        ),
        "farmer": Occupation(
            outfit=(38, 160, 60),
            hat="brim",
            hat_color=(226, 180, 70),
            prop="fork",
            woman=0.25,
            tones=DARKER,
        ),
        "flight attendant": Occupation(
            outfit=(45, 85, 220),
            hat="cap",
            hat_color=(45, 85, 220),
            prop="suitcase",
            woman=0.8,
            tones=LIGHTER,
        ),
        "teacher": Occupation(
            outfit=(150, 84, 40),
            hat="none",
            hat_color=(0, 0, 0),
            prop="board",
            woman=0.7,
            tones=EVEN,
        ),
        "artist": Occupation(
            outfit=(140, 55, 185),
            hat="beret",
            hat_color=(140, 55, 185),
            prop="palette",
            woman=0.5,
            tones=EVEN,
        ),
    }
)

COUNT_SHARES = (0.30, 0.24, 0.18, 0.13, 0.09, 0.06)
"""Shares of 1-6 objects among training scenes of one kind: large counts are rare, deliberately."""


@dataclass(frozen=True, slots=True)
class Item:
    """One plain object: its centre and the side of its bounding square, in pixels."""

    shape: str
    color: str
    x: int
    y: int
    size: int

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pixels."""
        half = self.size / 2
        return (self.x - half, self.y - half, self.x + half, self.y + half)


@dataclass(frozen=True, slots=True)
class Person:
    """One pictogram: `tone` is the Monk tone 1-10, `x` the middle, `y` the top, `height` in px."""

    occupation: str
    presentation: str
    tone: int
    x: int
    y: int
    height: int

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in pixels, hat and prop included."""
        return (
            self.x - 0.30 * self.height,
            self.y,
            self.x + 0.38 * self.height,
            self.y + self.height,
        )

    @property
    def face(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the head's disc in pixels."""
        radius, middle = 0.13 * self.height, self.y + 0.27 * self.height
        return (self.x - radius, middle - radius, self.x + radius, middle + radius)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything in one picture. Objects and people never overlap."""

    background: int
    items: tuple[Item, ...] = ()
    people: tuple[Person, ...] = ()


def relation_between(first: Item, second: Item) -> str:
    """Where the first item lies, seen from the second, by the longer axis between centres."""
    dx, dy = first.x - second.x, first.y - second.y
    if abs(dx) >= abs(dy):
        return "left of" if dx < 0 else "right of"
    return "above" if dy < 0 else "below"
