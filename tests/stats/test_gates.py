"""A quick seeded version of benchmarks/gates.py; reports/benchmarks has the full figures."""

import importlib
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def gates():
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(SCRIPTS))
    yield importlib.import_module("gates")
    for name in ("gates", "gate_sides", "gate_worlds", "gate_tables"):
        sys.modules.pop(name, None)
    patch.undo()


def test_false_alarms_are_rare_and_the_rule_on_arrays_is_the_gates(gates):
    for kind in gates.KINDS:
        row = gates.without_change(kind, 200, seed=1)
        # At 1 % more than eight of 200 come once in ten thousand; 0.05 +- 0.008 of 800 p-values.
        assert row.alarms <= 8
        assert row.below <= 0.05 + 3 * 0.008
        assert row.agreed == row.checked == 2
    assert gates.reruns(1, times=20) == 1


def test_regressions_of_the_margin_seldom_pass_wherever_they_strike(gates):
    for where in gates.WHERE:
        row = gates.at_the_boundary("binary", where, 500, seed=2)
        # At 1 % more than thirteen of 500 come once in a thousand.
        assert row.passed <= 13
        assert row.passed <= row.by_interval


def test_what_is_planned_is_caught_and_an_unchanged_model_passes(gates):
    for kind in gates.KINDS:
        row = gates.as_planned(kind, "single images", 40, seed=3, pilot=2000)
        # Of 40 with a chance of 0.9 fewer than 29 come once in a thousand.
        assert row.caught >= 29 and row.passed >= 29
        assert row.missed <= row.others[1]


def test_the_report_has_every_figure(gates):
    tables = importlib.import_module("gate_tables")
    text = tables.text(
        [gates.without_change("binary", 4, 1)],
        [gates.at_the_boundary("bounded", "few prompts", 10, 1)],
        [gates.as_planned("heavy-tailed", "few families", 2, 1, 200)],
        1,
        "--gates 4",
    )
    assert "| binary | 4 |" in text and "| bounded | few prompts | 10 |" in text
    assert "| heavy-tailed | few families |" in text and "1 different answer" in text
