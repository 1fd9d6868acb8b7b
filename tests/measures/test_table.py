from evalsuite.measures import MEASURES, TONE_BANDS, describe
from evalsuite.measures.measure import EVEN_TONES
from evalsuite.records import Clause, Prompt


def test_names_are_unique_and_complete():
    names = [m.name for m in MEASURES]
    assert len(set(names)) == len(names)
    assert {m.scorer for m in MEASURES} >= {
        *("objects", "clip", "presentation", "text", "vqa"),
        *("geneval", "preference", "aesthetic"),
    }
    assert all(m.title and m.unit and m.cannot_show.endswith(".") for m in MEASURES)
    assert describe("objects.count").higher_is_better is True
    assert describe("presentation.woman").higher_is_better is None
    assert describe("mine.own") is None


def test_the_bands_are_the_ten_monk_tones():
    assert sorted(int(t) for tones in TONE_BANDS.values() for t in tones) == list(range(1, 11))
    assert dict(EVEN_TONES) == {"1-4": 0.4, "5-7": 0.3, "8-10": 0.3}


def names_for(prompt):
    """Of the scorers that a run has by default; VISOR's have their own tests."""
    default = [m for m in MEASURES if m.scorer in ("objects", "clip", "presentation")]
    return {m.name for m in default if m.applies(prompt) and "visor" not in m.name}


def test_where_measures_apply():
    cat, dog = Clause("cat", color="red"), Clause("dog", color="blue", position=("left of", 0))
    everything = {"clip.score", "clip.hessel", "objects.correct", "objects.present"}
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
    assert names_for(person) == {"clip.score", "clip.hessel"} | {
        m.name for m in MEASURES if m.scorer == "presentation"
    }
    styled = Prompt("g", "a mosaic", "style", groups={"style": "mosaic"})
    assert "clip.style" in names_for(styled)
    for region, names in {
        "none": {"clip.region", "clip.region_unknown"},
        "India": {"clip.region_asked"},
    }.items():
        culture = Prompt("h", "a wedding", "culture", groups={"region": region})
        assert {name for name in names_for(culture) if "region" in name} == names
    metal = Clause("cup", material="metal")
    attributed = Prompt("i", "a metal cup", "attribution", (metal,))
    assert "clip.choice" in names_for(attributed) and "clip.binding" not in names_for(attributed)
    two = Prompt("j", "a metal cup, a glass vase", "attribution", (metal, Clause("vase", 1, "red")))
    assert "clip.binding" not in names_for(two), "a colour and a material cannot be exchanged"
