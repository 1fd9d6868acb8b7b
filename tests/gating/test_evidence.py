"""What the images say of one rule, on sides written out by hand."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from evalsuite import stats
from evalsuite.comparison.differences import differences
from evalsuite.files.values import as_key
from evalsuite.gating.evidence import at_once, by_betting, readings_of
from evalsuite.gating.policy import Rule
from evalsuite.gating.preconditions import Check, Compared, permutation_seed, prompts_of
from evalsuite.records import Key, Measure

SPEC = importlib.util.spec_from_file_location("sides", Path(__file__).parent / "sides.py")
sides = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(sides)

COUNT = "objects.count"


def counted(*rows, **more):
    return sides.side({COUNT: rows}, **more)


def asked(before, after, rule):
    both = Compared(before, after, {}, (prompts_of(before), prompts_of(after)))
    found = {
        (d.measure, as_key(d.group)): d for d in differences(before, after, level=0.98, seed=0)
    }
    check = Check(rule, "counts", found[rule.measure, as_key(rule.group)], None, "")
    return both, check


def once(before, after, rule):
    both, check = asked(before, after, rule)
    return at_once(both, check, check.difference, 0.98)


def bets(before, after, rule, first=None):
    both, check = asked(before, after, rule)
    return by_betting(both, check, 0.01, first)


WORSE = counted(*["00"] * 12, *["11"] * 8)
GOOD = counted(*["11"] * 20)


@pytest.mark.parametrize(("before", "after", "higher"), [(GOOD, WORSE, True), (WORSE, GOOD, False)])
def test_the_p_value_is_of_a_regression_whichever_way_is_better(before, after, higher):
    worse = once(before, after, Rule(COUNT, 0.1, higher))
    better = once(before, after, Rule(COUNT, 0.1, not higher))

    # Twelve prompts changed, all one way: one sign pattern of 2**12 is as bad.
    assert (worse.p, better.p) == pytest.approx((2**-12, 1 - 2**-12))
    assert (worse.excluded, worse.better, better.excluded, better.better) == (
        *(False, False),
        *(True, True),
    )
    assert worse.low < -0.6 < 0 < better.low < 0.6
    # The pairs are so placed that the larger first value is better.
    assert sum(worse.pairs.candidate) - sum(worse.pairs.baseline) == -24
    assert sum(better.pairs.candidate) - sum(better.pairs.baseline) == 24


def test_nothing_measured_in_both_says_nothing():
    found = once(counted(*["1-"] * 8), counted(*["-1"] * 8), Rule(COUNT, 0.1, True))
    assert (found.p, found.excluded, found.lack) == (
        None,
        False,
        "nothing was measured in both runs",
    )


def test_bets_on_nothing_say_nothing():
    found = bets(counted(*["1-"] * 8), counted(*["-1"] * 8), Rule(COUNT, 0.1, True))
    assert (found.p, found.excluded, found.lack) == (
        1.0,
        False,
        "nothing was measured in both runs",
    )


@pytest.mark.parametrize(("before", "after", "higher"), [(GOOD, WORSE, True), (WORSE, GOOD, False)])
def test_bets_see_a_regression_whichever_way_is_better(before, after, higher):
    worse = bets(before, after, Rule(COUNT, 0.1, higher))
    better = bets(before, after, Rule(COUNT, 0.1, not higher))
    assert worse.p < 0.05 < better.p
    assert sum(worse.pairs.candidate) - sum(worse.pairs.baseline) == -24
    assert not worse.excluded


def test_a_margin_as_wide_as_the_measure_is_always_excluded():
    nothing, all_of_it = counted(*["00"] * 20), GOOD
    found = bets(all_of_it, nothing, Rule(COUNT, 1.0, True))
    assert (found.p, found.excluded) == (1.0, True)
    found = bets(all_of_it, nothing, Rule(COUNT, 0.99, True))
    assert found.p < 0.01 and not found.excluded


def test_the_readings_of_a_rule_are_those_of_its_set_and_group_in_order():
    side = counted("11", "00", "1-")

    def keys(prompt_set="counts", **group):
        return [*readings_of(side, Rule(COUNT, 0.1, True, group=group), prompt_set)]

    assert keys() == [*side.planned] and len(keys()) == 6
    assert keys(count="1") == [key for key in side.planned if key.prompt_id in ("p0", "p2")]
    assert keys(count="2", label="x", tone="y") == [Key("counts", "p1", n) for n in (0, 1)]
    assert keys(count="2", colour="red") == []
    assert keys("other") == []
    other = Rule("objects.present", 0.1, True)
    assert readings_of(side, other, "counts") == {}


def test_where_nothing_changed_the_end_is_the_loss_that_so_few_prompts_can_hide():
    same = counted(*["10"] * 12)
    found = once(same, same, Rule(COUNT, 0.1, True))

    # A loss of a share q leaves twelve prompts as they are with chance (1 - q)**12 = alpha.
    # The worst of all spreads of such a loss hides a little more than this one.
    assert 0.01 ** (1 / 12) - 1 - 0.002 < found.low <= 0.01 ** (1 / 12) - 1
    assert found.shown.low == found.low
    assert 0 < found.shown.high < -found.low
    assert found.shown.method.endswith("; the worse end: the lowest of three")
    turned = once(same, same, Rule(COUNT, 0.1, False))
    assert (turned.low, turned.shown.high) == (found.low, -found.low)
    assert turned.excluded is turned.better is False
    wide = once(same, same, Rule(COUNT, 0.32, True))
    assert wide.excluded and not wide.better


def test_a_mean_over_tags_has_the_end_of_the_tags_ends_together():
    """Of two tags half the root of what lies between value and end, squared and added."""
    name, tags = "mine.score", ("counting", "position")
    measure = Measure(name=name, title="", kind="mean of tags", higher_is_better=True)

    def tagged(*rows):
        one = sides.side({name: rows}, measures={name: measure})
        told = {
            at: reading._replace(stratum=tags[int(at[1].prompt_id[1:]) % 2])
            for at, reading in one.readings.items()
        }
        return replace(one, readings=told)

    before = tagged(*["11", "11"] * 10)
    after = tagged(*["11", "11"] * 5, *["01", "00"] * 5)
    found = once(before, after, Rule(name, 0.1, True))
    values, ends = [], []
    for n, tag in enumerate(tags):
        a, b = (
            [float(held.value) for held in one.readings.values() if held.stratum == tag]
            for one in (after, before)
        )
        clusters = [f"p{2 * m + n}" for m in range(10) for _ in range(2)]
        values.append((sum(a) - sum(b)) / len(a))
        ends.append(stats.lowest_end(a=a, b=b, clusters=clusters, level=0.98, bounds=(0.0, 1.0)))
    assert values == [-0.25, -0.5]
    apart = ((values[0] - ends[0]) ** 2 + (values[1] - ends[1]) ** 2) ** 0.5 / 2
    assert found.low == pytest.approx(-0.375 - apart) and found.pairs is None


def test_a_bet_on_a_regression_never_says_that_a_run_is_better():
    found = bets(WORSE, GOOD, Rule(COUNT, 0.1, True))
    assert not found.better and not found.lack


def test_what_is_as_wide_as_the_margin_is_excluded_whatever_the_scale_begins_with():
    """Grades from 2 to 5 can lose no more than 3."""
    name = "mine.grade"
    grade = Measure(
        name=name, title="", kind="mean", unit="grade", bounds=(2.0, 5.0), higher_is_better=True
    )
    before, after = (sides.side({name: [letter] * 20}, measures={name: grade}) for letter in "52")
    assert bets(before, after, Rule(name, 3.0, True)).excluded
    found = bets(before, after, Rule(name, 2.9, True))
    assert not found.excluded and found.p < 0.01


def test_a_bound_on_harm_excludes_it_at_alpha_itself():
    """A bet that has won 1 / alpha is enough; one that has won a little less is not."""
    same = counted(*["1"] * 60)
    rule = Rule(COUNT, 0.3, True)
    both, check = asked(same, same, rule)
    harm = stats.evidence(
        a=[1.0] * 60,
        b=[1.0] * 60,
        clusters=[f"p{n}" for n in range(60)],
        margin=0.3,
        bounds=(0.0, 1.0),
        planned=None,
        seed=permutation_seed(same, same),
    ).harm
    assert 0 < harm < 0.01
    assert by_betting(both, check, harm, None).excluded
    assert not by_betting(both, check, harm * 0.999, None).excluded
