"""From a pilot's images to the variance of a difference."""

import numpy as np
import pytest

from evalsuite.comparison.pilot import Images, by_pairing


def images(rows, families=None):
    """From {prompt: [(score of run 1, of run 2), ...]}; a prompt's family is its first letter."""
    prompts = [prompt for prompt, pairs in rows.items() for _ in pairs]
    scores = np.array([pair for pairs in rows.values() for pair in pairs], dtype=float)
    return Images(scores, prompts, [prompt[0] for prompt in prompts] if families else prompts)


FAMILIES = {
    "a1": [(1, 0), (1, 1)],
    "a2": [(1, 1), (0, 1)],
    "b1": [(1, 1), (1, 1)],
    "b2": [(1, 0), (0, 0)],
}


def test_families_are_what_varies_and_their_images_share_the_rest():
    # Differences by family: 1 0 0 -1, mean 0; 0 0 1 0, mean 1/4. Variance of the means 1/32.
    # Within prompts: 1/2, 1/2, 0, 1/2 over four prompts is 3/8; a family has four images, 3/32.
    found = by_pairing(images(FAMILIES, families=True), is_verdict=False, width=1.0)["seeds"]
    # More lies within than the means show: all of it is put there, 1/32 times 4.
    assert (found.between, found.within) == pytest.approx((0, 1 / 8))
    assert (found.per_cluster, found.width, found.together) == (2, 1.0, None)


def test_verdicts_have_one_more_pair_that_differs_and_say_how_losses_cluster():
    found = by_pairing(images(FAMILIES, families=True), is_verdict=True, width=1.0)
    assert found["seeds"].within == pytest.approx(1 / 8 + 1 / 9)
    assert found["seeds"].step == 1
    # Scores of the first run: families' means 3/4 and 3/4; of the second 3/4 and 1/2: nothing
    # but chance lies between them.
    assert found["seeds"].together == 0
    alike = {"a1": [(1, 1), (1, 1)], "b1": [(0, 0), (0, 0)]}
    found = by_pairing(images(alike, families=True), is_verdict=True, width=1.0)["seeds"]
    assert found.together == 1 and (found.between, found.within) == (0, 1 / 5)


def test_a_single_image_of_each_prompt_leaves_all_between_clusters():
    single = {"a1": [(1, 0)], "a2": [(1, 1)], "b1": [(0, 1)], "b2": [(1, 1)]}
    # Families' means 1/2 and -1/2: variance 1/2.
    found = by_pairing(images(single, families=True), is_verdict=False, width=None)
    assert (found["seeds"].between, found["seeds"].within) == (0.5, 0)
    assert "prompts" not in found


def test_one_cluster_and_no_variance_say_nothing():
    assert by_pairing(images({"a1": [(1, 0), (1, 1)]}), is_verdict=True, width=1.0) == {}
    same = {"a": [(1, 1), (1, 1)], "b": [(1, 1), (1, 1)]}
    assert by_pairing(images(same), is_verdict=False, width=1.0) == {}
    assert by_pairing(images(same), is_verdict=True, width=1.0)["seeds"].within == 1 / 5
