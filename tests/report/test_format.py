"""Numbers and hostile text as words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.report.format import (
    interval,
    number,
    p_value,
    share,
    signed,
    signed_interval,
    visible,
    with_level,
)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "share", "not measured"),
        (float("nan"), "share", "not measured"),
        (0.0, "share", "0.0%"),
        (0.625, "share", "62.5%"),
        (-0.25, "difference", "\N{MINUS SIGN}25.0 points"),
        (0.25, "difference", "+25.0 points"),
        (0.0, "difference", "0.0 points"),
        (-0.00001, "difference", "0.0 points"),
        (25.25, "100 * cosine", "25.2"),
        (0.125, "distance", "0.12"),
        (-0.5, "number", "\N{MINUS SIGN}0.50"),
    ],
)
def test_number(value, unit, said):
    assert number(value, unit) == said


def test_interval():
    assert interval(0.5, 0.75, "share") == "50.0 to 75.0%"
    assert interval(-0.25, 0.5, "difference") == "\N{MINUS SIGN}25.0 to +50.0 points"
    assert interval(None, 0.5, "share") == "too little data"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "share", "not measured"),
        (0.25, "share", "+25.0 points"),
        (-0.25, "difference", "\N{MINUS SIGN}25.0 points"),
        (0.5, "distance", "+0.50"),
        (-12.25, "100 * cosine", "\N{MINUS SIGN}12.2"),
        (0.0, "number", "0.00"),
        (-0.001, "number", "0.00"),
        (0.001, "number", "0.00"),
    ],
)
def test_signed(value, unit, said):
    assert signed(value, unit) == said


def test_signed_interval():
    minus = "\N{MINUS SIGN}"
    assert signed_interval(-0.25, 0.5, "share") == f"{minus}25.0 to +50.0 points"
    assert signed_interval(-0.25, 0.5, "number") == f"{minus}0.25 to +0.50"
    assert signed_interval(None, 0.5, "share") == "too little data"


def test_p_values_are_never_said_to_be_0():
    assert p_value(0.0001) == "<0.001"
    assert p_value(0.0314) == "0.031"
    assert p_value(1.0) == "1.000"
    assert p_value(None) == "\N{EN DASH}"


def test_share():
    assert share(3, 4) == "3 of 4 (75%)"
    assert share(0, 0) == "0 of 0"


def test_visible():
    assert visible("a\nb\u202ec\x07\ud800") == r"a\nb\u202ec\u0007\ud800"
    assert visible("\U000e0041") == r"\U000e0041"
    assert visible("abcdef", limit=3) == "abc … (3 more characters)"


@given(st.text())
def test_visible_text_is_one_line_that_can_be_written(text):
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert shown.encode().decode() == shown
    assert visible(shown) == shown or len(text) > 100


def test_a_difference_without_ends_says_whether_prompts_lack():
    few = "paired by seed; undecided: too few prompts (6), of which none differs"
    assert signed_interval(None, None, "number", few) == "too few prompts"
    assert signed_interval(None, None, "number", "paired by prompt; undecided: no data") == (
        "too little data"
    )
    assert signed_interval(-0.5, 1.0, "number", few) == "-0.50 to +1.00".replace(
        "-", "\N{MINUS SIGN}"
    )


def test_an_interval_is_named_and_so_is_that_there_is_none():
    assert with_level("1.0 to 2.0") == "95% interval 1.0 to 2.0"
    assert with_level("too few prompts") == "no 95% interval (too few prompts)"
