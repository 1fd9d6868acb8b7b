"""The lower end by which the gate excludes a regression."""

import numpy as np
import pytest
from scipy.stats import beta

from evalsuite import stats
from evalsuite.stats.exclusion import worst_case


@pytest.mark.parametrize(
    ("n", "lost", "share"), [(14, 0, 0.1), (60, 0, 0.1), (60, 1, 0.1), (300, 20, 0.1), (20, 3, 0.4)]
)
def test_lost_clusters_alone_are_clopper_and_pearson(n, lost, share):
    sums = np.array([-1.0] * lost + [0.0] * (n - lost))
    p = worst_case(sums=sums, sizes=np.ones(n), mean=-share, width=1.0)
    assert p == pytest.approx(beta.sf(share, lost + 1, n - lost), rel=0.02)


def test_the_worst_case_is_the_chance_of_a_weighted_mean():
    rng = np.random.default_rng(0)
    sums, sizes = rng.choice([-2.0, 0, 1], 80, p=[0.1, 0.7, 0.2]), rng.integers(2, 5, 80)
    weights = rng.exponential(size=(200_000, 81))
    for mean in (-0.08, -0.03, 0.0):
        terms = np.append(sums - mean * sizes, (-1 - mean) * sizes.mean())
        drawn = float((weights @ terms <= 0).mean())
        p = worst_case(sums=sums, sizes=sizes.astype(float), mean=mean, width=1.0)
        # Three standard errors of 200,000 draws, and the approximation's own 2 %.
        assert p == pytest.approx(drawn, abs=3 * (drawn / 200_000) ** 0.5 + 0.02 * drawn)


def test_means_that_cannot_be_are_certain_or_impossible():
    options = {"sums": np.zeros(5), "sizes": np.ones(5), "width": 1.0}
    assert worst_case(mean=-1.0, **options) == 0
    assert worst_case(mean=0.5, **options) == 1


def test_identical_runs_exclude_what_so_many_clusters_would_have_shown():
    # 0.9**43 = 0.0108 and 0.9**44 = 0.0097: with 43 prompts a loss of a tenth may hide.
    for n, is_excluded in ((43, False), (45, True)):
        options = {"a": np.ones(2 * n), "b": np.ones(2 * n), "clusters": np.repeat(range(n), 2)}
        low = stats.lowest_end(level=0.98, bounds=(0.0, 1.0), **options)
        assert (low > -0.1) is is_excluded
        assert low == pytest.approx(0.01 ** (1 / n) - 1, rel=0.01)


def test_the_lowest_end_is_no_higher_than_the_interval_and_takes_its_place_without_bounds():
    rng = np.random.default_rng(7)
    a, b = rng.random(60), rng.random(60)
    options = {"a": a, "b": b, "clusters": range(60), "level": 0.98}
    usual = [stats.paired_difference(**options, bounds=bounds).low for bounds in (None, (0.0, 1.0))]
    assert stats.lowest_end(**options, bounds=(0.0, 1.0)) <= min(usual)
    assert stats.lowest_end(**options) == usual[0]
    assert stats.lowest_end(a=[1, 0], b=[1, 0], clusters=[1, 1], level=0.98) is None


def test_the_excluded_margin_is_where_the_lowest_end_lies():
    rng = np.random.default_rng(7)
    a, b = rng.random(60), rng.random(60)
    p = stats.excludes(a=a, b=b, clusters=range(60), margin=0.1, bounds=(0.0, 1.0))
    options = {"a": a, "b": b, "clusters": range(60), "level": 1 - 2 * p}
    assert stats.lowest_end(**options, bounds=(0.0, 1.0)) == pytest.approx(-0.1, abs=1e-4)
    assert stats.excludes(a=[1, 0], b=[1, 0], clusters=[1, 1], margin=0.1) == 1
    assert stats.excludes(a=a, b=a + 1, clusters=range(60), margin=0.1) == 1


def test_a_tenth_lost_in_whole_prompts_is_seldom_excluded():
    # 2,000 gates of 40 prompts: of the interval alone 5 % or so pass, at a nominal 1 %.
    rng = np.random.default_rng(11)
    passed = 0
    for _ in range(2000):
        lost = np.repeat(rng.random(40) < 0.1, 2)
        p = stats.excludes(
            a=1.0 - lost, b=np.ones(80), clusters=np.repeat(range(40), 2), margin=0.1,
            bounds=(0.0, 1.0),
        )  # fmt: skip
        passed += p <= 0.01
    assert passed <= 2000 * 0.01 + 3 * (2000 * 0.01) ** 0.5
