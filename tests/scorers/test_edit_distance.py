import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.scorers._edit_distance import comparable, compare, edit_distance

SHORT = st.text(max_size=12)


@pytest.mark.parametrize(
    ("first", "second", "distance"),
    [
        ("", "", 0),
        ("", "abc", 3),
        ("kitten", "sitting", 3),  # k>s, e>i, +g
        ("flaw", "lawn", 2),  # -f, +n
        ("open", "opne", 2),  # two substitutions: a swap of neighbours is no single edit
    ],
)
def test_edit_distance_by_hand(first: str, second: str, distance: int) -> None:
    assert edit_distance(first, second) == distance == edit_distance(second, first)


@given(SHORT, SHORT, SHORT)
def test_edit_distance_is_a_metric(a: str, b: str, c: str) -> None:
    assert (edit_distance(a, b) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= edit_distance(a, b) <= max(len(a), len(b))
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


def test_case_space_and_the_shape_of_quotes_are_not_compared() -> None:
    assert compare("Don't  panic", "DON\u2019T\nPANIC") == (1.0, 1.0, 1.0)
    assert comparable(" \ufb01ne\u00a0Caf\u00e9 ") == "fine caf\u00e9"


def test_a_misread_letter_by_hand() -> None:
    close = compare("HAPPY BIRTHDAY", "Hapy birthday")
    # One letter of 14 lost; one word of two is there.
    assert close == (0.0, pytest.approx(1 - 1 / 14), 0.5)


def test_text_that_nobody_asked_for_fails_the_match_and_not_the_words() -> None:
    close = compare("open", "24 hours open")
    assert (close.exact, close.words) == (0.0, 1.0)
    assert close.similarity == pytest.approx(4 / 13)


def test_a_word_asked_twice_is_wanted_twice() -> None:
    assert compare("no no", "no").words == 0.5
    assert compare("cafe", "caf\u00e9").exact == 0.0


def test_nothing_read_is_nothing_right() -> None:
    assert compare("open", "") == (0.0, 0.0, 0.0)
    with pytest.raises(ValueError, match="no words"):
        compare("  ", "open")
