"""Which differences a rule is about, and what stands in its way, on sides written out by hand."""

import hashlib
import importlib.util
from dataclasses import replace
from pathlib import Path

from evalsuite.gating.policy import Rule
from evalsuite.gating.preconditions import (
    WAITING,
    Compared,
    check_rule,
    permutation_seed,
    prompts_of,
    sets,
)

SPEC = importlib.util.spec_from_file_location("sides", Path(__file__).parent / "sides.py")
sides = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(sides)

COUNT = "objects.count"
RULE = Rule(COUNT, 0.1, True)
SIDE = sides.side({COUNT: ["11"] * 3})


def compared(before, after, **more):
    return Compared(before, after, {}, (prompts_of(before), prompts_of(after)), **more)


def test_prompts_are_counted_once_by_measure_and_set():
    assert prompts_of(SIDE) == {(COUNT, "counts"): {"p0", "p1", "p2"}}


def test_a_rule_that_names_its_set_is_about_that_alone():
    both = compared(SIDE, SIDE)
    named = Rule(COUNT, 0.1, True, "block", "counts")
    assert sets(both, named, [named]) == ["counts"]
    assert sets(both, RULE, [RULE]) == ["counts"]
    assert sets(both, RULE, [RULE, named]) == []
    # A rule of another measure, or about a group, takes nothing away.
    group = Rule(COUNT, 0.1, True, "block", "counts", {"count": "1"})
    other = Rule("objects.present", 0.1, True, "block", "counts")
    assert sets(both, RULE, [RULE, group, other]) == ["counts"]


def test_sets_are_those_of_the_baseline_and_else_of_the_run():
    empty = replace(SIDE, readings={})
    more = replace(SIDE, prompt_sets={"counts": "d", "unmeasured": "e"})
    assert sets(compared(more, more), RULE, [RULE]) == ["counts"]
    assert sets(compared(empty, SIDE), RULE, [RULE]) == ["counts"]
    assert sets(compared(empty, empty), RULE, [RULE]) == ["(any)"]


def told(before, after, rule=RULE, **more):
    check = check_rule(compared(before, after, **more), rule, "counts")
    return check.word, check.reason


def test_a_baseline_that_lacks_the_measure_comes_before_all_else():
    assert told(replace(SIDE, readings={}), replace(SIDE, prompt_sets={}, complete=False)) == (
        "undecided",
        "the baseline has no such measure; bless a run that has it",
    )


def test_a_measure_of_samples_needs_no_scorer_whichever_side_knows_it():
    refusal = sides.side({"refusal.share": ["11"] * 3}, kinds={"refusal.share": "refused"})
    bare = replace(refusal, scorers={})
    rule = Rule("refusal.share", 0.1, True)
    for before, after in ((bare, replace(bare, measures={})), (replace(bare, measures={}), bare)):
        assert told(before, after, rule)[1] == "no prompt of counts is in the group "
    unknown = replace(bare, measures={})
    assert told(unknown, unknown, rule) == ("fail", "vanished: the run was not judged by refusal")


def test_while_images_come_a_run_without_one_waits_and_fewer_are_enough():
    fewer = sides.side({COUNT: ["11"] * 2})
    no_group = ("undecided", "no prompt of counts is in the group ")
    assert told(SIDE, replace(SIDE, readings={}), growing=True) == ("undecided", WAITING)
    assert told(SIDE, fewer, growing=True) == no_group
    assert told(SIDE, fewer) == ("undecided", "1 of the baseline's 3 prompts not drawn")
    one = sides.side({COUNT: ["11"]})
    assert told(one, sides.side({COUNT: []} | {"clip.choice": ["11"]}))[0] == "fail"
    # More prompts than the baseline's take nothing from it.
    assert told(fewer, SIDE) == no_group


def test_a_scorer_that_the_baseline_does_not_name_is_another():
    assert told(replace(SIDE, scorers={}), SIDE) == (
        "undecided",
        "another objects: its model, weights or options differ",
    )


def test_a_group_without_a_difference_is_named():
    rule = Rule(COUNT, 0.1, True, group={"count": "9", "colour": "red"})
    assert told(SIDE, SIDE, rule) == (
        "undecided",
        "no prompt of counts is in the group count 9, colour red",
    )


def test_the_seed_of_the_sign_flips_is_a_sha256_that_anybody_can_recompute():
    one = '["scenes",0,{"counts":"d"},{"objects":"s"},6]'
    two = '["scenes",3,{"counts":"d"},{"objects":"s"},2]'
    other = sides.side({COUNT: ["11"]}, seed=3)
    for text, pair in (
        (f"[{one},{one}]", (SIDE, SIDE)),
        (f"[{one},{two}]", (SIDE, other)),
        (f"[{two},{one}]", (other, SIDE)),
    ):
        expected = int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
        assert permutation_seed(*pair) == expected
