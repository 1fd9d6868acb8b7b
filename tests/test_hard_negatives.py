import pytest

from evalsuite.hard_negatives import other_counts, other_relations, plural, swapped_colors
from evalsuite.records import Clause, Prompt


def counting(text: str, name: str, count: int) -> Prompt:
    return Prompt("p", text, "counting", (Clause(name, count),))


def test_every_other_number_up_to_six() -> None:
    assert other_counts(counting("three red circles", "circle", 3)) == [
        "a red circle",
        "two red circles",
        "four red circles",
        "five red circles",
        "six red circles",
    ]


def test_digits_stay_digits_and_the_rest_of_the_sentence_stays() -> None:
    found = other_counts(counting("a drawing of 2 green stars on a plain background", "star", 2))
    assert found[0] == "a drawing of 1 green star on a plain background"
    assert found[1] == "a drawing of 3 green stars on a plain background"


def test_one_becomes_many_and_articles_fit() -> None:
    found = other_counts(counting("an orange square", "square", 1))
    assert found[0] == "two orange squares"
    back = other_counts(counting("two orange squares", "square", 2))
    assert back[0] == "an orange square"


def test_beyond_six_the_choice_goes_to_ten() -> None:
    found = other_counts(counting("ten zebras on a field", "zebra", 10))
    assert len(found) == 9
    assert found[0] == "a zebra on a field"


def test_no_number_no_negatives() -> None:
    assert other_counts(counting("zebras on a field", "zebra", 3)) == []
    assert other_counts(Prompt("p", "a field", "counting")) == []


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("zebra", "zebras"),
        ("bus", "buses"),
        ("wine glass", "wine glasses"),
        ("person", "people"),
        ("sheep", "sheep"),
        ("puppy", "puppies"),
        ("donkey", "donkeys"),
        ("tooth brush", "tooth brushes"),
    ],
)
def test_plural(noun: str, many: str) -> None:
    assert plural(noun) == many


def spatial(text: str, relation: str) -> Prompt:
    clauses = (
        Clause("square", color="blue"),
        Clause("circle", color="red", position=(relation, 0)),
    )
    return Prompt("p", text, "position", clauses)


def test_the_three_other_relations() -> None:
    prompt = spatial("a red circle to the left of a blue square", "left of")
    assert other_relations(prompt) == [
        "a red circle to the right of a blue square",
        "a red circle above a blue square",
        "a red circle below a blue square",
    ]


def test_a_relation_without_its_words_gives_none() -> None:
    assert other_relations(spatial("a red circle beside a blue square", "left of")) == []


def test_depth_has_only_one_other() -> None:
    prompt = spatial("a red circle behind a blue square", "behind")
    assert other_relations(prompt) == ["a red circle in front of a blue square"]


def test_colours_change_places_with_their_articles() -> None:
    prompt = Prompt(
        "p",
        "an orange circle above a blue square",
        "position",
        (Clause("square", color="blue"), Clause("circle", color="orange", position=("above", 0))),
    )
    assert swapped_colors(prompt) == ["a blue circle above an orange square"]


def test_one_colour_cannot_be_swapped() -> None:
    assert swapped_colors(counting("three red circles", "circle", 3)) == []
