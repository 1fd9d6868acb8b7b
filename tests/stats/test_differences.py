import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.proportion import confint_proportions_2indep

from evalsuite import stats
from evalsuite.records import Interval


def test_bonett_and_prices_interval_by_hand():
    # 30 single pairs: 8 where only a is right, 2 where only b is, so the difference is 0.2 and the
    # variance of the mean (10/30 - 0.04)/29. The design effect 30/29 shrinks to (10 * 30/29 + c) /
    # (10 + c), c = 0.5 / (1 + 10/3), which leaves n pairs; one is added either way.
    a, b = [1] * 8 + [0] * 2 + [1] * 20, [0] * 8 + [1] * 2 + [1] * 20
    interval = stats.paired_proportions(a=a, b=b, clusters=range(30))
    c = 0.5 / (1 + 10 / 3)
    n = 30 / ((10 * 30 / 29 + c) / (10 + c))
    up, down = (n * 8 / 30 + 1) / (n + 2), (n * 2 / 30 + 1) / (n + 2)
    half = scipy_stats.t.ppf(0.975, 29) * ((up + down - (up - down) ** 2) / (n + 2)) ** 0.5
    assert interval.value == pytest.approx(0.2)
    assert (interval.low, interval.high) == pytest.approx((up - down - half, up - down + half))


def test_no_discordant_pair_is_not_certainty():
    same = stats.paired_proportions(a=[1, 0] * 40, b=[1, 0] * 40, clusters=np.repeat(range(20), 4))
    assert same.value == 0 and same.low == -same.high < -0.05
    always = stats.paired_proportions(a=[1] * 25, b=[0] * 25, clusters=range(25))
    assert always.value == 1 and always.high == 1 and always.low < 0.95


def test_pairs_that_are_too_few_or_bad():
    assert stats.paired_proportions(a=[], b=[], clusters=[]).value is None
    single = stats.paired_proportions(a=[1, 1], b=[0, 1], clusters=["x", "x"])
    assert (single.value, single.low) == (0.5, None)
    with pytest.raises(ValueError, match="zeros and ones"):
        stats.paired_proportions(a=[0.5, 1], b=[0.5, 1], clusters=[1, 2])
    with pytest.raises(ValueError, match="equally long"):
        stats.paired_difference(a=[1, 2], b=[1], clusters=[1, 2])
    with pytest.raises(ValueError, match="NaN"):
        stats.paired_difference(a=[1, float("nan")], b=[1, 2], clusters=[1, 2])


def test_paired_scores_are_the_mean_of_their_differences():
    rng = np.random.default_rng(5)
    a, b, clusters = rng.random(60), rng.random(60), np.repeat(range(20), 3)
    assert stats.paired_difference(a=a, b=b, clusters=clusters) == stats.mean(
        values=a - b, clusters=clusters
    )
    bounded = stats.paired_difference(a=a, b=b, clusters=clusters, bounds=(0, 1))
    assert bounded == stats.mean(values=a - b, clusters=clusters, bounds=(-1, 1))


def test_the_unpaired_difference_agrees_with_statsmodels():
    def by_wilson(ones, n):
        from statsmodels.stats.proportion import proportion_confint

        low, high = proportion_confint(ones, n, method="wilson")
        return Interval(ones / n, low, high, n, n, "Wilson")

    got = stats.difference(a=by_wilson(56, 70), b=by_wilson(48, 80))
    expected = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", compare="diff")
    assert (got.low, got.high) == pytest.approx(expected, abs=1e-9)
    # Newcombe 1998, table II, example (a), method 10: 0.0524 to 0.3339.
    assert (round(got.low, 4), round(got.high, 4)) == (0.0524, 0.3339)


def test_a_difference_with_an_undecided_side_is_undecided():
    known = Interval(0.5, 0.4, 0.6, 20, 20, "Wilson")
    undecided = Interval(0.75, None, None, 4, 1, "undecided: one prompt")
    none = Interval(None, None, None, 0, 0, "undecided: no data")
    assert stats.difference(a=known, b=undecided).value == -0.25
    assert stats.difference(a=known, b=undecided).low is None
    assert stats.difference(a=none, b=known).value is None


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.booleans()), min_size=1))
def test_a_paired_interval_is_antisymmetric_and_never_flat(rows):
    clusters, a, b = zip(*rows, strict=True)
    forward = stats.paired_proportions(a=a, b=b, clusters=clusters)
    back = stats.paired_proportions(a=b, b=a, clusters=clusters)
    assert forward.value == pytest.approx(-back.value)
    if forward.low is not None:
        assert -1 <= forward.low < forward.high <= 1
        assert forward.low - 1e-9 <= forward.value <= forward.high + 1e-9
