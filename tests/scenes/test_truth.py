"""What is true of a scene, by hand."""

import pytest

from evalsuite.records import Clause, Prompt
from evalsuite.scenes.truth import truth
from evalsuite.scenes.world import Item, Person, Scene

CIRCLE = Item("circle", "red", 10, 30, 12)
STAR = Item("star", "blue", 50, 32, 12)
PAIR = Scene(0, (CIRCLE, STAR))


def test_counts():
    scene = Scene(0, (CIRCLE, Item("circle", "red", 40, 30, 12)))

    def asks(count, color="red"):
        clauses = (Clause("circle", count, color=color),)
        return Prompt("p", "", "counting", include=clauses, exclude=(Clause("circle", count + 1),))

    right = {"correct": 1.0, "present": 1.0, "drawn": 2.0, "count": 1.0, "color": 1.0}
    assert truth(asks(2), scene) == right
    assert truth(asks(1), scene) == {**right, "correct": 0.0, "count": 0.0}
    assert truth(asks(3), scene) == {**right, "correct": 0.0, "count": 0.0}
    assert truth(asks(2, "green"), scene) == {**right, "correct": 0.0, "color": 0.0}


@pytest.mark.parametrize(
    ("relation", "holds", "visor"),
    [("left of", 1.0, 1.0), ("right of", 0.0, 0.0), ("above", 0.0, 1.0), ("below", 0.0, 0.0)],
)
def test_relations(relation, holds, visor):
    """The circle lies left of the star and a little above it: VISOR takes both for true."""
    clauses = (Clause("star"), Clause("circle", position=(relation, 0)))

    found = truth(Prompt("p", "", "position", include=clauses), PAIR)

    published = {"both": 1.0, "visor": visor, "visor_cond": visor}
    assert found == {"correct": holds, "present": 1.0, "relation": holds, **published}


def test_a_relation_to_what_is_not_there_is_no_question():
    clauses = (Clause("square"), Clause("circle", position=("left of", 0)))

    found = truth(Prompt("p", "", "position", include=clauses), PAIR)

    assert found == {"correct": 0.0, "present": 0.0, "both": 0.0, "visor": 0.0}


def test_colours_swapped():
    clauses = (Clause("circle", 1, color="blue"), Clause("star", 1, color="red"))

    found = truth(Prompt("p", "", "color_attr", include=clauses), PAIR)

    assert found == {"correct": 0.0, "present": 1.0, "color": 0.0}


def test_negation_and_its_twin():
    named = {"absent": "star"}
    no = Prompt(
        "n", "", "negation", include=(Clause("circle"),), exclude=(Clause("star"),), groups=named
    )
    yes = Prompt("y", "", "negation", include=(Clause("circle"), Clause("star")), groups=named)
    alone = Scene(0, (CIRCLE,))

    assert truth(no, PAIR) == {"correct": 0.0, "present": 1.0, "absent": 0.0, "excluded_drawn": 1.0}
    assert truth(no, alone)["correct"] == truth(no, alone)["absent"] == 1.0
    assert truth(yes, PAIR)["correct"] == 1.0
    assert truth(yes, alone) == {"correct": 0.0, "present": 0.0, "excluded_drawn": 0.0}


def test_people_are_read_only_in_the_asked_occupation():
    scene = Scene(0, people=(Person("nurse", "man", 7, 30, 5, 50),))

    def asks(job):
        return Prompt("p", "", "occupation", include=(Clause(job),), subject="person")

    assert truth(asks("nurse"), scene) == {
        "correct": 1.0,
        "present": 1.0,
        "label": "man",
        "tone": "7",
    }
    assert truth(asks("chef"), scene) == {"correct": 0.0, "present": 0.0}
