import re
from collections import Counter

import pytest

from evalsuite.prompts.hard_negatives import (
    other_attributes,
    other_counts,
    other_relations,
    swapped_attributes,
)
from evalsuite.prompts.sets import default, find
from evalsuite.records import Clause, Prompt
from evalsuite.vocabulary import coco
from evalsuite.vocabulary.english import NUMBERS


def counting(text: str, name: str, count: int) -> Prompt:
    return Prompt("p", text, "counting", include=(Clause(name, count),))


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
    ("text", "name", "count", "first", "last"),
    [
        ("a photo of three dogs", "dog", 3, "a photo of a dog", "a photo of six dogs"),
        ("a photo of two people", "person", 2, "a photo of a person", "a photo of six people"),
        ("a photo of two persons", "person", 2, "a photo of a person", "a photo of six persons"),
        (
            "a photo of four hot dogs",
            "hot dogs",
            4,
            "a photo of a hot dog",
            "a photo of six hot dogs",
        ),
        ("a photo of one bus", "bus", 1, "a photo of two buses", "a photo of six buses"),
        ("a single red apple", "apple", 1, "two red apples", "six red apples"),
        ("Two dogs and two cats", "cat", 2, "Two dogs and a cat", "Two dogs and six cats"),
        ("a pair of dogs", "dog", 2, "a dog", "six dogs"),
        ("12 dogs in a yard", "dog", 12, "1 dog in a yard", "10 dogs in a yard"),
        ("twelve dogs", "dog", 12, "a dog", "ten dogs"),
        ("four sheep", "sheep", 4, "a sheep", "six sheep"),
    ],
)
def test_the_asked_number_next_to_its_noun_is_what_changes(
    text: str, name: str, count: int, first: str, last: str
) -> None:
    found = other_counts(counting(text, name, count))
    assert (found[0], found[-1]) == (first, last)


@pytest.mark.parametrize("text", ["a photo of dog", "two slices of pizza", "two dogs, two dogs"])
def test_a_number_of_something_else_or_twice_gives_no_hold(text: str) -> None:
    name = "pizza" if "pizza" in text else "dog"
    assert other_counts(counting(text, name, 1 if name == text[-3:] else 2)) == []


def test_of_two_things_of_one_name_the_looks_tell_which_is_counted() -> None:
    cars = (Clause("car", color="blue"), Clause("car", color="red"))
    found = other_counts(Prompt("p", "a red car and a blue car", "counting", include=cars))
    assert found[0] == "a red car and two blue cars"


@pytest.mark.parametrize(
    ("text", "count", "others"),
    [
        ("there are three dogs in a yard", 3, ["two", "four", "five", "six"]),
        ("three dogs and their puppies", 3, ["two", "four", "five", "six"]),
        ("one dog that chases its tail", 1, []),
    ],
)
def test_where_another_word_agrees_with_the_number_grammar_is_not_put_to_the_test(
    text: str, count: int, others: list[str]
) -> None:
    assert other_counts(counting(text, "dog", count)) == [
        text.replace("three", number) for number in others
    ]


def genevals() -> list[Prompt]:
    """Counting rows as GenEval's prompts/create_prompts.py writes them, of COCO's 80 classes."""
    again = {name: alias for alias, name in coco.ALIASES.items()}
    names = [again.get(name, name) for name in coco.NAMES]
    written = [(name, name + ("es" if name.endswith("s") else "s")) for name in names]
    return [
        counting(f"a photo of {NUMBERS[number]} {many}", name, number)
        for name, many in written
        for number in (2, 3, 4)
    ]


def test_no_negative_keeps_the_asked_number() -> None:
    sets = find(default("everyday"), "everyday") + find(default("scenes"), "scenes")
    rows = [row for each in sets for row in each.prompts if row.tag == "counting"]
    assert len(rows) == 210 + 48 and len(genevals()) == 240
    for prompt in [*rows, *genevals()]:
        asked, others = prompt.include[0].count, other_counts(prompt)
        assert len(others) == (5 if asked <= 6 else 9), prompt.text
        numbers = [NUMBERS[asked], str(asked), *(("single", "a", "an") if asked == 1 else ())]
        kept = Counter(re.findall(r"\w+", prompt.text.lower()))
        for other in others:
            # The number may be said of another thing too; the asked one is gone.
            left = Counter(re.findall(r"\w+", other.lower()))
            assert sum(left[n] for n in numbers) < sum(kept[n] for n in numbers), other


def spatial(text: str, relation: str) -> Prompt:
    clauses = (
        Clause("square", color="blue"),
        Clause("circle", color="red", position=(relation, 0)),
    )
    return Prompt("p", text, "position", include=clauses)


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
        include=(
            Clause("square", color="blue"),
            Clause("circle", color="orange", position=("above", 0)),
        ),
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
    prompt = Prompt(
        "p", "a red car on a road", "attribution", include=(Clause("car", color="red"),)
    )
    found = other_attributes(prompt)
    assert len(found) == 9
    assert found[:2] == ["an orange car on a road", "a yellow car on a road"]


@pytest.mark.parametrize(
    ("asked", "other"),
    [("small", "large"), ("huge", "small"), ("tall", "short"), ("medium-sized", None)],
)
def test_a_size_has_its_opposite(asked: str, other: str | None) -> None:
    prompt = Prompt("p", f"a {asked} dog", "attribution", include=(Clause("dog", size=asked),))
    assert other_attributes(prompt) == ([f"a {other} dog"] if other else [])


def test_a_material_has_no_variant_of_itself_among_its_others() -> None:
    prompt = Prompt("p", "a wood bench", "attribution", include=(Clause("bench", material="wood"),))
    assert "a wooden bench" not in (found := other_attributes(prompt))
    assert found[0] == "a metal bench" and len(found) == 7


def test_a_word_that_is_there_twice_gives_no_hold() -> None:
    asked = (Clause("car", color="red"),)
    assert (
        other_attributes(Prompt("p", "a red car by a red barn", "attribution", include=asked)) == []
    )


def test_materials_and_sizes_change_places_too() -> None:
    chairs = (Clause("chair", material="wooden"), Clause("table", material="metal"))
    prompt = Prompt("p", "a wooden chair and a metal table", "attribution", include=chairs)
    assert swapped_attributes(prompt) == ["a metal chair and a wooden table"]
    fruit = (Clause("apple", size="huge"), Clause("pear", size="tiny"))
    prompt = Prompt("p", "a huge apple and a tiny pear", "attribution", include=fruit)
    assert swapped_attributes(prompt) == ["a tiny apple and a huge pear"]
