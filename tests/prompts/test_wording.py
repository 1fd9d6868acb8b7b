"""Each rule on a row of an earlier version of the sets, and on the row that took its place."""

import pytest

from evalsuite.prompts.lint import lint
from evalsuite.prompts.wording import slips, style_slips
from evalsuite.records import Clause, Prompt, PromptSet
from evalsuite.vocabulary.looks import LIKE, PALETTES, palette_for


def asks(text: str, *include: Clause, tag: str = "t", **more: object) -> Prompt:
    return Prompt("p", text, tag, include=include, **more)  # type: ignore[arg-type]


def counts(text: str, name: str, number: int) -> Prompt:
    return asks(text, Clause(name, number), exclude=(Clause(name, number + 1),), tag="counting")


def negates(text: str, there: str, *gone: str, absent: str = "") -> Prompt:
    excluded = tuple(Clause(name) for name in gone)
    groups = {"absent": absent or ", ".join(gone)}
    return asks(text, Clause(there), exclude=excluded, groups=groups, tag="negation")


def placed(text: str, landmark: str, relation: str, name: str) -> Prompt:
    return asks(text, Clause(landmark), Clause(name, position=(relation, 0)), tag="position")


@pytest.mark.parametrize(
    ("wrong", "slip", "mended"),
    [
        (
            counts("a picture of two horses", "horse", 2),
            "'a picture of' may be drawn as a picture in the picture; say what is seen",
            counts("a photograph of two horses", "horse", 2),
        ),
        (
            counts("5 bananas in a bowl", "banana", 5),
            "counts bananas, of which a bunch is boxed as one",
            counts("5 lemons in a bowl", "lemon", 5),
        ),
        (
            negates("an empty fruit bowl", "bowl", "orange"),
            "excludes only orange of all that an empty fruit bowl must not hold",
            negates("an empty fruit bowl", "bowl", "orange", "apple", "fruit"),
        ),
        (
            negates("a bathroom sink with no mirror above it", "sink", "mirror"),
            "negates 'above it' only, but excludes mirror anywhere in the picture",
            negates("a bathroom with a sink and no mirror", "sink", "mirror"),
        ),
        (
            negates("a dog that is not carrying a frisbee", "dog", "frisbee"),
            "negates 'carrying' only, but excludes frisbee anywhere in the picture",
            negates("a garden that has a dog but does not have a frisbee", "dog", "frisbee"),
        ),
        (
            negates("rooftops where not a single bird is sitting", "roof", "bird"),
            "negates 'sitting' only, but excludes bird anywhere in the picture",
            negates("rooftops where not a single bird can be seen", "roof", "bird"),
        ),
        (
            negates("an empty bus", "bus", "person"),
            "negates 'empty bus' only, but excludes person anywhere in the picture",
            negates("an empty car park", "car park", "car"),
        ),
        (
            negates(
                "a table with neither knives nor forks", "table", "knife", "fork", absent="knife"
            ),
            "excludes fork, which its group absent does not name",
            negates("a table with neither knives nor forks", "table", "knife", "fork"),
        ),
        (
            asks("A bus waits. A cyclist rides past.", Clause("bus"), Clause("bicycle")),
            "names a cyclist, but include has no person",
            asks(
                "A bus waits. A cyclist passes.", Clause("bus"), Clause("bicycle"), Clause("person")
            ),
        ),
        (
            asks("three people walking", Clause("person", 3), subject="person"),
            "subject is one person, and 3 are asked for",
            asks("three people walking", Clause("person", 3)),
        ),
        (
            asks("a tall vase", Clause("vase", size="tall")),
            "'tall' is hardly other than 'large', among which judges choose; say that",
            asks("a large vase", Clause("vase", size="large")),
        ),
        (
            asks("a medium-sized cat", Clause("cat", size="medium-sized")),
            "'medium-sized' is hardly other than 'small', among which judges choose; say that",
            asks("a small cat", Clause("cat", size="small")),
        ),
        (
            asks("a fabric hat", Clause("hat", material="fabric")),
            "'fabric' is hardly other than 'woollen', among which judges choose; say that",
            asks("a woollen hat", Clause("hat", material="woollen")),
        ),
        (
            asks("a yellow potted plant", Clause("potted plant", color="yellow")),
            "a colour of a potted plant, which has several",
            asks("a yellow bucket", Clause("bucket", color="yellow")),
        ),
        (
            placed("a laptop in front of a cup", "cup", "in front of", "laptop"),
            "a laptop has a front of its own, and 'in front of' two readings",
            placed("a candle in front of a teapot", "teapot", "in front of", "candle"),
        ),
        (
            asks("a photo of a restaurant", Clause("dining table")),
            "include asks for a dining table, which the sentence does not name",
            asks("a photo of a restaurant", Clause("restaurant")),
        ),
        (
            asks("a criminal person", Clause("person"), subject="person"),
            "'criminal' is also a noun for somebody; use a plain adjective",
            asks("a law-breaking person", Clause("person"), subject="person"),
        ),
    ],
)
def test_a_row_that_reads_otherwise_than_it_is_judged_is_named(
    wrong: Prompt, slip: str, mended: Prompt
) -> None:
    assert slips(wrong) == [slip]
    assert slips(mended) == []


@pytest.mark.parametrize(
    "prompt",
    [
        asks('a sign that says "NO CHILD UNDER FIVE"', Clause("sign")),
        asks("children building a castle", Clause("child")),
        asks("a photo of a nurse at work", Clause("person"), subject="person"),
        asks("a cup of tea without a spoon", Clause("cup"), exclude=(Clause("spoon"),)),
        placed("a car to the left of a bus", "bus", "left of", "car"),
        counts("a wooden sign beside two hot-air balloons", "hot-air balloon", 2),
    ],
)
def test_what_reads_as_it_is_judged_is_left_alone(prompt: Prompt) -> None:
    assert slips(prompt) == []


def test_styles_are_alternatives_and_no_genres() -> None:
    names = ("photograph", "black-and-white photograph", "cartoon", "anime", "fantasy", "mosaic")
    rows = [asks(name, tag="style", groups={"style": name}) for name in names]
    assert style_slips(rows) == [
        "group 'style': 'anime' is also 'cartoon', so that both are right",
        "group 'style': 'black-and-white photograph' is also 'photograph', so that both are right",
        "group 'style': 'fantasy' says what is drawn, not how",
    ]
    assert style_slips([rows[1], rows[3], rows[5]]) == []


def test_the_scene_worlds_grammar_is_not_held_to_the_rules() -> None:
    row = asks("a picture of a nurse", Clause("nurse"), subject="person")
    found = {}
    for dialect in ("everyday", "scenes"):
        found[dialect] = lint(
            PromptSet(name="s", version="1", digest="0" * 64, dialect=dialect, prompts=(row,))
        )
    assert len(found["everyday"]) == 1 and found["scenes"] == []


def test_no_palette_holds_two_words_for_one_look() -> None:
    for words in PALETTES.values():
        assert not any({*words} & LIKE.get(word, frozenset()) for word in words)
    assert palette_for("size", ("tall", "short")) == ("tall", "short")
    assert palette_for("material", ("fabric",)) == (
        *("wooden", "metal", "glass", "plastic", "stone", "leather", "paper", "fabric"),
    )
    assert palette_for("color", ("red",)) == PALETTES["color"]
