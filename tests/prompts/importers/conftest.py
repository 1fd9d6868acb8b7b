"""Importing as the tests of all formats do it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evalsuite.prompts import importers
from evalsuite.prompts import sets as prompts
from evalsuite.records import Prompt


@pytest.fixture
def imported() -> Callable[[Path], tuple[list[Prompt], list[str]]]:
    """`imported(path)`: the prompts and notes of a file."""
    return read_and_write


def read_and_write(path: Path) -> tuple[list[Prompt], list[str]]:
    """The prompts and notes of a file, its format detected; what is written reads back."""
    notes: list[str] = []
    found = importers.read(path, note=notes.append)
    out = path.parent / "written" / "mine.jsonl"
    importers.write(found, out, path.name)
    assert prompts.read(out).prompts == tuple(found)
    return found, notes
