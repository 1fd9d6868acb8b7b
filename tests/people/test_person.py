"""Which face belongs to whom: geometry with answers that were worked out by hand."""

from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.people.person import NO_FACE, SEVERAL_FACES, SMALL, matched
from evalsuite.records import Box


def body(*box: float) -> Box:
    return Box("person", box, 0.9)


def face(*box: float) -> Box:
    return Box("face", box, 0.8)


def test_a_face_is_that_of_the_body_that_holds_most_of_it():
    left, right = body(0, 0, 40, 100), body(38, 0, 80, 100)
    # Three quarters of this face lie in the left body, half in the right one.
    between = face(34, 10, 42, 20)
    first, second = matched([right, left], [between], least=8)
    assert (first.body, first.face, first.why) == (left, between, "")
    assert (second.body, second.face, second.why) == (right, None, NO_FACE)


def test_of_nested_bodies_the_smaller_has_the_face():
    whole, bust = body(0, 0, 100, 100), body(20, 0, 80, 60)
    people = matched([whole, bust], [face(40, 5, 60, 25)], 8)
    found = [(person.body, person.face) for person in people]
    assert found == [(whole, None), (bust, face(40, 5, 60, 25))]


def test_two_faces_in_one_body_are_nobodys():
    (one,) = matched([body(0, 0, 99, 99)], [face(5, 5, 25, 25), face(50, 5, 70, 25)], least=8)
    assert (one.face, one.why) == (None, SEVERAL_FACES)


@pytest.mark.parametrize(("side", "why"), [(7.9, SMALL), (8.0, "")])
def test_a_face_is_read_from_its_least_side_on(side, why):
    (one,) = matched([body(0, 0, 99, 99)], [face(10, 10, 10 + side, 30)], least=8)
    assert one.why == why and (one.face is None) == bool(why)


def test_a_face_without_a_body_is_somebody_seen_from_near():
    (one,) = matched([], [face(100, 100, 120, 130)], least=8)
    assert one.face == face(100, 100, 120, 130) and not one.has_body
    # One width to either side, half a height above, two below.
    assert one.body.box == (80, 85, 140, 190)


def test_no_boxes_are_nobody_and_so_are_boxes_that_are_none():
    assert matched([], [], 8) == ()
    assert matched([body(0, nan, 9, 9), body(9, 0, 9, 9)], [face(0, 0, nan, 9)], 8) == ()


sides = st.floats(0, 90, allow_nan=False)
boxes = st.lists(st.tuples(sides, sides, st.floats(1, 60), st.floats(1, 60)), max_size=5)


@given(boxes, boxes)
def test_nobody_and_no_face_is_lost_or_counted_twice(bodies, faces):
    people = matched(
        [body(x, y, x + w, y + h) for x, y, w, h in bodies],
        [face(x, y, x + w, y + h) for x, y, w, h in faces],
        least=8,
    )
    used = [person.face for person in people if person.face is not None]
    assert len(used) <= len(faces)
    assert sum(person.has_body for person in people) == len(bodies)
    assert all((person.face is None) == bool(person.why) for person in people)
    assert [p.body.box for p in people] == sorted(p.body.box for p in people)
