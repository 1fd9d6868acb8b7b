"""Accuracy against known truth, by hand and by simulation."""

import numpy as np
import pytest

from evalsuite import stats
from evalsuite.records import Interval


def test_balanced_accuracy_is_the_mean_of_the_recalls():
    # Yes is right on 3 of 4, no on 1 of 2: (0.75 + 0.5) / 2.
    found = stats.balanced_accuracy(
        truth=["1", "1", "1", "1", "0", "0"], right=[1, 1, 1, 0, 1, 0], clusters=list("abcdef")
    )

    assert found.value == pytest.approx(0.625)
    assert found.low < 0.5 < 0.625 < found.high
    assert (found.n, found.clusters) == (6, 6)


def test_always_the_same_answer_reaches_chance_whatever_is_common():
    truth = ["1"] * 90 + ["0"] * 10
    found = stats.balanced_accuracy(
        truth=truth, right=[float(t == "1") for t in truth], clusters=range(100)
    )

    assert found.value == 0.5
    assert found.low < 0.5 < found.high


def test_with_one_truth_it_is_the_proportion():
    right, clusters = [1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1], [n // 2 for n in range(12)]
    balanced = stats.balanced_accuracy(truth=["1"] * 12, right=right, clusters=clusters)
    share = stats.proportion(values=right, clusters=clusters)

    assert balanced.value == share.value
    assert (balanced.low, balanced.high) == pytest.approx((share.low, share.high))


def test_all_right_on_few_images_is_not_certainty():
    found = stats.balanced_accuracy(
        truth=["1", "0"] * 12, right=[1.0] * 24, clusters=[n // 2 for n in range(24)]
    )

    assert found.value == found.high == 1.0
    assert 0.6 < found.low < 0.8  # twelve images, not twenty-four


def test_one_image_is_undecided_and_none_has_no_value():
    single = stats.balanced_accuracy(truth=["1", "0"], right=[1, 1], clusters=["a", "a"])
    none = stats.balanced_accuracy(truth=[], right=[], clusters=[])

    assert single.value == 1.0
    assert single.low is single.high is None
    assert none.value is None


def test_bad_verdicts_are_refused():
    with pytest.raises(ValueError, match="zeros and ones"):
        stats.balanced_accuracy(truth=["1"], right=[0.5], clusters=["a"])


@pytest.mark.parametrize(("yes", "no"), [(0.9, 0.9), (0.6, 0.95)])
def test_balanced_accuracy_covers_the_truth(yes, no):
    """Half of a picture's two questions share its luck."""
    rng, hits, trials = np.random.default_rng(0), 0, 400
    for _ in range(trials):
        luck = rng.random((40, 1))
        own = np.where(rng.random((40, 2)) < 0.5, luck, rng.random((40, 2)))
        right = (own < [yes, no]).astype(float).ravel()
        found = stats.balanced_accuracy(
            truth=["1", "0"] * 40, right=right, clusters=np.repeat(np.arange(40), 2)
        )
        hits += found.low <= (yes + no) / 2 <= found.high

    assert hits / trials > 0.92


def test_calibration_by_hand():
    # Bin 0.2-0.3: stated 0.25 twice, half right: off by 0.25. Bin 0.9-1: stated 1, right: off by 0.
    found = stats.calibration(probabilities=[0.25, 0.25, 1.0, 1.0], outcomes=[0, 1, 1, 1])

    assert found.error == pytest.approx((2 * 0.25 + 2 * 0) / 4)
    assert found.brier == pytest.approx((0.0625 + 0.5625) / 4)
    assert found.base == pytest.approx(0.75 * 0.25)
    assert [(b.low, b.n, b.confidence, b.right) for b in found.bins] == [
        (0.2, 2, 0.25, 0.5),
        (0.9, 2, 1.0, 1.0),
    ]


def test_calibration_of_nothing_and_of_nonsense():
    assert stats.calibration(probabilities=[], outcomes=[]) is None
    with pytest.raises(ValueError, match="between 0 and 1"):
        stats.calibration(probabilities=[1.5], outcomes=[1])
    with pytest.raises(ValueError, match="equally long"):
        stats.calibration(probabilities=[0.5], outcomes=[])


def interval(value, low, high):
    return Interval(value, low, high, 50, 50, "")


def test_corrected_share_by_hand():
    # (0.5 + 0.9 - 1) / (0.8 + 0.9 - 1) = 0.4 / 0.7
    found = stats.corrected_share(
        share=interval(0.5, 0.4, 0.6),
        sensitivity=interval(0.8, 0.7, 0.9),
        specificity=interval(0.9, 0.8, 1.0),
    )
    value = 0.4 / 0.7
    # One at a time to the end that hurts: share 0.4, sensitivity 0.9, specificity 0.8 downwards.
    low = [0.3 / 0.7, 0.4 / 0.8, 0.3 / 0.6]
    high = [0.5 / 0.7, 0.4 / 0.6, 0.5 / 0.8]

    assert found.value == pytest.approx(value)
    assert found.low == pytest.approx(value - sum((value - v) ** 2 for v in low) ** 0.5)
    assert found.high == pytest.approx(value + sum((v - value) ** 2 for v in high) ** 0.5)


def test_a_perfect_classifier_known_for_certain_corrects_nothing():
    sure = interval(1.0, 1.0, 1.0)
    found = stats.corrected_share(
        share=interval(0.3, 0.2, 0.45), sensitivity=sure, specificity=sure
    )

    assert (found.value, found.low, found.high) == pytest.approx((0.3, 0.2, 0.45))


def test_the_audits_own_doubt_widens_the_interval():
    share, sure = interval(0.5, 0.4, 0.6), interval(0.95, 0.95, 0.95)
    doubt = interval(0.95, 0.85, 0.99)
    known = stats.corrected_share(share=share, sensitivity=sure, specificity=sure)
    less = stats.corrected_share(share=share, sensitivity=doubt, specificity=doubt)

    assert less.low < known.low < known.high < less.high


def test_a_classifier_that_may_be_no_better_than_chance_corrects_nothing():
    maybe = interval(0.6, 0.45, 0.75)
    found = stats.corrected_share(
        share=interval(0.5, 0.4, 0.6), sensitivity=maybe, specificity=maybe
    )

    assert found.value is None
    assert "chance" in found.method


def test_undecided_parts_leave_it_undecided():
    good, open_ended = interval(0.9, 0.8, 0.95), Interval(0.9, None, None, 3, 1, "undecided")
    found = stats.corrected_share(share=open_ended, sensitivity=good, specificity=good)

    assert found.value is None
    assert found.method.startswith("undecided")


@pytest.mark.parametrize(("truth", "yes", "no"), [(0.5, 0.95, 0.9), (0.1, 0.95, 0.9)])
def test_corrected_share_covers_the_truth_where_the_raw_one_does_not(truth, yes, no):
    rng, trials, hits = np.random.default_rng(1), 400, 0
    for _ in range(trials):
        said = rng.random(60) < truth * yes + (1 - truth) * (1 - no)
        parts = [said, rng.random(100) < yes, rng.random(100) < no]
        share, sensitivity, specificity = (
            stats.proportion(values=part.astype(float), clusters=np.arange(len(part)))
            for part in parts
        )
        found = stats.corrected_share(share=share, sensitivity=sensitivity, specificity=specificity)
        hits += found.low <= truth <= found.high

    assert hits / trials > 0.93
