"""Bands of tones with an audit's errors taken out: by hand, with unknown a row of the matrix."""

import pytest

from evalsuite.audits.record import Audited
from evalsuite.bias.toned import corrected
from evalsuite.records import Interval


def audit(confusion):
    return Audited(
        interval=Interval(0.9, 0.8, 0.95, 90, 90), chance=0.1, form="label", confusion=confusion
    )


RIGHT = {
    "2": {"2": 30},
    "6": {"6": 30},
    "9": {"9": 15, "no answer": 15},
}


def test_tones_of_which_half_cannot_be_told_count_twice():
    """10 light, 10 medium, 5 dark and 5 unknown: if half of the dark cannot be told, 10 are."""
    found = corrected({"2": 10, "6": 10, "9": 5, "unknown": 5}, audit(RIGHT))
    shares = {band: each.interval.value for band, each in found.items()}
    assert shares == pytest.approx(dict.fromkeys(("1-4", "5-7", "8-10"), 1 / 3), abs=0.02)
    assert all(each.interval.low < 1 / 3 < each.interval.high for each in found.values())


def test_without_an_audit_or_with_too_small_a_one_there_is_a_reason():
    assert {each.reason for each in corrected({"2": 10}, None).values()} == {
        "no audit of the scorer"
    }
    few = corrected({"2": 10}, audit({"2": {"2": 3}, "6": {"6": 3}, "9": {"9": 3}}))
    assert all(e.interval is None and "fewer than 10" in e.reason for e in few.values())
    nothing = corrected({}, audit(RIGHT))
    assert all(each.interval is None for each in nothing.values())
