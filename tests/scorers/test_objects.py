import pytest

from evalsuite.encoders.detector import Detection
from evalsuite.records import Clause, Prompt
from evalsuite.scorers.objects import holds, verdicts

LEFT, RIGHT = (0.0, 20.0, 10.0, 30.0), (40.0, 20.0, 50.0, 30.0)


def box(
    name: str, place: tuple[float, float, float, float] = LEFT, color: str | None = None
) -> Detection:
    return Detection(name, 0.9, place, color)


COUNTING = Prompt(
    "p",
    "two red circles",
    "counting",
    (Clause("circle", 2, "red"),),
    (Clause("circle", 3),),
)


def test_the_asked_number_in_the_asked_colour() -> None:
    values, reasons, fault = verdicts(
        COUNTING, {"circle": [box("circle", color="red"), box("circle", RIGHT, "red")]}
    )
    assert values == {"present": 1.0, "drawn": 2.0, "count": 1.0, "color": 1.0, "correct": 1.0}
    assert reasons == {} and fault == ""


def test_too_few_and_too_many() -> None:
    few, _, why_few = verdicts(COUNTING, {"circle": [box("circle", color="red")]})
    many, _, why_many = verdicts(COUNTING, {"circle": [box("circle", color="red")] * 3})
    assert (few["count"], few["drawn"], why_few) == (0.0, 1.0, "expected 2 circle, found 1")
    assert (many["count"], many["correct"]) == (0.0, 0.0)
    assert why_many == "expected at most 2 circle, found 3"


def test_a_wrong_colour_is_no_wrong_number() -> None:
    values, _, fault = verdicts(COUNTING, {"circle": [box("circle", color="blue")] * 2})
    assert (values["count"], values["color"], values["correct"]) == (1.0, 0.0, 0.0)
    assert fault == "expected red circle, found blue"


def test_nothing_found_leaves_the_colour_unsaid() -> None:
    values, reasons, _ = verdicts(COUNTING, {"circle": []})
    assert values["color"] is None and values["drawn"] == 0.0
    assert reasons["color"] == "nothing of the asked class was found"


def test_one_class_in_two_colours_is_counted_by_colour() -> None:
    prompt = Prompt(
        "p",
        "a red circle and two blue circles",
        "counting",
        (Clause("circle", 1, "red"), Clause("circle", 2, "blue")),
    )
    found = [box("circle", color="red"), box("circle", color="blue"), box("circle", color="blue")]
    values, _, _ = verdicts(prompt, {"circle": found})
    assert (values["drawn"], values["count"], values["color"]) == (1.0, 1.0, 1.0)


NEGATED = Prompt(
    "n",
    "a red circle and no square",
    "negation",
    (Clause("circle", 1, "red"),),
    (Clause("square"),),
    {"form": "negated", "absent": "square"},
    twin="a",
)


@pytest.mark.parametrize(("squares", "absent"), [(0, 1.0), (1, 0.0)])
def test_absence(squares: int, absent: float) -> None:
    boxes = {"circle": [box("circle", color="red")], "square": [box("square")] * squares}
    values, _, _ = verdicts(NEGATED, boxes)
    assert values["absent"] == absent == values["correct"]
    assert values["excluded_drawn"] == 1.0 - absent


SPATIAL = Prompt(
    "s",
    "a red circle to the left of a blue square",
    "position",
    (Clause("square", color="blue"), Clause("circle", color="red", position=("left of", 0))),
)


def test_relation_right_wrong_and_unsaid() -> None:
    circle, square = box("circle", LEFT, "red"), box("square", RIGHT, "blue")
    right, _, _ = verdicts(SPATIAL, {"circle": [circle], "square": [square]})
    wrong, _, fault = verdicts(
        SPATIAL, {"circle": [box("circle", RIGHT, "red")], "square": [box("square", LEFT, "blue")]}
    )
    unsaid, reasons, _ = verdicts(SPATIAL, {"circle": [circle], "square": []})
    assert right["relation"] == right["correct"] == 1.0
    assert wrong["relation"] == 0.0 and fault == "circle is not left of square"
    assert unsaid["relation"] is None and unsaid["correct"] == 0.0
    assert reasons["relation"] == "not both objects were found"


def test_relation_rule_on_hand_computed_boxes() -> None:
    # 10 px boxes: the slack is 0.1 * 20 = 2 px on each axis.
    assert holds("right of", RIGHT, LEFT) and not holds("left of", RIGHT, LEFT)
    assert not holds("right of", (2.0, 20.0, 12.0, 30.0), LEFT)  # 2 px: all slack, no direction
    assert holds("right of", (3.0, 20.0, 13.0, 30.0), LEFT)
    # Offsets (12, 12) shrink to (10, 10): cosine 0.71 either way, so both relations hold.
    diagonal = (12.0, 32.0, 22.0, 42.0)
    assert holds("right of", diagonal, LEFT) and holds("below", diagonal, LEFT)
    # Offsets (6, 20) shrink to (4, 18): cosine 0.22 sideways.
    assert not holds("right of", (6.0, 40.0, 16.0, 50.0), LEFT)


def test_what_boxes_cannot_tell_is_left_unsaid() -> None:
    behind = Prompt(
        "p",
        "a cat behind a dog",
        "position",
        (Clause("dog"), Clause("cat", position=("behind", 0))),
    )
    wooden = Prompt("q", "a wooden chair", "attribution", (Clause("chair", material="wooden"),))
    both = {"dog": [box("dog")], "cat": [box("cat", RIGHT)]}

    values, reasons, fault = verdicts(behind, both)

    assert values == {"present": 1.0, "relation": None, "correct": None}
    assert reasons == dict.fromkeys(
        values.keys() - {"present"}, "boxes in a plane do not tell 'behind'"
    )
    assert fault == ""
    assert verdicts(behind, {})[0] == {"present": 0.0, "relation": None, "correct": None}
    assert verdicts(wooden, {"chair": [box("chair")]})[1] == {
        "correct": "a detector does not tell 'wooden'"
    }
