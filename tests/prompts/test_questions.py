import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.prompts.questions import (
    Answered,
    add_up,
    decide,
    derived,
    geometric_mean,
    of,
    options,
)
from evalsuite.records import Clause, Prompt, Question


def asked(prompt: Prompt) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(q.text, q.answer, q.depends) for q in derived(prompt)]


def test_a_count_is_asked_where_it_is_more_than_one_or_bounded() -> None:
    two = Prompt(
        "a", "two cats", "counting", include=(Clause("cat", 2),), exclude=(Clause("cat", 3),)
    )
    assert asked(two) == [
        ("Are there cats in the picture?", "yes", ()),
        ("How many cats are in the picture?", "two", (0,)),
    ]
    assert derived(two)[1].choices == ("one", "two", "three", "four", "five", "six")
    single = Prompt(
        "b", "one cat", "counting", include=(Clause("cat"),), exclude=(Clause("cat", 2),)
    )
    assert asked(single)[1] == ("How many cats are in the picture?", "one", (0,))
    some = Prompt("c", "a cat", "object", include=(Clause("cat"),))
    assert asked(some) == [("Is there a cat in the picture?", "yes", ())]
    many = Prompt("d", "12 cats", "counting", include=(Clause("cat", 12),))
    assert asked(many)[1] == ("Are there exactly 12 cats in the picture?", "yes", (0,))
    seven = Prompt("e", "seven cats", "counting", include=(Clause("cat", 7),))
    assert derived(seven)[1].choices[-1] == "ten"


def test_looks_and_places_depend_on_presence() -> None:
    table = Clause("table", color="brown", material="wooden", size="large")
    cups = Clause("cup", 2, position=("on", 0))
    assert asked(Prompt("a", "cups on a table", "position", include=(table, cups))) == [
        ("Is there a table in the picture?", "yes", ()),
        ("Are there cups in the picture?", "yes", ()),
        ("Is the table large?", "yes", (0,)),
        ("Is the table brown?", "yes", (0,)),
        ("Is the table wooden?", "yes", (0,)),
        ("How many cups are in the picture?", "two", (1,)),
        ("Are the cups on the table?", "yes", (1, 0)),
    ]


def test_things_of_one_name_are_told_apart_by_their_looks() -> None:
    pair = (Clause("cup", color="red"), Clause("cup", color="blue", position=("left of", 0)))
    assert asked(Prompt("a", "cups", "position", include=pair)) == [
        ("Is there a red cup in the picture?", "yes", ()),
        ("Is there a blue cup in the picture?", "yes", ()),
        ("Is the blue cup to the left of the red cup?", "yes", (1, 0)),
    ]


def test_what_has_no_singular_is_asked_as_many() -> None:
    cut = (Clause("scissors", color="red"), Clause("cup", position=("on", 0)))
    assert [text for text, _, _ in asked(Prompt("a", "scissors", "position", include=cut))] == [
        "Are there scissors in the picture?",
        "Is there a cup in the picture?",
        "Are the scissors red?",
        "Is the cup on the scissors?",
    ]


def test_stuff_takes_no_article() -> None:
    food = Prompt("a", "breakfast", "culture", include=(Clause("food"),))
    assert asked(food) == [("Is there food in the picture?", "yes", ())]


def test_what_is_excluded_must_be_absent() -> None:
    prompt = Prompt(
        "a",
        "a street with no red cars",
        "negation",
        include=(Clause("street"),),
        exclude=(Clause("car", color="red"), Clause("person", 3)),
    )
    assert asked(prompt)[1:] == [
        ("Is there a red car in the picture?", "no", ()),
        ("Are there three or more people in the picture?", "no", ()),
    ]


def test_words_are_asked_for_and_own_questions_come_first() -> None:
    sign = Prompt("a", "a sign", "text", include=(Clause("sign"),), words="OPEN")
    assert asked(sign)[-1] == ('Does the picture show the text "OPEN"?', "yes", ())
    own = (Question("Is it open?"),)
    assert of(Prompt("b", "a sign", "text", include=(Clause("sign"),), questions=own)) == own
    assert derived(Prompt("c", "calm", "mood")) == ()


@given(
    st.lists(st.builds(Clause, st.sampled_from(["cat", "bus"]), st.integers(1, 12)), max_size=4),
    st.lists(st.builds(Clause, st.sampled_from(["cat", "bus"]), st.integers(1, 12)), max_size=2),
)
def test_derived_questions_can_always_be_answered(
    include: list[Clause], exclude: list[Clause]
) -> None:
    found = derived(Prompt("p", "text", "tag", include=tuple(include), exclude=tuple(exclude)))
    for place, question in enumerate(found):
        assert question.answer in options(question)
        assert all(parent < place for parent in question.depends)


YES, COUNT = Question("Is it?"), Question("How many?", "two", ("one", "two", "three"))


def test_the_likeliest_option_is_the_answer_and_a_tie_is_not_right() -> None:
    assert decide(YES, [0.6, 0.3], 0.5) == Answered(YES, True, 0.6, "yes")
    assert decide(YES, [0.45, 0.45], 0.5).right is False
    absent = Question("Is it?", "no")
    assert decide(absent, [0.6, 0.3], 0.5) == Answered(absent, False, 0.3, "yes")
    assert decide(COUNT, [0.2, 0.3, 0.4], 0.5) == Answered(COUNT, False, 0.3, "three")


def test_belief_in_neither_is_no_answer() -> None:
    unsure = decide(YES, [0.2, 0.1], 0.5)
    assert (unsure.right, unsure.probability) == (None, None)
    assert unsure.reason == "unsure: yes and no have 0.30 of the probability together"
    assert "all 3 choices have 0.30" in decide(COUNT, [0.1, 0.1, 0.1], 0.5).reason
    assert decide(YES, [0.2, 0.1], 0.3).right is True


def test_an_answer_without_choices_needs_more_than_half() -> None:
    open_question = Question("What is it?", "cat")
    assert decide(open_question, [0.51], 0.9).right is True
    assert decide(open_question, [0.5], 0.1) == Answered(open_question, False, 0.5, None)


def test_choices_of_yes_and_no_are_yes_and_no() -> None:
    assert options(Question("Is it?", "No", ("No", "Yes"))) == ("yes", "no")
    assert decide(Question("Is it?", "No", ("No", "Yes")), [0.1, 0.8], 0.5).right is True


def answered(right: bool | None, p: float | None, *depends: int) -> Answered:
    return Answered(Question("?", depends=depends), right, p, None, "" if p else "unsure: so")


def test_dsg_counts_a_child_of_a_wrong_parent_as_wrong() -> None:
    # The child of the wrong one is right by itself and counts as wrong; its own child looks at the
    # direct parent's answer alone, which was right.
    chain = [answered(False, 0.25), answered(True, 0.5, 0), answered(True, 1.0, 1)]
    total = add_up(chain)
    assert (total.share, total.all_right) == (pytest.approx(1 / 3), 0.0)
    assert total.soft == pytest.approx((0.25 * 0.5 * 1.0) ** (1 / 3)) == pytest.approx(0.5)


def test_tifa_is_the_same_share_where_nothing_depends() -> None:
    assert add_up([answered(True, 0.9), answered(False, 0.4)]).share == 0.5
    assert add_up([answered(True, 0.9), answered(True, 0.9)]).all_right == 1.0


def test_an_unanswered_question_leaves_the_sum_unsaid() -> None:
    total = add_up([answered(True, 0.9), answered(None, None)])
    assert total[:3] == (None, None, None)
    assert total.reason == "a question has no answer: unsure: so"
    # One wrong answer settles that not all are right, whatever the other would have been.
    assert add_up([answered(False, 0.1), answered(None, None)])[:3] == (None, 0.0, None)


def test_no_questions_no_sum() -> None:
    assert add_up([]) == (None, None, None, "the prompt does not say what should be seen")


def test_geometric_mean_by_hand() -> None:
    assert geometric_mean([0.25, 1.0]) == pytest.approx(0.5)
    assert geometric_mean([0.5, 0.0]) == 0.0


@pytest.mark.parametrize(
    ("name", "count", "texts"),
    [
        ("people", 1, ["Are there people in the picture?"]),
        ("people", 2, ["Are there people in the picture?", "How many people are in the picture?"]),
        (
            "hot dogs",
            2,
            ["Are there hot dogs in the picture?", "How many hot dogs are in the picture?"],
        ),
        ("hot dog", 1, ["Is there a hot dog in the picture?"]),
        ("sheep", 1, ["Is there a sheep in the picture?"]),
        ("wolf", 2, ["Are there wolves in the picture?", "How many wolves are in the picture?"]),
    ],
)
def test_questions_about_plural_and_irregular_nouns(
    name: str, count: int, texts: list[str]
) -> None:
    found = derived(Prompt("p", "x", "counting", include=(Clause(name, count),)))
    assert [question.text for question in found] == texts
