"""A quick seeded version of benchmarks/gates.py; reports/benchmarks has the full figures."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "gates.py"


@pytest.fixture(scope="module")
def gates():
    spec = importlib.util.spec_from_file_location("benchmarks_gates", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_false_alarms_are_rare_and_regressions_are_caught(gates):
    rows = gates.run(200, seed=1, pilot=10_000)
    for row in rows:
        # At 1 % more than eight of 200 come once in ten thousand; 0.05 +- 0.008 of 800 p-values.
        assert row.alarms <= 8
        assert row.below <= 0.05 + 3 * 0.008
        assert row.agreed == row.checked == 2
        # Of 20 with a chance of 0.9 fewer than 13 come once in four hundred.
        assert row.caught >= 13
    assert gates.reruns(1, times=20) == 1
    text = gates.table(rows, 1, 200, 1)
    assert "| heavy-tailed |" in text and "1 different answer" in text
