"""Fill `{{name}}` into a request, and find a value in an answer by its path."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from evalsuite.records import InputError, Json

_HOLE = re.compile(r"\{\{\s*([\w.*-]+)\s*\}\}")

MERGED = "..."
"""A key whose value, a mapping, is laid over its neighbours."""


class Unset(Exception):
    """A variable without a value stands within a longer text."""


def names(template: Json) -> Iterator[str]:
    """The variables that a template asks for; `first.id` counts as `first`."""
    if isinstance(template, str):
        yield from (name.partition(".")[0] for name in _HOLE.findall(template))
    elif isinstance(template, Mapping):
        for key, inner in template.items():
            yield from names(key)
            yield from names(inner)
    elif isinstance(template, list):
        for inner in template:
            yield from names(inner)


def filled(template: Json, values: Mapping[str, Json]) -> Json:
    """The template with values in place of its variables; None where it is one without a value.

    A text that is one variable becomes its value, of whatever type; within a longer text it is
    written out. Keys and items without a value are left out. Raises `Unset`.
    """
    if isinstance(template, str):
        whole = _HOLE.fullmatch(template)
        if whole:
            return _value(whole[1], values)
        return _HOLE.sub(lambda hole: _text(hole[1], values), template)
    if isinstance(template, Mapping):
        found: dict[str, Json] = {}
        for key, inner in template.items():
            value = filled(inner, values)
            if key == MERGED:
                found |= value if isinstance(value, Mapping) else {}
            elif value is not None and value != {}:
                found[str(filled(key, values))] = value
        return found
    if isinstance(template, list):
        return [value for inner in template if (value := filled(inner, values)) is not None]
    return template


def at(value: Json, path: str) -> Iterator[Json]:
    """What stands in an answer at a path such as `data.0.url`; `*` is any key or place."""
    head, _, rest = path.partition(".")
    for inner in _below(value, head):
        if rest:
            yield from at(inner, rest)
        else:
            yield inner


def first_at(value: Json, paths: str | list[str]) -> Json:
    """The first value at any of the paths that is there and not null; else None."""
    for path in [paths] if isinstance(paths, str) else paths:
        for found in at(value, path):
            if found is not None:
                return found
    return None


def _below(value: Json, step: str) -> Iterator[Any]:
    if isinstance(value, Mapping):
        if step == "*":
            yield from value.values()
        elif step in value:
            yield value[step]
    elif isinstance(value, list):
        if step == "*":
            yield from value
        elif step.isdecimal() and int(step) < len(value):
            yield value[int(step)]


def _value(name: str, values: Mapping[str, Json]) -> Json:
    top, _, path = name.partition(".")
    if top not in values:
        raise InputError(f"{{{{{name}}}}}: there is no such variable")
    return first_at(values[top], path) if path else values[top]


def _text(name: str, values: Mapping[str, Json]) -> str:
    value = _value(name, values)
    if value is None:
        raise Unset(name)
    return str(value)
