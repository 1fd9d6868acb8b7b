import numpy as np
import pytest

from evalsuite.probes.fitting import cross_validate, fit, margin_of


def blobs(n, labels, spread, seed=0):
    """Unit vectors about one direction per label, with how far they stray."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % labels
    vectors = np.eye(8)[truth] + spread * rng.normal(size=(n, 8))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), truth


def test_what_can_be_told_is_told_of_two_labels_and_of_three():
    for labels in (2, 3):
        vectors, truth = blobs(120, labels, 0.1)
        found = fit(vectors, truth, np.arange(120), 0.95, 0)
        assert (found.probabilities(vectors).argmax(axis=1) == truth).all()
        assert found.reached and found.margin == 0.0
        assert found.weight.shape == (labels, 8)


def test_noise_is_at_chance_held_out_and_no_margin_makes_it_right():
    rng = np.random.default_rng(1)
    vectors, truth = rng.normal(size=(200, 8)), np.arange(200) % 2
    held_out = cross_validate(vectors, truth, np.arange(200), 0.95, 0)
    assert 0.35 < (held_out.probabilities.argmax(axis=1) == truth).mean() < 0.65
    assert not fit(vectors, truth, np.arange(200), 0.95, 0).reached


def test_groups_do_not_leak_from_one_fold_to_another():
    """Forty people, each of five equal pictures, with labels by lot: only leaks could be right."""
    rng = np.random.default_rng(2)
    person = np.repeat(np.arange(40), 5)
    vectors, truth = rng.normal(size=(40, 60))[person], rng.permutation(np.arange(40) % 2)[person]
    apart = cross_validate(vectors, truth, person, 0.95, 0).probabilities.argmax(axis=1)
    leaking = cross_validate(vectors, truth, np.arange(200), 0.95, 0).probabilities.argmax(axis=1)
    assert (leaking == truth).mean() > 0.95
    assert (apart == truth).mean() < 0.7


def test_a_rare_label_is_not_taken_for_unlikely():
    vectors, truth = blobs(400, 2, 1.0, seed=3)
    kept = (truth == 0) | (np.arange(400) < 60)
    found = fit(vectors[kept], truth[kept], np.arange(kept.sum()), 0.95, 0)
    said = found.probabilities(vectors).argmax(axis=1)
    recalls = [(said[truth == label] == label).mean() for label in (0, 1)]
    assert abs(recalls[0] - recalls[1]) < 0.15


def test_temperature_makes_held_out_probabilities_honest():
    vectors, truth = blobs(600, 2, 0.8, seed=4)
    held_out = cross_validate(vectors, truth, np.arange(600), 0.95, 0)
    sure = held_out.probabilities.max(axis=1)
    right = held_out.probabilities.argmax(axis=1) == truth
    assert sure.mean() == pytest.approx(right.mean(), abs=0.04)


def test_the_margin_is_the_least_with_enough_right_by_hand():
    # Ahead by .1, .3, .5, .7 and .9; of either label the first is wrong.
    high = np.array([0.55, 0.65, 0.75, 0.85, 0.95])
    shares = np.concatenate([np.c_[high, 1 - high], np.c_[1 - high, high]])
    truth = np.array([1, 0, 0, 0, 0, 0, 1, 1, 1, 1])
    assert margin_of(shares, truth, 0.79) == (0.0, True)  # 4 of 5 right as it is
    assert margin_of(shares, truth, 0.95) == (0.15, True)  # the wrong ones are left out
    wrong = 1 - truth
    # Nothing helps: the widest margin that still answers half of each label is kept.
    assert margin_of(shares, wrong, 0.95)[1] is False
