from evalsuite.measures import MEASURES, TONE_BANDS, describe
from evalsuite.measures.measure import EVEN_TONES
from evalsuite.records import Clause, Prompt


def test_names_are_unique_and_complete():
    names = [m.name for m in MEASURES]
    assert len(set(names)) == len(names)
    assert {m.scorer for m in MEASURES} >= {"objects", "clip", "presentation", "geneval"}
    assert all(m.title and m.unit and m.cannot_show.endswith(".") for m in MEASURES)
    assert describe("objects.count").higher_is_better is True
    assert describe("presentation.woman").higher_is_better is None
    assert describe("mine.own") is None


def test_the_bands_are_the_ten_monk_tones():
    assert sorted(int(t) for tones in TONE_BANDS.values() for t in tones) == list(range(1, 11))
    assert dict(EVEN_TONES) == {"1-4": 0.4, "5-7": 0.3, "8-10": 0.3}


def names_for(prompt):
    """Of the three scorers that every run has; VISOR's have their own tests."""
    usual = [m for m in MEASURES if m.scorer in ("objects", "clip", "presentation")]
    return {m.name for m in usual if m.applies(prompt) and "visor" not in m.name}


def test_where_measures_apply():
    cat, dog = Clause("cat", color="red"), Clause("dog", color="blue", position=("left of", 0))
    everything = {"clip.score", "objects.correct", "objects.present"}
    counting = Prompt("a", "two cats", "counting", (Clause("cat", 2),), (Clause("cat", 3),))
    assert names_for(counting) == everything | {"objects.count", "objects.drawn", "clip.choice"}
    spatial = Prompt("b", "a dog left of a cat", "position", (cat, dog))
    assert names_for(spatial) == everything | {
        "objects.relation", "objects.color", "clip.choice", "clip.binding"
    }  # fmt: skip
    named = {"absent": "dog"}
    asked = Prompt("c", "a cat and a dog", "negation", (cat, dog), (), named)
    plain = Prompt("d", "a cat, no dog", "negation", (Clause("cat"),), (Clause("dog"),), named)
    twin = Prompt("e", plain.text, "negation", plain.include, plain.exclude, named, twin="c")
    assert "objects.excluded_drawn" in names_for(asked)
    assert not {"objects.absent", "objects.negation_effect"} & names_for(asked)
    assert "objects.absent" in names_for(plain)
    assert names_for(twin) - names_for(plain) == {"objects.negation_effect"}
    person = Prompt("f", "a nurse", "occupation", subject="person")
    assert names_for(person) == {"clip.score"} | {
        m.name for m in MEASURES if m.scorer == "presentation"
    }
