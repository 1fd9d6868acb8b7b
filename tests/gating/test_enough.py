"""About how many images would decide an undecided verdict."""

import random

import numpy as np
import pytest

from evalsuite import stats
from evalsuite.comparison.pairing import Pairs
from evalsuite.comparison.pilot import Images, by_pairing
from evalsuite.gating.enough import Question, _by_what_was_seen, by_interval, enough
from evalsuite.measures.reading import Reading


def pairs(rows, families=False):
    """From {prompt: [(candidate, baseline), ...]}; a prompt's family is its first letter."""
    readings = [
        Reading(1.0, "", prompt[0] if families else prompt, prompt=prompt)
        for prompt, images in rows.items()
        for _ in images
    ]
    values = [image for images in rows.values() for image in images]
    return Pairs([a for a, _ in values], [b for _, b in values], readings)


def test_seeds_that_differ_by_chance_are_decided_by_more_images_of_the_same_prompts():
    draw = random.Random(3)
    rows = {
        f"{n}": [(float(draw.random() < 0.5), float(draw.random() < 0.5)) for _ in range(2)]
        for n in range(400)
    }
    found = enough(Question(0.05, 0.01, 1, (0.0, 1.0)), pairs(rows))
    # By hand: (2.33 + 1.34)^2 * 0.5 / 0.05^2 = 2694, and the tolls of the worst case and of losses.
    assert 2694 <= found.images <= 6000 and found.images % 400 == 0
    assert found.words == f"about {found.images} images of these 400 prompts would tell"


def test_only_the_width_of_a_scale_counts():
    draw = random.Random(4)
    rows = {f"{n}": [(4 * draw.random(), 4 * draw.random())] * 2 for n in range(50)}
    moved = {prompt: [(a + 1, b + 1) for a, b in images] for prompt, images in rows.items()}
    found = enough(Question(0.5, 0.01, 1, (0.0, 4.0)), pairs(rows))
    assert enough(Question(0.5, 0.01, 1, (1.0, 5.0)), pairs(moved)) == found


def test_identical_runs_of_few_families_need_more_families():
    # 0.9**43 = 0.0108 and 0.9**44 = 0.0097: fewer than 44 families can hide a loss of a tenth.
    rows = {f"{letter}{n}": [(1.0, 1.0)] * 2 for letter in "abcdefgh" for n in range(3)}
    found = enough(Question(0.1, 0.01, 1, (0.0, 1.0)), pairs(rows, families=True))
    start, _, rest = found.words.partition(", but about ")
    assert start == "no number of images of these 8 families would tell"
    assert rest.endswith("such families would")
    more = int(rest.split()[3])
    assert more >= 44 and found.images == 6 * more
    assert enough(Question(0.1, 0.01, 1, None), pairs({"a": [(1.0, 0.0)] * 3})) is None


def test_an_interval_that_is_twice_too_wide_needs_about_ten_times_the_images():
    # The end lies 0.2 below, an error of 0.2 / 2.326; the margin is 0.1 and takes 2.326 + 1.282
    # errors: (3.608 * 0.2 / 2.326 / 0.1)^2 = 9.62.
    found = by_interval(Question(0.1, 0.01, 1, None), value=0.0, low=-0.2, images=100)
    assert found.images == pytest.approx(962, abs=2)
    assert by_interval(Question(0.1, 0.01, 1, None), value=0.0, low=0.0, images=100) is None


def test_a_difference_of_half_the_margin_takes_the_images_that_would_exclude_either():
    # Differences of -0.05 with deviation 0.1 in 100 prompts of one image: an error of 0.01. Half
    # the margin is 0.05 = 2.326 errors at (2.326 * 0.1 / 0.05)^2 = 21.6 images.
    draw = random.Random(5)
    differences = [draw.gauss(0.0, 0.1) for _ in range(100)]
    mean = sum(differences) / 100
    rows = {f"{n}": [(d - mean - 0.05, 0.0)] for n, d in enumerate(differences)}
    seen = _by_what_was_seen(Question(0.1, 0.01, 1, None), pairs(rows))
    deviation = (sum((d - mean) ** 2 for d in differences) / 99) ** 0.5
    assert seen == pytest.approx((2.326 * deviation / 0.05) ** 2, rel=0.15)
    assert _by_what_was_seen(Question(0.1, 0.01, 1, None), pairs({"a": [(1.0, 0.0)]})) == 0
    # One that is narrow already needs no more images than it has.
    assert by_interval(Question(0.1, 0.01, 1, None), 0.0, -0.001, 100).images == 100


@pytest.mark.parametrize(("alpha", "power"), [(0.01, 0.91), (0.1, 0.95)])
@pytest.mark.parametrize("family", [1, 5])
def test_nine_in_ten_are_decided_beside_those_that_alpha_lets_pass(alpha, power, family):
    """Never more than nineteen in twenty, however large alpha is."""
    draw = random.Random(6)
    rows = {
        f"{n}": [(float(draw.random() < 0.5), float(draw.random() < 0.5)) for _ in range(2)]
        for n in range(200)
    }
    asked = pairs(rows)
    scores = np.array([asked.candidate, asked.baseline]).T
    prompts = [reading.prompt for reading in asked.readings]
    variance = by_pairing(Images(scores, prompts, asked.clusters), True, 1.0)["seeds"]
    each = stats.images_needed(
        clusters=200, effect=0.1, power=power, variance=variance, alpha=alpha, family=family
    )
    found = enough(Question(0.1, alpha, family, (0.0, 1.0)), asked)
    assert found.images == 200 * each


def test_shares_of_a_whole_are_no_verdicts():
    """Of 0, 0.5 and 1 no pair more is taken to differ, and the answers hold no all or nothing."""
    draw = random.Random(7)
    rows = {f"{n}": [(draw.randrange(3) / 2, draw.randrange(3) / 2)] * 2 for n in range(100)}
    asked = pairs(rows)
    scores = np.array([asked.candidate, asked.baseline]).T
    prompts = [reading.prompt for reading in asked.readings]
    images = Images(scores, prompts, asked.clusters)
    for bounds, width in (((0.0, 1.0), 1.0), ((0.0, 2.0), 2.0), (None, None)):
        variance = by_pairing(images, False, width)["seeds"]
        options = {"effect": 0.2, "power": 0.91, "variance": variance, "alpha": 0.01, "family": 1}
        more = stats.clusters_needed(num_images=2, **options)
        assert enough(Question(0.2, 0.01, 1, bounds), asked).images == 2 * more


def test_more_families_are_counted_with_as_many_images_as_they_have():
    """Of one image a prompt, and three prompts a family, each family more is three images."""
    rows = {f"{letter}{n}": [(1.0, 1.0)] for letter in "abcdefgh" for n in range(3)}
    found = enough(Question(0.1, 0.01, 1, (0.0, 1.0)), pairs(rows, families=True))
    readings = pairs(rows, families=True)
    scores = np.array([readings.candidate, readings.baseline]).T
    prompts = [reading.prompt for reading in readings.readings]
    variance = by_pairing(Images(scores, prompts, readings.clusters), True, 1.0)["seeds"]
    more = stats.clusters_needed(
        num_images=1, effect=0.1, power=0.91, variance=variance, alpha=0.01, family=1
    )
    assert found.images == 3 * more
    assert f"about {3 * more} images of {more} such families would" in found.words
