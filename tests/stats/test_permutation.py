import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.contingency_tables import mcnemar

from evalsuite import stats


def test_three_prompts_by_hand():
    # Sums 3, 2, -1 make 4. Of the 8 patterns 6, 4 and no other reach 4; -4 and -6 mirror them.
    a, b, clusters = [2, 1, 2, 0], [0, 0, 0, 1], ["x", "x", "y", "z"]
    assert stats.sign_flip(a=a, b=b, clusters=clusters, alternative="larger") == 2 / 8
    assert stats.sign_flip(a=a, b=b, clusters=clusters) == 4 / 8
    # At most 4: all but 6.
    assert stats.sign_flip(a=a, b=b, clusters=clusters, alternative="smaller") == 7 / 8


def test_ties_count_as_extreme_though_sums_differ_in_the_last_bit():
    # 0.1 + 0.2 is not 0.3 in binary; +, + and the seen +, - ... of equal sums must tie.
    a = [0.1, 0.2, 0.3, 0.0]
    b = [0.0, 0.0, 0.0, 0.3]
    # Sums 0.3, 0.3, -0.3: total 0.3. Of 8: one is 0.9, three are 0.3.
    p = stats.sign_flip(a=a, b=b, clusters=[1, 1, 2, 3], alternative="larger")
    assert p == 4 / 8


def test_larger_is_one_sided():
    # ppi_py's recursion lost `alternative` and gave the two-sided answer to all three questions.
    rng = np.random.default_rng(0)
    for effect in (-0.3, 0.0, 0.3):
        b = rng.random(40)
        a, clusters = b + effect + rng.normal(0, 0.5, 40), np.arange(40)
        found = {
            side: stats.sign_flip(a=a, b=b, clusters=clusters, alternative=side)
            for side in ("two-sided", "larger", "smaller")
        }
        assert len(set(found.values())) == 3
        assert found["larger"] + found["smaller"] == pytest.approx(1, abs=2e-3)
        assert found["two-sided"] == pytest.approx(
            2 * min(found["larger"], found["smaller"]), rel=0.3, abs=2e-4
        )


@pytest.mark.parametrize("alternative", ["two-sided", "larger", "smaller"])
def test_few_prompts_agree_with_scipys_exact_permutation_test(alternative):
    scipys = {"two-sided": "two-sided", "larger": "greater", "smaller": "less"}[alternative]
    for seed in range(5):
        rng = np.random.default_rng(seed)
        a, b = rng.normal(0.2, 1, 11).round(1), rng.normal(0, 1, 11).round(1)
        expected = scipy_stats.permutation_test(
            (a, b),
            lambda x, y, axis: np.mean(x - y, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=np.inf,
            alternative=scipys,
        )
        got = stats.sign_flip(a=a, b=b, clusters=range(11), alternative=alternative)
        # scipy doubles the smaller tail; the totals are symmetric, so it is the same number.
        assert got == pytest.approx(expected.pvalue)


def test_many_prompts_agree_with_every_pattern_and_with_the_normal_limit():
    rng = np.random.default_rng(3)
    sums = rng.normal(0.35, 1, 18)
    signs = np.array(list(itertools.product((1, -1), repeat=18)), dtype=np.int8)
    exact = (signs @ sums >= sums.sum() - 1e-9).mean()
    for seed in range(5):
        p = stats.sign_flip(
            a=sums, b=np.zeros(18), clusters=range(18), alternative="larger", seed=seed
        )
        assert p == pytest.approx(exact, abs=4 * (exact / stats.permutation.PATTERNS) ** 0.5)
    many = rng.normal(0.02, 1, 5000)
    z = many.sum() / (many**2).sum() ** 0.5
    p = stats.sign_flip(a=many, b=np.zeros(5000), clusters=range(5000), alternative="larger")
    assert p == pytest.approx(scipy_stats.norm.sf(z), rel=0.2)


def test_whole_prompts_are_flipped_not_images():
    # 8 prompts of 50 equal images: 400 images say no more than 8 numbers do.
    a = np.repeat([1.0] * 7 + [-1.0], 50)
    clusters = np.repeat(range(8), 50)
    p = stats.sign_flip(a=a, b=np.zeros(400), clusters=clusters, alternative="larger")
    assert p == 9 / 256


def test_verdicts_of_single_images_are_mcnemars_exact_test():
    a, b = np.repeat([1, 0, 1], [8, 2, 10]), np.repeat([0, 1, 1], [8, 2, 10])
    found = {
        side: stats.sign_flip(a=a, b=b, clusters=range(20), alternative=side)
        for side in ("two-sided", "larger", "smaller")
    }
    assert found["two-sided"] == pytest.approx(mcnemar([[10, 8], [2, 0]], exact=True).pvalue)
    # Of ten verdicts that differ two went the other way: 1 + 10 + 45 of 1024 are as few.
    assert found["two-sided"] == pytest.approx(112 / 1024)
    assert found["larger"] == pytest.approx(56 / 1024)
    assert found["smaller"] == pytest.approx((1024 - 11) / 1024)


def test_the_same_seed_gives_the_same_p_and_rows_may_come_in_any_order():
    rng = np.random.default_rng(8)
    a, b, clusters = rng.random(120), rng.random(120), np.repeat(range(60), 2)
    first = stats.sign_flip(a=a, b=b, clusters=clusters, seed=5)
    order = rng.permutation(120)
    again = stats.sign_flip(a=a[order], b=b[order], clusters=clusters[order], seed=5)
    assert first == again
    assert len({stats.sign_flip(a=a, b=b, clusters=clusters, seed=s) for s in range(20)}) > 1


def test_under_no_difference_p_is_no_smaller_than_uniform():
    # 2,000 A/A tests of 30 prompts with a few heavy images each: the share at or below alpha.
    rng = np.random.default_rng(11)
    clusters = np.repeat(range(30), rng.integers(1, 5, 30))
    ps = []
    for draw in range(2000):
        y = rng.standard_t(2, 30)[clusters] + rng.standard_t(2, clusters.size)
        sign = stats.sign_flip(a=y, b=0 * y, clusters=clusters, permutations=2**8, seed=draw)
        ps.append(sign)
    for alpha in (0.01, 0.05, 0.2):
        assert np.mean(np.array(ps) <= alpha) < alpha + 3 * (alpha / 2000) ** 0.5
    assert np.mean(np.array(ps) <= 0.5) > 0.45


def test_nothing_to_flip_is_no_evidence():
    assert stats.sign_flip(a=[], b=[], clusters=[]) == 1
    assert stats.sign_flip(a=[1, 0], b=[1, 0], clusters=[1, 2], alternative="larger") == 1
    # One prompt's two images cancel to rounding.
    assert stats.sign_flip(a=[0.3, 0.1], b=[0.1, 0.3], clusters=[1, 1]) == 1


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="alternative"):
        stats.sign_flip(a=[1], b=[0], clusters=[1], alternative="greater")
    with pytest.raises(ValueError, match="NaN"):
        stats.sign_flip(a=[float("nan")], b=[0], clusters=[1])
    with pytest.raises(ValueError, match="equally long"):
        stats.sign_flip(a=[1], b=[0, 1], clusters=[1])
    with pytest.raises(ValueError, match="permutations"):
        stats.sign_flip(a=[1], b=[0], clusters=[1], permutations=1)
    with pytest.raises(TypeError):
        stats.sign_flip([1], [0], [1])


@given(
    st.lists(
        st.tuples(st.integers(0, 25), st.integers(-3, 3), st.integers(-3, 3)),
        min_size=1,
        max_size=40,
    )
)
def test_sides_mirror_and_are_never_zero(rows):
    clusters, a, b = zip(*rows, strict=True)
    options = {"clusters": clusters, "permutations": 2**9}
    larger = stats.sign_flip(a=a, b=b, alternative="larger", **options)
    smaller = stats.sign_flip(a=b, b=a, alternative="smaller", **options)
    both = stats.sign_flip(a=a, b=b, **options)
    assert larger == smaller
    assert 2**-9 <= min(larger, both) <= max(larger, both) <= 1


@pytest.mark.parametrize(("permutations", "prompts"), [(2, 5), (4, 9), (9, 30), (2**14, 17)])
def test_patterns_are_distinct_and_each_prompt_is_flipped_in_half_of_them(permutations, prompts):
    # Powers of three: every pattern has a total of its own, and 1.5 times the sum is never reached.
    sums = 3.0 ** np.arange(prompts)
    least = 1 / 2 ** (permutations.bit_length() - 1)
    p = stats.sign_flip(
        a=sums, b=0 * sums, clusters=range(prompts), alternative="larger", permutations=permutations
    )
    assert p == least
    p = stats.sign_flip(a=sums, b=0 * sums, clusters=range(prompts), permutations=permutations)
    assert p in (least, 2 * least)
