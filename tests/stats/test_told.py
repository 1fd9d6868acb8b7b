"""The share among the images of which people can tell."""

import numpy as np
import pytest

from evalsuite import stats


def test_the_value_is_the_ratio_by_hand():
    # Of 40 images the judge says a of 30 and b of 10. Labelled: of a's ten 6 yes, 2 no, 2 cannot
    # tell; of b's five 1 yes, 4 no. Yes: 30 * .6 + 10 * .2 = 20 of 30 * .8 + 10 = 34.
    said = [("a", 1, 1)] * 6 + [("a", 0, 1)] * 2 + [("a", 0, 0)] * 2 + [("b", 1, 1)]
    said += [("b", 0, 1)] * 4
    found = stats.powered_told_share(
        labelled=[y for _, y, _ in said],
        told=[t for _, _, t in said],
        answered=[a for a, _, _ in said],
        clusters=range(15),
        unlabelled=["a"] * 20 + ["b"] * 5,
        other_clusters=range(15, 40),
        seed=1,
    )

    assert found.value == pytest.approx(20 / 34)
    assert found.low < 20 / 34 < found.high
    assert (found.n, found.clusters) == (40, 40)


def test_with_all_told_it_is_the_share():
    y, answers = [1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1], list("aabbaabbaabb")
    more = {"answered": answers, "clusters": range(12), "unlabelled": ["a"] * 30}
    more |= {"other_clusters": range(12, 42), "seed": 1}
    whole = stats.powered_share(labelled=y, **more).interval
    told = stats.powered_told_share(labelled=y, told=[1] * 12, **more)

    assert told.value == pytest.approx(whole.value)
    assert told.low == pytest.approx(whole.low, abs=0.03)
    assert told.high == pytest.approx(whole.high, abs=0.03)


@pytest.mark.parametrize(
    ("told", "families", "why"), [([1] * 9 + [0] * 3, 12, "9 images"), ([1] * 12, 4, "4 families")]
)
def test_too_little_is_undecided(told, families, why):
    found = stats.powered_told_share(
        labelled=[1, 0] * 6, told=told, answered=["a"] * 12,
        clusters=[k % families for k in range(12)], unlabelled=["a"], other_clusters=[0],
    )  # fmt: skip
    assert found.value is None and why in found.method


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="equally long"):
        stats.powered_told_share(labelled=[1], told=[1, 1], answered=["a"], clusters=[0],
                                 unlabelled=[], other_clusters=[])  # fmt: skip
    with pytest.raises(ValueError, match="zeros and ones"):
        stats.powered_told_share(labelled=[2], told=[1], answered=["a"], clusters=[0],
                                 unlabelled=[], other_clusters=[])  # fmt: skip


@pytest.mark.parametrize("share", [0.5, 0.05])
def test_it_covers_where_what_cannot_be_told_depends_on_the_answer(share):
    dice, hits, runs = np.random.default_rng(5), 0, 100
    for seed in range(runs):
        families = np.repeat(np.arange(40), 10)
        y = dice.random(400) < dice.beta(share * 8, (1 - share) * 8, 40)[families]
        says = np.where(y, dice.random(400) < 0.8, dice.random(400) > 0.9)
        tells = dice.random(400) > np.where(says, 0.3, 0.05)
        truth = share * (0.8 * 0.7 + 0.2 * 0.95)
        truth /= truth + (1 - share) * (0.1 * 0.7 + 0.9 * 0.95)
        chosen = np.concatenate(
            [dice.permutation(np.flatnonzero(says == answer))[:50] for answer in (False, True)]
        )
        rest = np.setdiff1d(np.arange(400), chosen)
        words = says.astype(str)
        found = stats.powered_told_share(
            labelled=y[chosen], told=tells[chosen], answered=list(words[chosen]),
            clusters=families[chosen], unlabelled=list(words[rest]),
            other_clusters=families[rest], seed=seed, draws=300,
        )  # fmt: skip
        hits += found.low <= truth <= found.high
    assert hits / runs >= 0.9
