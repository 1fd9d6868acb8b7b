import pytest

from evalsuite.prompts.hard_negatives import (
    other_attributes,
    other_counts,
    other_relations,
    swapped_attributes,
)
from evalsuite.records import Clause, Prompt
from evalsuite.vocabulary.english import plural


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
    assert swapped_attributes(prompt) == ["a blue circle above an orange square"]


def test_one_colour_cannot_be_swapped() -> None:
    assert swapped_attributes(counting("three red circles", "circle", 3)) == []


@pytest.mark.parametrize(
    ("text", "relation", "others"),
    [
        ("a cat inside a box", "inside", ["on top of", "under", "next to"]),
        ("a cat in a box", "inside", ["on top of", "under", "next to"]),
        ("a cat on a box", "on", ["inside", "under", "next to"]),
        ("a cat on top of a box in a yard", "on", ["inside", "under", "next to"]),
        ("a cat in a box in a yard", "inside", []),
        ("a cat on a box on a street", "on", []),
    ],
)
def test_containment_and_support_have_three_others(
    text: str, relation: str, others: list[str]
) -> None:
    found = other_relations(spatial(text, relation))
    phrase = next((p for p in ("on top of", "inside", "in", "on") if f" {p} " in text), "")
    assert found == [text.replace(f" {phrase} ", f" {other} ", 1) for other in others]


def test_a_colour_has_nine_others_with_their_articles() -> None:
    prompt = Prompt("p", "a red car on a road", "attribution", (Clause("car", color="red"),))
    found = other_attributes(prompt)
    assert len(found) == 9
    assert found[:2] == ["an orange car on a road", "a yellow car on a road"]


@pytest.mark.parametrize(
    ("asked", "other"),
    [("small", "large"), ("huge", "small"), ("tall", "short"), ("medium-sized", None)],
)
def test_a_size_has_its_opposite(asked: str, other: str | None) -> None:
    prompt = Prompt("p", f"a {asked} dog", "attribution", (Clause("dog", size=asked),))
    assert other_attributes(prompt) == ([f"a {other} dog"] if other else [])


def test_a_material_has_no_variant_of_itself_among_its_others() -> None:
    prompt = Prompt("p", "a wood bench", "attribution", (Clause("bench", material="wood"),))
    assert "a wooden bench" not in (found := other_attributes(prompt))
    assert found[0] == "a metal bench" and len(found) == 7


def test_a_word_that_is_there_twice_gives_no_hold() -> None:
    asked = (Clause("car", color="red"),)
    assert other_attributes(Prompt("p", "a red car by a red barn", "attribution", asked)) == []


def test_materials_and_sizes_change_places_too() -> None:
    chairs = (Clause("chair", material="wooden"), Clause("table", material="metal"))
    prompt = Prompt("p", "a wooden chair and a metal table", "attribution", chairs)
    assert swapped_attributes(prompt) == ["a metal chair and a wooden table"]
    fruit = (Clause("apple", size="huge"), Clause("pear", size="tiny"))
    prompt = Prompt("p", "a huge apple and a tiny pear", "attribution", fruit)
    assert swapped_attributes(prompt) == ["a tiny apple and a huge pear"]
