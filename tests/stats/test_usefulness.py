"""p-values of "no better than the bar": by hand where few, and by simulation at the worst place."""

import numpy as np
import pytest
from scipy.stats import binom

from evalsuite.stats import balanced_above, mean_above

RUNS = 4000
SLACK = 3 * (0.025 * 0.975 / RUNS) ** 0.5
"""Three simulation errors of a share of 2.5 %."""


def above(positives, negatives, bar=0.75):
    """The p-value of so many (right, of) of each truth, every answer on a picture of its own."""
    truth = ["1"] * positives[1] + ["0"] * negatives[1]
    right = [k < n for n, of in (positives, negatives) for k in range(of)]
    return balanced_above(
        truth=truth, right=np.array(right, float), clusters=np.arange(len(truth)), bar=bar
    )


def test_three_lucky_positives_are_three_coins():
    # The worst pair of recalls: a coin on the three, and never wrong on the other two hundred.
    assert above((3, 3), (200, 200)) == pytest.approx(0.125)
    # At a bar of chance q**3 * (1 - q)**200 is largest at q = 3 / 203.
    at_chance = (3 / 203) ** 3 * (200 / 203) ** 200
    assert above((3, 3), (200, 200), bar=0.5) == pytest.approx(at_chance, rel=0.01)


def test_one_of_each_by_hand():
    # Both right: q1 * q2 with q1 + q2 = 1.5 is largest at 0.75 each.
    assert above((1, 1), (1, 1)) == pytest.approx(0.5625)


def test_below_the_bar_and_with_one_truth_nothing_is_shown():
    assert above((30, 60), (60, 60)) == 1.0
    assert balanced_above(truth=["1"] * 9, right=[1.0] * 9, clusters=range(9), bar=0.5) == 1.0


def test_many_answers_are_wilsons_score_test():
    # (0.9 - 0.75) / sqrt(0.75 * 0.25 / 200) = 4.899: one-sided 4.82e-7. Wrong answers are spread.
    truth = ["1", "0"] * 100
    right = [0.0 if k % 20 in (0, 1) else 1.0 for k in range(200)]
    p = balanced_above(truth=truth, right=right, clusters=range(200), bar=0.75)
    assert p == pytest.approx(4.8e-7, rel=0.1)


def test_several_truths_are_bounded():
    truth, right = ["a", "b", "c"] * 20, [1.0] * 60
    assert balanced_above(truth=truth, right=right, clusters=range(60), bar=0.5) == pytest.approx(
        np.exp(-2 * 60 * 0.25)
    )


def test_a_mean_counts_clusters_as_coins():
    # Four clusters, means 1, 1, 1, 0.5: three heads of four at 0.5: 5 / 16.
    p = mean_above(values=[1, 1, 1, 1, 0], clusters=[0, 1, 2, 3, 3], bar=0.5)
    assert p == pytest.approx(5 / 16)
    assert mean_above(values=[], clusters=[], bar=0.5) == 1.0


@pytest.mark.parametrize(
    ("recalls", "sizes"),
    [
        ((0.5, 1.0), (3, 200)),
        ((0.75, 0.75), (3, 200)),
        ((0.5, 1.0), (12, 30)),
        ((0.5, 1.0), (60, 60)),
        ((0.75, 0.75), (100, 200)),
    ],
)
def test_at_the_bar_false_evidence_is_no_more_than_nominal(recalls, sizes):
    """Independent answers whose true recalls have exactly the bar's mean, 0.75."""
    rng = np.random.default_rng(5)
    hits = [rng.binomial(n, q, RUNS) for q, n in zip(recalls, sizes, strict=True)]
    found = {pair: above(*zip(pair, sizes, strict=True)) for pair in set(zip(*hits, strict=True))}
    false = np.mean([found[pair] <= 0.025 for pair in zip(*hits, strict=True)])

    assert false <= 0.025 + SLACK


def test_a_coin_with_three_positives_of_203_is_no_evidence():
    """Today's interval called it evidence in 13 % of the runs; against the bar it never is."""
    rng = np.random.default_rng(6)
    hits = zip(rng.binomial(3, 0.5, RUNS), rng.binomial(200, 0.5, RUNS), strict=True)
    found = [above((a, 3), (b, 200)) for a, b in set(hits)]

    assert min(found) > 0.025


def test_pictures_with_several_questions_count_for_less():
    """Two questions of one truth on each picture, always answered alike: one coin per picture."""
    rng = np.random.default_rng(7)
    false = []
    for _ in range(400):
        per_picture = rng.random(60) < 0.75
        right = np.repeat(per_picture, 2).astype(float)
        truth = np.repeat(["1", "0"], 60)
        false.append(
            balanced_above(truth=list(truth), right=right, clusters=np.arange(120) // 2, bar=0.75)
            <= 0.025
        )
    assert np.mean(false) <= 0.025 + 3 * (0.025 * 0.975 / 400) ** 0.5


def test_a_scorer_that_is_right_is_found_out():
    assert above((24, 24), (24, 24)) == pytest.approx(0.75**48, rel=0.01)
    assert above((190, 200), (190, 200)) < 1e-10
    assert binom.sf(199, 200, 0.75) == pytest.approx(
        mean_above(values=[1.0] * 200, clusters=range(200), bar=0.75)
    )
