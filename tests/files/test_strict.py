from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from evalsuite.files.strict import STRICT, checked
from evalsuite.records import InputError


class Wheel(BaseModel):
    model_config = STRICT

    size: Annotated[int, Field(gt=0)]
    kind: str = Field("round", alias="class")


class Cart(BaseModel):
    model_config = STRICT

    name: str
    wheels: list[Wheel] = []
    labels: dict[str, str | int] = {}
    spare: Wheel | None = None


def refuse(place, what):
    raise InputError(f"{place}: {what}")


def test_a_row_as_it_is_meant():
    row: Any = {"name": "a", "wheels": [{"size": 3, "class": "flat"}], "labels": {"x": 2}}

    found = checked(Cart, row, refuse)

    assert (found.name, found.wheels[0].size, found.wheels[0].kind) == ("a", 3, "flat")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        # A misspelt key comes before the missing one that it was meant to be.
        ({"nam": "a"}, "('nam',): unknown key 'nam'; did you mean 'name'? there are: name, whe"),
        ({}, "('name',): 'name' is missing; add it"),
        ({"name": 3}, "('name',): name: input should be a valid string"),
        # The keys of what stands inside, by the names that files give them.
        (
            {"name": "a", "wheels": [{"size": 1}, {"size": 1, "clas": "b"}]},
            "('wheels', 1, 'clas'): unknown key 'clas'; did you mean 'class'? there are: size, cl",
        ),
        (
            {"name": "a", "spare": {"size": 1, "clas": "b"}},
            "('spare', 'clas'): unknown key 'clas'; did you mean 'class'? there are: size, cl",
        ),
        ({"name": "a", "wheels": [{}]}, "('wheels', 0, 'size'): 'size' is missing; add it"),
        ({"name": "a", "wheels": [{"size": 0}]}, "wheels.0.size: input should be greater than 0"),
        # The choices of a union are no part of the row.
        ({"name": "a", "labels": {"x": None}}, "('labels', 'x'): labels.x: input should be a val"),
        ({"name": "a", "labels": {"\x1b\n": None}}, r": labels.\x1b\n: input should be"),
        ([], "(): : input should be a valid dictionary"),
    ],
)
def test_the_first_flaw_is_said_with_its_place(row, message):
    with pytest.raises(InputError) as refused:
        checked(Cart, row, refuse)

    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_of_a_long_key_the_first_hundred_characters_are_said():
    with pytest.raises(InputError) as refused:
        checked(Cart, {"k" * 101: 1}, refuse)
    assert f"unknown key '{'k' * 100}'" in str(refused.value)
