"""A quick seeded version of benchmarks/coverage.py; reports/benchmarks has the full figures."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "coverage.py"


@pytest.fixture(scope="module")
def coverage():
    spec = importlib.util.spec_from_file_location("benchmarks_coverage", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_intervals_hold_the_truth_as_often_as_they_say(coverage):
    # 150 replicates know a coverage to 1.8 points, a row of ten cells to 0.6.
    cells = list(coverage.run(150, seed=1, prompts=(11, 30)))
    assert sum(cell.zero_width for cell in cells) == 0
    assert all(cell.undecided == 0 for cell in cells)
    assert min(cell.coverage for cell in cells) > 0.91 - 3 * 0.018
    for name in {cell.scores for cell in cells}:
        known = [cell.coverage for cell in cells if (cell.scores, cell.prompts) == (name, 30)]
        assert 0.93 < sum(known) / len(known) < 0.99, name


def test_the_same_seed_gives_the_same_table(coverage):
    once, again = (
        list(coverage.run(5, seed=7, prompts=(5, 20), scores=coverage.SCORES[:2])) for _ in range(2)
    )
    assert once == again
    text = coverage.table(once, 5)
    assert "| binary, 0.5 |" in text and "undecided" in text
