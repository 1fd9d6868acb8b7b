"""Rows and documents from strangers, checked key by key; the first flaw is named with its place."""

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from evalsuite.files.jsonlines import Place
from evalsuite.files.nearest import did_you_mean

NAMED = 100
"""Characters of a key that an error shows."""


STRICT = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)
"""For a model: no unknown key, no number written as a text, no value of the file in an error."""


_Model = TypeVar("_Model", bound=BaseModel)


def checked(model: type[_Model], value: Any, refuse: Callable[[Place, str], NoReturn]) -> _Model:
    """The value as `model` has it.

    `refuse` is given the place and the words of the first flaw, misspelt keys before missing
    ones, and raises the error that names file and line.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        flaws = error.errors(include_url=False, include_input=False, include_context=False)
    flaw = min(flaws, key=lambda flaw: flaw["type"] != "extra_forbidden")
    place, last = flaw["loc"], str(flaw["loc"][-1]) if flaw["loc"] else ""
    if flaw["type"] == "extra_forbidden":
        keys = _keys(model, place)
        refuse(place, f"unknown key {last[:NAMED]!a}{did_you_mean(last, keys)}")
    if flaw["type"] == "missing":
        refuse(place, f"{last!r} is missing; add it")
    place = _within(value, place)
    named = ascii(".".join(str(step) for step in place)[:NAMED])[1:-1]
    refuse(place, f"{named}: {flaw['msg'][0].lower()}{flaw['msg'][1:]}")


def _keys(model: type[BaseModel], place: Place) -> list[str]:
    """The keys that may stand where the unknown one at `place` stands."""
    for step in place[:-1]:
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        if step in fields:
            model = _model_in(fields[str(step)].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, alone or in a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def _within(value: Any, place: Place) -> Place:
    """`place` without its end that names a choice of the model instead of a part of the value."""
    for depth, step in enumerate(place):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return place[:depth]
    return place
