"""What comes back of plug-ins: pictures of PIL, and texts that no file can hold."""

from collections import Counter

import numpy as np
import pytest
from PIL import Image

from evalsuite.plugins import call
from evalsuite.records import Box, Case, Choice, Judgement, Key, NoImage, Picture, Prompt, Request

MODES = ("RGB", "RGBA", "L", "F")


class Painter:
    """Draws a grey square in another mode for each request."""

    batch_size = 4
    dialect = "everyday"

    def describe(self):
        return {}

    def problems(self, prompts):
        return []

    def render(self, requests):
        return [Image.new("L", (3, 2), 90).convert(MODES[r.key.index]) for r in requests]


def test_pil_images_are_pictures_and_what_cannot_be_one_is_invalid():
    requests = [Request(Key("s", "p", n), Prompt("p", "grey", "t"), n) for n in range(4)]

    *drawn, refused = call.render(Painter(), requests, 0, Counter())

    assert all(np.array_equal(image, np.full((2, 3, 3), 90, np.uint8)) for image in drawn)
    assert isinstance(refused, NoImage) and refused.status == "invalid"
    assert refused.reason == "a PIL image of mode F, whose range is unknown; make it RGB"


class Speaker:
    """Gives the same answer on every case."""

    name, batch_size = "speaker", 1

    def __init__(self, answer):
        self.answer = answer

    def judge(self, cases):
        if isinstance(self.answer, Exception):
            raise self.answer
        return [Judgement("speaker", cases[0].key, **self.answer)]


@pytest.mark.parametrize(
    "answer",
    [
        {"values": {"word": "a\ud83d"}},
        {"values": {"word": None}, "reasons": {"word": "\udfff"}},
        {"evidence": {"read": ["\ud800"]}},
        {"boxes": (Box("c\ud83dt", (0, 0, 1, 1)),)},
        {"summary": "\ud83d"},
        ValueError("cannot read \ud83d"),
        {"values": {"word": None}, "reasons": {"word": 3}},
        {"not_applicable": (3,)},
        {"choices": {"word": Choice((1, 2), (0.5, 0.5))}},
    ],
)
def test_what_no_report_can_hold_is_the_scorers_failure_when_it_is_judged(answer):
    case = Case(Key("s", "p", 0), Prompt("p", "x", "t"), Picture("0", lambda: None))

    (judgement,) = call.judge(Speaker(answer), [case], Counter())

    assert judgement.failure and not judgement.values
    assert judgement.failure.encode("utf-8")


def test_a_refusal_with_odd_text_is_kept_readable():
    class Refuser(Painter):
        def render(self, requests):
            return [NoImage("refused", "no \ud83d")] * 4

    request = Request(Key("s", "p", 0), Prompt("p", "grey", "t"), 0)

    assert call.render(Refuser(), [request], 0, Counter()) == [NoImage("refused", "no \\ud83d")]
