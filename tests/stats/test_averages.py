from math import sqrt

import numpy as np
import pytest

from evalsuite import stats
from evalsuite.records import Interval


def part(value, low, high, n=4, clusters=2):
    return Interval(value, low, high, n, clusters, "by hand")


def test_ends_are_squared_added_and_divided_by_the_number_of_parts():
    found = stats.average(parts=[part(0.5, 0.2, 0.6), part(0.9, 0.5, 1.0, 8, 3)])
    assert found.value == pytest.approx(0.7)
    assert found.low == pytest.approx(0.7 - sqrt(0.3**2 + 0.4**2) / 2)
    assert found.high == pytest.approx(0.7 + sqrt(0.1**2 + 0.1**2) / 2)
    assert (found.n, found.clusters) == (12, 5)
    alone = part(0.5, 0.2, 0.6)
    assert (stats.average(parts=[alone]).low, stats.average(parts=[alone]).high) == (
        pytest.approx(0.2),
        pytest.approx(0.6),
    )


def test_it_never_leaves_the_parts_bounds():
    found = stats.average(parts=[part(0.1, 0.0, 0.9), part(0.1, 0.0, 1.0)])
    assert found.low >= 0 and found.high <= 1


def test_one_part_without_data_or_without_ends_makes_it_undecided():
    whole, open_, empty = part(0.5, 0.2, 0.6), part(0.7, None, None), part(None, None, None, 0, 0)
    undecided = stats.average(parts=[whole, open_])
    assert (undecided.value, undecided.low, undecided.high) == (pytest.approx(0.6), None, None)
    missing = stats.average(parts=[whole, empty])
    assert (missing.value, missing.low, missing.n) == (0.5, None, 4)
    assert missing.method == "undecided: a part has no data"
    assert stats.average(parts=[]).value is None
    assert stats.average(parts=[empty]).n == 0


def test_the_interval_covers_as_often_as_it_says():
    """Six tasks as hard as GenEval's for one model; the four images of a prompt hang together."""
    rng = np.random.default_rng(3)
    tasks = {0.97: 80, 0.38: 99, 0.35: 80, 0.76: 94, 0.04: 100, 0.06: 100}
    truth, runs, inside = float(np.mean(list(tasks))), 300, 0
    for _ in range(runs):
        parts = []
        for share, prompts in tasks.items():
            rates = rng.beta(share, 1 - share, prompts)  # a correlation of a half within a prompt
            values = (rng.random((prompts, 4)) < rates[:, None]).astype(float).ravel()
            clusters = np.repeat(np.arange(prompts), 4)
            parts.append(stats.proportion(values=values, clusters=clusters))
        found = stats.average(parts=parts)
        inside += found.low <= truth <= found.high
    # 95 % would be 285 of 300, with a standard error of 4.
    assert inside >= 274
