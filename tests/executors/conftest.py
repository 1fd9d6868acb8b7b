"""Fixtures that the executors share."""

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
sys.path.append(str(TESTS))

from executors_run import content, settings  # noqa: E402

from evalsuite.pipeline import stages  # noqa: E402


@pytest.fixture(autouse=True)
def outside(monkeypatch):
    monkeypatch.syspath_prepend(str(TESTS))


@pytest.fixture(scope="session")
def alone(tmp_path_factory):
    """What one process makes of the run."""
    home = tmp_path_factory.mktemp("alone")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(TESTS))
        stages.evaluate(settings(home, output_dir=str(home / "run")))
    return content(home / "run")
