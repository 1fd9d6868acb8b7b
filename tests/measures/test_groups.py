"""Measures of groups: each occupation by itself, whichever way it leans."""

import random

import pytest

from evalsuite import stats
from evalsuite.measures import estimate
from evalsuite.measures.declared import from_row, to_row
from evalsuite.records import Judgement, Key, Measure, Prompt, PromptSet, Sample

DISTANCE = Measure(
    name="mine.distance",
    title="Distance",
    kind="mean imbalance",
    field="label",
    unit="distance",
    higher_is_better=None,
    label="a",
    over="job",
)
ONE_SIDED = Measure(
    name="mine.one_sided",
    title="One-sided",
    kind="one-sided",
    field="label",
    higher_is_better=None,
    label="a",
    over="job",
)


def found(jobs: dict[str, str], references: dict[str, float] | None = None):
    """The overall rows: of each job the labels of its images, "-" where there is none."""
    prompts = tuple(Prompt(job, job, "job", groups={"job": job}) for job in jobs)
    whole = PromptSet(name="s", version="1", digest="d", dialect="everyday", prompts=prompts)
    samples, judged, planned = {}, {}, []
    for job, labels in jobs.items():
        for index, label in enumerate(labels):
            key = Key("s", job, index)
            planned.append(key)
            samples[key] = Sample(key, 1, "ok", image="0")
            value = None if label == "-" else label
            judged["mine", key] = Judgement(
                "mine", key, {"label": value}, reasons={"label": "unsure"}
            )
    rows = estimate(
        [whole],
        samples,
        judged,
        planned,
        [DISTANCE, ONE_SIDED],
        references={"mine.a": references or {}},
    )
    return {row.measure: row for row in rows if not row.group}


def test_groups_that_lean_to_opposite_sides_do_not_cancel_out():
    # Half of all labels are "a": a pooled share is even, and every job lies 0.5, 0.5, 0 from even.
    rows = found({"nurse": "aaaa", "builder": "bbbb", "cook": "abab"})
    distance, one_sided = rows["mine.distance"], rows["mine.one_sided"]
    assert distance.value == pytest.approx((0.5 + 0.5 + 0) / 3)
    assert one_sided.value == pytest.approx(2 / 3)
    assert (distance.n, distance.prompts, distance.missing) == (12, 3, {})
    # A fair model's four images lie 3/16 from even on average, and are alike once in eight.
    assert distance.null == pytest.approx(3 / 16)
    assert one_sided.null == pytest.approx(1 / 8)
    assert distance.method.startswith("undecided: too few")


def test_images_without_a_label_are_left_out_of_the_value_and_of_the_fair_models():
    rows = found({"nurse": "aa--", "cook": "ab--", "judge": "----"})
    distance, one_sided = rows["mine.distance"], rows["mine.one_sided"]
    # Of two images: 0.5 and 0; a fair model 1/4. The job without a label counts for neither.
    assert distance.value == pytest.approx(0.25)
    assert distance.null == pytest.approx(0.25)
    assert one_sided.null == pytest.approx(0.5)
    assert distance.missing == {"abstained: unsure": 8} and distance.n == 4


def test_the_lower_end_gives_way_for_what_is_missing():
    names = ["nurse", "builder", "cook", "judge", "baker", "farmer"]
    whole = dict(zip(names, ["aaaa", "bbbb", "abab", "aaab", "bbba", "abab"], strict=True))
    part = dict(zip(names, ["aa--", "bb--", "ab--", "ab--", "ba--", "ab--"], strict=True))
    distance = found(part)["mine.distance"]
    plain = stats.mean(values=[0.5, 0.5, 0, 0, 0, 0], clusters=range(6), bounds=(0, 0.5))
    # A fair model's distance is 1/4 of two images and 3/16 of four.
    assert distance.low == pytest.approx(max(0, plain.low - (1 / 4 - 3 / 16)))
    assert distance.high == pytest.approx(plain.high)
    one_sided = found(part)["mine.one_sided"]
    plain = stats.mean(values=[1, 1, 0, 0, 0, 0], clusters=range(6), bounds=(0, 1))
    # Two alike are followed by two more of the kind with 3/5.
    assert one_sided.low == pytest.approx(max(0, plain.low - (2 / 5 + 2 / 5) / 6))
    assert found(whole)["mine.one_sided"].low == pytest.approx(plain.low)


def test_a_reference_is_known_where_that_of_every_group_is():
    jobs = {"nurse": "aaaa", "cook": "abab"}
    assert found(jobs, {"nurse": 0.9, "cook": 0.4})["mine.distance"].reference == pytest.approx(
        (0.4 + 0.1) / 2
    )
    assert found(jobs, {"nurse": 0.9})["mine.distance"].reference is None


def test_nothing_measured_is_no_zero():
    rows = found({"nurse": "--", "cook": "--"})
    for row in rows.values():
        assert (row.value, row.low, row.high, row.null, row.n) == (None,) * 4 + (0,)


def test_a_manifest_holds_over_and_a_measure_of_groups_needs_it():
    assert to_row(DISTANCE)["over"] == "job"
    assert from_row(to_row(DISTANCE)) == DISTANCE
    with pytest.raises(ValueError, match="kind 'one-sided' needs over"):
        from_row({"name": "mine.x", "title": "x", "kind": "one-sided", "label": "a"})


@pytest.mark.parametrize("lean", [0.3, 1.0, 40.0])
def test_a_random_part_refused_moves_no_value_beyond_its_interval(lean):
    # 65 jobs of 16 images, shares from Beta(lean, lean): from nearly all of one form to all even.
    dice = random.Random(f"groups {lean}")
    held = {"mine.distance": 0, "mine.one_sided": 0}
    for _ in range(40):
        jobs, part = {}, {}
        for number in range(65):
            share = dice.betavariate(lean, lean)
            labels = ["a" if dice.random() < share else "b" for _ in range(16)]
            jobs[f"j{number}"] = "".join(labels)
            part[f"j{number}"] = "".join(x if dice.random() < 0.4 else "-" for x in labels)
        whole, rest = found(jobs), found(part)
        for name in held:
            held[name] += rest[name].low <= whole[name].value <= rest[name].high
    # Of 40 intervals of 95 %, 34 or more hold it with 99.7 %.
    assert min(held.values()) >= 34, held
