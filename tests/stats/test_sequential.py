"""A quick seeded version of benchmarks/sequential.py; reports/benchmarks has the full figures."""

import importlib
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def sequential():
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(SCRIPTS))
    yield importlib.import_module("sequential")
    for name in ("sequential", "sequential_kinds"):
        sys.modules.pop(name, None)
    patch.undo()


def test_stopping_early_is_cheaper_and_no_more_often_wrong(sequential):
    # 150 replays: an error of 1 % shows 7 times or more once in a thousand; images to 3 %.
    rows = sequential.run(150, seed=1, kinds=sequential.KINDS[2:])
    for row in rows:
        for raised in (False, True):
            wrong = sequential.error(row, raised)
            assert wrong is None or wrong * row.replays < 7
        # What is decided stays decided, and more images decide more.
        assert row.raised_pass >= row.passed and row.raised_fail >= row.failed
        ratio = row.images / row.fixed
        if row.truth == "twice the margin worse":
            assert ratio <= 0.5 and ratio * (1 - sequential.SHARED) <= 0.2
            assert row.failed == 1
        elif row.truth == "no change":
            assert ratio <= 1.15 and row.passed > 0.8
    text = sequential.table(rows, 150, 1)
    assert "| twice the margin worse |" in text and "Error at the boundary" in text


def test_the_same_seed_gives_the_same_replays(sequential):
    once, again = (sequential.run(20, seed=4, kinds=sequential.KINDS[3:]) for _ in range(2))
    assert once == again
