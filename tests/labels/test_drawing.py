"""Samples: nested, deterministic, every stratum represented, probabilities known."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.labels.drawing import allocate, draw, seed_of
from evalsuite.labels.frame import Cell
from evalsuite.records import Key, Prompt


def cells(sizes):
    """So many images of each stratum."""
    found = []
    for stratum, size in sizes.items():
        for index in range(size):
            key = Key("s", f"{stratum}-{index}", 0)
            prompt = Prompt(key.prompt_id, "a text", "t")
            found.append(Cell(key=key, image="0" * 64, prompt=prompt, family=key.prompt_id,
                              judge="x", is_judged=True, stratum=stratum))  # fmt: skip
    return found


SIZES = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 40), min_size=1)


def test_seats_go_first_to_every_stratum_and_then_by_the_root_of_its_size():
    # Two each, as far as there are two; then sqrt(100) / 2 = 5 beats sqrt(25) / 2 = 2.5 until
    # 10 / n and 5 / m are equal: of 15 more than five, ten to five.
    assert allocate({"a": 100, "b": 25, "c": 1}, 5) == {"a": 2, "b": 2, "c": 1}
    assert allocate({"a": 100, "b": 25, "c": 1}, 16) == {"a": 10, "b": 5, "c": 1}


def test_the_first_images_go_to_the_largest_strata():
    assert allocate({"a": 9, "b": 4, "c": 1}, 2) == {"a": 1, "b": 1, "c": 0}


@given(SIZES, st.integers(0, 120))
def test_one_more_image_takes_none_away(sizes, images):
    few, more = allocate(sizes, images), allocate(sizes, images + 1)

    assert sum(few.values()) == min(images, sum(sizes.values()))
    assert all(few[name] <= more[name] <= sizes[name] for name in sizes)


@given(SIZES, st.integers(1, 60), st.integers(0, 40), st.text(max_size=5))
def test_a_larger_sample_holds_the_smaller_one(sizes, images, more, seed):
    population = cells(sizes)
    small, large = draw(population, images, seed), draw(population, images + more, seed)

    assert {one.cell.key for one in small} <= {one.cell.key for one in large}
    assert small == draw(population, images, seed)
    counts = Counter(one.cell.stratum for one in small)
    assert all((one.drawn, one.size) == (counts[s := one.cell.stratum], sizes[s]) for one in small)


def test_every_image_of_a_stratum_is_as_likely():
    population = cells({"a": 10, "b": 3})
    hits = Counter(
        one.cell.key for seed in range(2000) for one in draw(population, 6, str(seed))
    )  # four of ten, and two of three

    for cell in population:
        likely = 0.4 if cell.stratum == "a" else 2 / 3
        assert hits[cell.key] / 2000 == pytest.approx(likely, abs=0.05)


def test_another_scorer_draws_the_same_images():
    manifest = {"seed": 0, "backend": {"model": "m"}, "scorers": {"clip": {"name": "x"}}}

    assert seed_of(manifest) == seed_of({**manifest, "scorers": {}})
    assert seed_of(manifest) != seed_of({**manifest, "seed": 1})
