"""Words for where one thing is, seen from another."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Plane = Literal["left of", "right of", "above", "below"]
Near = Literal["near", "next to", "on the side of"]
"""T2I-CompBench's relations without a direction."""
Depth = Literal["in front of", "behind", "inside", "on"]
Relation = Literal[Plane, Depth, Near]

RELATIONS: tuple[str, ...] = get_args(Relation)

PLANE: tuple[str, ...] = get_args(Plane)
"""The relations that two boxes can tell."""

NEAR: tuple[str, ...] = get_args(Near)
"""The relations that a distance between two boxes tells, by a published rule."""

OPPOSITE: Mapping[str, str] = MappingProxyType(
    {"left of": "right of", "right of": "left of", "above": "below", "below": "above"}
)

AXES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"left of": (-1, 0), "right of": (1, 0), "above": (0, -1), "below": (0, 1)}
)
"""The direction in a picture, x to the right and y downwards."""
