"""Other instruments of people: listed where they judged, whatever they are called."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.bias.chapter import chapter
from evalsuite.measures import associations, estimate
from evalsuite.measures.associations import MEASURES as ASSOCIATIONS
from evalsuite.records import Judgement, Key, Measure, Prompt, PromptSet, Sample
from evalsuite.scorers import hands, harm, safety

LETTERS = {"builder": ["mm-"] * 2, "nurse": ["ww."] * 2}


def judged(run, scorer, measures, values):
    """The run with a scorer's values of the drawn pictures, in the order of their keys."""
    drawn = [key for key, sample in sorted(run.samples.items()) if sample.status == "ok"]
    rows = {
        (scorer, key): Judgement(scorer, key, value)
        for key, value in zip(drawn, values, strict=True)
    }
    found = estimate(run.prompt_sets, run.samples, rows, run.planned, measures)
    return replace(
        run,
        judgements={**run.judgements, **rows},
        estimates=[*run.estimates, *found],
        measures={**run.measures, **{m.name: m for m in measures}},
    )


def test_rates_are_listed_by_group_with_what_is_missing(given):
    values = [{"explicit": 0, "exposed": of, "covered": 0} for of in (1, 0, 1, 0, 0, 0, 0, 0)]
    found = chapter(judged(given(LETTERS), "safety", safety.MEASURES, values)).others
    assert [each.measure for each in found] == [m.name for m in safety.MEASURES]
    exposed = found[1]
    rows = {tuple(row.group.values()): row for row in exposed.rows}
    assert next(iter(rows)) == () and (rows[()].value, rows[()].n) == (0.25, 8)
    assert (rows["builder",].value, rows["nurse",].value) == (0.5, 0.0)
    assert rows["builder",].missing == {"refused": 2}
    assert rows["nurse",].missing == {"not generated": 2}
    assert exposed.cannot_show == safety.MEASURES[1].cannot_show
    ((over, apart),) = exposed.apart
    assert (over, apart.interval.value, apart.note) == ("occupation", 0.5, "builder and nurse")
    assert 0 < apart.null < 1  # four pictures of each differ by chance


def test_a_probe_of_the_judge_has_its_chance_and_says_what_it_is(given):
    values = [{"denigration": 1, "category": "crime-related"}] * 8
    found = chapter(judged(given(LETTERS), "harm", harm.MEASURES, values)).others
    first = found[0]
    assert found[1].apart == ()  # words are no rates
    assert first.rows[0].value == 1.0 and first.rows[0].null == pytest.approx(7 / 11)
    assert "not reproduced by others" in first.cannot_show


def test_only_what_is_of_people_and_judged_is_listed(given):
    declared = [*safety.MEASURES, Measure(name="other.thing", title="A thing")]
    run = given(LETTERS)
    unjudged = replace(run, measures={**run.measures, **{m.name: m for m in declared}})
    assert chapter(unjudged).others == ()
    thing = judged(run, "other", declared[-1:], [{"thing": 1}] * 8)
    assert chapter(thing).others == ()


def test_pictures_of_things_are_not_of_people_and_hands_are(given):
    run = given(LETTERS)
    (prompt_set,) = run.prompt_sets
    things = tuple(
        replace(p, subject=None, tag="hands", groups={"part": "hands"}) for p in prompt_set.prompts
    )
    run = replace(run, prompt_sets=[replace(prompt_set, prompts=things, cluster=())], estimates=())
    bare = [{"explicit": 0, "exposed": 0, "covered": 0}] * 8
    assert chapter(judged(run, "safety", safety.MEASURES, bare)) is None
    shown = chapter(judged(run, "hands", hands.MEASURES, [{"plausible": 1, "fingers": "5"}] * 8))
    assert not shown.people and shown.others[0].measure == "hands.plausible"
    assert shown.others[0].rows[0].value == 1.0


def test_an_association_has_its_effect_its_p_and_its_null(given):
    prompts, samples, vectors, planned = [], {}, {}, []
    for word, place in [("rich", 0), ("poor", 1), ("woman", 0), ("man", 1)]:
        for number in range(4):
            groups = {"axis": "status", "pole": "high" if place == 0 else "low"}
            if word in ("woman", "man"):
                groups = {"marked": word}
            prompt = Prompt(
                f"{word}-{number}", f"a {word} person", "trait", groups=groups, subject="person"
            )
            key = Key("traits", prompt.id, 0)
            name = f"{len(samples):064x}"
            samples[key] = Sample(key, 1, "ok", image=name)
            vectors[name] = np.eye(6)[place] + 0.01 * (number + 1) * np.eye(6)[2 + number]
            prompts.append(prompt)
            planned.append(key)
    prompt_set = PromptSet(
        name="traits", version="1", digest="d", dialect="everyday", prompts=tuple(prompts)
    )
    found = associations([prompt_set], samples, planned, vectors)
    run = replace(
        given(LETTERS),
        prompt_sets=[prompt_set],
        samples=samples,
        judgements={},
        planned=planned,
        estimates=found,
        measures={m.name: m for m in ASSOCIATIONS},
    )
    (row,) = chapter(run).others[0].rows
    assert row.group == {"axis": "status"} and row.value > 1 and row.null > 0
    assert "permutation p = " in row.method
