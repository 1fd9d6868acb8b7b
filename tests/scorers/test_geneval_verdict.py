"""GenEval's rules on hand-computed boxes, and against a slow oracle on random ones."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from evalsuite.records import Clause, Prompt
from evalsuite.scorers._geneval_verdict import (
    COLORS,
    Rules,
    directions,
    iou,
    of_detections,
    select,
    verdict,
)

CASES = 5000


@pytest.fixture(scope="module")
def oracle():
    path = Path(__file__).parents[1] / "geneval_oracle.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def at(left, top, side=10.0, score=0.95):
    return [left, top, left + side, top + side, score]


def test_it_agrees_with_a_slow_derivation_on_random_detections(oracle):
    rng = np.random.default_rng(0)
    kinds = {}
    right = 0
    for _ in range(CASES):
        case = oracle.random_case(rng)
        prompt = Prompt("p", "x", case.tag, include=case.include, exclude=case.exclude)
        found = of_detections(prompt, case.boxes, case.colors, Rules(max_overlap=case.max_overlap))
        facts = oracle.facts(case)
        assert [oracle.parsed(fault) for fault in found.faults] == facts, case
        assert found.correct == (not facts)
        right += found.correct
        for fact in facts:
            kinds[fact[0]] = kinds.get(fact[0], 0) + 1
    # The cases must reach every rule, or agreement means little.
    assert set(kinds) == {"number", "color", "no target", "place", "too many"}
    assert min(kinds.values()) > 100 and CASES / 20 < right < CASES * 19 / 20


def test_thresholds_are_exceeded_not_met_and_counting_has_its_own():
    boxes = np.array([at(0, 0, score=s) for s in (0.3, 0.31, 0.9, 0.91)])
    assert select(boxes, "colors") == [3, 2, 1]
    assert select(boxes, "counting") == [3]
    assert select(boxes, "counting", Rules(counting_threshold=0.3)) == [3, 2, 1]
    assert select([], "colors") == [] == select(np.zeros((0, 5), np.float32), "colors")


def test_of_two_equal_scores_the_later_comes_first_and_sixteen_boxes_count():
    boxes = np.array([at(k, 0, score=0.5) for k in range(3)])
    assert select(boxes, "position", Rules(max_objects=2)) == [2, 1]
    many = np.array([at(k, 0, score=0.5 + k / 100) for k in range(20)])
    assert select(many, "position") == list(range(19, 3, -1))


def test_overlapping_boxes_stay_unless_asked_otherwise():
    boxes = np.array([at(0, 0, score=0.9), at(0, 0, score=0.8), at(50, 0, score=0.7)])
    assert select(boxes, "colors") == [0, 1, 2]
    assert select(boxes, "colors", Rules(max_overlap=0.5)) == [0, 2]


def test_iou_counts_whole_pixels():
    # 10 x 10 and 10 x 10 pixels that share 5 x 10: 50 / 150.
    assert iou([0, 0, 9, 9], [5, 0, 14, 9]) == pytest.approx(1 / 3)
    # Touching pixels are not shared; a box without extent is still one pixel.
    assert iou([0, 0, 9, 9], [10, 0, 19, 9]) == 0
    assert iou([3, 3, 3, 3], [3, 3, 3, 3]) == 1


def test_a_direction_needs_twice_the_margin_on_a_pure_axis():
    # Two boxes of 100 px: the margin is 20 px, so 20 of 40 px are left: exactly half, not over.
    assert directions(at(40, 0, 100), at(0, 0, 100)) == frozenset()
    assert directions(at(41, 0, 100), at(0, 0, 100)) == {"right of"}
    assert directions(at(0, 0, 100), at(41, 0, 100)) == {"left of"}
    assert directions(at(0, 41, 100), at(0, 0, 100)) == {"below"}
    assert directions(at(0, 0, 100), at(0, 0, 100)) == frozenset()
    # Offsets of 30 px each way and boxes of 10 px: (28, 28) / 42.4 = 0.66 on both axes.
    assert directions(at(30, 0), at(0, 30)) == {"right of", "above"}


def test_a_clause_takes_its_first_boxes_only():
    two_red = (Clause("dog", 1, color="red"),)
    boxes = {"dog": [at(0, 0), at(30, 0)]}
    blue_first = verdict(two_red, (), boxes, {"dog": ["blue", "red"]})
    assert blue_first.faults == ("expected red dog>=1, found 0 red; and 1 blue",)
    assert verdict(two_red, (), boxes, {"dog": ["red", "blue"]}).correct


def test_a_wrong_clause_is_no_target_and_later_checks_of_it_are_skipped():
    include = (Clause("cat", 2), Clause("dog", 1, color="red", position=("right of", 0)))
    boxes = {"cat": [at(0, 0)], "dog": [at(90, 0)]}
    assert verdict(include, (), boxes, {"dog": ["red"]}).faults == (
        "expected cat>=2, found 1",
        "no target for dog to be right of",
    )
    assert verdict(include, (), boxes, {"dog": ["pink"]}).faults == (
        "expected cat>=2, found 1",
        "expected red dog>=1, found 0 red; and 1 pink",
    )


def test_every_pair_must_be_placed_so_and_the_first_that_is_not_is_named():
    include = (Clause("cat", 2), Clause("dog", 1, position=("right of", 0)))
    boxes = {"cat": [at(0, 0), at(200, 0)], "dog": [at(100, 0)]}
    found = verdict(include, (), boxes, {})
    assert found.faults == ("expected dog right of target, found left of target",)
    assert verdict(include, (), boxes | {"dog": [at(300, 0)]}, {}).correct


def test_exclusion_comes_last_and_counts_every_box():
    found = verdict((Clause("cat", 3),), (Clause("dog", 2),), {"dog": [at(0, 0), at(1, 1)]}, {})
    assert found.faults == ("expected cat>=3, found 0", "expected dog<2, found 2")
    assert verdict((), (Clause("dog", 2),), {"dog": [at(0, 0)]}, {}).correct
    assert verdict((), (), {}, {}).correct


def test_colours_that_were_not_handed_over_are_an_error():
    with pytest.raises(ValueError, match="dog: 1 colours for 2 boxes"):
        verdict(
            (Clause("dog", 2, color="red"),), (), {"dog": [at(0, 0), at(20, 0)]}, {"dog": ["red"]}
        )
    assert len(COLORS) == 10
