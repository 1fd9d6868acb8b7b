"""Ranges of places, by hand and against the test of one pair."""

import numpy as np
import pytest

from benchmarks import ranks as benchmark
from evalsuite import stats
from evalsuite.records import Interval


def of(*rows, **options):
    values = np.array(rows, dtype=float)
    return stats.paired_ranks(values=values, clusters=np.arange(values.shape[1]), **options)


def test_one_model_above_two_equal_ones_by_hand():
    # Each prompt tells the first from the others by 1, the others not at all. Of 2^8 sign patterns
    # one is as extreme for either of its two pairs, and one for each pair turned round.
    found = of([1] * 8, [0] * 8, [0] * 8)
    assert (found.first, found.last) == ((1, 2, 2), (1, 3, 3))
    assert found.is_better.tolist() == [[False, True, True], [False] * 3, [False] * 3]
    assert found.p[0, 1] == found.p[0, 2] == 2 / 256
    assert found.p[1, 2] == found.p[1, 0] == 1 and found.limit == ""


def test_of_two_models_the_p_is_that_of_the_pair():
    rng = np.random.default_rng(0)
    values, clusters = rng.random((2, 60)) + np.array([[0.1], [0.0]]), np.repeat(np.arange(20), 3)
    found = stats.paired_ranks(values=values, clusters=clusters, seed=3)
    p = stats.sign_flip(a=values[0], b=values[1], clusters=clusters, seed=3)
    assert found.p[0, 1] == pytest.approx(p, abs=2 / 2**14)


def test_p_is_adjusted_for_all_pairs_and_steps_down():
    rng = np.random.default_rng(1)
    values = rng.random((4, 40)) + np.array([[0.0], [0.05], [0.4], [0.8]])
    found = of(*values)
    single = {
        (a, b): stats.sign_flip(a=values[a], b=values[b], clusters=np.arange(40))
        for a in range(4)
        for b in range(a)
    }
    assert all(found.p[a, b] >= p / 2 for (a, b), p in single.items())
    assert (found.first, found.last) == ((3, 3, 2, 1), (4, 4, 2, 1))


def test_few_clusters_rank_nobody_and_say_so():
    # Prompts on which all models agree tell none apart, however many there are.
    found = of([1] * 5 + [1] * 50, [0] * 5 + [1] * 50)
    assert (found.first, found.last) == ((1, 1), (2, 2))
    assert found.limit == "too little to rank: 5 families tell any two apart, 6 are needed"
    assert of([1.0] * 30, [1.0] * 30).limit.startswith("too little to rank: 0 families")
    nothing = stats.paired_ranks(values=np.zeros((3, 0)), clusters=[])
    assert nothing.last == (3, 3, 3) and nothing.limit


def test_bad_values_are_refused():
    with pytest.raises(ValueError, match="NaN"):
        of([1, float("nan")], [0, 0])
    with pytest.raises(ValueError, match="must be"):
        stats.paired_ranks(values=[[1, 2]], clusters=[1])


def test_intervals_that_overlap_share_places():
    ends = [(0.8, 0.9), (0.4, 0.6), (0.5, 0.7), (None, None)]
    found = stats.ranks_of_intervals(intervals=[Interval(0.5, *e, 9, 9) for e in ends])
    assert (found.first, found.last) == ((1, 2, 2, 1), (2, 4, 4, 4))


def test_ranges_hold_the_places_as_often_as_they_say():
    # 120 replays know a coverage to 2 points; reports/benchmarks/ranks.md has the full figures.
    chosen = [w for w in benchmark.WORLDS if w.name.startswith("2 and 2")]
    for cell in benchmark.run(120, seed=1, worlds=chosen):
        assert cell.held[benchmark.OURS] / 120 > 0.95 - 3 * 0.02
        assert cell.values / 120 > 0.95 - 3 * 0.02
        assert cell.held["order of values"] / 120 < 0.05
