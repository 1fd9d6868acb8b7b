import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.proportion import proportion_confint

from evalsuite import stats
from evalsuite.records import THESE
from evalsuite.stats.interval import moments
from evalsuite.stats.means import wilson


def test_wilson_agrees_with_statsmodels():
    z = scipy_stats.norm.ppf(0.975)
    for ones, n in ((0, 5), (3, 7), (20, 20), (151, 400)):
        expected = proportion_confint(ones, n, method="wilson")
        assert wilson(ones / n, n, z) == pytest.approx(expected, abs=1e-12)


def test_a_share_of_single_images_is_wilsons_with_the_t_quantile():
    # 30 prompts of one image, 12 ones. The variance p(1-p)/29 means a design effect of 30/29,
    # which a belief in 1 (one image per prompt) of 0.5 / (1 + 12/3) = 0.1 prompts shrinks: K = 12,
    # so (12 * 30/29 + 0.1) / 12.1 = 1.0342; n = 30 / 1.0342 = 29.008.
    values = [1] * 12 + [0] * 18
    interval = stats.proportion(values=values, clusters=range(30))
    effective = 30 / ((12 * 30 / 29 + 0.1) / 12.1)
    t = scipy_stats.t.ppf(0.975, 29)
    low, high = proportion_confint(
        0.4 * effective, effective, alpha=2 * scipy_stats.norm.sf(t), method="wilson"
    )
    assert (interval.value, interval.n, interval.clusters) == (0.4, 30, 30)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=1e-9)
    assert (interval.method, interval.estimand) == ("Wilson, clustered", "prompts like these")


def test_all_ones_count_prompts_not_images():
    # 20 prompts of 4 images, all right: full agreement within prompts, so 80 images weigh 20.
    interval = stats.proportion(values=[1] * 80, clusters=np.repeat(np.arange(20), 4))
    t2 = scipy_stats.t.ppf(0.975, 19) ** 2
    assert (interval.value, interval.high) == (1.0, 1.0)
    assert interval.low == pytest.approx(20 / (20 + t2))
    zeros = stats.proportion(values=[0] * 80, clusters=np.repeat(np.arange(20), 4))
    assert (zeros.value, zeros.low) == (0.0, 0.0)
    assert zeros.high == pytest.approx(t2 / (20 + t2))


def test_agreeing_images_add_nothing():
    once = stats.proportion(values=[1, 0, 1, 1] * 5, clusters=range(20))
    often = stats.proportion(
        values=np.repeat([1, 0, 1, 1] * 5, 6), clusters=np.repeat(range(20), 6)
    )
    # A little wider only, as that they agree had to be learnt from five prompts.
    assert once.low - 0.01 < often.low <= once.low < once.high <= often.high < once.high + 0.01
    assert (once.n, often.n, often.clusters) == (20, 120, 20)


def test_too_little_is_undecided_and_few_is_called_conservative():
    nothing = stats.proportion(values=[], clusters=[])
    assert (nothing.value, nothing.low, nothing.high, nothing.n) == (None, None, None, 0)
    single = stats.proportion(values=[1, 0, 1], clusters=["a", "a", "a"])
    assert (single.value, single.low, single.high) == (pytest.approx(2 / 3), None, None)
    assert single.method == "undecided: one prompt says nothing about others"
    few = stats.proportion(values=[1, 0, 1], clusters=["a", "b", "c"])
    assert few.low is not None and "conservative, 3 prompts" in few.method
    scores = stats.mean(values=np.arange(10.0), clusters=range(10))
    assert (scores.value, scores.low) == (4.5, None)
    assert stats.mean(values=np.arange(11.0), clusters=range(11)).low is not None
    flat = stats.mean(values=[3.0] * 40, clusters=range(40))
    assert (flat.value, flat.low) == (3.0, None)


@pytest.mark.parametrize(
    ("values", "clusters", "message"),
    [
        ([1.0, float("nan")], [1, 2], "NaN"),
        ([1.0, float("inf")], [1, 2], "infinity"),
        ([1.0], [1, 2], "equally long"),
        ([0.5, 1.0], [1, 2], "zeros and ones"),
    ],
)
def test_bad_values_are_refused(values, clusters, message):
    with pytest.raises(ValueError, match=message):
        stats.proportion(values=values, clusters=clusters)


def test_bad_levels_and_bounds_are_refused():
    with pytest.raises(ValueError, match="level"):
        stats.mean(values=[1.0, 2.0], clusters=[1, 2], level=95)
    with pytest.raises(ValueError, match="bounds"):
        stats.mean(values=[1.0, 2.0], clusters=[1, 2], bounds=(0, 1))


def test_the_mean_holds_scipys_t_interval():
    values = np.random.default_rng(3).normal(10, 2, 40)
    interval = stats.mean(values=values, clusters=range(40))
    low, high = scipy_stats.t.interval(0.95, 39, values.mean(), scipy_stats.sem(values))
    assert interval.low <= low + 1e-12 and interval.high >= high - 1e-12
    # Symmetric values have no skewness to correct: the two intervals are one.
    mirrored = np.concatenate([values, 20 - values])
    both = stats.mean(values=mirrored, clusters=range(80))
    expected = scipy_stats.t.interval(0.95, 79, 10, scipy_stats.sem(mirrored))
    assert (both.low, both.high) == pytest.approx(expected)


def test_skewness_moves_the_upper_end_out():
    values = np.random.default_rng(0).lognormal(size=60)
    interval = stats.mean(values=values, clusters=range(60))
    assert interval.high - interval.value > 1.2 * (interval.value - interval.low)


def test_the_variance_is_cr2():
    # Clusters of 2, 1 and 1 values: mean 2, residual totals -2, 0 and 2, leverages 1/2, 1/4, 1/4.
    m = moments(np.array([1.0, 1.0, 2.0, 4.0]), np.array([0, 0, 1, 2]))
    assert m.mean == 2
    assert m.variance == pytest.approx((4 / 0.5 + 4 / 0.75) / 16)
    equal = moments(np.array([1.0, 3.0, 5.0, 7.0, 8.0, 6.0]), np.array([0, 0, 1, 1, 2, 2]))
    assert equal.variance == pytest.approx(np.var([2, 6, 7], ddof=1) / 3)
    assert equal.df == pytest.approx(2)
    assert m.df < 2


def test_the_degrees_of_freedom_are_satterthwaites():
    sizes = np.array([9.0, 4.0, 1.0, 1.0, 7.0])
    n, q = sizes.sum(), (sizes**2).sum() / sizes.sum() ** 2
    weights = np.diag(1 / (1 - sizes / n))
    total = np.add.outer(sizes, sizes) / n
    product = weights @ (np.outer(sizes, sizes) * (np.eye(5) + q - total))
    codes = np.repeat(np.arange(5), sizes.astype(int))
    m = moments(np.random.default_rng(0).random(22), codes)
    assert m.df == pytest.approx(np.trace(product) ** 2 / np.trace(product @ product))


def test_bounded_scores_stay_in_their_bounds():
    same = stats.mean(values=[100.0] * 30, clusters=range(30), bounds=(-100, 100))
    assert same.high == 100 and same.low < 80
    near = stats.mean(values=[9.9, 10.0] * 10, clusters=range(20), bounds=(1, 10))
    assert 1 <= near.low < near.value < near.high <= 10


def test_scores_far_from_their_bounds_have_the_t_interval():
    values = np.random.default_rng(1).normal(28, 2, 200)
    interval = stats.mean(values=values, clusters=range(200), bounds=(-1e4, 1e4))
    expected = scipy_stats.t.interval(0.95, 199, values.mean(), scipy_stats.sem(values))
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-3)


def test_these_prompts_leave_the_prompts_spread_out():
    # Ten prompts always right, ten never: another draw of seeds would change little.
    values = np.repeat([1, 0], 40)
    clusters = np.repeat(np.arange(20), 4)
    like = stats.proportion(values=values, clusters=clusters)
    these = stats.proportion(values=values, clusters=clusters, estimand="these prompts")
    assert 0 < these.high - these.low < like.high - like.low
    assert (these.low, these.high) != (these.value, these.value)
    scores = values + np.tile([-0.1, 0.1], 40)
    t = scipy_stats.t.ppf(0.975, 60)
    # Within a prompt the variance is 0.01 * 4/3; of the mean of 80, 0.01/60.
    mean = stats.mean(values=scores, clusters=clusters, estimand="these prompts")
    assert mean.high - mean.value == pytest.approx(t * (0.01 / 60) ** 0.5)
    # A prompt with one image is given the others' variance: 0.02 * (80 + 1) / 81^2 in all.
    more = stats.mean(values=[*scores, 0.5], clusters=[*clusters, 20], estimand="these prompts")
    within = 0.04 / 3 * (80 + 1) / 81**2
    assert more.high - more.value == pytest.approx(t * within**0.5)
    single = stats.mean(values=[1.0, 2.0, 3.0], clusters=[1, 1, 2], estimand="these prompts")
    assert single.low is None and "too few images of one prompt" in single.method


def test_nurses_of_one_form_are_a_sure_finding_about_these_sentences():
    # 200 images of four sentences, all alike: as independent as images of fixed prompts are.
    clusters = np.repeat(range(4), 50)
    these = stats.proportion(values=[1] * 200, clusters=clusters, estimand="these prompts")
    t2 = scipy_stats.t.ppf(0.975, 196) ** 2
    assert (these.value, these.high, these.estimand) == (1, 1, "these prompts")
    assert these.low == pytest.approx(200 / (200 + t2))  # 0.981
    like = stats.proportion(values=[1] * 200, clusters=clusters)
    assert like.low == pytest.approx(4 / (4 + scipy_stats.t.ppf(0.975, 3) ** 2))  # 0.283


def test_what_the_design_fixes_does_not_vary():
    # Two strata of three clusters of two values: means 1, 2, 3 and 11, 12, 13. Within a stratum the
    # variance of the clusters' means is 1, so that of the whole mean is (1/2)^2 * 1/3 * 2 = 1/6.
    y = np.repeat([1.0, 2.0, 3.0, 11.0, 12.0, 13.0], 2)
    codes, strata = np.repeat(np.arange(6), 2), np.repeat(["a", "b"], 6)
    m = moments(y, codes, strata)
    assert (m.mean, m.variance, m.df) == (7, pytest.approx(1 / 6), pytest.approx(4))
    assert moments(y, codes).variance == pytest.approx(np.var([1, 2, 3, 11, 12, 13], ddof=1) / 6)


def test_a_family_may_have_prompts_in_several_strata():
    # Each of three families once in either stratum: what is left of 1, 2, 6 and 11, 14, 14 by
    # family is -2-2, -1+1, 3+1, each scaled by sqrt(1 / (1 - 1/3)).
    m = moments(
        np.array([1.0, 2.0, 6.0, 11.0, 14.0, 14.0]), np.array([0, 1, 2] * 2), [1] * 3 + [2] * 3
    )
    assert m.variance == pytest.approx((16 + 0 + 16) * 1.5 / 36)
    assert m.df == pytest.approx(2)


def test_strata_of_one_cluster_are_taken_together():
    # Strata b and c have one cluster each and become one: 1, 3 and 5, 9.
    y = np.array([1.0, 3.0, 5.0, 9.0])
    m = moments(y, np.arange(4), ["a", "a", "b", "c"])
    assert m.variance == pytest.approx((2 / 2 + 8 / 2) / 4)
    # One alone joins the largest: then nothing is fixed.
    alone = moments(y, np.arange(4), ["a", "a", "a", "b"])
    assert alone.variance == pytest.approx(np.var(y, ddof=1) / 4)


def test_the_degrees_of_freedom_of_strata_are_satterthwaites():
    rng = np.random.default_rng(0)
    codes, strata = rng.integers(0, 9, 60), rng.integers(0, 3, 60)
    same = strata[:, None] == strata
    residual = np.eye(60) - same / same.sum(axis=1, keepdims=True)
    here = (codes[:, None] == codes) & same
    scaled = residual / np.sqrt(1 - here.sum(axis=1) / same.sum(axis=1))[:, None]
    rows = np.stack([scaled[codes == c].sum(axis=0) for c in range(9)])
    product = rows @ (codes[:, None] == codes) @ rows.T
    expected = np.trace(product) ** 2 / np.trace(product @ product)
    assert moments(rng.random(60), codes, strata).df == pytest.approx(expected)


def test_single_images_say_nothing_of_how_much_images_agree():
    # Of a hundred prompts ten have 16 images, ninety one. With three failures among the single ones
    # nobody knows how alike images are: full agreement is believed, a design effect of 10.6.
    sizes = np.array([16] * 10 + [1] * 90)
    codes = np.repeat(np.arange(100), sizes)
    values = np.ones(250)
    values[-3:] = 0
    interval = stats.proportion(values=values, clusters=codes)
    crowding = (sizes**2).sum() / 250
    t = scipy_stats.t.ppf(0.975, moments(values, codes).df)
    assert interval.low == pytest.approx(wilson(247 / 250, 250 / crowding, t)[0], abs=0.005)


def test_few_prompts_with_nearly_all_images_are_too_few():
    codes = np.repeat(np.arange(20), [16, 16] + [1] * 18)
    interval = stats.proportion(values=np.arange(50) % 2, clusters=codes)
    assert interval.low is None and "a few prompts have nearly all images" in interval.method
    four = stats.mean(values=[1.0, 2.0, 3.0, 4.0], clusters=range(4), bounds=(-100, 100))
    assert four.low is None and four.method.startswith("undecided: too few prompts (4)")


def test_a_share_of_labels():
    labels = ["woman", "man", "woman", "woman"]
    interval = stats.share(labels=labels, label="woman", clusters=range(4))
    assert interval == stats.proportion(values=[1, 0, 1, 1], clusters=range(4))


@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60),
    st.sampled_from(["prompts like these", "these prompts"]),
)
def test_an_interval_holds_its_value_and_never_has_zero_width(rows, estimand):
    clusters, values = zip(*rows, strict=True)
    for interval in (
        stats.proportion(values=values, clusters=clusters, estimand=estimand),
        stats.mean(values=values, clusters=clusters, bounds=(0, 1)),
        stats.mean(values=values, clusters=clusters),
    ):
        assert interval.n == len(rows) and interval.clusters == len(set(clusters))
        if interval.low is None:
            assert interval.high is None and interval.method.startswith("undecided: ")
        else:
            assert interval.low <= interval.value <= interval.high
            assert interval.low < interval.high


def test_unbounded_scores_of_few_prompts_get_a_stated_conservative_interval():
    # 19 and 20 prompts of one symmetric image each: t at 1 - 0.0375 and at 0.95.
    for count, level, said in ((19, 0.9625, True), (20, 0.95, False)):
        values = np.arange(count) - (count - 1) / 2
        interval = stats.mean(values=values, clusters=range(count))
        half = scipy_stats.t.ppf(0.5 + level / 2, count - 1) * scipy_stats.sem(values)
        assert (interval.low, interval.high) == pytest.approx((-half, half))
        assert (f"conservative, {count} prompts" in interval.method) is said


def test_scores_that_do_not_differ_have_the_worst_case_as_their_interval():
    """Of 100 clusters none is unlike: up to 1 - 0.025^(1/100) = 3.6 % of others may be."""
    unseen = 1 - 0.025**0.01
    found = stats.mean(values=[0.3] * 100, clusters=list(range(100)), bounds=(0, 1))
    assert found.value == pytest.approx(0.3)
    assert found.low == pytest.approx(0.3 - unseen * 0.3)
    assert found.high == pytest.approx(0.3 + unseen * 0.7)
    # Four alike images of each of 25 prompts are 25, and of these very prompts 100.
    four = [n // 4 for n in range(100)]
    found = stats.mean(values=[0.3] * 100, clusters=four, bounds=(0, 1))
    assert found.low == pytest.approx(0.3 * 0.025**0.04)
    of_seeds = stats.mean(values=[0.3] * 100, clusters=four, bounds=(0, 1), estimand=THESE)
    assert of_seeds.low == pytest.approx(0.3 * 0.025**0.01)
