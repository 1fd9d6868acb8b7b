import numpy as np
import pytest

from evalsuite.scenes.captions import caption
from evalsuite.scenes.draw import draw
from evalsuite.scenes.read import read
from evalsuite.scenes.sample import any_scene, person, place
from evalsuite.scenes.world import (
    BACKGROUNDS,
    COLORS,
    OCCUPATIONS,
    RELATIONS,
    SHAPES,
    SIDE,
    Item,
    Scene,
    relation_between,
)


def test_a_red_square_lies_where_it_was_put() -> None:
    pixels = draw(Scene(0, (Item("square", "red", 32, 20, 10),)))
    assert pixels.shape == (SIDE, SIDE, 3) and pixels.dtype == np.uint8
    red = np.argwhere((pixels == COLORS["red"]).all(axis=-1))
    assert red.min(axis=0).tolist() == [15, 27] and red.max(axis=0).tolist() == [24, 36]
    assert pixels[0, 0].tolist() == list(BACKGROUNDS[0])


def test_nothing_overlaps_and_everything_lies_inside() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        items = any_scene(rng).items
        for number, item in enumerate(items):
            assert min(item.box) >= 1 and max(item.box) <= SIDE - 1
            for other in items[number + 1 :]:
                reach = (item.size + other.size) / 2
                assert abs(item.x - other.x) > reach or abs(item.y - other.y) > reach


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_pair_is_placed_as_asked(relation: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(25):
        first, second = place(rng, [("circle", "red"), ("square", "blue")], relation)
        assert relation_between(first, second) == relation


def test_skews_are_those_that_the_world_declares() -> None:
    rng = np.random.default_rng(2)
    for name, job in OCCUPATIONS.items():
        drawn = [person(rng, name) for _ in range(400)]
        share = np.mean([p.presentation == "woman" for p in drawn])
        # Four standard errors of a share at n = 400 are at most 0.1.
        assert share == pytest.approx(job.woman, abs=0.1)
        bands = [np.mean([low <= p.tone <= high for p in drawn]) for low, high in _BANDS]
        assert bands == pytest.approx(job.tones, abs=0.1)


_BANDS = ((1, 4), (5, 7), (8, 10))


def facts(scene: Scene) -> tuple[object, ...]:
    people = [(p.occupation, p.presentation, p.tone) for p in scene.people]
    return (
        scene.background,
        sorted((i.shape, i.color, i.x, i.y, i.size) for i in scene.items),
        people,
    )


def wrong_readings(count: int, seed: int) -> list[Scene]:
    rng = np.random.default_rng(seed)
    scenes = [any_scene(rng) for _ in range(count)]
    return [scene for scene in scenes if facts(read(draw(scene))) != facts(scene)]


def test_the_reader_recovers_every_field() -> None:
    assert wrong_readings(150, seed=3) == []


@pytest.mark.slow
def test_the_reader_is_right_on_2000_renders() -> None:
    assert len(wrong_readings(2000, seed=4)) <= 10


def test_captions_are_true() -> None:
    """Every colour and shape named in a caption is there, unless a "no" stands before it."""
    rng = np.random.default_rng(5)
    for _ in range(400):
        scene = any_scene(rng)
        text = caption(rng, scene)
        asked = text.replace("without any", "no").split(" no ")[0]
        for item_word in SHAPES:
            if item_word in asked:
                assert any(item.shape == item_word for item in scene.items), text
        for color in COLORS:
            if f" {color} " in f" {asked} ":
                assert any(item.color == color for item in scene.items), text
        if " no " in text.replace("without any", "no"):
            absent = text.replace("without any", "no").split(" no ")[1]
            named = next(shape for shape in SHAPES if shape in absent)
            assert all(item.shape != named for item in scene.items), text
