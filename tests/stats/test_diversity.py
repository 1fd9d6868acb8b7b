import numpy as np
import pytest

from evalsuite.stats import mean_similarity, vendi, vendi_of


def test_n_different_images_count_as_n_and_n_equal_ones_as_one():
    assert vendi(vectors=np.eye(4)) == pytest.approx(4.0)
    assert vendi(vectors=[[3.0, 4.0]] * 5) == pytest.approx(1.0)
    assert mean_similarity(vectors=np.eye(4)) == pytest.approx(0.0)
    assert mean_similarity(vectors=[[3.0, 4.0]] * 5) == pytest.approx(1.0)


def test_two_pairs_of_twins_count_as_two():
    assert vendi(vectors=[[1, 0], [1, 0], [0, 2], [0, 2]]) == pytest.approx(2.0)
    # Two of the six pairs are equal, four at right angles.
    assert mean_similarity(vectors=[[1, 0], [1, 0], [0, 2], [0, 2]]) == pytest.approx(1 / 3)


def test_two_images_at_sixty_degrees_by_hand():
    # K/n = [[.5, .25], [.25, .5]]: eigenvalues .75 and .25.
    expected = np.exp(-(0.75 * np.log(0.75) + 0.25 * np.log(0.25)))
    assert vendi(vectors=[[1, 0], [0.5, 3**0.5 / 2]]) == pytest.approx(expected)
    assert mean_similarity(vectors=[[1, 0], [0.5, 3**0.5 / 2]]) == pytest.approx(0.5)


def test_pairs_within_a_part_do_not_count():
    vectors = [[1, 0], [0, 1], [0, 1], [1, 0]]
    # Of the four pairs between the parts two are alike; of all six only these two.
    assert mean_similarity(vectors=vectors, parts=[0, 0, 1, 1]) == pytest.approx(1 / 2)
    assert mean_similarity(vectors=vectors) == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="no pair"):
        mean_similarity(vectors=vectors, parts=[2, 2, 2, 2])


def test_opposite_images_have_negative_similarity_and_count_as_one_direction():
    assert mean_similarity(vectors=[[1, 0], [-1, 0]]) == pytest.approx(-1.0)
    assert vendi(vectors=[[1, 0], [-1, 0]]) == pytest.approx(1.0)


@pytest.mark.parametrize("bad", [[], [1.0, 2.0], [[0.0, 0.0]], [[np.nan, 1.0]], [[np.inf, 1.0]]])
def test_what_is_no_set_of_vectors_is_refused(bad):
    with pytest.raises(ValueError, match="vector"):
        vendi(vectors=bad)


def test_one_image_has_no_pair():
    assert vendi(vectors=[[1.0, 2.0]]) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="no pair"):
        mean_similarity(vectors=[[1.0, 2.0]])


def test_of_k_images_the_score_is_that_of_all_choices_of_k():
    # Two equal images and a third at right angles: the pairs count 1, 2 and 2.
    vectors = [[1, 0], [1, 0], [0, 1]]
    assert vendi_of(vectors=vectors, k=2, seed=0) == pytest.approx(5 / 3)
    assert vendi_of(vectors=vectors, k=3, seed=0) == pytest.approx(vendi(vectors=vectors))
    assert vendi_of(vectors=vectors, k=1, seed=0) == pytest.approx(1.0)
    with pytest.raises(ValueError, match="4 of 3 images"):
        vendi_of(vectors=vectors, k=4, seed=0)


def test_of_many_choices_some_are_drawn_by_the_seed():
    vectors = np.random.default_rng(0).normal(size=(20, 8))
    first = vendi_of(vectors=vectors, k=8, seed=1)
    assert first == vendi_of(vectors=vectors, k=8, seed=1)
    assert first != vendi_of(vectors=vectors, k=8, seed=2)
    assert first == pytest.approx(vendi_of(vectors=vectors, k=8, seed=2), abs=0.05)
    assert 1 < first < vendi(vectors=vectors)
