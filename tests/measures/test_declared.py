import json
from dataclasses import replace

import pytest

from evalsuite.measures.declared import declared_measures, from_row, measures_of, to_row
from evalsuite.measures.declared import undeclared as undeclared_measure
from evalsuite.plugins.find import own_measures
from evalsuite.prompts.conditions import condition
from evalsuite.records import (
    Clause,
    InputError,
    Judgement,
    Key,
    Measure,
    Prompt,
    PromptSet,
    Question,
)

MEASURES = own_measures()


def test_names_are_unique_and_complete():
    names = [m.name for m in MEASURES]
    assert len(set(names)) == len(names)
    assert {m.scorer for m in MEASURES} >= {
        *("objects", "clip", "presentation", "skin_tone", "text", "vqa"),
        *("geneval", "preference", "aesthetic"),
    }
    assert all(m.title and m.unit and m.cannot_show.endswith(".") for m in MEASURES)
    directions = {m.name: m.higher_is_better for m in MEASURES}
    assert directions["objects.count"] is True
    assert directions["presentation.woman"] is None


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)
def test_a_manifest_holds_a_measure_whole(measure):
    assert from_row(json.loads(json.dumps(to_row(measure)))) == measure


def test_what_is_at_its_default_is_not_written():
    measure = Measure(name="mine.bright", title="Bright", by=())
    assert to_row(measure) == {
        "name": "mine.bright",
        "title": "Bright",
        "by": [],
    }


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"name": "a.b", "title": "B", "kind": "shares"}, "no kind 'shares'"),
        ({"name": "a.b", "title": "B", "applies": ["is odd"]}, "no condition 'is odd'"),
        ({"name": "a.b", "title": "B", "by": ["kind"], "plot": ["count"]}, "plot 'count'"),
        ({"name": "a.b"}, "title"),
        ({"name": "a.b", "title": "B", "colour": "red"}, "colour"),
    ],
)
def test_a_row_that_is_no_measure_says_why(row, says):
    with pytest.raises(ValueError, match=says):
        from_row(row)


def test_a_field_other_than_the_names_is_written():
    measure = Measure(name="mine.bright", title="Bright", field="light")
    assert to_row(measure) == {"name": "mine.bright", "title": "Bright", "field": "light"}
    assert from_row(to_row(measure)) == measure


def test_the_most_prominent_scorer_comes_first():
    first = Measure(name="b.x", title="X", prominence=2)
    entries = {
        "a": {"measures": [{"name": "a.x", "title": "X"}]},
        "b": {"measures": [to_row(first)]},
    }
    assert [m.name for m in declared_measures({**entries, "old": {}})] == ["b.x", "a.x"]


def undeclared(*values):
    """The measure that is guessed for a field with these values, one per prompt."""
    prompts = [Prompt(f"p{n}", "a cat", f"tag{n}") for n in range(len(values))]
    keys = [Key("set", prompt.id, 0) for prompt in prompts]
    judged = {
        ("mine", key): Judgement("mine", key, {"own": value})
        for key, value in zip(keys, values, strict=True)
    }
    world = PromptSet(
        name="set", version="1", digest="d", dialect="everyday", prompts=tuple(prompts)
    )
    known = [Measure(name="mine.other", title="Other")]
    other, own = measures_of([world], judged, known)
    assert other == known[0]
    assert [condition(own.applies)(prompt) for prompt in prompts] == [True] * len(values)
    assert not condition(own.applies)(Prompt("q", "a cat", "another"))
    return own


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ((0.0, 1.0, 1.0), "share"),
        ((1.0, None), "share"),
        ((0.0, 0.5), "mean"),
        ((2.0, 1.0), "mean"),
        (("red", None, 1.0), "labels"),
    ],
)
def test_a_field_that_nobody_declared_is_measured_by_what_it_holds(values, kind):
    own = undeclared(*values)
    assert (own.name, own.kind, own.higher_is_better, own.by) == ("mine.own", kind, None, None)


def names_for(prompt):
    """Of the scorers that a run has by default; VISOR's have their own tests."""
    default = [m for m in MEASURES if m.scorer in ("objects", "clip", "presentation", "skin_tone")]
    return {m.name for m in default if condition(m.applies)(prompt) and "visor" not in m.name}


def test_where_measures_apply():
    cat, dog = Clause("cat", color="red"), Clause("dog", color="blue", position=("left of", 0))
    everything = {"clip.score", "clip.hessel", "objects.correct", "objects.present"}
    counting = Prompt(
        "a", "two cats", "counting", include=(Clause("cat", 2),), exclude=(Clause("cat", 3),)
    )
    assert names_for(counting) == everything | {"objects.count", "objects.drawn", "clip.choice"}
    spatial = Prompt("b", "a dog left of a cat", "position", include=(cat, dog))
    assert names_for(spatial) == everything | {
        "objects.relation",
        "objects.color",
        "clip.choice",
        "clip.binding",
    }
    named = {"absent": "dog"}
    asked = Prompt("c", "a cat and a dog", "negation", include=(cat, dog), groups=named)
    plain = Prompt(
        "d",
        "a cat, no dog",
        "negation",
        include=(Clause("cat"),),
        exclude=(Clause("dog"),),
        groups=named,
    )
    twin = Prompt(
        "e",
        plain.text,
        "negation",
        include=plain.include,
        exclude=plain.exclude,
        groups=named,
        twin="c",
    )
    assert "objects.excluded_drawn" in names_for(asked)
    assert not {"objects.absent", "objects.negation_effect"} & names_for(asked)
    assert "objects.absent" in names_for(plain)
    assert names_for(twin) - names_for(plain) == {"objects.negation_effect"}
    person = Prompt("f", "a nurse", "occupation", subject="person")
    of_people = {
        m.name
        for m in MEASURES
        if m.scorer in ("presentation", "skin_tone") and m.applies == ("of a person",)
    }
    assert names_for(person) == {"clip.score", "clip.hessel"} | of_people
    job = replace(person, groups={"occupation": "nurse"})
    of_jobs = {
        f"presentation.occupation_{name}"
        for name in (
            "distance",
            "evenness",
            "one_sided",
            "parity_difference",
            "parity_ratio",
            "wording",
        )
    }
    assert names_for(job) - names_for(person) == of_jobs
    group = Prompt("k", "two people", "people", include=(Clause("person", 2),))
    everybody = {name for name in names_for(group) if "people" in name}
    assert everybody == {
        m.name for m in MEASURES if "people" in m.name and m.scorer in ("presentation", "skin_tone")
    }
    assert len(everybody) == 6 and not names_for(group) & of_people
    styled = Prompt("g", "a mosaic", "style", groups={"style": "mosaic"})
    assert "clip.style" in names_for(styled)
    for region, names in {
        "none": {"clip.region", "clip.region_unknown"},
        "India": {"clip.region_asked"},
    }.items():
        culture = Prompt("h", "a wedding", "culture", groups={"region": region})
        assert {name for name in names_for(culture) if "region" in name} == names
    metal = Clause("cup", material="metal")
    attributed = Prompt("i", "a metal cup", "attribution", include=(metal,))
    assert "clip.choice" in names_for(attributed) and "clip.binding" not in names_for(attributed)
    two = Prompt(
        "j",
        "a metal cup, a glass vase",
        "attribution",
        include=(metal, Clause("vase", 1, color="red")),
    )
    assert "clip.binding" not in names_for(two), "a colour and a material cannot be exchanged"


def fields_of(scorer, prompt):
    return {m.field for m in MEASURES if m.scorer == scorer and condition(m.applies)(prompt)}


def test_text_applies_where_words_are_to_be_written():
    sign = Prompt("a", 'a sign that says "OPEN"', "text", words="OPEN")
    assert fields_of("text", sign) == {"exact", "similarity", "words"}
    assert fields_of("text", Prompt("b", "a sign", "text")) == set()


def test_vqas_score_applies_to_every_prompt_and_answers_where_something_is_asked():
    everything = {"score", "answers", "all_right", "soft"}
    assert fields_of("vqa", Prompt("a", "calm", "mood")) == {"score"}
    assert fields_of("vqa", Prompt("b", "a cat", "object", include=(Clause("cat"),))) == everything
    asked = Prompt("c", "a cat", "object", questions=(Question("Is it?"),))
    assert fields_of("vqa", asked) == everything


@pytest.mark.parametrize("odd", ["a|b", "a\\", "a\\|b", "|", "x\n|y"])
def test_an_undeclared_measure_applies_to_tags_with_bars_too(odd):
    measure = undeclared_measure("s.f", [1.0], ["counting", odd])

    applies = condition(measure.applies)
    assert [applies(Prompt("p", "a cat", tag)) for tag in ("counting", odd, "b", "style")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": 3}, "title: input should be a valid string"),
        ({"by": [["count"]]}, "by.0: input should be a valid string"),
        ({"kind": "odd"}, "no kind 'odd'"),
        ({"useful": 10**400}, "useful: "),
    ],
)
def test_a_manifests_measure_of_another_version_is_refused_by_its_place(change, said):
    row = to_row(Measure(name="b.x", title="X"))
    with pytest.raises(InputError) as told:
        declared_measures(
            {"a": {"measures": [row]}, "b": {"measures": [row, {**row, **change}]}}, "r/m.json"
        )
    assert str(told.value).startswith(f"r/m.json: scorers.b.measures.1: {said}")
    assert "\n" not in str(told.value)
