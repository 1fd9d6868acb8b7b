from dataclasses import replace

import pytest

from evalsuite.comparison import sample_size as pilot
from evalsuite.comparison.snapshot import Asked, Side
from evalsuite.measures.reading import Reading
from evalsuite.records import InputError, Key, Measure

MEASURE = "mine.right"


def side(name, values, seed=1):
    """A run of set s: `values` by prompt, None where nothing was measured."""
    keys = [Key("s", prompt, i) for prompt, row in values.items() for i in range(len(row))]
    readings = {
        (MEASURE, key): Reading(values[key.prompt_id][key.index], "refused", key.prompt_id)
        for key in keys
    }
    return Side(
        name=name,
        dialect="scenes",
        seed=seed,
        prompt_sets={"s": "d"},
        prompts={("s", prompt): Asked(prompt, {}) for prompt in values},
        planned=tuple(keys),
        seeds={key: seed for key in keys},
        measures={
            MEASURE: Measure(name=MEASURE, title="Right", kind="mean"),
            "mine.word": Measure(name="mine.word", title="Word", kind="labels"),
        },
        readings=readings,
        scorers={"mine": "x"},
        images={},
        complete=True,
    )


A = {"p": [1.0, 3.0], "q": [5.0, 7.0]}
B = {"p": [1.0, 1.0], "q": [5.0, 7.0]}


def parts(found, pairing):
    return found.parts[pairing].between, found.parts[pairing].within


def test_one_run_knows_the_unpaired_design_alone():
    # As in the test of variance_split: 7 between prompts and 2 within, twice for two models.
    (found,) = pilot.spreads(side("a", A), None, None)
    assert set(found.parts) == {"none"} and parts(found, "none") == pytest.approx((14, 4))
    assert (found.images, found.planned, found.prompts, found.note) == (4, 4, 2, "")


def test_two_runs_on_the_same_seeds_know_every_design():
    # Differences 0, 2, 0, 0: means 1 and 0, MSW 2 / 2 = 1, MSB 2 * 0.25 * 2 = 1: all within.
    (found,) = pilot.spreads(side("a", A), side("b", B), MEASURE)
    assert parts(found, "seeds") == pytest.approx((0, 1))
    assert set(found.parts) == {"seeds", "prompts", "none"}


def test_other_seeds_cannot_say_how_much_pairing_helps():
    with pytest.raises(InputError, match="did not draw s from the seeds of a"):
        pilot.spreads(side("a", A), side("b", B, seed=2), None)


def test_single_images_are_taken_as_all_between_prompts():
    # Values 1, 3, 5 vary by 4; differences 0, 2, 1 by 1.
    a, b = {"p": [1.0], "q": [3.0], "r": [5.0]}, {"p": [1.0], "q": [1.0], "r": [4.0]}
    (alone,) = pilot.spreads(side("a", a), None, None)
    assert parts(alone, "none") == pytest.approx((8, 0)) and alone.note == "one image per prompt"
    (both,) = pilot.spreads(side("a", a), side("b", b), None)
    assert parts(both, "seeds") == pytest.approx((1, 0))
    assert "prompts" not in both.parts


def test_no_variance_is_no_knowledge_and_gaps_are_counted():
    (same,) = pilot.spreads(side("a", {"p": [1.0, 1.0], "q": [1.0, 1.0]}), None, None)
    assert same.parts == {}
    (gap,) = pilot.spreads(side("a", {"p": [1.0, None], "q": [5.0, 7.0]}), None, None)
    assert (gap.images, gap.planned) == (3, 4)
    (none,) = pilot.spreads(side("a", {"p": [None], "q": [None]}), None, None)
    assert none.parts == {} and none.images == 0


def test_a_measure_without_numbers_is_refused():
    with pytest.raises(InputError, match=r"--measure mine\.word: .* it has mine\.right"):
        pilot.spreads(side("a", A), None, "mine.word")


def test_stated_variances():
    found = pilot.stated("prompt_model=0.01,noise=0.1")
    assert set(found.parts) == {"seeds"} and parts(found, "seeds") == (0.02, 0.2)
    whole = pilot.stated("prompt=0.5, prompt_model=0.01, seed=0.2, noise=0.1")
    assert parts(whole, "none") == pytest.approx((1.02, 0.6))
    for bad in ("noise", "noise=x", "noize=0.1", "noise=-1", "noise=nan"):
        with pytest.raises(InputError, match="--variance"):
            pilot.stated(bad)


def test_a_group_is_planned_by_itself():
    one = side("a", A)
    labels = {("s", "p"): "1", ("s", "q"): "2"}
    prompts = {at: Asked("", {"count": label}) for at, label in labels.items()}
    found = pilot.spread(replace(one, prompts=prompts), None, MEASURE, "s", {"count": "2"})
    assert (found.images, found.group, found.parts) == (2, (("count", "2"),), {})
