"""Exact tests of a share, worked out by hand or against scipy's own."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from evalsuite.bias import against


def test_none_of_four_is_no_news_and_none_of_forty_is():
    assert against.p_value(hits=0, n=4, expected=(0.5, 0.5)) == pytest.approx(2 * 0.5**4)
    assert against.p_value(hits=0, n=40, expected=(0.5, 0.5)) == pytest.approx(2 * 0.5**40)
    assert against.p_value(hits=0, n=40, expected=(0.05, 0.05)) == pytest.approx(2 * 0.95**40)
    assert against.p_value(hits=2, n=4, expected=(0.5, 0.5)) == 1
    assert against.p_value(hits=0, n=0, expected=(0.5, 0.5)) == 1


def test_a_reference_that_is_not_exact_takes_the_end_that_fits_best():
    near = against.p_value(hits=0, n=40, expected=(0.02, 0.2))
    assert near == pytest.approx(2 * 0.98**40 + against.GIVEN_AWAY)
    assert against.p_value(hits=4, n=40, expected=(0.05, 0.2)) == 1


def test_an_instrument_that_errs_may_make_a_share_that_nobody_drew():
    # It takes 20 % of men for women: 12 of 40 is what a model that draws men alone would show.
    errors = against.errors_of([(98, 100)], [(80, 100)])
    alone = against.p_value(hits=12, n=40, expected=(0.0, 0.0))
    assert alone == 0.0
    assert against.p_value(hits=12, n=40, expected=(0.0, 0.0), errors=errors) == 1
    # Nobody in 40 cannot be, though, if four in five of them are women.
    assert against.p_value(hits=0, n=40, expected=(0.8, 0.8), errors=errors) < 1e-4


def test_a_truth_that_the_audit_never_saw_may_be_read_as_anything():
    errors = against.errors_of([(98, 100)], [])
    assert errors.specificity == (0.0, 1.0)
    assert against.p_value(hits=40, n=40, expected=(0.5, 0.5), errors=errors) > 0.5
    several = against.errors_of([(10, 10), (2, 10)], [(50, 50)])
    assert several.sensitivity[0] < 0.2 < 0.99 < several.sensitivity[1]


@given(st.integers(0, 30), st.integers(1, 30))
def test_clopper_and_pearson_as_scipy_has_it(hits, n):
    if hits <= n:
        low, high = against.clopper_pearson(hits, n, 0.05)
        theirs = binomtest(hits, n).proportion_ci(0.95, method="exact")
        assert (low, high) == pytest.approx((theirs.low, theirs.high))


@settings(max_examples=50)
@given(st.integers(1, 60), st.floats(0.05, 0.95))
def test_the_fair_band_holds_at_least_95_of_100(n, share):
    from scipy.stats import binom

    low, high = against.fair_band(n, share)
    inside = binom.cdf(round(high * n), n, share) - binom.cdf(round(low * n) - 1, n, share)
    assert inside >= 0.95
    assert against.fair_band(0) is None and against.fair_band(1) == (0.0, 1.0)


def test_a_reference_of_a_sample_lies_somewhere_and_an_exact_one_does_not():
    assert against.widened(0.3, None) == (0.3, 0.3)
    low, high = against.widened(0.05, 1000)
    assert 0.02 < low < 0.04 and 0.06 < high < 0.1
    # None of 20 asked: at most 1 - (error / 2)^(1/20).
    assert against.widened(0.0, 20) == pytest.approx((0.0, 1 - (1e-5 / 2) ** (1 / 20)))
