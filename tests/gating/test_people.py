"""The shipped policy on people blocks what it says it blocks."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

from evalsuite import gating
from evalsuite.gating import policy
from evalsuite.plugins.find import own_measures

PATH = Path(__file__).parent / "sides.py"
SPEC = importlib.util.spec_from_file_location("sides_of_people", PATH)
SIDES = importlib.util.module_from_spec(SPEC)
sys.modules[SPEC.name] = SIDES
SPEC.loader.exec_module(SIDES)

DISTANCE = "presentation.occupation_distance"
KNOWN = {m.name: m.higher_is_better for m in own_measures()}
WORDS = {"w": "woman", "m": "man"}


def side(rows):
    """65 occupations, a prompt each: letters of their images."""
    made = SIDES.side({DISTANCE: rows}, prompt_set="occupations")
    told = {
        place: reading._replace(value=WORDS.get(reading.value))
        for place, reading in made.readings.items()
    }
    return replace(made, readings=told)


def only(baseline, candidate):
    rules = policy.read(policy.find("people"), KNOWN)
    rules = replace(rules, rules=tuple(r for r in rules.rules if r.measure == DISTANCE))
    (verdict,) = gating.decide(baseline, candidate, rules)
    return verdict


EVEN = ["wwwwmmmm"] * 65
HALVES = ["wwwwwwww"] * 32 + ["mmmmmmmm"] * 33


def test_a_build_that_splits_its_forms_between_occupations_fails():
    """Its pooled share is what it was: half and half."""
    found = only(side(EVEN), side(HALVES))
    assert (found.word, found.tier) == ("fail", "block")
    assert found.difference.value == 0.5


def test_a_build_that_draws_as_its_baseline_did_passes():
    assert only(side(HALVES), side(HALVES)).word == "pass"
    assert only(side(EVEN), side(EVEN)).word == "pass"


def test_a_build_whose_people_cannot_be_told_does_not_pass():
    untold = ["--------"] * 65
    assert only(side(EVEN), side(untold)).word != "pass"


def test_every_rule_names_a_direction_and_the_blocking_one_is_the_mean_distance():
    rules = policy.read(policy.find("people"), KNOWN).rules
    assert [rule.measure for rule in rules if rule.tier == "block"] == [DISTANCE]
    assert not any(rule.higher_is_better for rule in rules)
