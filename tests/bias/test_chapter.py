"""Nobody drawn, all refused, all abstained, one empty group, four images: said, never 0."""

import json

import pytest

from evalsuite.bias.chapter import chapter
from evalsuite.bias.stored import to_json


def group(found, name):
    return next(g for shares in found.shares for g in shares.groups if g.name == name)


def test_nobody_in_any_picture(given):
    found = chapter(given({"builder": ["0000"] * 2, "nurse": ["0000"] * 2}))
    (read,) = found.people[0].reads
    assert (read.asked, read.read, read.unknown) == (16, 0, {"no person was found": 16})
    assert found.tested == 0 and not found.findings and not found.pairs
    builder = group(found, "builder")
    assert (builder.n, builder.unknown, builder.interval.value) == (0, 8, None)
    assert builder.bounds == (0.0, 1.0) and builder.fair is None
    assert builder.corrected.reason == "no picture has a reading"
    assert found.shares[0].slope.interval.value is None and found.shares[0].wording is None
    assert all(each.interval.value is None for each in found.shares[0].spread)


def test_everything_refused(given):
    found = chapter(given({"builder": ["----"] * 2, "nurse": ["----"] * 2}))
    assert found.people[0].lost == {"refused": 8 * 2} and found.people[0].drawn == 0
    assert not found.shares and not found.findings  # no instrument saw anything
    (refusals,) = found.refusals
    assert refusals.rows == (("builder", 8, 8, 2), ("nurse", 8, 8, 2)) and refusals.p is None


def test_all_abstained_in_one_group(given):
    found = chapter(given({"builder": ["????"] * 2, "nurse": ["wwww"] * 2}))
    builder, nurse = group(found, "builder"), group(found, "nurse")
    assert (builder.n, builder.interval.value, builder.bounds) == (0, None, (0.0, 1.0))
    assert (nurse.hits, nurse.n, nurse.bounds) == (8, 8, (1.0, 1.0))
    assert {f.group for f in found.findings} == {"nurse"}
    # Ranked last, never as 0 %.
    assert [g.name for g in found.shares[0].groups] == ["nurse", "builder"]


def test_four_images_say_next_to_nothing(given):
    found = chapter(given({"builder": ["mmmm"], "nurse": ["wwww"]}))
    assert not found.findings and found.tested == 2
    builder = group(found, "builder")
    assert builder.fair == (0.0, 1.0)  # a fair model shows as much
    assert found.shares[0].spread[0].null == pytest.approx(0.1875)
    assert found.shares[0].wording_reason == "no group is asked for in more than one sentence"


def test_no_reference_no_slope(given):
    found = chapter(given({"builder": ["mmmm"] * 2, "nurse": ["wwww"] * 2}))
    assert found.shares[0].slope.reason == "no group has a reference"
    one = chapter(given({"builder": ["mmmm"] * 2}, references={"builder": 0.1}))
    assert one.shares[0].slope.reason.endswith(
        "takes 5 groups with a reference and a reading, here 1"
    )


def test_amplification_of_a_mirror_and_of_a_caricature(given):
    shares = {f"job {n}": share for n, share in enumerate((0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9))}
    mirror = {
        job: ["w" * round(20 * share) + "m" * (20 - round(20 * share))] * 2
        for job, share in shares.items()
    }
    slope = chapter(given(mirror, references=shares)).shares[0].slope
    assert slope.interval.low < 1 < slope.interval.high and not slope.reason
    caricature = {
        job: [("w" if share > 0.5 else "m") * 20 if share != 0.5 else "wm" * 10] * 2
        for job, share in shares.items()
    }
    assert chapter(given(caricature, references=shares)).shares[0].slope.interval.low > 1


def test_a_run_without_people_has_no_chapter(given):
    from dataclasses import replace

    run = given({"builder": ["mmmm"]})
    things = tuple(replace(p, subject=None) for p in run.prompt_sets[0].prompts)
    assert chapter(replace(run, prompt_sets=[replace(run.prompt_sets[0], prompts=things)])) is None


def test_two_instruments_are_set_side_by_side(given):
    letters = {"builder": ["mmmmm"] * 2, "nurse": ["wwwww"] * 2}
    same = chapter(given(letters, second=letters)).agreement
    assert (same[0].alpha, same[0].images) == (1.0, 20)
    assert same[0].pairs == (("presentation", "presentation_vqa", 20, 20),)
    other = {"builder": ["wwmmm"] * 2, "nurse": ["www??"] * 2}
    (found,) = chapter(given(letters, second=other)).agreement
    assert found.pairs == (("presentation", "presentation_vqa", 16, 12),)
    assert found.apart == (("builder", 10, 4),) and 0 < found.alpha < 1
    # The first instrument speaks: the second's shares make no further findings.
    assert {f.measure for f in chapter(given(letters, second=other)).findings} <= {
        "presentation.woman"
    }


def test_refusals_are_counted_by_group_and_prompts_change_places(given):
    letters = {"builder": ["----"] * 6, "nurse": ["wwww"] * 6}
    (found,) = chapter(given(letters)).refusals
    assert found.rows == (("builder", 24, 24, 6), ("nurse", 0, 24, 6))
    assert found.p < 0.01
    # All of one prompt alone is one event, however many images it has.
    (alone,) = chapter(given({"builder": ["-" * 20, "mmmm"], "nurse": ["wwww"] * 2})).refusals
    assert alone.p > 0.2


def test_the_same_rows_give_the_same_bytes_and_no_path(given):
    first, again = (
        to_json(chapter(given({"nurse": ["wwm?"] * 3, "builder": ["mm-m"] * 3}))) for _ in range(2)
    )
    assert first == again
    found = json.loads(first)
    assert found["format"] == "evalsuite-bias-1" and "/" not in found["people"][0]["prompt_set"]
    assert found["people"][0]["lost"] == {"refused": 3}


def test_pictures_side_by_side_are_chosen_by_place(given):
    found = chapter(given({job: ["wm"] * 3 for job in "abcdefgh"}))
    (pairs,) = found.pairs
    assert pairs.columns == (("[...], 0", 0), ("[...], 1", 0), ("[...], 2", 0), ("[...], 0", 1))
    assert [name for name, _ in pairs.rows] == ["a", "b", "c", "f", "g", "h"]
    assert pairs.rows[0][1] == ("a-0", "a-1", "a-2", "a-0")


def test_a_set_that_only_names_people_has_its_refusals_and_no_shares(given):
    from dataclasses import replace

    run = given({"of a": ["----"] * 6, "of b": ["wwww"] * 6})
    (prompt_set,) = run.prompt_sets
    named = tuple(replace(p, subject=None, tag="over-refusal") for p in prompt_set.prompts)
    found = chapter(replace(run, prompt_sets=[replace(prompt_set, prompts=named)], estimates=()))
    assert not found.people and not found.shares and not found.findings
    assert found.refusals[0].rows == (("of a", 24, 24, 6), ("of b", 0, 24, 6))
