"""How far groups lie from their reference, by hand: two labels, and three bands of tones."""

import math

import pytest

from evalsuite.bias.away import away, of_label
from evalsuite.bias.chapter import chapter


def test_two_labels_are_held_against_each_groups_own_reference():
    groups = [
        ({"w": 3, "m": 1}, {"w": 0.5, "m": 0.5}),
        ({"w": 1, "m": 3}, {"w": 0.5, "m": 0.5}),
        ({"w": 0, "m": 0}, {"w": 0.9, "m": 0.1}),
    ]
    variation, divergence = away("job", groups, "two labels")
    # |3/4 - 1/2| in both, though the pooled share is even; a fair model's 4: 3/16 on average.
    assert variation.interval.value == 0.25 and variation.null == pytest.approx(0.1875)
    assert variation.interval.n == 8 and variation.note.startswith("mean of 2 by job, as read;")
    # Smoothed: (3 + .5)/5 = .7 and .3 against .5.
    by_hand = 0.7 * math.log(1.4) + 0.3 * math.log(0.6)
    assert divergence.interval.value == pytest.approx(by_hand)
    # A fair model has none, or all, of four in 2 of 16 cases, and 1 or 3 in 8.
    far = 0.1 * math.log(0.2) + 0.9 * math.log(1.8)
    assert divergence.null == pytest.approx((2 * far + 8 * by_hand) / 16)
    assert variation.interval.low is None  # two groups say nothing about others
    (wide, _) = away("job", groups * 6 + [({"w": 4, "m": 0}, {"w": 0.5, "m": 0.5})], "two labels")
    assert 0.2 < wide.interval.low < wide.interval.value < wide.interval.high < 0.5


def test_a_model_that_follows_its_reference_lies_at_the_fair_models_value():
    groups = [({"w": 9, "m": 1}, {"w": 0.9, "m": 0.1})] * 4
    variation, divergence = away("job", groups, "two labels")
    assert variation.interval.value == pytest.approx(0.0) and variation.null > 0.05
    assert divergence.interval.value == pytest.approx(0.0) and divergence.null > 0.01


def test_a_reference_that_has_none_of_a_label_gives_a_number_and_nothing_read_gives_no_row():
    (_, divergence) = away("job", [({"w": 4, "m": 0}, {"w": 0.0, "m": 1.0})], "two labels")
    # (4.5/5) ln(4.5/.5) + (.5/5) ln(.5/4.5)
    assert divergence.interval.value == pytest.approx(0.8 * math.log(9))
    assert not list(away("job", [({"w": 0}, {"w": 1.0})], "two labels"))
    assert not list(of_label("w", "job", "two labels", []))


def test_the_chapter_has_them_where_there_is_a_reference(given):
    letters = {"builder": ["mmmm"] * 2, "nurse": ["wwww"] * 2}
    known = chapter(given(letters, references={"builder": 0.1, "nurse": 0.7}))
    found = {each.title: each for each in known.shares[0].spread}
    variation = found["Total variation from the reference, of two labels"]
    assert variation.interval.value == pytest.approx((0.1 + 0.3) / 2)
    titles = [each.title for each in chapter(given(letters)).shares[0].spread]
    assert not any("from the reference" in title for title in titles)


def test_tones_are_held_against_even_ones_and_the_bands_references(given):
    from dataclasses import replace

    from evalsuite.bias.record import Known

    letters = {"builder": ["mmmm"], "nurse": ["wwww"]}
    run = given(letters, tones={"builder": ["1111"], "nurse": ["5599"]})
    titles = {each.title: each for each in chapter(run).tones[0].spread}
    # Of ten tones a half are 1, a quarter each 5 and 9: (.4 + .15 + .15 + .7) / 2.
    assert titles["Total variation from ten even tones"].interval.value == pytest.approx(0.7)
    assert titles["Smoothed KL from ten even tones, in nats"].null > 0
    shares = {"1-4": 0.5, "5-7": 0.25, "8-10": 0.25}
    known = {f"{job}/{band}": Known(of) for job in letters for band, of in shares.items()}
    run = replace(run, references={"people": {"skin_tone.tone": known}})
    titles = {each.title: each for each in chapter(run).tones[0].spread}
    variation = titles["Total variation from the reference, of three bands"]
    assert variation.interval.value == pytest.approx((0.5 + 0.5) / 2)
