"""Amplification by wording: one sentence can mirror the reference where another exaggerates it."""

from dataclasses import replace

import pytest

from evalsuite.bias.chapter import chapter
from evalsuite.bias.record import Source

SHARES = {f"job {n}": share for n, share in enumerate((0.1, 0.2, 0.3, 0.7, 0.8, 0.9))}


def mirrored(share):
    return "w" * round(20 * share) + "m" * (20 - round(20 * share))


def exaggerated(share):
    return ("w" if share > 0.5 else "m") * 20


def labelled(run, label, values):
    """The run's sentences with one more group label; nothing else reads it."""
    (prompt_set,) = run.prompt_sets
    prompts = tuple(
        replace(p, groups={**p.groups, label: values[p.groups["template"]]})
        for p in prompt_set.prompts
    )
    return replace(run, prompt_sets=[replace(prompt_set, prompts=prompts)])


@pytest.fixture
def split(given):
    """In the first sentence the model mirrors the reference, in the second it exaggerates it."""
    letters = {job: [mirrored(share), exaggerated(share)] for job, share in SHARES.items()}
    return given(letters, references=SHARES)


def test_each_sentence_has_its_own_slope_beside_the_pooled_one(split):
    (shares,) = chapter(split).shares
    first, second = shares.slopes
    assert (first.wording, second.wording) == ("[...], 0", "[...], 1")
    assert first.slope.interval.low < 1 < first.slope.interval.high
    assert second.slope.interval.low > 1
    assert first.slope.interval.value < shares.slope.interval.value
    assert first.slope.interval.clusters == second.slope.interval.clusters == 6
    assert shares.kinds == ("neutral",)


def test_the_kinds_of_wording_come_first_where_the_prompts_say_them(split):
    kinds = {"[...], 0": "caption-matched", "[...], 1": "neutral"}
    (shares,) = chapter(labelled(split, "wording", kinds)).shares
    assert [each.wording for each in shares.slopes][:2] == ["caption-matched", "neutral"]
    assert len(shares.slopes) == 4 and shares.kinds == ("caption-matched", "neutral")
    # A word of another meaning is a wording, and no kind.
    (shares,) = chapter(labelled(split, "wording", dict.fromkeys(kinds, "formal"))).shares
    assert shares.kinds == ("neutral",) and len(shares.slopes) == 2


def test_one_sentence_or_too_few_groups_have_no_slopes_apart(given):
    alone = given({job: [mirrored(share)] for job, share in SHARES.items()}, references=SHARES)
    assert chapter(alone).shares[0].slopes == ()
    few = dict(list(SHARES.items())[:4])
    run = given({job: [mirrored(share)] * 2 for job, share in few.items()}, references=few)
    assert chapter(run).shares[0].slopes == ()


def test_the_worlds_prompts_are_matched_to_what_it_was_taught_and_to_nothing_else(split):
    (prompt_set,) = split.prompt_sets
    world = replace(split, prompt_sets=[replace(prompt_set, dialect="scenes")])
    taught = {"people": Source(name="taught", words="taught")}
    assert chapter(replace(world, sources=taught)).shares[0].kinds == ("caption-matched",)
    assert chapter(world).shares[0].kinds == ("neutral",)
    assert chapter(replace(split, sources=taught)).shares[0].kinds == ("neutral",)
