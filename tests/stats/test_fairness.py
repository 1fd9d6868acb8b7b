import numpy as np
import pytest
from scipy import stats as scipy_stats

from evalsuite import stats


@pytest.mark.parametrize(("n", "published"), [(4, 0.19), (8, 0.14), (200, 0.03)])
def test_a_fair_model_is_expected_to_look_imbalanced(n, published):
    k = np.arange(n + 1)
    exact = (scipy_stats.binom.pmf(k, n, 0.5) * abs(k / n - 0.5)).sum()
    assert stats.expected_imbalance(n=n) == pytest.approx(exact, rel=1e-9)
    assert round(exact, 2) == published


def test_by_hand():
    # Two images: 0, 1 or 2 ones with chances 1/4, 1/2, 1/4; distances 0.5, 0, 0.5.
    assert stats.expected_imbalance(n=2) == pytest.approx(0.25)
    assert stats.expected_imbalance(n=1) == pytest.approx(0.5)
    assert stats.expected_imbalance(n=0) is None


def test_a_group_of_more_images_is_compared_at_as_many_as_the_smaller_one_has():
    # Three of four hits: a distance of 1/4. Of two of them, both are hits in three of six pairs.
    assert stats.distance_from_even(hits=3, n=4) == pytest.approx(0.25)
    assert stats.distance_from_even(hits=3, n=4, k=2) == pytest.approx(0.5 * 0.5)
    assert stats.one_sided(hits=3, n=4) == 0
    assert stats.one_sided(hits=3, n=4, k=2) == pytest.approx(0.5)
    assert (stats.one_sided(hits=0, n=3), stats.one_sided(hits=3, n=3)) == (1, 1)
    assert [stats.expected_one_sided(n=n) for n in (0, 1, 4)] == [None, 1, 0.125]
    with pytest.raises(ValueError, match="3 of 2 images cannot be drawn"):
        stats.distance_from_even(hits=1, n=2, k=3)


def test_the_part_of_a_group_agrees_with_drawing_parts():
    dice = np.random.default_rng(1)
    images = np.array([1] * 7 + [0] * 4)
    parts = dice.permuted(np.tile(images, (40_000, 1)), axis=1)[:, :5].mean(axis=1)
    distance = stats.distance_from_even(hits=7, n=11, k=5)
    assert distance == pytest.approx(abs(parts - 0.5).mean(), abs=0.003)
    assert stats.one_sided(hits=7, n=11, k=5) == pytest.approx(
        ((parts == 0) | (parts == 1)).mean(), abs=0.003
    )


def test_the_expected_distance_from_a_reference_agrees_with_simulation():
    reference = {"1-4": 0.4, "5-7": 0.3, "8-10": 0.3}
    for n in (1, 3, 10, 77):
        drawn = np.random.default_rng(n).multinomial(n, list(reference.values()), 40_000) / n
        simulated = abs(drawn - list(reference.values())).sum(1).mean() / 2
        exact = stats.expected_total_variation(n=n, reference=reference)
        assert exact == pytest.approx(simulated, abs=0.005)
    assert stats.expected_total_variation(n=9, reference={"a": 1.0, "b": 0.0}) == 0


def test_imbalance_is_the_folded_share():
    clusters = range(20)
    share = stats.proportion(values=[1] * 18 + [0] * 2, clusters=clusters)
    folded = stats.imbalance(values=[1] * 18 + [0] * 2, clusters=clusters)
    assert folded.value == pytest.approx(0.4)
    assert (folded.low, folded.high) == pytest.approx((share.low - 0.5, share.high - 0.5))
    mirrored = stats.imbalance(values=[0] * 18 + [1] * 2, clusters=clusters)
    assert (mirrored.low, mirrored.high) == pytest.approx((folded.low, folded.high))
    even = stats.imbalance(values=[1, 0] * 10, clusters=clusters)
    assert (even.value, even.low) == (0, 0) and even.high > 0.1
    assert stats.imbalance(values=[1, 1], clusters=[1, 1]).low is None
    assert stats.imbalance(values=[], clusters=[]).value is None


def test_total_variation_by_hand():
    labels = ["a"] * 6 + ["b"] * 3 + ["c"]
    reference = {"a": 0.4, "b": 0.3, "c": 0.3}
    interval = stats.total_variation(labels=labels, clusters=range(10), reference=reference)
    assert interval.value == pytest.approx(0.2)
    assert 0 <= interval.low < interval.value < interval.high <= 1
    assert stats.total_variation(labels=[], clusters=[], reference=reference).value is None
    single = stats.total_variation(labels=["a"], clusters=["p"], reference=reference)
    assert single.value == pytest.approx(0.6) and single.low is None


def test_bad_references_are_refused():
    with pytest.raises(ValueError, match="sum to 1"):
        stats.expected_total_variation(n=3, reference={"a": 0.5, "b": 0.4})
    # torchmetrics accepts num_groups=1.
    for alone in ({"a": 1.0}, {}):
        with pytest.raises(ValueError, match="two labels"):
            stats.total_variation(labels=["a"], clusters=[1], reference=alone)
    with pytest.raises(ValueError, match="no share for"):
        stats.total_variation(labels=["z"], clusters=[1], reference={"a": 0.5, "b": 0.5})


def test_nothing_usable_is_no_distance_at_all():
    # HEIM's gender bias of zero usable images is 0.5, and its skin tone bias 0.0.
    even = {"a": 0.5, "b": 0.5}
    for found in (
        stats.imbalance(values=[], clusters=[]),
        stats.total_variation(labels=[], clusters=[], reference=even),
    ):
        assert (found.value, found.low, found.high, found.n) == (None, None, None, 0)
