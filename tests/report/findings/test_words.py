"""Shares in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.report.findings.words import fraction, listed, pictures


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (1.0, "all"),
        (0.96, "nearly all"),
        (0.911, "about 9 of 10"),
        (0.531, "about half"),
        (0.34, "about 1 of 3"),
        (0.26, "about 1 of 4"),
        (0.07, "about 1 of 10"),
        (0.02, "hardly any"),
        (0.0, "none"),
    ],
)
def test_a_share_as_people_say_it(share, words):
    assert fraction(share) == words


@given(st.floats(0, 1))
def test_words_are_never_far_from_the_share(share):
    said = {"all": 1.0, "nearly all": 0.975, "about half": 0.5, "hardly any": 0.025, "none": 0.0}
    words = fraction(share)
    if words not in said:
        _, part, _, whole = words.split()
        said[words] = int(part) / int(whole)
    assert abs(said[words] - share) <= 0.05
    assert (words == "all") == (share == 1.0) and (words == "none") == (share == 0.0)


def test_of_pictures():
    assert pictures(0.9) == "in about 9 of 10 pictures"
    assert pictures(1.0) == "in every picture"
    assert pictures(0.0) == "in no picture"


def test_numbers_in_a_row():
    assert listed(["5"], are_in_order=True) == "5"
    assert listed(["1", "2"], are_in_order=True) == "1 or 2"
    assert listed(["1", "2", "3"], are_in_order=True) == "1 to 3"
    assert listed(["a", "b", "c"], are_in_order=False) == "a, b or c"
