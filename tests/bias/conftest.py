"""Runs of people written out as letters (`people_in_letters.py`), as fixtures."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).parents[1] / "people_in_letters.py"
SPEC = importlib.util.spec_from_file_location("people_in_letters", PATH)
LETTERS = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(LETTERS)


@pytest.fixture
def given():
    return LETTERS.make


@pytest.fixture
def audit():
    return LETTERS.make_audit
