import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite import stats
from evalsuite.stats.betting import GUESS, MOST, STAKES


def e_values(y, **changed):
    options = {"null": 0.0, "alternative": "larger", "effect": 0.1} | changed
    return stats.e_values(differences=y, **options)


def test_two_observations_by_hand():
    # Before the first the variance is guessed at 4/16; bets aim at 0.1, 0.2 and 0.4. After a
    # single 0.5 it is 2/3 of the guess.
    wealth = 0.0
    for multiple, share in STAKES:
        aim = 0.1 * multiple
        first = min(aim / (0.25 + aim**2), MOST)
        second = min(aim / (0.25 * 2 / 3 + aim**2), MOST)
        wealth += share * (1 + 0.5 * first) * (1 - 0.2 * second)
    assert GUESS == (2.0, 1 / 16)
    assert sum(share for _, share in STAKES) == pytest.approx(1)
    assert e_values([0.5, -0.2])[1] == pytest.approx(wealth)


def test_no_future_is_known():
    rng = np.random.default_rng(0)
    y = rng.uniform(-1, 1, 40)
    other = np.concatenate((y[:20], -y[20:]))
    assert e_values(y)[:20] == pytest.approx(e_values(other)[:20])


def test_smaller_is_larger_mirrored_and_only_one_sided():
    rng = np.random.default_rng(1)
    y = rng.uniform(-0.5, 1, 60)
    assert e_values(y) == pytest.approx(e_values(-y, alternative="smaller"))
    assert e_values(y)[-1] > 1 > e_values(y, alternative="smaller")[-1]
    batch = np.stack((y, -y))
    assert e_values(batch)[1] == pytest.approx(e_values(-y))


@given(st.integers(0, 3), st.floats(-0.5, 0.5), st.floats(0.01, 0.5), st.lists(st.booleans()))
def test_fair_bets_do_not_grow_on_average(split, null, effect, past):
    # Whatever came before: over both outcomes of a two-point distribution whose mean is the null,
    # the next e-value is on average the last one.
    low, high = -1.0, 1.0 - split / 8
    chance = (null - low) / (high - low)
    y = [high if up else low for up in past]
    options = {"null": null, "effect": effect}
    now = e_values(y, **options)[-1] if y else 1.0
    after = [e_values([*y, end], **options)[-1] for end in (low, high)]
    assert (1 - chance) * after[0] + chance * after[1] == pytest.approx(now, rel=1e-6, abs=1e-300)


def test_bad_observations_are_refused():
    for bad in ([1.5], [float("nan")]):
        with pytest.raises(ValueError, match="within"):
            e_values(bad)
    for changed in ({"null": -1}, {"effect": 0}, {"alternative": "greater"}):
        with pytest.raises(ValueError, match="positive"):
            e_values([0.5], **changed)
    verdicts = {"a": [1, 0, 1], "b": [0, 0, 1], "margin": 0.1}
    with pytest.raises(ValueError, match="together"):
        stats.evidence(clusters=["p", "q", "p"], **verdicts)
    with pytest.raises(ValueError, match="margin"):
        stats.evidence(clusters=["p", "q", "r"], **(verdicts | {"margin": 0}))
    with pytest.raises(ValueError, match="bounds"):
        stats.evidence(clusters=["p", "q", "r"], **(verdicts | {"margin": 2}))


def pairs(rng, effect, n, flips=0.2):
    """Verdicts a and b of which a share `flips` differ, and whose difference is `effect`."""
    u = rng.random(n)
    up, down = (flips + effect) / 2, (flips - effect) / 2
    b = np.where(u < up, 0, np.where(u < up + down, 1, rng.integers(0, 2, n)))
    return np.where(u < up + down, 1 - b, b), b


def test_a_regression_is_found_early_and_equality_is_shown():
    rng = np.random.default_rng(3)
    worse, same = pairs(rng, -0.15, 400), pairs(rng, 0.0, 1400)
    found = stats.evidence(a=worse[0], b=worse[1], clusters=range(400), margin=0.05)
    assert stats.decide(regression=found.regression, harm=found.harm) == "fail"
    fine = stats.evidence(a=same[0], b=same[1], clusters=range(1400), margin=0.05)
    assert stats.decide(regression=fine.regression, harm=fine.harm) == "pass"
    early = stats.evidence(a=same[0][:50], b=same[1][:50], clusters=range(50), margin=0.05)
    assert stats.decide(regression=early.regression, harm=early.harm) == "undecided"


def test_a_real_but_small_regression_passes():
    assert stats.decide(regression=0.001, harm=0.001) == "pass"
    assert stats.decide(regression=0.001, harm=0.02) == "fail"
    assert stats.decide(regression=0.02, harm=0.02) == "undecided"


def test_at_the_maximum_the_fixed_tests_may_decide_too():
    rng = np.random.default_rng(5)
    a, b = pairs(rng, -0.1, 220)
    options = {"a": a, "b": b, "clusters": range(220), "margin": 0.05}
    before, after = stats.evidence(**options), stats.evidence(planned=220, **options)
    fixed = stats.sign_flip(a=a, b=b, clusters=range(220), alternative="smaller")
    assert after.regression == pytest.approx(min(before.regression, 2 * fixed))
    assert "at the maximum" in after.method


def test_unbounded_scores_wait_for_the_maximum():
    rng = np.random.default_rng(6)
    a, b, clusters = rng.normal(0, 1, 400), rng.normal(0, 1, 400), np.repeat(range(100), 4)
    options = {"a": a, "b": b, "clusters": clusters, "margin": 0.5, "bounds": None}
    before, after = stats.evidence(**options), stats.evidence(planned=400, **options)
    assert (before.regression, before.harm) == (1, 1) and "maximum only" in before.method
    assert after.harm < 0.01 < after.regression
    nothing = stats.evidence(a=[], b=[], clusters=[], margin=0.1, planned=0)
    assert (nothing.regression, nothing.harm, nothing.n) == (1, 1, 0)


def test_the_tests_of_a_fixed_number_stay_those_of_the_first_maximum():
    rng = np.random.default_rng(5)
    a, b = pairs(rng, -0.1, 220)
    fixed = stats.sign_flip(a=a, b=b, clusters=range(220), alternative="smaller")
    # As many more again, with the same regression.
    options = {"a": [*a, *a], "b": [*b, *b], "clusters": range(440), "margin": 0.05}
    e_values_alone, raised = (stats.evidence(planned=n, **options) for n in (None, 220))
    assert raised.regression == min(e_values_alone.regression, 2 * fixed)
    # Spent on all of them a second time, it would be less.
    assert stats.evidence(planned=440, **options).regression < raised.regression


def test_prompts_count_not_images():
    # Eight prompts of 50 equal images say what eight images say.
    a = np.repeat([0.0] * 7 + [1.0], 50)
    many = stats.evidence(a=a, b=1 - a, clusters=np.repeat(range(8), 50), margin=0.1)
    few = stats.evidence(a=a[::50], b=1 - a[::50], clusters=range(8), margin=0.1)
    assert many.regression == few.regression
    assert (many.n, many.clusters) == (400, 8)
