"""Shares as a reader would say them, and sentences that keep our words apart from others'."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

ROUND = tuple(
    sorted(
        {Fraction(n, 10) for n in range(1, 10)}
        | {Fraction(n, d) for d in (3, 4) for n in (1, d - 1)}
    )
)
"""The fractions that people say: tenths, thirds and quarters."""

NEARLY = 0.05
"""Nearer than that to all or to none, a share is "nearly every" or "hardly any"."""


class Said(NamedTuple):
    """A part of a sentence; `is_ours` where no word of it came from outside."""

    text: str
    is_ours: bool = True


Sentence = tuple[Said, ...]


def fraction(value: float) -> str:
    """A share in words: 'all', 'nearly all', 'about 9 of 10', 'hardly any', 'none'."""
    if value in (0.0, 1.0):
        return "all" if value else "none"
    if value >= 1 - NEARLY:
        return "nearly all"
    if value <= NEARLY:
        return "hardly any"
    near = min(ROUND, key=lambda each: abs(float(each) - value))
    if near == Fraction(1, 2):
        return "about half"
    if near.denominator == 5:  # tenths are said as tenths
        return f"about {2 * near.numerator} of 10"
    return f"about {near.numerator} of {near.denominator}"


def pictures(value: float) -> str:
    """The same of pictures: 'in every picture', 'in about 9 of 10 pictures'."""
    words = {
        "all": "in every picture",
        "nearly all": "in nearly every picture",
        "hardly any": "in hardly any picture",
        "none": "in no picture",
        "about half": "in about half of the pictures",
    }
    said = fraction(value)
    return words.get(said, f"in {said} pictures")


def listed(values: Sequence[str], *, are_in_order: bool) -> str:
    """'5', '1 or 2', '1 to 4'; of what has no order 'a, b or c'."""
    if are_in_order and len(values) > 2:
        return f"{values[0]} to {values[-1]}"
    return " or ".join(filter(None, [", ".join(values[:-1]), values[-1]]))
