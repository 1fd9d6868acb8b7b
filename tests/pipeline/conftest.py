"""What several tests of the pipeline share."""

import importlib
from pathlib import Path

import pytest


@pytest.fixture
def outside(monkeypatch):
    """The plug-ins of `tests/outside`, found as any outside package is: by dotted path."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1])
    return lambda plugin, /, **options: importlib.import_module(f"outside.{plugin}").load(**options)
