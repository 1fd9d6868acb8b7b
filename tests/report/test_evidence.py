"""What is said of one image: answers, notes and boxes."""

from dataclasses import replace

import pytest

from evalsuite.records import Box, Choice, Judgement, Key
from evalsuite.report.evidence import MAX_BOXES, Statement, drawn_boxes, notes, statements

HERE = Key("counts", "c1", 0)


def test_what_scorers_said_and_why(tiny):
    clip, objects, odd = statements(tiny, HERE)
    assert clip.answers == (("score", "20", ""), ("choice", "no", ""))
    assert clip.notes == ("choice: chose “b” (75.0%) among 2; the prompt had 25.0%",)
    assert objects.answers == (
        ("correct", "no", ""),
        ("drawn", "2", ""),
        ("relation", "no answer", "unsure: hm"),
    )
    assert objects.notes == ("expected", 'more: {"x": 1}')
    assert odd.failure == "the scorer failed: broke"


def test_questions_that_a_prompt_does_not_raise_are_left_out(tiny):
    rows = {
        ("clip", HERE): Judgement(
            "clip", HERE, {"score": 20.0, "binding": None}, reasons={"binding": "unsure"},
            not_applicable=("choice", "style"),
        ),
        ("presentation", HERE): Judgement("presentation", HERE, not_applicable=("label",)),
        ("skin_tone", HERE): Judgement("skin_tone", HERE, not_applicable=("tone", "ita")),
    }  # fmt: skip
    (clip,) = statements(replace(tiny, judgements=rows), HERE)
    assert clip.answers == (("score", "20", ""), ("binding", "no answer", "unsure"))


def test_a_scorer_that_answers_nothing_is_named_unless_nothing_was_asked(tiny):
    silent = {("mine", HERE): Judgement("mine", HERE)}
    assert statements(replace(tiny, judgements=silent), HERE) == [Statement("mine")]


def test_of_an_image_that_a_scorer_of_the_set_has_not_seen_it_is_said_so(tiny):
    rows = {("mine", HERE._replace(index=1)): Judgement("mine", HERE, {"a": 1.0})}
    assert statements(replace(tiny, judgements=rows), HERE) == [
        Statement("mine", failure="not judged")
    ]


@pytest.mark.parametrize(
    ("choice", "line"),
    [
        (Choice(("woman", "man"), (0.25, 0.75), "man"), "f: woman 25.0%, man 75.0%"),
        (Choice(tuple("abcde"), (0.1, 0.5, 0.2, 0.1, 0.1), "b"), "f: chose “b” (50.0%) among 5"),
        (Choice(tuple("abcde"), (0.1, 0.3, 0.3, 0.2, 0.1)), "f: most likely “b” (30.0%) among 5"),
    ],
)
def test_a_choice_among_labels_is_not_held_against_the_prompt(choice, line):
    assert notes(Judgement("s", HERE, choices={"f": choice}), verdicts=()) == [line]


def test_a_choice_that_is_right_says_no_more():
    choice = Choice(("two cats", "one cat"), (0.75, 0.25), "two cats")
    assert notes(Judgement("s", HERE, choices={"f": choice}), {"f"}) == [
        "f: chose “two cats” (75.0%) among 2"
    ]


@pytest.mark.parametrize(
    "choice", [Choice((), ()), Choice(("a", "b"), (1.0,)), Choice(("a",), (float("nan"),))]
)
def test_a_damaged_choice_is_left_out(choice):
    assert notes(Judgement("s", HERE, choices={"f": choice}), {"f"}) == []


def test_boxes_are_numbered_and_say_how_things_look():
    found = Judgement(
        "s",
        HERE,
        boxes=(
            Box("cat", (1, 2, 5.04, 8), 0.5, {"color": "red", "size": "small"}),
            Box("dog", (0, 0, 1, 1)),
        ),
    )
    first, second = drawn_boxes([found])
    assert (first.number, first.label) == (1, "red small cat, 50.0% sure")
    assert (first.x, first.y, first.width, first.height) == (1, 2, 4, 6)
    assert (second.number, second.label) == (2, "dog")


def test_so_many_boxes_and_no_more():
    found = Judgement("s", HERE, boxes=(Box("cat", (0, 0, 1, 1)),) * 30)
    assert len(drawn_boxes([found])) == MAX_BOXES == 24


@pytest.mark.parametrize(
    "box", [(1, 2, 3), (1, 2, 3, "4"), (1, 2, float("nan"), 4), (5, 5, 1, 1), (1, 1, 1.01, 5)]
)
def test_damaged_boxes_are_left_out(box):
    assert drawn_boxes([Judgement("s", HERE, boxes=(Box("cat", box),))]) == []
