"""A share of one run's images from a sample of each stratum."""

import numpy as np
import pytest

from evalsuite import stats
from evalsuite.stats.stratified import NO, OUT, YES


def test_the_value_weighs_each_stratum_by_its_size():
    # Of a's 30 images ten are labelled: 8 yes, 1 no, 1 out; of b's 10 five: 1 yes, 2 no, 2 out.
    # Yes: 24 + 2 of (24 + 3) + (2 + 4) that count.
    found = [YES] * 8 + [NO, OUT] + [YES, NO, NO, OUT, OUT]
    share = stats.stratified_share(
        found=found, strata=["a"] * 10 + ["b"] * 5, sizes={"a": 30, "b": 10}
    )

    assert share.value == pytest.approx(26 / 33)
    assert share.low < 26 / 33 < share.high
    assert (share.n, share.estimand) == (12, "these prompts")


def test_a_stratum_in_which_no_miss_was_seen_leaves_room_for_one():
    # The judge says no of 900 images; of the ten labelled ones none was a yes to people.
    more = {"sizes": {"yes": 100, "no": 900}, "certain": {"yes": YES, "no": NO}}
    few = stats.stratified_share(
        found=[YES] * 10 + [OUT] * 10, strata=["yes"] * 10 + ["no"] * 10, **more
    )
    many = stats.stratified_share(
        found=[YES] * 10 + [OUT] * 200, strata=["yes"] * 10 + ["no"] * 200, **more
    )

    assert few.value == many.value == 1.0
    assert few.low < 0.5 < many.low


def test_too_little_is_undecided():
    assert stats.stratified_share(found=[OUT], strata=["a"], sizes={"a": 2}).value is None
    one = stats.stratified_share(found=[YES], strata=["a"], sizes={"a": 2})
    assert one.value == 1.0 and one.low is None
    always = stats.stratified_share(
        found=[YES] * 9, strata=["yes"] * 9, sizes={"yes": 90}, certain={"yes": YES}
    )
    assert always.value == 1.0 and always.low is None


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="equally long"):
        stats.stratified_share(found=[YES], strata=[], sizes={})
    with pytest.raises(ValueError, match="size"):
        stats.stratified_share(found=[YES], strata=["a"], sizes={})


@pytest.mark.parametrize(("right", "images"), [(0.85, 80), (0.98, 100)])
def test_intervals_of_a_recall_cover_in_a_sample_by_the_judges_answers(right, images):
    dice, hits, runs = np.random.default_rng(3), 0, 200
    for seed in range(runs):
        truth = dice.random(300) < 0.3
        says = np.where(truth, dice.random(300) < right, dice.random(300) > 0.9)
        found, strata = [], []
        for answer in (False, True):
            own = dice.permutation(np.flatnonzero(says == answer))[: images // 2]
            strata += [str(answer)] * own.size
            found += [(YES if answer else NO) if truth[k] else OUT for k in own]
        share = stats.stratified_share(
            found=found, strata=strata, seed=seed, draws=400,
            sizes={str(answer): int((says == answer).sum()) for answer in (False, True)},
            certain={"True": YES, "False": NO},
        )  # fmt: skip
        hits += share.low <= (truth & says).sum() / truth.sum() <= share.high
    assert hits / runs >= 0.93
