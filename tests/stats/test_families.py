import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from evalsuite import stats


def test_holm_by_hand():
    # Sorted 0.01, 0.02, 0.03, 0.04 times 4, 3, 2, 1: 0.04, 0.06, 0.06, 0.06 (never falling).
    adjusted = stats.holm(p_values=[0.04, 0.01, 0.03, 0.02])
    assert adjusted == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert stats.holm(p_values=[0.9, 0.8]) == pytest.approx([1.0, 1.0])


def test_benjamini_and_hochbergs_own_example():
    # Their paper's section 3.2: 15 p-values; at q = 0.05 four are rejected, by Holm three.
    published = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0000,
    ]
    assert (stats.benjamini_hochberg(p_values=published) <= 0.05).sum() == 4
    assert (stats.holm(p_values=published) <= 0.05).sum() == 3
    # The fourth: 0.0095 * 15 / 4.
    assert stats.benjamini_hochberg(p_values=published)[3] == pytest.approx(0.0095 * 15 / 4)


def test_holm_keeps_the_family_at_its_level():
    rng = np.random.default_rng(4)
    alarms = [stats.holm(p_values=rng.random(6)).min() <= 0.1 for _ in range(2000)]
    assert 0.07 < np.mean(alarms) < 0.12


def test_a_test_without_a_p_value_does_not_leave_its_family():
    for bad in ([0.5, float("nan")], [1.2], [-0.1], [[0.5]]):
        with pytest.raises(ValueError, match="p-values"):
            stats.holm(p_values=bad)
    assert stats.holm(p_values=[]).size == 0


@settings(max_examples=8, deadline=None)  # statsmodels takes its time
@given(st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.02, 0.02, 0.5, 1.0]), min_size=1, max_size=9))
def test_both_agree_with_statsmodels(ps):
    assert stats.holm(p_values=ps) == pytest.approx(multipletests(ps, method="holm")[1])
    assert stats.benjamini_hochberg(p_values=ps) == pytest.approx(
        multipletests(ps, method="fdr_bh")[1]
    )
