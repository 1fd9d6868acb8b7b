"""The slope of a model's log-odds on a reference's, with errors in both."""

import numpy as np
import pytest
from scipy.special import expit, logit

from evalsuite import stats
from evalsuite.bias import references

US = np.array([row.share for row in references.load("us-cps-2022").rows.values()])
TAUGHT = np.array([row.share for row in references.load("taught").rows.values()])


def model(seed, shares, slope, n, spread=0.3, wrong=0.0):
    dice = np.random.default_rng(seed)
    own = expit(slope * logit(shares) + spread * dice.standard_normal(shares.size))
    return dice.binomial(n, own * (1 - wrong) + (1 - own) * wrong)


def test_a_model_that_repeats_the_reference_has_a_slope_of_one():
    n = np.full(TAUGHT.size, 200)
    found = stats.amplification(hits=TAUGHT * n, n=n, reference=TAUGHT)
    assert found.slope.value == pytest.approx(1, abs=0.02)
    assert found.at_even == pytest.approx(0.5, abs=0.02)
    assert found.slope.low < 1 < found.slope.high
    assert (found.slope.n, found.slope.clusters) == (1600, 8)
    assert found.signed.value == pytest.approx(0)


def test_slopes_by_hand():
    n = np.full(TAUGHT.size, 4000)
    for slope in (0.0, 0.5, 2.0):
        hits = np.round(n * expit(slope * logit(TAUGHT)))
        found = stats.amplification(hits=hits, n=n, reference=TAUGHT).slope
        assert found.value == pytest.approx(slope, abs=0.05)
        assert found.low < slope < found.high


def test_an_instruments_errors_flatten_the_slope_and_are_taken_out():
    n = np.full(US.size, 60)
    hits = model(0, US, 1.0, n, wrong=0.15)
    raw = stats.amplification(hits=hits, n=n, reference=US)
    audit = stats.Audit(170, 200)
    carried = stats.amplification(
        hits=hits, n=n, reference=US, sensitivity=audit, specificity=audit
    )
    assert raw.slope.high < 0.8
    assert carried.slope.low < 1 < carried.slope.high
    assert carried.slope.high - carried.slope.low > raw.slope.high - raw.slope.low


def test_a_reference_from_few_people_flattens_the_slope_and_is_taken_out():
    shares = np.tile(np.arange(0.1, 0.95, 0.1), 7)
    dice = np.random.default_rng(1)
    people, n = np.full(shares.size, 8), np.full(shares.size, 100)
    seen = dice.binomial(people, shares) / people
    hits = model(1, shares, 1.0, n, spread=0.1)
    taken = np.clip(seen, 0.06, 0.94)  # what there is to do about 0 and 1 without a base
    plain = stats.amplification(hits=hits, n=n, reference=taken)
    found = stats.amplification(hits=hits, n=n, reference=seen, base=people)
    assert plain.slope.high < 1
    assert found.slope.low < 1 < found.slope.high


def test_all_of_one_form_in_every_occupation_is_a_steep_slope_and_no_error():
    n = np.full(TAUGHT.size - 1, 16)
    shares = TAUGHT[TAUGHT != 0.5]
    found = stats.amplification(hits=n * (shares > 0.5), n=n, reference=shares)
    assert found.slope.low > 1 and "no end found" in found.slope.method
    assert found.signed.value == pytest.approx(np.abs(np.round(shares) - shares).mean())


def test_units_without_images_take_no_part_and_too_few_are_undecided():
    n = np.array([20] * 6 + [0, 0])
    hits = np.array([18, 2, 6, 2, 5, 16, 0, 0])
    found = stats.amplification(hits=hits, n=n, reference=TAUGHT)
    assert (found.slope.clusters, found.slope.n) == (6, 120)
    for of in ([], TAUGHT[:4], np.full(9, 0.4)):
        none = stats.amplification(hits=[3] * len(of), n=[9] * len(of), reference=of)
        assert (none.slope.value, none.slope.low) == (None, None)
        assert none.slope.method.startswith("undecided: ")
    nobody = stats.amplification(hits=[0] * 8, n=[0] * 8, reference=TAUGHT)
    assert nobody.slope.value is None and nobody.signed.value is None


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="no log-odds"):
        stats.amplification(hits=[1] * 6, n=[2] * 6, reference=[0, 0.5, 0.2, 0.3, 0.4, 1])
    with pytest.raises(ValueError, match="both sensitivity"):
        stats.amplification(hits=[1], n=[2], reference=[0.5], sensitivity=stats.Audit(1, 2))
    with pytest.raises(ValueError, match="hits must be among n"):
        stats.amplification(hits=[3], n=[2], reference=[0.5])
    exact = stats.amplification(
        hits=[1] * 6, n=[9] * 6, reference=[0, 0.5, 0.2, 0.3, 0.4, 1], base=[30] * 6
    )
    assert exact.slope.value is not None


@pytest.mark.parametrize("slope", [0.0, 1.5])
def test_intervals_hold_the_slope_that_a_world_has(slope):
    held = 0
    for seed in range(16):
        n = np.full(US.size, 16)
        hits = model(seed, US, slope, n, wrong=0.08)
        audit = [
            stats.Audit(int(x), 100) for x in np.random.default_rng(seed).binomial(100, [0.92] * 2)
        ]
        found = stats.amplification(
            hits=hits, n=n, reference=US, sensitivity=audit[0], specificity=audit[1]
        ).slope
        held += found.low <= slope <= found.high
    # Of 16 intervals of 95 %, 13 or more hold it with 99.3 %; the full figure is the benchmark's.
    assert held >= 13
