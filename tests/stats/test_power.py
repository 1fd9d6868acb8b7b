import numpy as np
import pytest
from scipy import stats as scipy_stats
from statsmodels.stats.power import TTestPower

from evalsuite import stats


@pytest.mark.parametrize(("n", "d", "alpha"), [(5, 1.0, 0.05), (30, 0.5, 0.01), (999, 0.1, 0.01)])
def test_power_agrees_with_statsmodels(n, d, alpha):
    expected = TTestPower().power(d, n, alpha, alternative="larger")
    got = stats.power(effect=d, between=1, within=0, prompts=n, num_images=1, alpha=alpha)
    assert got == pytest.approx(expected)
    # More images help only where images of a prompt differ.
    split = stats.power(effect=d, between=0.5, within=2, prompts=n, num_images=4, alpha=alpha)
    assert split == pytest.approx(expected)


def test_many_prompts_are_the_normal_formula():
    # (2.3263 + 1.2816)^2 * 0.192 / 0.05^2 = 999.7, and a few more for t.
    needed = stats.prompts_needed(effect=0.05, power=0.9, between=0, within=0.192)
    assert 1000 <= needed <= 1005
    z = scipy_stats.norm.ppf([0.99, 0.9]).sum()
    assert stats.prompts_needed(effect=0.01, power=0.9, between=0, within=0.192) == pytest.approx(
        z**2 * 0.192 / 0.01**2, rel=1e-3
    )


def test_what_is_needed_is_enough_and_one_less_is_not():
    parts = {"between": 0.01, "within": 0.15}
    n = stats.prompts_needed(effect=0.05, power=0.9, num_images=4, **parts)
    given = {"effect": 0.05, "num_images": 4, "alpha": 0.01, **parts}
    assert stats.power(prompts=n, **given) >= 0.9 > stats.power(prompts=n - 1, **given)
    k = stats.images_needed(effect=0.05, power=0.9, prompts=n, **parts)
    assert k <= 4
    seen = stats.detectable(power=0.9, prompts=n, num_images=4, **parts)
    assert 0.049 < seen <= 0.05


def test_no_number_of_seeds_makes_up_for_too_few_prompts():
    # 50 prompts whose differences vary by 0.02: an error of 0.02 remains, and 0.05 needs 0.0137.
    parts = {"effect": 0.05, "power": 0.9, "between": 0.02}
    assert stats.images_needed(within=0.1, prompts=50, **parts) is None
    assert stats.prompts_needed(within=0.1, num_images=10**6, **parts) > 100


def test_designs_without_power():
    assert stats.detectable(power=0.9, between=1, within=1, prompts=1) is None
    assert stats.detectable(power=0.9, between=0, within=0, prompts=5) == 0
    design = {"effect": 1, "between": 1, "within": 1, "num_images": 1, "alpha": 0.01}
    assert stats.power(prompts=1, **design) == 0
    with pytest.raises(ValueError, match="effect"):
        stats.prompts_needed(effect=0, power=0.9, between=1, within=1)
    with pytest.raises(ValueError, match="alpha"):
        stats.prompts_needed(effect=1, power=0.9, between=1, within=1, alpha=0.9)


def test_the_sign_flip_reaches_the_planned_power():
    n = stats.prompts_needed(effect=0.2, power=0.9, between=0.05, within=0.4, num_images=2)
    rng = np.random.default_rng(2)
    shown = 0
    for draw in range(200):
        y = 0.2 + np.repeat(rng.normal(0, 0.05**0.5, n), 2) + rng.normal(0, 0.4**0.5, 2 * n)
        shown += (
            stats.sign_flip(
                a=y,
                b=0 * y,
                clusters=np.repeat(range(n), 2),
                alternative="larger",
                permutations=2**11,
                seed=draw,
            )
            <= 0.01
        )
    # 180 are expected; 165 is three and a half standard errors below.
    assert shown >= 165


def test_verdicts_need_two_over_the_effect_more():
    # Fleiss' continuity correction, n + 2/d: an exact test of whole steps loses half a flip.
    plain = stats.prompts_needed(effect=0.1, power=0.9, between=0, within=0.3)
    stepped = stats.prompts_needed(effect=0.1, power=0.9, between=0, within=0.3, step=1)
    assert stepped - plain == pytest.approx(20, abs=1)
    rng = np.random.default_rng(3)
    shown = 0
    for draw in range(300):
        y = rng.choice([-1, 0, 1], stepped, p=[0.105, 0.69, 0.205])
        p = stats.sign_flip(a=y, b=0 * y, clusters=range(stepped), alternative="larger", seed=draw)
        shown += p <= 0.01
    # 270 are expected; 252 is three and a half standard errors below.
    assert shown >= 252
