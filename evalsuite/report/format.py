"""Numbers and untrusted text as words."""

import math
import re
from collections.abc import Mapping
from unicodedata import category

from evalsuite.records import LIKE_THESE, Estimand

NOT_MEASURED = "not measured"
TOO_LITTLE = "too little data"
TOO_FEW = "too few prompts"
DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"

_JOINERS = "\u200c\u200d"
"""Zero-width (non-)joiners: needed by several scripts and by emoji, and harmless."""


def visible(text: str, limit: int = 1200) -> str:
    r"""`text` on one line, with everything that could hide or reorder it written as an escape.

    Control, format (bidi among them), surrogate and separator characters become `\uXXXX`; what
    lies beyond `limit` characters is cut and counted.
    """
    shown = text[:limit]
    if not shown.isprintable():  # nearly every text is, and those are drawn by the thousand
        shown = "".join(map(_shown, shown))
    return shown if len(text) <= limit else f"{shown} … ({len(text) - limit} more characters)"


def _shown(character: str) -> str:
    if character in _JOINERS or category(character) not in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"):
        return character
    if character == "\n":
        return "\\n"
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def short(text: str, limit: int) -> str:
    """`text` made visible and cut to `limit` characters with an ellipsis."""
    text = visible(text)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def number(value: float | None, unit: str) -> str:
    """A measure's value in its unit; None is put in words and never becomes 0."""
    if value is None or not math.isfinite(value):
        return NOT_MEASURED
    if unit == "share":
        return f"{100 * value:.1f}%"
    if unit == "difference":
        points = round(100 * value, 1)
        sign = MINUS if points < 0 else "+" if points > 0 else ""
        return f"{sign}{abs(points):.1f} points"
    return f"{value:.{1 if abs(value) >= 10 else 2}f}".replace("-", MINUS)


def difference_unit(unit: str) -> str:
    """The unit of a difference between two values of a unit: shares differ by points."""
    return "difference" if unit in ("share", "difference", "distance") else unit


def interval(low: float | None, high: float | None, unit: str) -> str:
    """A 95 % interval in the unit of its measure."""
    if low is None or high is None:
        return TOO_LITTLE
    first, last = number(low, unit), number(high, unit)
    for suffix in ("%", " points"):
        if first.endswith(suffix) and last.endswith(suffix):
            first = first.removesuffix(suffix)
    return f"{first} to {last}"


def signed(value: float | None, unit: str) -> str:
    """A difference of two values of a unit, with its sign; shares differ by percentage points."""
    if unit in ("share", "difference"):
        return number(value, "difference")
    text = number(value, unit)
    if value is None or text == NOT_MEASURED:
        return text
    if not re.search("[1-9]", text):
        return text.removeprefix(MINUS)
    return f"+{text}" if value > 0 else text


def signed_interval(low: float | None, high: float | None, unit: str, method: str = "") -> str:
    """A 95 % interval of such a difference; where its method says that prompts lack, so is said."""
    if low is None or high is None:
        return TOO_FEW if "prompt" in method.partition("undecided")[2] else TOO_LITTLE
    if unit in ("share", "difference"):
        return interval(low, high, "difference")
    return f"{signed(low, unit)} to {signed(high, unit)}"


def with_level(words: str) -> str:
    """'95% interval 1 to 2', or that there is none and why, after the value that it is of."""
    none = (TOO_FEW, TOO_LITTLE, NOT_MEASURED)
    return f"no 95% interval ({words})" if words in none else f"95% interval {words}"


def group_words(group: Mapping[str, str], estimand: Estimand = LIKE_THESE) -> str:
    """'occupation: nurse; these prompts', the end where nothing is said of other prompts."""
    words = ", ".join(f"{name}: {label}" for name, label in group.items())
    return f"{words}; {estimand}" if words and estimand != LIKE_THESE else words


def p_value(value: float | None) -> str:
    """A p-value to three places, never as 0; a dash where there is none."""
    if value is None:
        return DASH
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def share(part: int, whole: int) -> str:
    """`part` of `whole`, with the percentage where there is one."""
    return f"{part} of {whole}" + (f" ({100 * part / whole:.0f}%)" if whole else "")


def plural(count: int, noun: str) -> str:
    """'1 image', '2 images', '1,000 families'."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("ily") else f"{count:,} {noun}s"
