import numpy as np
import pytest
from scipy import stats as scipy_stats
from statsmodels.stats.power import TTestPower

from evalsuite import stats


def variance(between=0.0, within=0.0, **more):
    return stats.DifferenceVariance(between=between, within=within, **more)


@pytest.mark.parametrize(("n", "d", "alpha"), [(9, 1.0, 0.05), (30, 0.5, 0.01), (999, 0.1, 0.01)])
def test_power_agrees_with_statsmodels(n, d, alpha):
    expected = TTestPower().power(d, n, alpha, alternative="larger")
    design = {"effect": d, "clusters": n, "alpha": alpha}
    got = stats.power(variance=variance(1), num_images=1, **design)
    assert got == pytest.approx(expected)
    # More images help only where images of a prompt differ, and more prompts of a family alike.
    assert stats.power(variance=variance(0.5, 2), num_images=4, **design) == pytest.approx(expected)
    families = variance(0.5, 4, per_cluster=2)
    assert stats.power(variance=families, num_images=4, **design) == pytest.approx(expected)


def test_many_clusters_are_the_normal_formula():
    # (2.3263 + 1.2816)^2 * 0.192 / 0.05^2 = 999.7, and a few more for t.
    needed = stats.clusters_needed(effect=0.05, power=0.9, variance=variance(0, 0.192))
    assert 1000 <= needed <= 1005
    z = scipy_stats.norm.ppf([0.99, 0.9]).sum()
    assert stats.clusters_needed(
        effect=0.01, power=0.9, variance=variance(0, 0.192)
    ) == pytest.approx(z**2 * 0.192 / 0.01**2, rel=1e-3)


def test_a_family_of_tests_shares_alpha_where_a_loss_is_shown():
    # (2.8070 + 1.2816)^2 * 0.192 / 0.05^2 = 1283.9: Holm's first step is at 0.01 / 4.
    needed = stats.clusters_needed(effect=0.05, power=0.9, variance=variance(0, 0.192), family=4)
    assert 1284 <= needed <= 1291


def test_lost_verdicts_add_to_the_variance():
    # Losing a tenth adds 0.1 * 0.9 = 0.09, a third of it between clusters of two prompts:
    # (0.01 + 0.03 + (0.2 + 0.06) / (2 * 4)) / 50.
    found = variance(0.01, 0.2, per_cluster=2, together=1 / 3)
    lost = found.of_mean(clusters=50, num_images=4, effect=0.1)
    assert lost == pytest.approx((0.04 + 0.26 / 8) / 50)
    assert found.of_mean(clusters=50, num_images=4) == pytest.approx((0.01 + 0.2 / 8) / 50)
    # Scores that all move alike vary as before.
    same = variance(0.01, 0.2, per_cluster=2)
    assert same.of_mean(clusters=50, num_images=4, effect=0.1) == same.of_mean(
        clusters=50, num_images=4
    )


def test_identical_runs_exclude_a_margin_with_enough_clusters():
    # 0.9**43 = 0.0108 and 0.9**44 = 0.0097.
    options = {"margin": 0.1, "variance": variance(width=1.0), "num_images": 1, "alpha": 0.01}
    assert stats.excluding(clusters=43, **options) == 0
    assert stats.excluding(clusters=44, **options) == 1
    assert stats.excluding(clusters=1, **options) == 0


@pytest.mark.parametrize(("flips", "prompts"), [(0.1, 390), (0.2, 680)])
def test_the_gate_excludes_about_as_often_as_planned(flips, prompts):
    # So many verdicts differ either way. Over twenty numbers of prompts, as the mean moves in steps
    # of one flip.
    rng = np.random.default_rng(5)
    options = {"margin": 0.05, "variance": variance(0, flips, step=1, width=1.0), "alpha": 0.01}
    planned, passed = [], []
    for n in np.repeat(range(prompts, prompts + 20), 10):
        planned.append(stats.excluding(clusters=int(n), num_images=1, **options))
        y = rng.choice([-1, 0, 1], n, p=[flips / 2, 1 - flips, flips / 2])
        a, b = (y > 0).astype(float), (y < 0).astype(float)
        low = stats.lowest_end(a=a, b=b, clusters=range(n), level=0.98, bounds=(0.0, 1.0))
        passed.append(low > -0.05)
    # Three standard errors of 200 draws are 0.09 at 0.75.
    assert 0.6 < np.mean(planned) < 0.85
    assert np.mean(passed) == pytest.approx(np.mean(planned), abs=0.1)


def test_what_is_needed_is_enough_and_one_less_is_not():
    parts = variance(0.01, 0.15)
    n = stats.clusters_needed(effect=0.05, power=0.9, num_images=4, variance=parts)
    given = {"effect": 0.05, "num_images": 4, "alpha": 0.01, "variance": parts}
    assert stats.decides(clusters=n, **given) >= 0.9 > stats.decides(clusters=n - 1, **given)
    k = stats.images_needed(effect=0.05, power=0.9, clusters=n, variance=parts)
    assert k <= 4
    seen = stats.detectable(power=0.9, clusters=n, num_images=4, variance=parts)
    assert 0.049 < seen <= 0.05


def test_no_number_of_seeds_makes_up_for_too_few_clusters():
    # 50 prompts whose differences vary by 0.02: an error of 0.02 remains, and 0.05 needs 0.0137.
    parts = {"effect": 0.05, "power": 0.9, "variance": variance(0.02, 0.1)}
    assert stats.images_needed(clusters=50, **parts) is None
    assert stats.clusters_needed(num_images=10**6, **parts) > 100


def test_designs_without_power():
    assert stats.detectable(power=0.9, variance=variance(1, 1), clusters=1) is None
    assert stats.detectable(power=0.9, variance=variance(), clusters=9) == 0
    design = {"effect": 1, "num_images": 1, "alpha": 0.01}
    assert stats.power(clusters=1, variance=variance(1, 1), **design) == 0
    # The rarest sign pattern of six clusters has a chance of 1/64, of seven 1/128.
    assert stats.power(clusters=6, variance=variance(), **design) == 0
    assert stats.power(clusters=7, variance=variance(), **design) == 1
    with pytest.raises(ValueError, match="effect"):
        stats.clusters_needed(effect=0, power=0.9, variance=variance(1, 1))
    with pytest.raises(ValueError, match="alpha"):
        stats.clusters_needed(effect=1, power=0.9, variance=variance(1, 1), alpha=0.9)
    with pytest.raises(ValueError, match="negative"):
        variance(-1, 1)


def test_the_sign_flip_reaches_the_planned_power():
    n = stats.clusters_needed(effect=0.2, power=0.9, variance=variance(0.05, 0.4), num_images=2)
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
    plain = stats.clusters_needed(effect=0.1, power=0.9, variance=variance(0, 0.3))
    stepped = stats.clusters_needed(effect=0.1, power=0.9, variance=variance(0, 0.3, step=1))
    assert stepped - plain == pytest.approx(20, abs=1)
    rng = np.random.default_rng(3)
    shown = 0
    for draw in range(300):
        y = rng.choice([-1, 0, 1], stepped, p=[0.105, 0.69, 0.205])
        p = stats.sign_flip(a=y, b=0 * y, clusters=range(stepped), alternative="larger", seed=draw)
        shown += p <= 0.01
    # 270 are expected; 252 is three and a half standard errors below.
    assert shown >= 252
