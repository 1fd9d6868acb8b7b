from pathlib import Path

import pytest

from evalsuite.encoders import clip
from evalsuite.encoders.detector import Detection
from evalsuite.records import Clause, InputError, Picture, Prompt
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene
from evalsuite.scorers import objects
from evalsuite.scorers._objects_looks import LOOKS, palette, with_looks
from evalsuite.scorers._objects_verdict import holds, verdicts
from evalsuite.scorers._objects_visor import relation_holds

LEFT, RIGHT = (0.0, 20.0, 10.0, 30.0), (40.0, 20.0, 50.0, 30.0)


def box(
    name: str, place: tuple[float, float, float, float] = LEFT, color: str | None = None
) -> Detection:
    return Detection(name, 0.9, place, color)


COUNTING = Prompt(
    "p",
    "two red circles",
    "counting",
    include=(Clause("circle", 2, color="red"),),
    exclude=(Clause("circle", 3),),
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
        include=(Clause("circle", 1, color="red"), Clause("circle", 2, color="blue")),
    )
    found = [box("circle", color="red"), box("circle", color="blue"), box("circle", color="blue")]
    values, _, _ = verdicts(prompt, {"circle": found})
    assert (values["drawn"], values["count"], values["color"]) == (1.0, 1.0, 1.0)


NEGATED = Prompt(
    "n",
    "a red circle and no square",
    "negation",
    include=(Clause("circle", 1, color="red"),),
    exclude=(Clause("square"),),
    groups={"form": "negated", "absent": "square"},
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
    include=(
        Clause("square", color="blue"),
        Clause("circle", color="red", position=("left of", 0)),
    ),
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


@pytest.mark.parametrize(
    ("circles", "both", "visor", "cond"),
    [
        ([LEFT], 1.0, 1.0, 1.0),
        ([RIGHT], 1.0, 0.0, 0.0),
        ([RIGHT, LEFT], 1.0, 1.0, 1.0),  # any pair is enough
        ([(39.9, 20.0, 49.9, 30.0)], 1.0, 1.0, 1.0),  # a tenth of a pixel is enough
        ([], 0.0, 0.0, None),
    ],
)
def test_visors_verdict_counts_any_pair_on_the_right_sides(circles, both, visor, cond) -> None:
    prompt = Prompt(
        "v", "x", "position", include=(Clause("square"), Clause("circle", position=("left of", 0)))
    )
    boxes = {"square": [box("square", RIGHT)], "circle": [box("circle", c) for c in circles]}
    values, reasons, _ = verdicts(prompt, boxes)
    assert (values["both"], values["visor"], values["visor_cond"]) == (both, visor, cond)
    assert ("visor_cond" in reasons) == (cond is None)


@pytest.mark.parametrize(
    ("relation", "holding"),
    [
        ("left of", LEFT),
        ("right of", RIGHT),
        ("above", (25.0, 0.0, 35.0, 10.0)),
        ("below", (25.0, 50.0, 35.0, 60.0)),
    ],
)
def test_each_of_visors_relations_has_its_own_side(relation, holding) -> None:
    middle = (25.0, 21.0, 35.0, 29.0)
    assert relation_holds(relation, [holding], [middle])
    assert not relation_holds(relation, [middle], [holding])
    assert not relation_holds(relation, [middle], [middle])


def test_material_and_size_are_judged_as_colour_is() -> None:
    prompt = Prompt(
        "m", "x", "attributes", include=(Clause("chair", material="wooden", size="large"),)
    )
    seen = Detection("chair", 0.9, LEFT, material="metal", size="large")
    values, _, fault = verdicts(prompt, {"chair": [seen]}, LOOKS)
    assert (values["material"], values["size"], values["correct"]) == (0.0, 1.0, 0.0)
    assert fault == "expected wooden chair, found metal"
    unsaid, reasons, _ = verdicts(prompt, {"chair": [box("chair")]})
    assert unsaid["material"] is None and unsaid["correct"] is None
    assert reasons == {
        "material": "a detector does not tell 'wooden'",
        "size": "a detector does not tell 'large'",
        "correct": "a detector does not tell 'wooden'",
    }


def test_one_class_in_two_materials_is_counted_by_material() -> None:
    clauses = (Clause("chair", 1, material="wooden"), Clause("chair", 1, material="metal"))
    prompt = Prompt("m", "x", "attributes", include=clauses)
    found = [Detection("chair", 0.9, LEFT, material="wooden") for _ in range(2)]
    values, _, fault = verdicts(prompt, {"chair": found}, LOOKS)
    assert values["correct"] == 0.0 and fault.startswith("expected 1 chair, found 0")


def test_clip_says_how_a_box_looks() -> None:
    pixels = draw(Scene(0, (Item("circle", "blue", 20, 20, 20), Item("square", "red", 46, 44, 16))))
    shown = Picture("p", lambda: pixels)
    prompt = Prompt(
        "p", "x", "attributes", include=(Clause("circle", color="blue"), Clause("square"))
    )
    wanted = {"color": palette(prompt, "color")}
    assert palette(prompt, "material") == () and "blue" in wanted["color"]
    boxes = {"circle": [box("circle", (9.0, 9.0, 31.0, 31.0))], "square": [box("square", LEFT)]}
    seen = with_looks(clip.load("scenes-clip"), shown, prompt, boxes, {"color": ("red", "blue")})
    # Only what is asked about is looked at.
    assert (seen["circle"][0].color, seen["square"][0].color) == ("blue", None)


def test_words_that_a_prompt_asks_for_join_the_palette() -> None:
    prompt = Prompt(
        "p", "x", "attributes", include=(Clause("cup", color="teal", material="woollen"),)
    )
    assert palette(prompt, "color")[-1] == "teal" and len(palette(prompt, "color")) == 11
    assert palette(prompt, "material")[-1] == "woollen"


@pytest.mark.parametrize(
    ("drawn", "is_drawn"), [((), 0.0), (("knife",), 1.0), (("fork",), 1.0), (("spoon",), 0.0)]
)
def test_neither_nor_is_broken_by_either_in_both_twins(
    drawn: tuple[str, ...], is_drawn: float
) -> None:
    groups = {"absent": "knife, fork"}
    gone = (Clause("knife"), Clause("fork"))
    asked = Prompt("a", "both", "negation", include=(Clause("table"), *gone), groups=groups)
    negated = Prompt(
        "b",
        "neither",
        "negation",
        include=(Clause("table"),),
        exclude=gone,
        groups=groups,
        twin="a",
    )
    boxes = {name: [box(name)] for name in ("table", *drawn)}
    for prompt, twin in ((asked, negated), (negated, asked), (negated, None)):
        values, _, _ = verdicts(prompt, boxes, LOOKS, twin)
        assert values["excluded_drawn"] == is_drawn
    assert verdicts(negated, boxes)[0]["absent"] == 1.0 - is_drawn


@pytest.mark.parametrize(
    ("size", "apart", "is_near"),
    [
        ((479, 479), (149, 400), True),  # near in one direction is near
        ((479, 479), (150, 150), False),
        ((958, 958), (299, 400), True),  # twice the size, twice the distance
        ((958, 958), (300, 300), False),
        ((480, 960), (299, 400), True),  # the longer side becomes 480: half the size
        ((480, 960), (300, 300), False),
    ],
)
def test_near_is_told_by_t2i_compbenchs_rule(
    size: tuple[int, int], apart: tuple[int, int], is_near: bool
) -> None:
    include = (Clause("dog"), Clause("cat", position=("next to", 0)))
    prompt = Prompt("p", "a cat next to a dog", "position", include=include)
    first, (right, down) = (0.0, 0.0, 10.0, 10.0), apart
    second = (float(right), float(down), right + 10.0, down + 10.0)
    boxes = {"dog": [box("dog", first)], "cat": [box("cat", second)]}
    values, _, fault = verdicts(prompt, boxes, LOOKS, None, size)
    assert values["relation"] == values["correct"] == float(is_near)
    assert ("cat is not next to dog" in fault) is not is_near
    assert verdicts(prompt, boxes)[0]["relation"] is None


def test_a_detector_that_cannot_say_colours_needs_clip(tiny_grounding_dino: Path) -> None:
    with pytest.raises(InputError, match=r"cannot say colours; .*--scorer-arg objects\.clip"):
        objects.load(model=str(tiny_grounding_dino), clip="detector")
    both = objects.load(model=str(tiny_grounding_dino), clip="scenes-clip")
    described = both.describe()
    assert described["threshold"] == 0.35 and described["looks"]["model"] == "scenes-clip"
    assert described["rules"] == 3
    bundled = objects.load(dialect="scenes").describe()
    assert bundled["looks"] == "detector" and bundled["rules"] == 3
    assert objects.DEFAULTS["everyday"] == "google/owlv2-base-patch16-ensemble"


def test_what_boxes_cannot_tell_is_left_unsaid() -> None:
    behind = Prompt(
        "p",
        "a cat behind a dog",
        "position",
        include=(Clause("dog"), Clause("cat", position=("behind", 0))),
    )
    wooden = Prompt(
        "q", "a wooden chair", "attribution", include=(Clause("chair", material="wooden"),)
    )
    both = {"dog": [box("dog")], "cat": [box("cat", RIGHT)]}

    values, reasons, fault = verdicts(behind, both)

    assert values == {"present": 1.0, "relation": None, "correct": None}
    assert reasons == dict.fromkeys(
        values.keys() - {"present"}, "boxes in a plane do not tell 'behind'"
    )
    assert fault == ""
    assert verdicts(behind, {})[0] == {"present": 0.0, "relation": None, "correct": None}
    why = "a detector does not tell 'wooden'"
    assert verdicts(wooden, {"chair": [box("chair")]})[1] == {"correct": why, "material": why}


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (
            Prompt("p", "OPEN", "text", include=(Clause("sign"),), words="OPEN"),
            "a detector does not read",
        ),
        (
            Prompt(
                "p", "a sign and door hybrid", "hybrid", include=(Clause("sign"), Clause("door"))
            ),
            "a detector does not tell one body from two",
        ),
    ],
)
def test_what_is_more_than_things_is_left_unsaid(asked: Prompt, reason: str) -> None:
    values, reasons, _ = verdicts(asked, {"sign": [box("sign")], "door": [box("door")]})
    assert values == {"present": 1.0, "correct": None}
    assert reasons == {"correct": reason}


@pytest.mark.parametrize(
    ("sheep", "dogs", "count"),
    [(2, 1, 1.0), (2, 3, 1.0), (2, 0, 0.0), (3, 1, 0.0), (1, 1, 0.0)],
)
def test_what_has_no_limit_may_come_more_often(sheep: int, dogs: int, count: float) -> None:
    asked = Prompt(
        "p",
        "2 sheep following a dog",
        "counting",
        include=(Clause("sheep", 2), Clause("dog")),
        exclude=(Clause("sheep", 3),),
    )
    values, _, _ = verdicts(asked, {"sheep": [box("sheep")] * sheep, "dog": [box("dog")] * dogs})
    assert (values["count"], values["correct"], values["drawn"]) == (count, count, sheep)


def test_two_counted_kinds_must_both_be_exact() -> None:
    asked = Prompt(
        "p",
        "two cats and one dog",
        "counting",
        include=(Clause("cat", 2), Clause("dog")),
        exclude=(Clause("cat", 3), Clause("dog", 2)),
    )
    cats = [box("cat")] * 2
    assert verdicts(asked, {"cat": cats, "dog": [box("dog")]})[0]["count"] == 1.0
    assert verdicts(asked, {"cat": cats, "dog": [box("dog")] * 2})[0]["count"] == 0.0


TWO_DOGS = Prompt(
    "d",
    "a dog left of a dog",
    "position",
    include=(Clause("dog"), Clause("dog", position=("left of", 0))),
)


def test_two_things_of_one_class_are_two_boxes() -> None:
    for places in ((LEFT, RIGHT), (RIGHT, LEFT)):
        values, reasons, fault = verdicts(TWO_DOGS, {"dog": [box("dog", at) for at in places]})
        assert (values["relation"], values["correct"], values["present"]) == (1.0, 1.0, 1.0)
        assert (values["both"], values["visor"], values["visor_cond"]) == (1.0, 1.0, 1.0)
        assert reasons == {} and fault == ""


def test_one_box_is_not_two_things() -> None:
    values, reasons, fault = verdicts(TWO_DOGS, {"dog": [box("dog")]})
    assert (values["relation"], values["correct"], values["present"]) == (None, 0.0, 0.0)
    assert (values["both"], values["visor"]) == (0.0, 0.0)
    assert reasons["relation"] == "not both objects were found"
    assert fault == "expected 1 dog, found 0"


def test_two_dogs_one_above_the_other_are_not_side_by_side() -> None:
    below = (0.0, 60.0, 10.0, 70.0)
    values, _, fault = verdicts(TWO_DOGS, {"dog": [box("dog", LEFT), box("dog", below)]})
    assert (values["relation"], values["correct"]) == (0.0, 0.0)
    assert fault == "dog is not left of dog"


def test_three_of_a_class_in_a_row_need_three_boxes() -> None:
    far = (80.0, 20.0, 90.0, 30.0)
    first, second = Clause("dog"), Clause("dog", position=("left of", 0))
    prompt = Prompt(
        "d",
        "a dog left of a dog left of a dog",
        "position",
        include=(first, second, Clause("dog", position=("left of", 1))),
    )
    three = verdicts(prompt, {"dog": [box("dog", at) for at in (RIGHT, far, LEFT)]})[0]
    two = verdicts(prompt, {"dog": [box("dog", at) for at in (RIGHT, LEFT)]})[0]
    assert (three["relation"], three["correct"]) == (1.0, 1.0)
    assert (two["relation"], two["correct"]) == (None, 0.0)


@pytest.mark.parametrize(("red_at", "relation"), [(LEFT, 1.0), (RIGHT, 0.0)])
def test_the_thing_that_looks_as_asked_is_the_one_that_is_meant(
    red_at: tuple[float, float, float, float], relation: float
) -> None:
    prompt = Prompt(
        "d",
        "a red car left of a car",
        "position",
        include=(Clause("car"), Clause("car", color="red", position=("left of", 0))),
    )
    other = RIGHT if red_at == LEFT else LEFT
    found = [box("car", other, "blue"), box("car", red_at, "red")]
    assert verdicts(prompt, {"car": found})[0]["relation"] == relation


def test_two_red_cars_are_not_one_red_car_seen_twice() -> None:
    prompt = Prompt(
        "d",
        "a red car left of a red car",
        "position",
        include=(Clause("car", color="red"), Clause("car", color="red", position=("left of", 0))),
    )
    found = [box("car", LEFT, "red"), box("car", RIGHT, "blue")]
    values, _, fault = verdicts(prompt, {"car": found})
    assert (values["color"], values["correct"]) == (0.0, 0.0)
    assert fault.endswith("expected red car, found blue, red")


def test_two_clauses_of_one_class_are_counted_apart() -> None:
    flock = Prompt(
        "d",
        "a dog and two dogs",
        "counting",
        include=(Clause("dog", 1), Clause("dog", 2)),
        exclude=(),
    )
    values = verdicts(flock, {"dog": [box("dog")] * 3})[0]
    assert (values["count"], values["correct"]) == (1.0, 1.0)
    values, _, fault = verdicts(flock, {"dog": [box("dog")] * 2})
    assert (values["count"], values["correct"]) == (0.0, 0.0)
    assert fault == "expected 2 dog, found 1"


def test_a_box_of_unknown_colour_stands_for_one_clause_only() -> None:
    prompt = Prompt(
        "d",
        "a red car and a blue car",
        "attribution",
        include=(Clause("car", color="red"), Clause("car", color="blue")),
    )
    _, _, fault = verdicts(prompt, {"car": [box("car")]})
    assert "expected 1 car, found 0" in fault


@pytest.mark.parametrize("relation", ["near", "next to", "on the side of"])
def test_nearness_is_named_as_what_boxes_do_not_tell(relation: str) -> None:
    clauses = (Clause("dog"), Clause("cat", position=(relation, 0)))
    prompt = Prompt("d", f"a cat {relation} a dog", "position", include=clauses)
    values, reasons, _ = verdicts(prompt, {"dog": [box("dog")], "cat": [box("cat", RIGHT)]})
    assert (values["relation"], values["correct"], values["present"]) == (None, None, 1.0)
    assert reasons["correct"] == f"boxes in a plane do not tell {relation!r}"
