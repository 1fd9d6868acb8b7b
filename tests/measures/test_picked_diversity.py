"""What picking does to diversity, on two-dimensional vectors."""

import pytest

from evalsuite.measures import picked_diversity, ranking
from evalsuite.plugins.find import own_measures
from evalsuite.records import Judgement, Key, Prompt, PromptSet, Sample

SCORE = ranking(own_measures())
EAST, NORTH = (1.0, 0.0), (0.0, 1.0)


def effects(directions, scores, k, prompts=6):
    """Every prompt has the same images: a direction each, and a score or None."""
    whole = tuple(Prompt(f"p{n}", "a cat", "counting") for n in range(prompts))
    prompt_set = PromptSet(
        name="set", version="1", digest="digest", dialect="everyday", prompts=whole
    )
    planned = [Key("set", p.id, index) for p in whole for index in range(len(directions))]
    samples = {
        key: Sample(key, 1, "refused")
        if directions[key.index] is None
        else Sample(key, 1, "ok", image=f"{key.prompt_id}-{key.index}")
        for key in planned
    }
    answers = {
        ("clip", key): Judgement("clip", key, {"score": scores[key.index]})
        for key in planned
        if scores[key.index] is not None
    }
    vectors = {
        sample.image: directions[key.index] for key, sample in samples.items() if sample.image
    }
    return picked_diversity([prompt_set], samples, answers, planned, vectors, k, SCORE)


def test_a_ranker_that_likes_one_direction_makes_picks_alike():
    (found,) = effects([EAST, NORTH, NORTH, EAST], [2.0, 1.0, 1.0, 2.0], 2)
    # Pairs of different twos: E-N, E-E, N-N, N-E; the picks are both east.
    assert (found.whole.value, found.picked.value) == (0.5, 1.0)
    assert found.difference.value == pytest.approx(0.5)
    assert (found.difference.n, found.difference.null) == (6, 0.0)


def test_picks_of_different_directions_are_less_alike():
    (found,) = effects([EAST, NORTH, NORTH, EAST], [2.0, 1.0, 2.0, 1.0], 2)
    assert (found.whole.value, found.picked.value) == (0.5, 0.0)


def test_a_rest_of_fewer_than_k_is_left_out_and_one_part_alone_has_no_row():
    (found,) = effects([EAST, EAST, EAST, EAST, NORTH], [1.0] * 5, 2)
    assert found.whole.value == pytest.approx(1.0)
    assert effects([EAST, NORTH, NORTH, EAST], [1.0] * 4, 3) == []
    assert effects([EAST, NORTH, NORTH, EAST], [1.0] * 4, 4) == []


def test_a_part_without_a_pick_is_no_pair_and_a_prompt_without_two_picks_is_missing():
    images = [EAST, NORTH, None, None, EAST, EAST]
    (found,) = effects(images, [2.0, 1.0, None, None, 1.0, 1.0], 2)
    assert found.whole.value == pytest.approx(0.5) and found.picked.value == pytest.approx(1.0)
    (lost,) = effects(images[:4], [2.0, 1.0, None, None], 2)
    assert lost.whole.value is None and lost.whole.missing == {"fewer than two picks": 6}
    assert lost.difference.value is None
