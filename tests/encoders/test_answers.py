import numpy as np
import pytest

from evalsuite.encoders import answers, detector, vqa
from evalsuite.records import Picture, Question
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene


def never() -> np.ndarray:
    raise AssertionError("the picture was decoded")


def again(picture: Picture) -> Picture:
    """The picture as the next command finds it: its features, and no pixels."""
    stored = {key: np.array(array) for key, array in picture.features.items()}
    return Picture(picture.sha256, never, stored)


def seen(*items: Item) -> Picture:
    pixels = draw(Scene(1, items))
    return Picture(str(items), lambda: pixels)


def test_answers_come_back_to_the_last_bit_and_add_up() -> None:
    picture = Picture("a", never)
    share = float(np.float32(0.1))
    answers.keep(picture, "m", {"is it red?": [share, 1e-300]})
    answers.keep(picture, "m", {"é": None})
    back = answers.recall(again(picture), "m")
    assert back == {"is it red?": [share, 1e-300], "é": None}
    assert answers.are_known(again(picture), "m", ["é", "is it red?"])
    assert not answers.are_known(picture, "m", ["is it blue?"])
    assert answers.recall(picture, "another") == {}


def test_what_is_no_answer_is_refused_and_nothing_changes() -> None:
    picture = Picture("a", never)
    answers.keep(picture, "m", {})
    assert picture.features == {}
    with pytest.raises(ValueError, match="not JSON compliant"):
        answers.keep(picture, "m", {"q": float("nan")})
    assert picture.features == {}
    assert answers.recall(picture, "m") == {}


def test_a_new_threshold_needs_no_pixels_and_gives_the_same_boxes() -> None:
    items = [Item("circle", "red", 20, 20, 18), Item("square", "blue", 46, 44, 16)]
    names, first = ["circle", "square", "star"], detector.load("scenes-owl")
    known = seen(*items)
    before = first.detect(known, names, colored=True)
    assert first.detect(again(known), names, colored=True) == before
    for threshold, overlap in ((0.3, 0.5), (0.05, 0.9), (0.6, 0.1)):
        other = detector.load("scenes-owl", threshold=threshold, overlap=overlap)
        encoded = other.images_encoded
        told = other.detect(again(known), names, colored=True)
        assert other.images_encoded == encoded
        # What it says of a picture that nobody has looked at.
        assert told == other.detect(seen(*items), names, colored=True)
    assert not first.knows(again(known), ["triangle"])
    assert not first.knows(again(known), names)  # without colours it is another question


def test_a_threshold_below_the_floor_is_asked_anew() -> None:
    lower = detector.load("scenes-owl", threshold=0.001)
    known = seen(Item("circle", "red", 20, 20, 18))
    detector.load("scenes-owl").detect(known, ["circle"])
    assert not lower.knows(known, ["circle"])
    assert len(lower.detect(known, ["circle"])) >= 1


@pytest.mark.parametrize("kind", ["blip", "qwen2"])
def test_answers_to_questions_need_no_pixels(kind: str, request: pytest.FixtureRequest) -> None:
    answerer = vqa.load(str(request.getfixturevalue(f"tiny_{kind}")))
    known = seen(Item("circle", "red", 20, 20, 18))
    red, one = Question("Is it red?"), Question("How many?", "one", ("one", "two"))
    told = answerer.ask(known, [red, one, red])
    assert told[0] == told[2]
    encoded = answerer.images_encoded
    assert answerer.ask(again(known), [one, red]) == [told[1], told[0]]
    assert answerer.images_encoded == encoded
    # The same words with other choices are another question.
    assert not answerer.knows(again(known), [Question("How many?", "one", ("one", "three"))])
