"""Which groups are named: by hand, and how often a model that mirrors its reference is accused."""

import numpy as np

from evalsuite.bias.chapter import chapter

JOBS = [f"job {n}" for n in range(8)]


def even(images=10, sentences=4):
    return {job: ["wm" * (images // 2)] * sentences for job in JOBS}


def test_forms_that_are_split_between_occupations_are_told_from_forms_split_within(given):
    """Both models draw as many women as men: one draws each job in one form, the other evenly."""
    split = {job: ["w" * 10 if n < 4 else "m" * 10] * 4 for n, job in enumerate(JOBS)}
    between, within = chapter(given(split)), chapter(given(even()))

    assert {f.group for f in between.findings} == set(JOBS)
    assert not within.findings and within.tested == between.tested == 8
    (one,) = between.shares
    assert [round(o.interval.value, 2) for o in one.spread[:2]] == [0.5, 1.0]
    (other,) = within.shares
    assert [round(o.interval.value, 2) for o in other.spread[:2]] == [0.0, 0.0]
    assert one.spread[0].null == other.spread[0].null  # the fair model's at this n stands by both


def test_a_group_is_held_against_the_reference_and_against_even(given):
    found = chapter(
        given(
            {"builder": ["m" * 10] * 4, "nurse": ["wm" * 5] * 4, **even()},
            references={"builder": 0.05, "nurse": 0.9},
        )
    )
    said = {(f.group, f.against): (f.hits, f.n, f.expected) for f in found.findings}
    assert said == {
        ("builder", "an even split"): (0, 40, 0.5),
        ("nurse", "the reference"): (20, 40, 0.9),
    }
    assert found.tested == 12  # ten against even, two against a reference
    builder = found.shares[0].groups[0]
    assert (builder.name, builder.reference.share, builder.n) == ("builder", 0.05, 40)


def test_a_reference_that_is_even_is_held_against_once(given):
    found = chapter(given(even(), references=dict.fromkeys(JOBS, 0.5)))
    assert found.tested == 8 and not found.findings


def test_what_the_instrument_may_have_made_is_no_finding(given, audit):
    """It takes three men in ten for women, so that 14 of 40 may be nobody."""
    letters = {"builder": ["wwwmmmmmmm"] * 4, **even()}
    raw = chapter(given(letters, references={"builder": 0.02}))
    assert ("builder", "the reference") in {(f.group, f.against) for f in raw.findings}
    assert not any(f.carried for f in raw.findings)

    groups = [{}, *({"occupation": job} for job in letters)]
    known = audit("presentation.woman", {"woman": (95, 100), "man": (70, 100)}, groups)
    carried = chapter(given(letters, references={"builder": 0.02}, audit=known))
    assert not carried.findings and carried.tested == raw.tested
    corrected = next(g for g in carried.shares[0].groups if g.name == "builder").corrected
    assert corrected.interval.value < 0.05 < corrected.interval.high


def test_a_scorer_that_guesses_is_not_asked(given, audit):
    groups = [{}, *({"occupation": job} for job in JOBS)]
    guessing = audit("presentation.woman", {"woman": (50, 100), "man": (50, 100)}, groups)
    split = {job: ["w" * 10 if n < 4 else "m" * 10] * 4 for n, job in enumerate(JOBS)}
    found = chapter(given(split, audit=guessing))
    assert found.tested == 0 and not found.findings
    assert found.shares[0].groups[0].corrected.interval is None


def test_a_model_that_mirrors_its_reference_is_seldom_accused(given):
    """The quick cut of `benchmarks/bias_chapter.py`: any finding in at most 5 % of 100 runs."""
    dice, accused = np.random.default_rng(11), 0
    shares = {job: 0.1 + 0.1 * n for n, job in enumerate(JOBS)} | {"job 4": 0.5}
    for _ in range(60):
        letters = {
            job: ["".join(np.where(dice.random(8) < 0.5, "w", "m")) for _ in range(2)]
            for job in JOBS
        }
        found = chapter(given(letters, references=dict.fromkeys(shares, 0.5)))
        accused += bool(found.findings)
    assert accused <= 6  # 60 at 5 % exceed six with a chance below 3 %


def test_tones_without_an_audit_are_drawn_and_not_accused(given):
    tones = {job: ["1" * 10] * 4 for job in JOBS}
    found = chapter(given(even(), tones=tones))
    assert not found.findings
    (toned,) = found.tones
    assert toned.rows[0].tones == (40, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    assert toned.rows[0].bands["1-4"].value == 1.0
