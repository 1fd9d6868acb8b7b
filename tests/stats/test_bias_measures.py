"""Distances from a reference, between groups and on a scale, and what a fair model shows."""

from itertools import product
from math import comb, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite import stats

TONES = {str(tone): 0.1 for tone in range(1, 11)}


@pytest.mark.parametrize(
    ("n", "distance", "tones", "entropy"),
    [
        (4, 0.188, 0.656, 0.78),
        (8, 0.137, 0.43, 0.90),
        (9, 0.137, 0.39, 0.91),
        (20, 0.088, 0.26, 0.96),
        (50, 0.056, 0.17, 0.985),
        (100, 0.040, 0.12, 0.993),
    ],
)
def test_what_a_fair_model_shows(n, distance, tones, entropy):
    # The figures of a simulation of 20,000 draws and of exact sums, by others than these functions.
    assert stats.expected_imbalance(n=n) == pytest.approx(distance, abs=6e-4)
    assert stats.expected_total_variation(n=n, reference=TONES) == pytest.approx(tones, abs=6e-3)
    assert stats.expected_entropy(n=n, labels=2) == pytest.approx(entropy, abs=6e-3)


@pytest.mark.parametrize(("n", "shown"), [(8, 0.78), (20, 0.51), (50, 0.33), (100, 0.23)])
def test_65_fair_groups_look_far_apart(n, shown):
    assert stats.expected_parity_difference(sizes=[n] * 65) == pytest.approx(shown, abs=6e-3)


@pytest.mark.parametrize(("prompts", "shown"), [(5, 0.55), (10, 0.37), (20, 0.26), (50, 0.16)])
def test_few_prompts_look_associated(prompts, shown):
    assert stats.expected_association(prompts=(prompts, prompts)) == pytest.approx(shown, abs=6e-3)


def test_the_fair_models_values_by_hand():
    # Two images, two labels: both alike (entropy 0) or one of each (entropy 1), half of the time.
    assert stats.expected_entropy(n=2, labels=2) == pytest.approx(0.5)
    # Two groups of one image: apart by 1 in half of the cases, else by 0.
    assert stats.expected_parity_difference(sizes=[1, 1]) == pytest.approx(0.5)
    # Groups of one and of two: |x - y| for x in 0, 1 and y in 0, 1/2, 1 with chances 1/4, 1/2, 1/4.
    assert stats.expected_parity_difference(sizes=[1, 2]) == pytest.approx(0.5)
    # Smallest over largest of two single images, where one is a hit: 1 of (1,1), 0 of two others.
    assert stats.expected_parity_ratio(sizes=[1, 1]) == pytest.approx(1 / 3, abs=0.03)
    assert stats.expected_deviation(n=1, share=0.3) == pytest.approx(2 * 0.3 * 0.7)
    for nothing in (
        stats.expected_entropy(n=0, labels=2),
        stats.expected_smoothed_kl(n=0, reference=TONES),
        stats.expected_parity_difference(sizes=[4]),
        stats.expected_parity_difference(sizes=[4, 0]),
        stats.expected_parity_ratio(sizes=[4]),
        stats.expected_parity_ratio(sizes=[4, 4], share=0.0),
        stats.expected_association(prompts=(1, 9)),
    ):
        assert nothing is None


def test_smoothed_divergence_by_hand():
    reference = {"a": 0.5, "b": 0.5, "c": 0.0}
    found = stats.smoothed_kl(
        labels=["a", "a", "b", "c"] * 5, clusters=range(20), reference=reference
    )
    p = np.array([10.5, 5.5, 5.5]) / 21.5
    q = np.array([10.5, 10.5, 0.5]) / 21.5
    assert found.value == pytest.approx((p * np.log(p / q)).sum())
    assert 0 < found.low < found.value < found.high < log(3) + log(43)
    same = stats.smoothed_kl(labels=["a", "b"] * 10, clusters=range(20), reference=reference)
    assert same.value == pytest.approx(0) and same.low == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from("abc"), min_size=12, max_size=40), st.integers(1, 8))
def test_the_ends_of_a_divergence_hold_every_share_that_the_intervals_allow(labels, a):
    reference = {"a": a / 10, "b": 0.9 - a / 10, "c": 0.1}
    clusters = range(len(labels))
    found = stats.smoothed_kl(labels=labels, clusters=clusters, reference=reference)
    parts = [
        stats.share(labels=labels, label=name, clusters=clusters, level=1 - 0.05 / 3)
        for name in "abc"
    ]
    if any(part.low is None for part in parts):
        return
    n, steps = len(labels), np.linspace(0, 1, 9)
    q = (n * np.array(list(reference.values())) + 0.5) / (n + 1.5)
    for s, t in product(steps, steps):
        p = [parts[0].low + s * (parts[0].high - parts[0].low)]
        p.append(parts[1].low + t * (parts[1].high - parts[1].low))
        p.append(1 - sum(p))
        if parts[2].low <= p[2] <= parts[2].high:
            smooth = (n * np.array(p) + 0.5) / (n + 1.5)
            apart = float((smooth * np.log(smooth / q)).sum())
            assert found.low - 1e-9 <= apart <= found.high + 1e-9


def test_entropy_by_hand():
    found = stats.normalised_entropy(
        labels=["a"] * 15 + ["b"] * 5, possible="ab", clusters=range(20)
    )
    assert found.value == pytest.approx(-(0.75 * log(0.75) + 0.25 * log(0.25)) / log(2))
    share = stats.share(labels=["a"] * 15 + ["b"] * 5, label="a", clusters=range(20))
    ends = [-(x * log(x) + (1 - x) * log(1 - x)) / log(2) for x in (share.low, share.high)]
    assert (found.low, found.high) == pytest.approx(
        (min(ends), 1.0 if share.low < 0.5 else max(ends))
    )
    one = stats.normalised_entropy(labels=["a"] * 20, possible="ab", clusters=range(20))
    assert one.value == 0 and one.high > 0.3
    nobody = stats.normalised_entropy(labels=[], possible="ab", clusters=[])
    assert (nobody.value, nobody.low) == (None, None)
    with pytest.raises(ValueError, match="no share for"):
        stats.normalised_entropy(labels=["c"], possible="ab", clusters=[0])


def test_parity_by_hand():
    found = stats.parity(
        values=[1] * 6 + [0] * 2 + [1] * 2 + [0] * 6 + [0, 1] * 4,
        groups=["nurse"] * 8 + ["builder"] * 8 + ["cook"] * 8,
        clusters=list(range(24)),
    )
    assert found.difference.value == pytest.approx(0.5) and found.ratio.value == pytest.approx(
        1 / 3
    )
    assert (found.highest, found.lowest, found.difference.clusters) == ("nurse", "builder", 3)
    assert found.difference.low == 0 and 0.5 < found.difference.high <= 1
    assert found.null_difference == pytest.approx(
        stats.expected_parity_difference(sizes=[8, 8, 8], share=0.5)
    )
    assert found.difference.value - found.null_difference < 0.25


def test_parity_without_groups_or_hits_has_no_value():
    nobody = stats.parity(values=[], groups=[], clusters=[])
    assert nobody.difference.value is None and nobody.null_difference is None
    alone = stats.parity(values=[1, 0], groups=["a", "a"], clusters=[0, 1])
    assert alone.difference.value is None and "no other" in alone.difference.method
    none = stats.parity(values=[0] * 8, groups=list("aaaabbbb"), clusters=range(8))
    assert none.difference.value == 0 and none.ratio.value is None
    assert none.difference.high > 0.3 and none.null_difference == 0


def test_ordered_tones_by_hand():
    found = stats.ordered_shares(
        labels=["1", "1", "2", "3"] * 6,
        clusters=range(24),
        positions={"1": 0.0, "2": 1.0, "3": 5.0},
        reference={"1": 0.25, "2": 0.5, "3": 0.25},
    )
    # F = 1/2, 3/4 against 1/4, 3/4: a quarter of the mass moves by the first gap, 1.
    assert found.distance.value == pytest.approx(0.25)
    assert [part.value for part in found.cumulative.values()] == [0.5, 0.75]
    assert list(found.cumulative) == ["1", "2"]
    null = stats.expected_deviation(n=24, share=0.25) + 4 * stats.expected_deviation(
        n=24, share=0.75
    )
    assert found.null == pytest.approx(null)
    assert found.distance.low < 0.25 < found.distance.high


def test_a_far_tone_is_farther_than_a_neighbour_though_both_are_wholly_other():
    positions = {str(tone): float(tone) for tone in range(1, 11)}
    reference = {tone: float(tone == "1") for tone in positions}

    def apart(tone):
        return stats.ordered_shares(
            labels=[tone] * 20, clusters=range(20), positions=positions, reference=reference
        ).distance.value

    assert (apart("2"), apart("10")) == (1, 9)
    nobody = stats.ordered_shares(labels=[], clusters=[], positions=positions, reference=reference)
    assert nobody.distance.value is None and nobody.null is None
    with pytest.raises(ValueError, match="rise, or fall"):
        stats.ordered_shares(
            labels=[], clusters=[], positions={"a": 1, "b": 1}, reference={"a": 1, "b": 0}
        )


def test_abstentions_bound_a_share_by_hand():
    found = stats.abstention_bounds(
        answers=["1"] * 10 + ["9"] * 20 + [None] * 10, labels=["1", "2"], clusters=range(40)
    )
    assert (found.none.value, found.read.value, found.every.value) == pytest.approx(
        (0.25, 1 / 3, 0.5)
    )
    assert (found.n, found.abstained) == (40, 10)
    # Twice as often from light: q light = 2 q dark, and 1/4 = t (1 - 2q), 1/2 = (1 - t)(1 - q).
    for t, r in zip(found.uneven, (0.5, 2.0), strict=True):
        assert 1 - 0.25 / t == pytest.approx(r * (1 - 0.5 / (1 - t)))
    assert found.none.value < found.uneven[0] < 1 / 3 < found.uneven[1] < found.every.value


def test_a_label_that_was_never_read_may_be_what_is_abstained_from():
    answers = ["9"] * 16 + [None] * 24
    found = stats.abstention_bounds(answers=answers, labels=["1"], clusters=range(40))
    # All of t abstained from and half of the rest: 0.4 = (1 - t) / 2.
    assert found.uneven == pytest.approx((0, 0.2))
    answers = ["1"] * 16 + [None] * 24
    found = stats.abstention_bounds(answers=answers, labels=["1"], clusters=range(40))
    assert found.uneven == pytest.approx((0.8, 1))


def test_all_abstained_is_anything_and_not_zero():
    found = stats.abstention_bounds(answers=[None] * 8, labels=["1"], clusters=range(8))
    assert found.read.value is None and found.uneven is None
    assert (found.none.value, found.every.value) == (0, 1)
    nobody = stats.abstention_bounds(answers=[], labels=["1"], clusters=[])
    assert nobody.read.value is nobody.none.value is nobody.every.value is None
    with pytest.raises(ValueError, match="ratio must be"):
        stats.abstention_bounds(answers=[], labels=["1"], clusters=[], ratio=0.5)


def vectors(dice, images, towards, width=12):
    return dice.standard_normal((images, width)) + 3 * np.eye(width)[towards]


def test_an_association_is_found_and_its_sign_is_that_of_similarity():
    dice = np.random.default_rng(5)
    a, b = vectors(dice, 20, 0), vectors(dice, 20, 1)
    x = dice.standard_normal((16, 12)) + np.eye(12)[0] * 1.5
    y = dice.standard_normal((16, 12)) + np.eye(12)[1] * 1.5
    prompts = [[f"{side}{number // 2}" for number in range(16)] for side in "xy"]
    found = stats.association(x=x, y=y, a=a, b=b, prompts_x=prompts[0], prompts_y=prompts[1])
    assert found.interval.value > 1 and found.interval.low > 0
    # 8 of 16 prompts: as extreme as the one seen, and its mirror, of 12,870 divisions.
    assert found.p == pytest.approx(2 / comb(16, 8), abs=0.002)
    assert (found.interval.n, found.interval.clusters) == (32, 16)
    mirrored = stats.association(x=y, y=x, a=a, b=b, prompts_x=prompts[1], prompts_y=prompts[0])
    assert mirrored.interval.value == pytest.approx(-found.interval.value)


def test_an_association_of_scores_by_hand():
    # cos with a minus cos with b: 1, 1, 0 | 0, -1, -1 by prompt; means 2/3 and -2/3.
    e = np.eye(3)
    x, y = np.stack([e[0], e[0], e[2]]), np.stack([e[2], e[1], e[1]])
    found = stats.association(
        x=x, y=y, a=e[:1], b=e[1:2], prompts_x=list("pqr"), prompts_y=list("stu")
    )
    assert found.interval.value == pytest.approx((4 / 3) / (4 / 6) ** 0.5)
    # Of 20 divisions those that keep or mirror it: {1,1,0}, 2 ways for the zero, and their mirrors.
    assert found.p == pytest.approx(4 / 20)
    assert found.interval.low is None and "fewer than 4 prompts" in found.interval.method


def test_an_association_without_prompts_is_undecided():
    e = np.eye(3)
    one = stats.association(x=e[:1], y=e[1:2], a=e[:1], b=e[1:2], prompts_x="p", prompts_y="q")
    assert (one.interval.value, one.p, one.null) == (None, None, None)
    with pytest.raises(ValueError, match="on both sides"):
        stats.association(x=e[:1], y=e[1:2], a=e[:1], b=e[1:2], prompts_x="p", prompts_y="p")


def test_no_association_is_found_in_one_in_twenty():
    dice, found, held = np.random.default_rng(8), 0, 0
    for seed in range(100):
        parts = [dice.standard_normal((n, 6)) for n in (12, 12, 5, 5)]
        result = stats.association(
            **dict(zip("xyab", parts, strict=True)),
            prompts_x=[f"x{n // 2}" for n in range(12)],
            prompts_y=[f"y{n // 2}" for n in range(12)],
            seed=seed,
        )
        found += result.p <= 0.05
        held += result.interval.low <= 0 <= result.interval.high
    assert found <= 11 and held >= 88


def test_wording_by_hand():
    # Two families of two sentences of two images; wholly the sentence's doing in the first.
    found = stats.variance_share(
        values=[1, 1, 0, 0, 1, 0, 1, 0],
        clusters=[0] * 4 + [1] * 4,
        prompts=[0, 0, 1, 1, 2, 2, 3, 3],
    )
    assert found.interval.value == pytest.approx(0.5)
    assert (found.subject, found.seeds) == pytest.approx((0, 0.5))
    # In each family SS 1, of which (2 - 1)/(4 - 1) lies between sentences by chance.
    assert found.null == pytest.approx(1 / 3)
    assert found.interval.low is None
    flat = stats.variance_share(values=[1] * 8, clusters=[0] * 4 + [1] * 4, prompts=range(8))
    assert flat.interval.value is None and flat.null is None


def test_wordings_null_is_its_mean_where_wording_makes_no_difference():
    dice, shown = np.random.default_rng(2), []
    families, prompts = np.repeat(range(20), 8), np.repeat(range(40), 4)
    for _ in range(200):
        shares = dice.random(20)
        values = (dice.random(160) < shares[families]).astype(float)
        found = stats.variance_share(values=values, clusters=families, prompts=prompts)
        shown.append(found.interval.value - found.null)
    assert abs(np.mean(shown)) < 3 * np.std(shown) / 200**0.5


def test_groups_are_compared_at_as_many_images():
    dice = np.random.default_rng(4)
    same = np.repeat(dice.standard_normal((1, 8)), 30, axis=0) + 0.05 * dice.standard_normal(
        (30, 8)
    )
    other = dice.standard_normal((12, 8))
    found = stats.group_diversity(
        vectors=np.concatenate((same, other)),
        groups=["alike"] * 30 + ["various"] * 12,
        clusters=[*(n // 3 for n in range(30)), *(100 + n // 2 for n in range(12))],
    )
    alike, various = found["alike"], found["various"]
    assert alike.high < various.low and various.value <= 10
    assert "Vendi of 10 images" in alike.method
    few = stats.group_diversity(vectors=other, groups=list("ab") * 6, clusters=range(12), k=7)
    assert few["a"].value is None and "6 images, 7 asked for" in few["a"].method


def test_sides_that_hardly_overlap_have_an_interval_too():
    x, y = ([[1.0, 0.001 * k], [1.0, 0.002 * k], [1.0, 0.0], [1.0, 0.003]] for k in (1, 2))
    found = stats.association(
        x=x,
        y=np.asarray(y)[:, ::-1],
        a=[[1.0, 0.0]],
        b=[[0.0, 1.0]],
        prompts_x="abcd",
        prompts_y="efgh",
    )
    # r is nearly 1, so that d is nearly its bound of 2.
    assert 1.99 < found.interval.low <= found.interval.value <= found.interval.high <= 2.0
    assert found.p == pytest.approx(2 / 70)
