"""One small run, drawn and judged once, and copied for each test that writes into it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evalsuite.commands.labelling import questions_of
from evalsuite.pipeline.work import open_work
from evalsuite.runs.rows import planned_rows

TESTS = Path(__file__).parents[1]
FIELDS = ["onlooker.label", "onlooker.right"]


def environment(**more):
    path = os.pathsep.join([str(TESTS.parent), str(TESTS)])
    return {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "COLUMNS": "200", **more}


@pytest.fixture(scope="session")
def _drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "people"
    words = ["run", "--model", "scenes", "--prompts", "scenes-occupations", "--num-images", "2"]
    words += ["--scorers", "outside.onlooker", "--no-progress", "--output-dir", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "evalsuite.cli", *words],
        env=environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def run(_drawn, tmp_path):
    """A copy of the run: 80 images of people in eight occupations, by the scene renderer."""
    return Path(shutil.copytree(_drawn, tmp_path / "people"))


@pytest.fixture
def opened():
    """A function: the work and the planned rows of a run's folder."""

    def open_it(folder):
        work, rows = open_work(folder, {})
        return work, planned_rows(rows, work.requests)

    return open_it


@pytest.fixture
def questions(opened):
    """A function: the drawn questions about a run's fields, and the run's seed."""
    from evalsuite.labels.drawing import seed_of

    def ask(folder, images=20, fields=FIELDS):
        work, rows = opened(folder)
        return questions_of(work, rows, fields, str(images), "steps"), seed_of(rows.manifest)

    return ask


@pytest.fixture
def cli_environment():
    """The environment in which a command of its own process finds this package and the tests'."""
    return environment
