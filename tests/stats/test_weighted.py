"""Weighted shares and rank correlations."""

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from evalsuite import stats


def test_the_share_is_that_of_the_weights():
    found = stats.weighted_proportion(values=[1, 0, 1], weights=[1, 3, 4], clusters=["a", "b", "c"])

    assert found.value == pytest.approx(5 / 8)
    assert 0 < found.low < 5 / 8 < found.high < 1
    assert (found.n, found.clusters) == (3, 3)


def test_equal_weights_give_the_share_of_proportion():
    values = [1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1]
    weighted = stats.weighted_proportion(values=values, weights=[5.0] * 12, clusters=range(12))
    plain = stats.proportion(values=values, clusters=range(12))

    assert weighted.value == plain.value
    assert weighted.low == pytest.approx(plain.low, abs=0.01)
    assert weighted.high == pytest.approx(plain.high, abs=0.01)


def test_where_nothing_differs_clusters_count_and_unequal_weights_count_for_less():
    even = stats.weighted_proportion(values=[1] * 20, weights=[1] * 20, clusters=range(20))
    uneven = stats.weighted_proportion(values=[1] * 20, weights=[20, *[1] * 19], clusters=range(20))
    few = stats.weighted_proportion(values=[1] * 20, weights=[1] * 20, clusters=[0, 1] * 10)

    assert even.value == uneven.value == few.value == 1.0
    assert few.low < uneven.low < even.low


def test_too_little_is_undecided():
    assert stats.weighted_proportion(values=[], weights=[], clusters=[]).value is None
    one = stats.weighted_proportion(values=[1, 0], weights=[1, 1], clusters=["a", "a"])
    assert one.value == 0.5 and one.low is None


@pytest.mark.parametrize(
    ("values", "weights"), [([2], [1]), ([1], [0]), ([1], [np.nan]), ([1], [])]
)
def test_bad_input_is_refused(values, weights):
    with pytest.raises(ValueError):
        stats.weighted_proportion(values=values, weights=weights, clusters=["a"])


def test_rank_correlations_are_the_usual_ones_where_weights_are_equal():
    dice = np.random.default_rng(1)
    a = dice.integers(0, 5, 60).astype(float)
    b = a + dice.integers(0, 4, 60)
    spearman, kendall = stats.rank_correlations(
        a=a, b=b, weights=np.full(60, 2.0), clusters=range(60), seed=1
    )

    assert spearman.value == pytest.approx(spearmanr(a, b).statistic)
    assert kendall.value == pytest.approx(kendalltau(a, b).statistic)
    assert spearman.low < spearman.value < spearman.high


def test_a_whole_weight_is_a_value_that_often():
    a, b, weights = [1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 4.0, 3.0], [1, 2, 1, 3]
    often = np.repeat(range(4), weights)
    spearman, kendall = stats.rank_correlations(
        a=a, b=b, weights=weights, clusters=range(4), seed=1
    )

    assert spearman.value == pytest.approx(spearmanr(np.take(a, often), np.take(b, often))[0])
    assert kendall.value == pytest.approx(kendalltau(np.take(a, often), np.take(b, often))[0])
    assert spearman.low is None and "too few" in spearman.method


def test_one_side_that_never_differs_is_undecided():
    both = stats.rank_correlations(
        a=[1.0, 1.0], b=[1.0, 2.0], weights=[1, 1], clusters=["a", "b"], seed=1
    )
    assert [one.value for one in both] == [None, None]
