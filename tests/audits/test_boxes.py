"""How far found boxes lie from true ones, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.audits.boxes import (
    FoundBoxes,
    audited_boxes,
    box_errors,
    box_from_row,
    box_row,
    overlap,
    true_boxes,
)
from evalsuite.audits.known import KnownCase
from evalsuite.records import Box, Case, Clause, Judgement, Key, Picture, Prompt
from evalsuite.scenes.world import Item, Person, Scene

TRUE = Box("star", (10.0, 10.0, 20.0, 20.0))


def found(*boxes, name="star"):
    return [Box(name, box, 0.9) for box in boxes]


def test_overlap_is_intersection_over_union():
    assert overlap((0, 0, 10, 10), (5, 0, 15, 10)) == pytest.approx(50 / 150)
    assert overlap((0, 0, 10, 10), (10, 0, 20, 10)) == 0.0
    assert overlap((0, 0, 10, 10), (2, 2, 8, 8)) == 0.36


def test_mean_tenth_percentile_and_centres():
    pictures = [
        FoundBoxes("a", found((10, 10, 20, 20)), [TRUE]),  # overlap 1, distance 0
        FoundBoxes("b", found((13, 10, 23, 20)), [TRUE]),  # overlap 70 / 130, distance 3
    ]
    errors = box_errors(pictures)

    assert errors.overlap.value == pytest.approx((1 + 7 / 13) / 2)
    assert errors.tenth == pytest.approx(7 / 13 + 0.1 * 6 / 13)
    assert errors.centre == 1.5
    assert (errors.overlap.n, errors.missed, errors.surplus) == (2, 0, 0)


def test_a_box_elsewhere_is_an_error_and_what_has_no_partner_is_counted():
    elsewhere = FoundBoxes("a", found((40, 40, 50, 50)), [TRUE])
    assert box_errors([elsewhere]).overlap.value == 0.0
    assert box_errors([elsewhere]).centre == pytest.approx(30 * 2**0.5)

    other = FoundBoxes("a", found((10, 10, 20, 20), name="circle"), [TRUE])
    errors = box_errors([other])
    assert (errors.overlap.value, errors.tenth, errors.centre) == (None, None, None)
    assert (errors.missed, errors.surplus) == (1, 1)


def test_partners_have_the_largest_overlap_in_all():
    near, far = Box("star", (0, 0, 10, 10)), Box("star", (6, 0, 16, 10))
    # The first found box overlaps both; the second only the first true one.
    errors = box_errors([FoundBoxes("a", found((5, 0, 15, 10), (0, 0, 10, 10)), [near, far])])

    assert errors.overlap.value == pytest.approx((1 + 90 / 110) / 2)


def test_true_boxes_are_the_scenes():
    item = Item(shape="star", color="red", x=20, y=30, size=10)
    someone = Person(occupation="chef", presentation="man", tone=3, x=30, y=4, height=50)

    assert true_boxes(Scene(0, (item,))) == (Box("star", (15.0, 25.0, 25.0, 35.0)),)
    assert [box.name for box in true_boxes(Scene(0, people=(someone,)))] == [
        "chef",
        "person",
        "face",
    ]


STAR = Prompt("star", "a star", "colors", include=(Clause("star"),))


def test_each_picture_counts_once_by_its_true_prompt_and_the_names_that_are_boxed():
    """Asked for a star where a face is too; the face, which it never boxes, is not missed."""
    picture = Picture("p", lambda: np.zeros((2, 2, 3), np.uint8))
    truths = {"true": 1.0, "false": 0.0}
    cases = [
        KnownCase(
            case=Case(Key("audit", name, 0), replace(STAR, id=name), picture),
            truth={"correct": truth},
            boxes=(TRUE, Box("face", (1.0, 1.0, 2.0, 2.0))),
        )
        for name, truth in truths.items()
    ]
    said = {
        ("s", known.case.key): Judgement("s", known.case.key, boxes=tuple(found(TRUE.box)))
        for known in cases
    }
    (row,) = audited_boxes(cases, said)

    assert (row.scorer, row.kind) == ("s", "")
    assert (row.errors.overlap.value, row.errors.overlap.n, row.errors.missed) == (1.0, 1, 0)
    assert box_from_row(box_row(row)) == row
    assert audited_boxes(cases, {key: Judgement("s", key[1]) for key in said}) == []
