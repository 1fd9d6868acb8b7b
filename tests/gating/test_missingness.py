"""Whether one run lacks more values than the other, on sides written out by hand."""

import importlib.util
from dataclasses import replace
from pathlib import Path

from evalsuite.gating.missingness import uneven
from evalsuite.gating.policy import Rule
from evalsuite.gating.preconditions import Compared, prompts_of

SPEC = importlib.util.spec_from_file_location("sides", Path(__file__).parent / "sides.py")
sides = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(sides)

COUNT = "objects.count"


def said(before, after, *, alpha=0.01, prompt_set="counts", **rule):
    both = Compared(before, after, {}, (prompts_of(before), prompts_of(after)))
    return uneven(both, Rule(COUNT, 0.1, True, **rule), prompt_set, alpha)


def counted(*rows, **more):
    return sides.side({COUNT: rows}, **more)


WHOLE = counted(*["11"] * 8)


def test_nothing_missing_is_nothing_to_say():
    assert said(WHOLE, WHOLE, alpha=1.0) == ""
    assert said(WHOLE, counted(*["11"] * 8), prompt_set="other", alpha=1.0) == ""


def test_a_difference_of_just_what_the_rule_allows_is_left_to_chance():
    half = counted(*["1-"] * 8)
    assert said(WHOLE, half, missing=0.5, alpha=0.001) == ""
    assert said(WHOLE, half, missing=0.49) == (
        "not measured: 0.0% of the baseline's, 50.0% of the run's images, "
        "which differs by more than 49.0%"
    )


def test_chance_is_asked_by_flipping_whole_prompts():
    # Eight prompts each lack one image: 2 of 2**8 sign patterns are as bad.
    half = counted(*["1-"] * 8)
    text = "images, which chance does not explain (p = 0.0078)"
    assert said(WHOLE, half, missing=0.5, alpha=2 / 2**8).endswith(text)
    assert said(half, WHOLE, missing=0.5, alpha=2 / 2**8).endswith(text)
    assert said(WHOLE, half, missing=0.5, alpha=2 / 2**8 - 1e-9) == ""
    # What both lack equally is no difference: every pattern is as bad.
    assert said(half, half, alpha=0.9) == ""


def test_of_another_prompt_set_of_that_name_only_the_shares_are_compared():
    """No image of one is the other's, so no signs are flipped; of one prompt set they are."""
    half = counted(*["1-"] * 8)
    assert said(WHOLE, half, missing=0.5, alpha=0.05) != ""
    assert said(WHOLE, counted(*["1-"] * 8, digest="e"), missing=0.5, alpha=0.05) == ""
    assert said(WHOLE, counted(*["1-"] * 8, digest="e"), missing=0.4, alpha=0.05) != ""


def test_only_what_the_rule_is_about_is_counted():
    # Odd prompts (count 2) lack everything; those of count 1 nothing.
    after = counted(*["11", "--"] * 4)
    assert said(WHOLE, after, group={"count": "1"}) == ""
    assert "0.0% of the baseline's, 100.0% of the run's" in said(WHOLE, after, group={"count": "2"})
    assert "50.0% of the run's images, which differs" in said(WHOLE, after)
    # The share of a label is of all images, and so is what is missing.
    for name in ("label", "tone"):
        assert "50.0% of the run's images" in said(WHOLE, after, group={name: "x"})
    assert said(WHOLE, after, group={"colour": "red"}) == ""


def test_images_that_the_measure_does_not_apply_to_are_not_missing():
    fewer = {at: held for at, held in WHOLE.readings.items() if at[1].prompt_id != "p0"}
    assert said(WHOLE, replace(WHOLE, readings=fewer), alpha=1.0) == ""


def test_of_a_single_image_all_is_missing_or_nothing():
    assert said(counted("1"), counted("-")).startswith(
        "not measured: 0.0% of the baseline's, 100.0% of the run's images"
    )
