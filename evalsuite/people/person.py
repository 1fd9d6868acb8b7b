"""One person in a picture, and the faces that belong to which bodies: geometry alone.

No mask of skin colours is used anywhere: every such rule drops some tones of skin more than others
(docs/people.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

from evalsuite.records import Box

NO_FACE = "no face was found"
SMALL = "the face is too small"
SEVERAL_FACES = "several faces were found in one person's box"

INSIDE = 0.5
"""Share of a face's area that must lie in a person's box for the face to be that person's. Ours."""

AROUND = (1.0, 0.5, 1.0, 2.0)
"""Where only a face was found: how far the person reaches left of it, above, right and below, in
widths and heights of the face. Head and shoulders; our own choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in a picture: the box of the body, and that of the face where it can be used.

    `face` is None where it cannot, and `why` says so: none was found (hidden, or turned away), it
    is too small, or several lie in this one box. `has_body` is False where a face alone was found:
    the body's box is then a guess around it.
    """

    body: Box
    face: Box | None = None
    why: str = ""
    has_body: bool = True


def matched(bodies: Sequence[Box], faces: Sequence[Box], least: float) -> tuple[Person, ...]:
    """The people that boxes of bodies and of faces stand for, from left to right.

    A face belongs to the body that holds most of it, `INSIDE` at the least; of bodies that hold
    equally much, to the smallest. A face in no body is a person too. `least` is the shorter side
    from which a face is read, in pixels. Boxes with a side that is no number, or is not above 0,
    are nobody.
    """
    bodies, faces = [b for b in bodies if _is_box(b)], [f for f in faces if _is_box(f)]
    own: list[list[Box]] = [[] for _ in bodies]
    alone: list[Box] = []
    for face in faces:
        held = [(_inside(face, body), -_area(body)) for body in bodies]
        best = max(range(len(bodies)), key=held.__getitem__, default=-1)
        if best >= 0 and held[best][0] >= INSIDE:
            own[best].append(face)
        else:
            alone.append(face)
    people = [_person(body, found, least) for body, found in zip(bodies, own, strict=True)]
    people += [replace(_person(_around(face), [face], least), has_body=False) for face in alone]
    return tuple(sorted(people, key=lambda person: person.body.box))


def _person(body: Box, faces: Sequence[Box], least: float) -> Person:
    if not faces:
        return Person(body=body, why=NO_FACE)
    if len(faces) > 1:
        return Person(body=body, why=SEVERAL_FACES)
    if min(_sides(faces[0])) < least:
        return Person(body=body, why=SMALL)
    return Person(body=body, face=faces[0])


def _around(face: Box) -> Box:
    left, top, right, bottom = face.box
    width, height = _sides(face)
    before, above, after, below = AROUND
    box = (left - before * width, top - above * height, right + after * width)
    return Box("person", (*box, bottom + below * height), face.score)


def _is_box(box: Box) -> bool:
    return all(map(isfinite, box.box)) and min(_sides(box)) > 0


def _sides(box: Box) -> tuple[float, float]:
    left, top, right, bottom = box.box
    return right - left, bottom - top


def _area(box: Box) -> float:
    width, height = _sides(box)
    return width * height


def _inside(face: Box, body: Box) -> float:
    """The share of the face's area that lies in the body's box."""
    width = min(face.box[2], body.box[2]) - max(face.box[0], body.box[0])
    height = min(face.box[3], body.box[3]) - max(face.box[1], body.box[1])
    return max(0.0, width) * max(0.0, height) / _area(face)
