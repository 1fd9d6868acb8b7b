"""A quick seeded version of benchmarks/planning.py; reports/benchmarks has the full figures."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def planning():
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(SCRIPTS))
    yield importlib.import_module("planning")
    for name in ("planning", "gates", "gate_sides", "gate_worlds"):
        sys.modules.pop(name, None)
    patch.undo()


@pytest.mark.parametrize(("rate", "correlation"), [(0.9, 0.0), (0.97, 0.6)])
def test_what_is_planned_from_a_pilot_without_change_is_caught(planning, rate, correlation):
    row = planning.world(rate, correlation, "at random", 40, seed=1)
    # Of 40 with a chance of 0.9 fewer than 29 come once in a thousand.
    assert row.caught >= 29 and row.passed >= 29
    assert row.missed <= 4
    assert row.agreed == row.checked == 1
    assert f"| {rate:g} | {correlation:g} |" in planning.table([row], 40, 1)


def test_losses_are_as_large_as_the_margin_and_families_correlate(planning):
    rng = np.random.default_rng(0)
    z = planning.latent(4000, 0.6, rng)
    for loss in planning.LOSSES:
        before, after = planning.runs(0.9, z, 0.1, loss, rng)
        # 4000 families of eight images that correlate by up to 0.6: an error of about 0.004.
        assert before[0].mean() == pytest.approx(0.9, abs=0.012)
        assert (before[0] - after[0]).mean() == pytest.approx(0.1, abs=0.012)
        assert (before[1] - after[1]).mean() == pytest.approx(0, abs=0.012)
    first = z[0, 0, :, 0, 0], z[0, 0, :, 1, 0]
    assert np.corrcoef(first)[0, 1] == pytest.approx(0.6, abs=0.04)
