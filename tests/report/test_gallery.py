"""Which images are shown, and how."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.records import Judgement, Key
from evalsuite.report.evidence import boxes_in, said
from evalsuite.report.gallery import gallery, thumbnail


def key(prompt: str, index: int) -> Key:
    return Key("counts", prompt, index)


def places(cards) -> list[str]:
    return [card.place for card in cards]


def test_right_comes_before_wrong_and_no_image_twice(tiny):
    shown = gallery(tiny, tiny.prompt_sets[0])
    assert places(shown.best) == ["c2, image 1"]
    assert places(shown.worst) == ["c1, image 0"]


def test_among_equals_clip_score_decides(tiny):
    better = {"correct": 0.0}, {"score": 30.0}
    rows = dict(tiny.judgements)
    for name, values in zip(("objects", "clip"), better, strict=True):
        rows[name, key("c2", 0)] = Judgement(name, key("c2", 0), values)
        del rows[name, key("c2", 1)]
    shown = gallery(replace(tiny, judgements=rows), tiny.prompt_sets[0])
    assert places(shown.best) == ["c2, image 0"]
    assert places(shown.worst) == ["c1, image 0"]


def test_a_failed_scorer_does_not_make_an_image_the_worst(tiny):
    rows = dict(tiny.judgements)
    rows["clip", key("c1", 0)] = Judgement("clip", key("c1", 0), failure="out of memory")
    shown = gallery(replace(tiny, judgements=rows), tiny.prompt_sets[0])
    assert places(shown.worst) == ["c2, image 0"]


def test_people_are_not_called_best_or_worst(tiny):
    assert gallery(tiny, tiny.prompt_sets[3]).has_people
    assert not gallery(tiny, tiny.prompt_sets[0]).has_people


def test_reasons_for_an_empty_gallery(tiny, empty):
    assert "drawn" in gallery(empty, empty.prompt_sets[0]).reason
    assert "judged" in gallery(replace(tiny, judgements={}), tiny.prompt_sets[0]).reason


def test_small_images_stay_as_they_are_and_large_ones_shrink():
    assert thumbnail(np.zeros((64, 64, 3), np.uint8)).startswith("data:image/png;base64,")
    assert thumbnail(np.zeros((600, 900, 3), np.uint8)).startswith("data:image/webp;base64,")


@pytest.mark.parametrize(
    "box", [None, [1, 2, 3], [1, 2, 3, "4"], [1, 2, float("nan"), 4], [5, 5, 1, 1], "1234", True]
)
def test_damaged_boxes_are_left_out(tiny, box):
    damaged = Judgement("objects", key("c1", 0), {}, {}, {"boxes": [{"box": box}, box]})
    report = replace(tiny, judgements={("objects", key("c1", 0)): damaged})
    assert boxes_in(report, key("c1", 0)) == []


def test_what_scorers_said_and_why(tiny):
    clip, objects, odd = said(tiny, key("c1", 0))
    assert clip.lines == (("score", "20", ""),)
    assert clip.why == ("chose “b” (75.0%) among 2; the prompt had 25.0%",)
    assert objects.lines[2] == ("relation", "no answer", "unsure: hm")
    assert objects.why == ("expected", 'more: {"x": 1}')
    assert odd.failure == "the scorer failed: broke"


def test_questions_that_a_prompt_does_not_raise_are_left_out(tiny):
    here = key("c1", 0)
    rows = {
        ("clip", here): Judgement(
            "clip", here, {"score": 20.0, "choice": None, "binding": None},
            {"choice": "no hard negatives: nothing to exchange", "binding": "unsure"},
        ),
        ("presentation", here): Judgement(
            "presentation", here, {"label": None}, {"label": "not asked: of no person"}
        ),
        ("objects", here): Judgement("objects", here, {"correct": None}, {"correct": "unsure"}),
    }  # fmt: skip
    clip, objects = said(replace(tiny, judgements=rows), here)
    assert [line[0] for line in clip.lines] == ["score", "binding"]
    assert objects.lines == (("correct", "no answer", "unsure"),)
