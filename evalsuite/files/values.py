"""JSON values and labels: rounded, told apart, as keys, and in their natural order."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from evalsuite.records import Json

Group = tuple[tuple[str, str], ...]
"""A group of prompts as a key: its labels' names and values, sorted by name."""


def rounded(value: Json) -> Json:
    """A copy with floats to six significant digits, which the last bit of a sum cannot change.

    -0.0 becomes 0.0, and tuples become lists, as JSON has them.
    """
    if isinstance(value, float):
        return float(f"{value:.6g}") + 0.0
    if isinstance(value, Mapping):
        return {name: rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(inner) for inner in value]
    return value


def differing(
    first: Mapping[str, Any], second: Mapping[str, Any], *, but: Collection[str] = ()
) -> list[str]:
    """The keys, sorted, whose values are not the same in both or that only one of them has."""
    keys = {*first, *second} - {*but}
    return sorted(key for key in keys if first.get(key) != second.get(key))


def as_key(group: Mapping[str, str]) -> Group:
    """The group as part of a key: equal groups give equal keys, whatever their order."""
    return tuple(sorted(group.items()))


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts "2" before "10", and numbers before words."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+", text)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
