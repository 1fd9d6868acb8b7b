"""Shares with the instrument's errors taken out: several labels, two, and people's own."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite import stats
from evalsuite.stats.correction import on_simplex

GOOD = {"a": {"a": 90, "b": 10}, "b": {"a": 10, "b": 90}}


def corrected(answers, confusion=GOOD, clusters=None, **more):
    clusters = range(len(answers)) if clusters is None else clusters
    return stats.corrected_shares(answers=answers, clusters=clusters, confusion=confusion, **more)


def test_two_labels_by_hand():
    # 0.9 t + 0.1 (1 - t) = 0.5 - ... : of 42 % that it calls a, (0.42 - 0.1)/0.8 = 40 % are a.
    found = corrected(["a"] * 42 + ["b"] * 58)
    assert found.shares["a"].value == pytest.approx(0.4, abs=0.002)
    assert sum(share.value for share in found.shares.values()) == pytest.approx(1)
    assert found.condition == pytest.approx(1 / 0.8)
    assert found.shares["a"].low < 0.4 < found.shares["a"].high
    assert (found.shares["a"].n, found.shares["a"].clusters) == (100, 100)


def test_unknown_is_an_answer_and_never_a_label():
    # It abstains from half of a and from none of b: of 100, 40 a would be 20 a, 20 unknown, 60 b.
    lopsided = {
        "a": {"a": 100, "unknown": 100},
        "b": {"b": 200},
        "unknown": {"unknown": 50, "a": 3},
    }
    found = corrected(["a"] * 20 + ["unknown"] * 20 + ["b"] * 60, lopsided)
    assert set(found.shares) == {"a", "b"}
    assert found.shares["a"].value == pytest.approx(0.4, abs=0.01)
    # Among the read it would be a quarter: the abstentions are what tells.
    assert found.shares["a"].low > 0.25


def test_an_answer_that_is_hardly_ever_given_decides_nothing():
    rare = {label: {**said, "unknown": 0} for label, said in GOOD.items()}
    answers = ["a"] * 42 + ["b"] * 58
    assert corrected(answers, rare) == corrected(answers)
    some = {"a": {**GOOD["a"], "unknown": 1}, "b": {**GOOD["b"], "unknown": 0}}
    found, plain = corrected(answers, some).shares["a"], corrected(answers).shares["a"]
    assert found.value == pytest.approx(plain.value, abs=0.02)
    assert found.high - found.low < 1.15 * (plain.high - plain.low)


def test_no_share_leaves_the_simplex():
    # Somewhat fewer are called a than its false alarms alone would be: none is, not less than none.
    found = corrected(["a"] * 8 + ["b"] * 92)
    assert found.shares["a"].value == 0 and found.shares["b"].value == pytest.approx(1)
    assert found.shares["a"].low == 0 and 0.02 < found.shares["a"].high < 0.1


def test_answers_that_do_not_fit_the_audit_are_no_interval_of_zero_width():
    # Ten false alarms are to be expected, and there is one answer.
    found = corrected(["a"] + ["b"] * 199)
    assert found.shares["a"].value is None and "do not fit" in found.shares["a"].method
    read = stats.lang_reiczigel(
        values=[1.0] + [0.0] * 199,
        clusters=range(200),
        sensitivity=stats.Audit(900, 1000),
        specificity=stats.Audit(900, 1000),
    )
    assert read.value is None and "do not fit" in read.method


@pytest.mark.parametrize(
    ("answers", "confusion", "why"),
    [
        ([], GOOD, "no data"),
        (["a"] * 4, GOOD, "4 families say nothing about others"),
        (["a"] * 50, {"a": {"a": 90, "b": 10}}, "the audit knows fewer than two labels"),
        (["a"] * 50, {**GOOD, "b": {"b": 9}}, "the audit has fewer than 10 pictures of b"),
        (["a"] * 50, {"a": {"a": 52, "b": 48}, "b": {"a": 48, "b": 52}}, "hardly tells"),
        (["unknown"] * 50, {"a": {"unknown": 50}, "b": {"unknown": 50}}, "answers"),
    ],
)
def test_what_cannot_be_told_says_so_and_has_no_value(answers, confusion, why):
    found = corrected(answers, confusion)
    assert found.method.startswith("cannot be told: ") and why in found.method
    for share in found.shares.values():
        assert (share.value, share.low, share.high) == (None, None, None)


def test_the_same_seed_gives_the_same_interval():
    answers = ["a"] * 30 + ["b"] * 70
    assert corrected(answers) == corrected(answers)
    assert corrected(answers) != corrected(answers, seed=1)


def test_a_smaller_audit_and_fewer_families_are_less_sure():
    answers = ["a", "b"] * 50

    def width(found):
        return found.shares["a"].high - found.shares["a"].low

    small = {"a": {"a": 18, "b": 2}, "b": {"a": 2, "b": 18}}
    assert width(corrected(answers, small)) > width(corrected(answers)) * 1.2
    alike = ["a"] * 50 + ["b"] * 50
    families = [number // 5 for number in range(100)]
    assert width(corrected(alike, clusters=families)) > width(corrected(alike)) * 1.3


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(2, 6), st.booleans())
def test_the_least_squares_are_those_of_nnls_and_no_neighbour_is_better(seed, labels, abstains):
    dice = np.random.default_rng(seed)
    matrix = dice.dirichlet(np.ones(labels + abstains), labels).T
    matrix[:labels] += np.eye(labels)
    matrix /= matrix.sum(axis=0)
    answers = dice.dirichlet(np.ones(labels + abstains))

    def cost(shares):
        return (weights * (answers - matrix @ shares) ** 2).sum()

    weights = 1 / (answers + 0.01)
    found = on_simplex(answers[None], matrix[None], weights)[0]
    assert found.min() >= 0 and found.sum() == pytest.approx(1)
    for other in dice.dirichlet(np.ones(labels), 50):
        assert cost(found) <= cost(0.99 * found + 0.01 * other) + 1e-9


def test_lang_reiczigel_by_hand():
    # 30 of 100 said; Se 90/100, Sp 95/100: a = (30 + z2/2)/(100 + z2), Se = 91/102, Sp = 96/102.
    found = stats.lang_reiczigel(
        values=[1.0] * 30 + [0.0] * 70,
        clusters=range(100),
        sensitivity=stats.Audit(90, 100),
        specificity=stats.Audit(95, 100),
    )
    assert found.value == pytest.approx((0.3 + 0.95 - 1) / 0.85)
    z = 1.984217  # t with 99 degrees of freedom
    n = 100 + z * z
    a, se, sp = (30 + z * z / 2) / n, 91 / 102, 96 / 102
    t = (a + sp - 1) / (se + sp - 1)
    one, other = se * (1 - se) / 102, sp * (1 - sp) / 102
    middle = t + 2 * z * z * (t * one - (1 - t) * other)
    half = z * (a * (1 - a) / n + t**2 * one + (1 - t) ** 2 * other) ** 0.5 / (se + sp - 1)
    # The design effect of 100 single images is measured, and near 1: hence the tolerance.
    assert (found.low, found.high) == pytest.approx((middle - half, middle + half), abs=0.003)


def test_lang_reiczigel_says_when_it_cannot_tell():
    ask = {"clusters": [], "sensitivity": stats.Audit(9, 10), "specificity": stats.Audit(9, 10)}
    assert stats.lang_reiczigel(values=[], **ask).value is None
    ask["clusters"] = range(40)
    guess = {**ask, "sensitivity": stats.Audit(6, 10), "specificity": stats.Audit(5, 10)}
    assert "chance" in stats.lang_reiczigel(values=[1, 0] * 20, **guess).method
    unseen = {**ask, "sensitivity": stats.Audit(0, 0)}
    assert stats.lang_reiczigel(values=[1, 0] * 20, **unseen).value is None
    with pytest.raises(ValueError, match="11 of 10"):
        stats.lang_reiczigel(values=[1, 0] * 20, **{**ask, "sensitivity": stats.Audit(11, 10)})


def labelled(seed, truth, sensitivity, specificity, labels=80, families=100, images=4):
    dice = np.random.default_rng(seed)
    codes = np.repeat(np.arange(families), images)
    y = (dice.random(codes.size) < truth).astype(float)
    right = np.where(y == 1, dice.random(codes.size) < sensitivity, True)
    right &= np.where(y == 0, dice.random(codes.size) < specificity, True)
    f = np.where(right, y, 1 - y)
    order = dice.permutation(codes.size)
    return y, f, codes, order[:labels], order[labels:]


def share_of(y, f, codes, of, rest, **more):
    return stats.powered_share(
        labelled=y[of],
        answered=[str(x) for x in f[of]],
        clusters=codes[of],
        unlabelled=[str(x) for x in f[rest]],
        other_clusters=codes[rest],
        **more,
    )


def test_a_powered_share_by_hand():
    # Of 20 labelled 10 are called x, 8 of them rightly yes; of the other 10 one is yes. Of all 100,
    # 60 are called x: 0.6 x 0.8 + 0.4 x 0.1 = 0.52.
    found = stats.powered_share(
        labelled=[1] * 8 + [0] * 2 + [1] + [0] * 9,
        answered=["x"] * 10 + ["unknown"] * 10,
        clusters=range(20),
        unlabelled=["x"] * 50 + ["unknown"] * 30,
        other_clusters=range(20, 100),
    )
    assert found.interval.value == pytest.approx(0.52)
    assert found.labels_alone.value == pytest.approx(9 / 20)
    assert (found.labelled, found.unlabelled, found.interval.n) == (20, 80, 100)


def test_a_powered_mean_by_hand():
    y, f = np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10]), np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 11])
    u = np.arange(40) / 4
    found = stats.prediction_powered(
        labelled=y, predicted=f, clusters=range(10), unlabelled=u, other_clusters=range(10, 50)
    )
    weight = np.cov(y, f)[0, 1] / (1.25 * f.var(ddof=1))
    assert found.weight == pytest.approx(weight)
    value = weight * u.mean() + (y - weight * f).mean()
    assert found.interval.value == pytest.approx(value)
    errors = y - weight * f
    # Families of one image: the variance of both means, with the labelled readings in all of them.
    own = (errors - errors.mean()) / 10
    assert found.interval.high - found.interval.value > 2.2 * (own**2).sum() ** 0.5
    assert found.labels_alone.value == 5.5


def test_readings_that_say_nothing_get_no_weight():
    dice = np.random.default_rng(3)
    y, f = dice.random(60), dice.random(60)
    found = stats.prediction_powered(
        labelled=y - 0.2 * (f - 0.5),
        predicted=f,
        clusters=range(60),
        unlabelled=dice.random(500),
        other_clusters=range(60, 560),
    )
    assert found.weight == 0
    assert found.interval.value == pytest.approx(found.labels_alone.value)


def test_weights_undo_an_uneven_drawing():
    # All of family A (10 of 10 yes) and a tenth of B (1 of 10 yes) were labelled: 20 / 110.
    common = {
        "labelled": [1] * 10 + [1] + [0] * 9,
        "clusters": range(20),
        "other_clusters": range(20, 110),
        "weights": [1] * 10 + [10] * 10,
    }
    share = stats.powered_share(answered=["?"] * 20, unlabelled=["?"] * 90, **common)
    assert share.interval.value == pytest.approx(20 / 110)
    mean = stats.prediction_powered(predicted=[0.0] * 20, unlabelled=[0.0] * 90, **common)
    assert mean.interval.value == pytest.approx(20 / 110)


def test_too_few_labels_are_undecided_and_no_zero():
    for y in ([], [0.0] * 9):
        found = stats.powered_share(
            labelled=y,
            answered=["a"] * len(y),
            clusters=range(len(y)),
            unlabelled=["a"] * 50,
            other_clusters=range(50),
        )
        assert found.interval.value is None and "too few" in found.interval.method
    y, f, codes, of, rest = labelled(0, 0.5, 0.9, 0.9, families=4, images=40)
    assert "4 families" in share_of(y, f, codes, of, rest).interval.method


def test_no_hit_among_the_labels_is_a_bound_and_not_a_zero():
    found = stats.powered_share(
        labelled=[0.0] * 80,
        answered=["no"] * 80,
        clusters=range(80),
        unlabelled=["no"] * 320,
        other_clusters=range(80, 400),
    )
    # Jeffreys' upper end of 0 of 80 is 3.1 %.
    assert found.interval.value == 0 == found.interval.low
    assert found.interval.high == pytest.approx(0.031, abs=0.006)


@pytest.mark.parametrize("truth", [0.02, 0.1, 0.5])
def test_people_and_instrument_together_cover_where_the_audit_would_mislead(truth):
    # Se .75, Sp .80 here, .90 and .95 in the audit: 15 points worse. Of 80, 95 % is 70 at least.
    held = {"powered": 0, "corrected": 0, "raw": 0}
    narrower = 0
    audit = {"1.0": {"1.0": 90, "0.0": 10}, "0.0": {"1.0": 5, "0.0": 95}}
    for seed in range(80):
        y, f, codes, of, rest = labelled(seed, truth, 0.75, 0.80)
        found = share_of(y, f, codes, of, rest, draws=300, seed=seed)
        plain = stats.proportion(values=f, clusters=codes)
        wrong = stats.corrected_shares(
            answers=[str(x) for x in f], clusters=codes, confusion=audit, draws=100, seed=seed
        ).shares["1.0"]
        held["powered"] += found.interval.low <= truth <= found.interval.high
        held["raw"] += plain.low <= truth <= plain.high
        held["corrected"] += wrong.low <= truth <= wrong.high
        narrower += found.interval.high - found.interval.low < (
            found.labels_alone.high - found.labels_alone.low
        )
    assert held["powered"] >= 70, held
    if truth < 0.5:
        assert max(held["raw"], held["corrected"]) < 56, held
    else:
        assert narrower > 60
