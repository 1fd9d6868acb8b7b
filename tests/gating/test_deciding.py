"""The gate's rule, branch by branch, on sides written out by hand."""

import importlib.util
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from evalsuite import gating
from evalsuite.gating.deciding import _only
from evalsuite.gating.enough import Question, by_interval
from evalsuite.gating.policy import Policy, Rule

HERE = Path(__file__).parent


def load(path):
    """A module by its file: the tests are no package, and benchmarks are scripts."""
    spec = importlib.util.spec_from_file_location(f"loaded_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


side = load(HERE / "sides.py").side

COUNT = "objects.count"


def policy(*rules, alpha=0.01):
    return Policy(rules or (Rule(COUNT, 0.1, True),), alpha)


def counted(*rows, **more):
    return side({COUNT: rows}, **more)


def only(baseline, candidate, rules=None):
    (verdict,) = gating.decide(baseline, candidate, rules or policy())
    return verdict


GOOD = counted(*["11"] * 20)


def test_a_shown_regression_that_may_be_as_large_as_the_margin_fails():
    found = only(GOOD, counted(*["00"] * 12, *["11"] * 8))

    assert found.word == "fail"
    # Twelve prompts lost everything: one sign pattern of 2**12 is as bad.
    assert found.p == pytest.approx(2**-12)
    assert "a regression is shown (p = 0.00024, Holm)" in found.reason
    assert (found.difference.value, found.difference.lost) == (-0.6, 24)


def test_nothing_changed_passes_where_the_margin_is_excluded():
    found = only(counted(*["10"] * 60), counted(*["10"] * 60))

    assert (found.word, found.p) == ("pass", 0.5)
    assert found.reason == "a regression of 10.0 points is excluded"
    assert found.difference.low > -0.1


def test_nothing_changed_is_undecided_where_too_few_images_exclude_the_margin():
    found = only(counted(*["10"] * 12), counted(*["10"] * 12))

    assert found.word == "undecided"
    assert "neither a regression is shown" in found.reason
    assert found.difference.low < -0.1


def test_a_real_regression_smaller_than_the_margin_passes_and_says_so():
    # 80 prompts of 4 images; ten prompts lose one image each: 10 of 320.
    before = counted(*["1111"] * 80)
    found = only(before, counted(*["0111"] * 10, *["1111"] * 70))

    assert found.word == "pass"
    assert found.p == pytest.approx(2**-10)
    assert found.reason.startswith("a real regression, but smaller than 10.0 points")
    assert found.difference.low > -0.1


def test_an_improvement_passes():
    found = only(counted(*["00"] * 12, *["11"] * 8), GOOD)

    assert (found.word, found.reason) == ("pass", "better")
    assert found.p == pytest.approx(1 - 2**-12)


def test_lower_is_better_turns_the_direction():
    rules = policy(Rule(COUNT, 0.1, False))

    assert only(GOOD, counted(*["00"] * 12, *["11"] * 8), rules).word == "pass"
    assert only(counted(*["00"] * 12, *["11"] * 8), GOOD, rules).word == "fail"


def test_six_prompts_can_never_show_a_regression_at_one_percent():
    found = only(counted(*["11"] * 6), counted(*["00"] * 6))

    assert (found.word, found.p) == ("undecided", 2**-6)


def two_sets(rows):
    """The same images in two prompt sets, `counts` and `other`."""
    first, second = counted(*rows), counted(*rows, prompt_set="other")
    parts = ("prompt_sets", "prompts", "seeds", "readings", "images")
    merged = {name: {**getattr(first, name), **getattr(second, name)} for name in parts}
    return replace(first, planned=first.planned + second.planned, **merged)


def test_the_rule_of_one_set_stands_for_that_set_alone():
    """The general rule blocks elsewhere, whatever their order; the set is judged once."""
    general, own = Rule(COUNT, 0.1, True), Rule(COUNT, 0.1, True, "warn", "other")
    before, after = two_sets(["11"] * 20), two_sets(["00"] * 12 + ["11"] * 8)

    for rules in ((general, own), (own, general)):
        found = gating.decide(before, after, policy(*rules))
        told = {(one.prompt_set, one.tier, one.word) for one in found}
        assert len(found) == 2
        assert told == {("counts", "block", "fail"), ("other", "warn", "fail")}
        # Each family has one member, so neither correction changes p.
        assert [one.p for one in found] == pytest.approx([2**-12] * 2)
    # A rule about a group of the set is about something else.
    group = Rule(COUNT, 0.1, True, "warn", "other", {"count": "1"})
    assert len(gating.decide(before, after, policy(general, group))) == 3
    # Where every set has its own, the general rule has nothing left to say.
    counts = Rule(COUNT, 0.1, True, "watch", "counts")
    found = gating.decide(before, after, policy(general, own, counts))
    assert [(one.prompt_set, one.tier) for one in found] == [("other", "warn"), ("counts", "watch")]


def test_one_prompt_says_too_little():
    found = only(counted("11"), counted("00"))

    assert found.word == "undecided" and "too little data" in found.reason


def test_holm_counts_every_measure_that_blocks_and_none_that_does_not():
    other = "objects.present"
    before = side({COUNT: ["11"] * 20, other: ["11"] * 20})
    # Seven prompts: p = 2**-7 = 0.0078 alone, and twice that among two.
    after = side({COUNT: ["00"] * 7 + ["11"] * 13, other: ["11"] * 20})
    alone = [Rule(COUNT, 0.1, True), Rule(other, 0.1, True, "watch")]
    both = [Rule(COUNT, 0.1, True), Rule(other, 0.1, True)]

    words = {}
    for name, rules in (("alone", alone), ("both", both)):
        first, _ = gating.decide(before, after, policy(*rules))
        words[name] = first.word, first.p
    assert words == {"alone": ("fail", 2**-7), "both": ("undecided", 2**-6)}


def test_a_measure_that_cannot_be_compared_keeps_its_place_in_the_family():
    before = side({COUNT: ["11"] * 20, "clip.choice": ["11"] * 20})
    after = side({COUNT: ["00"] * 7 + ["11"] * 13})
    rules = policy(Rule(COUNT, 0.1, True), Rule("clip.choice", 0.1, True))

    count, choice = gating.decide(before, after, rules)
    assert (count.word, count.p) == ("undecided", 2**-6)
    assert choice.word == "fail" and choice.p is None


def test_what_does_not_block_is_corrected_as_a_family_of_its_own_and_does_not_decide():
    names = [COUNT, "objects.present", "objects.color"]
    before = side({name: ["11"] * 20 for name in names})
    after = side({name: ["00"] * 8 + ["11"] * 12 for name in names})
    rules = [Rule(name, 0.1, True, "warn") for name in names]

    found = gating.decide(before, after, policy(*rules))
    # Benjamini-Hochberg leaves three equal p-values as they are.
    assert [(v.word, v.p) for v in found] == [("fail", 2**-8)] * 3
    assert "Benjamini-Hochberg" in found[0].reason
    assert gating.overall(found) == "undecided"


@pytest.mark.parametrize(
    ("more", "word", "says"),
    [
        ({"scorers": {"clip": "s"}}, "fail", "vanished: the run was not judged by objects"),
        ({"prompt_set": "other"}, "fail", "vanished: the run has no such prompt set"),
        ({"readings": {}}, "fail", "vanished: the run has no such measure"),
        ({"scorers": {"objects": "t"}}, "undecided", "another objects: its model, weights or opti"),
        ({"digest": "e"}, "undecided", "its digest differs"),
        ({"dialect": "everyday"}, "undecided", "prompts are everyday, the baseline's scenes"),
        ({"complete": False}, "undecided", "the run is incomplete"),
    ],
)
def test_what_cannot_be_compared_cannot_pass(more, word, says):
    found = only(GOOD, counted(*["11"] * 20, **more))

    assert found.word == word
    assert says in found.reason
    assert found.p is None


def test_a_run_of_fewer_prompts_cannot_pass_by_leaving_out_the_hard_ones():
    found = only(counted(*["11"] * 60), counted(*["11"] * 59))

    assert found.word == "undecided"
    assert found.reason == "1 of the baseline's 60 prompts not drawn"


def test_a_measure_that_the_baseline_lacks_cannot_pass():
    found = only(side({"clip.choice": ["11"] * 20}), GOOD)

    assert found.word == "undecided" and "the baseline has no such measure" in found.reason
    assert found.prompt_set == "counts"


def test_a_third_of_the_images_missing_in_one_run_alone_cannot_pass():
    before, after = counted(*["111"] * 60), counted(*["11-"] * 60)
    found = only(before, after)

    assert found.word == "undecided"
    assert "not measured: 0.0% of the baseline's, 33.3% of the run's images" in found.reason
    assert "differs by more than 5.0%" in found.reason
    # Nor in the baseline alone: what was hard there may be what is easy here.
    assert only(after, before).word == "undecided"


def test_a_small_difference_in_what_is_missing_is_tested():
    # 3 % is within the allowance, and nine prompts all lost theirs: p = 2 / 2**9.
    before = counted(*["1111"] * 80)
    found = only(before, counted(*["111-"] * 9, *["1111"] * 71))

    assert found.word == "undecided"
    assert "chance does not explain (p = 0.0039)" in found.reason
    # As many here as there is chance.
    even = counted(*["1111"] * 71, *["111-"] * 9)
    assert only(even, counted(*["111-"] * 9, *["1111"] * 71)).word == "pass"


def test_a_policy_may_allow_more_to_be_missing_but_not_what_chance_does_not_explain():
    rules = policy(Rule(COUNT, 0.1, True, missing=0.5))

    found = only(counted(*["111"] * 60), counted(*["11-"] * 60), rules)
    assert found.word == "undecided" and "chance does not explain" in found.reason


def test_a_shown_regression_fails_even_where_more_is_missing():
    found = only(GOOD, counted(*["0-"] * 12, *["11"] * 8))

    assert found.word == "fail"
    assert "not measured" in found.reason


def test_other_seeds_compare_the_prompts_means():
    found = only(GOOD, counted(*["00"] * 12, *["11"] * 8, seed=1))

    assert (found.word, found.difference.pairing) == ("fail", "prompts")


def test_a_group_is_gated_by_itself():
    # Of 42 prompts the odd ones ask for two, and those broke. So many of the others without a loss
    # are rarer than alpha where a fifth of them is lost: 0.8**21 = 0.0092.
    before = counted(*["11"] * 42)
    after = counted(*["11", "00"] * 21)
    rules = [Rule(COUNT, 0.2, True, group={"count": n}) for n in ("1", "2", "9")]

    one, two, none = gating.decide(before, after, policy(*rules))
    assert (one.word, two.word) == ("pass", "fail")
    assert (none.word, none.reason) == ("undecided", "no prompt of counts is in the group count 9")


def test_the_share_of_a_label_is_gated_by_its_name():
    before = side({"mine.word": ["ab"] * 40}, kinds={"mine.word": "labels"})
    after = side({"mine.word": ["aa"] * 40}, kinds={"mine.word": "labels"})
    rules = [Rule("mine.word", 0.1, True, group={"label": x}) for x in "ab"]

    more, fewer = gating.decide(before, after, policy(*rules))
    assert (more.word, fewer.word) == ("pass", "fail")


def test_a_rule_without_a_prompt_set_is_about_each_that_the_baseline_has():
    two = [counted(*["11"] * 40, prompt_set=name) for name in ("counts", "more")]
    both = replace(
        two[0],
        prompt_sets={"counts": "d", "more": "d"},
        prompts={**two[0].prompts, **two[1].prompts},
        planned=two[0].planned + two[1].planned,
        seeds={**two[0].seeds, **two[1].seeds},
        readings={**two[0].readings, **two[1].readings},
    )

    found = gating.decide(both, two[0], policy(Rule(COUNT, 0.2, True)))
    assert [(v.prompt_set, v.word) for v in found] == [("counts", "pass"), ("more", "fail")]


# While images still come in


def test_looking_early_shows_a_gross_regression_and_gives_no_interval():
    # Every image of thirty prompts was right and is wrong.
    (found,) = gating.decide(
        counted(*["11"] * 60), counted(*["00"] * 30), policy(), drawing=gating.Drawing((), ())
    )

    assert found.word == "fail"
    assert (found.difference.low, found.difference.method) == (None, "betting e-process")
    assert found.difference.value == -1.0


def test_looking_early_excludes_the_margin_only_with_enough_prompts():
    rules = policy(Rule(COUNT, 0.3, True))
    words = [
        gating.decide(
            counted(*["11"] * 60), counted(*["11"] * n), rules, drawing=gating.Drawing((), ())
        )[0].word
        for n in (4, 60)
    ]

    assert words == ["undecided", "pass"]


def test_at_the_maximum_the_tests_of_a_fixed_number_count_too():
    before, after = counted(*["11"] * 20), counted(*["01"] * 9, *["11"] * 11)
    early, late = (
        gating.decide(before, after, policy(), drawing=gating.Drawing(ended, after.planned))[0].word
        for ended in ((), ("counts",))
    )

    # Half of alpha is left there, and 2**-9 is less than that.
    assert (early, late) == ("undecided", "fail")


def test_a_set_without_an_image_yet_waits_and_keeps_its_place_in_the_family():
    before = counted(*["11"] * 20)
    (found,) = gating.decide(
        before, replace(before, planned=(), readings={}), policy(), drawing=gating.Drawing((), ())
    )

    assert (found.word, found.reason) == ("undecided", gating.WAITING)


def test_a_measure_that_no_single_image_has_is_undecided_while_drawing():
    name = "presentation.imbalance"
    one = side({name: ["ab"] * 20}, kinds={name: "imbalance"})
    (found,) = gating.decide(
        one, one, policy(Rule(name, 0.2, False)), drawing=gating.Drawing((), ())
    )

    assert found.word == "undecided" and found.p is None
    assert "no single image has a value" in found.reason


def test_the_overall_word_is_that_of_what_blocks():
    verdict = only(GOOD, GOOD)
    words = ("pass", "undecided", "fail")
    made = {word: replace(verdict, word=word) for word in words}
    watched = replace(made["fail"], tier="watch")

    assert gating.overall([made["pass"], watched]) == "pass"
    assert gating.overall([made["pass"], made["undecided"]]) == "undecided"
    assert gating.overall([made["undecided"], made["fail"]]) == "fail"
    assert gating.overall([watched]) == gating.overall([]) == "undecided"


def test_a_hundred_reruns_give_the_same_verdict():
    draw = random.Random(5)
    before, after = (
        counted(*["".join(draw.choice("01") for _ in range(3)) for _ in range(40)])
        for _ in range(2)
    )

    assert len({repr(gating.decide(before, after, policy())) for _ in range(100)}) == 1


def test_an_undecided_verdict_says_how_many_images_would_decide():
    found = only(counted(*["10"] * 12), counted(*["10"] * 12))

    # 0.9**43 = 0.0108: so few prompts without a loss exclude no loss of a tenth.
    assert "no number of images of these 12 prompts would tell" in found.reason
    assert found.would_decide >= 2 * 44
    assert only(GOOD, counted(*["00"] * 12, *["11"] * 8)).would_decide is None


def test_a_measure_that_nobody_knows_is_undecided_as_a_plain_number():
    found = only(GOOD, GOOD, policy(Rule("mine.what", 0.1, True)))
    assert (found.word, found.prompt_set, found.unit) == ("undecided", "(any)", "number")
    assert "the baseline has no such measure" in found.reason
    # Where one side alone knows it, it is told in its unit.
    assert only(GOOD, replace(GOOD, measures={})).unit == only(GOOD, GOOD).unit == "share"


def test_where_no_images_are_paired_the_interval_says_how_many_would_decide():
    """Whichever way is better: the end that is worse has to come nearer."""
    name, letters = "presentation.imbalance", {"w": "woman", "m": "man"}

    def presented(*rows):
        one = side({name: rows})
        told = {at: read._replace(value=letters[read.value]) for at, read in one.readings.items()}
        return replace(one, readings=told)

    before, after = presented(*["wm"] * 20), presented(*["wm"] * 17, *["ww"] * 3)
    for higher in (False, True):
        worse = (after, before) if higher else (before, after)
        found = only(*worse, policy(Rule(name, 0.02, higher)))
        one = found.difference
        assert one.value == pytest.approx(-0.075 if higher else 0.075)
        value, low = (one.value, one.low) if higher else (-one.value, -one.high)
        enough = by_interval(Question(0.02, 0.01, 1, None), value, low, 40)
        assert found.word == "undecided" and found.would_decide == enough.images > 40
        assert found.reason.endswith(f"; about {enough.images} images would tell")


def test_a_p_value_of_just_alpha_shows_a_regression():
    # Twelve of twenty prompts lost everything, or ten of eighty a quarter.
    found = only(GOOD, counted(*["00"] * 12, *["11"] * 8), policy(alpha=2**-12))
    assert (found.word, found.p) == ("fail", 2**-12)
    before, after = counted(*["1111"] * 80), counted(*["0111"] * 10, *["1111"] * 70)
    found = only(before, after, policy(Rule(COUNT, 0.2, True), alpha=2**-10))
    assert found.p == 2**-10
    assert (found.word, found.reason[:28]) == ("pass", "a real regression, but small")


def test_a_margin_that_the_end_just_reaches_is_not_excluded():
    """At an end of exactly the margin a regression of that size is still among what may be."""
    one = counted(*["10"] * 60)
    low = only(one, one).difference.low
    assert only(one, one, policy(Rule(COUNT, -low, True))).word == "undecided"
    assert only(one, one, policy(Rule(COUNT, -low + 1e-9, True))).word == "pass"


def test_a_measure_of_whole_groups_is_decided_by_its_interval():
    name = "presentation.imbalance"
    one = side({name: ["ab"] * 20}, kinds={name: "imbalance"})
    found = only(one, one, policy(Rule(name, 0.2, False)))

    assert found.word in ("pass", "undecided")
    assert "lowest of three" not in found.difference.method


def test_how_many_would_decide_counts_all_that_block_and_nothing_else():
    rows = {COUNT: ["10"] * 12, "objects.present": ["10"] * 12, "objects.color": ["10"] * 12}
    one = side(rows)

    def needed(*tiers):
        rules = (Rule(name, 0.1, True, tier=tier) for name, tier in zip(rows, tiers, strict=True))
        return gating.decide(one, one, policy(*rules))[0].would_decide

    alone, two, three = needed("block", "warn", "warn"), needed(*["block"] * 2, "warn"), None
    three = needed("block", "block", "block")
    assert alone < two < three
    # What does not block is asked by itself.
    assert needed("warn", "block", "block") == needed("watch", "warn", "warn") == alone


def test_of_a_baseline_what_was_not_drawn_counts_as_never_planned():
    before, after = counted(*["11"] * 3), counted(*["10"] * 2)
    found = _only(before, after)
    assert [*found.planned] == [*found.seeds] == [*after.planned]
    assert {at[1] for at in found.readings} == {*after.planned}
    assert all(found.readings[at] == before.readings[at] for at in found.readings)
    more = counted(*["11"] * 4)
    assert _only(before, more).planned == before.planned


def test_while_drawing_only_the_drawn_images_of_the_baseline_count():
    before, after = counted(*["11"] * 60), counted(*["11"] * 30)
    drawing = gating.Drawing((), ())
    (found,) = gating.decide(before, after, policy(), drawing=drawing)
    assert found.difference.baseline.n == found.difference.candidate.n == 60
    (found,) = gating.decide(before, after, policy())
    assert (found.difference.baseline.n, found.difference.candidate.n) == (120, 60)
