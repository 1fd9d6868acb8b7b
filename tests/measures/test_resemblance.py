import numpy as np
import pytest

from evalsuite import measures
from evalsuite.prompts import sets
from evalsuite.records import Key, Prompt, PromptSet, Sample

AXES = {"India": 0, "Egypt": 1, "Japan": 2}
MARKINGS = ("adjective", "place")


def leaning(region, strength=1.0, bare=1.0):
    """A vector of what all pictures share and of one region."""
    vector = np.zeros(8, dtype=np.float32)
    vector[7] = bare
    if region is not None:
        vector[AXES[region]] = strength
    return vector


def prompt(name, region, marking):
    groups = {"occasion": "wedding", "region": region, "marking": marking}
    return Prompt(name, name, "culture", groups=groups)


PROMPTS = [prompt("bare", "none", "none")]
PROMPTS += [prompt(f"{region}-{m}", region, m) for region in AXES for m in MARKINGS]


def rows(drawn, prompts=PROMPTS):
    """Estimates of pictures by prompt: each its vector, or None for one that was refused."""
    culture = PromptSet(
        name="culture",
        version="1",
        digest="d",
        dialect="everyday",
        prompts=tuple(prompts),
        cluster=("occasion", "region"),
    )
    samples, vectors = {}, {}
    for name, pictures in drawn.items():
        for index, vector in enumerate(pictures):
            key, image = Key("culture", name, index), f"{name}-{index}"
            status = "ok" if vector is not None else "refused"
            samples[key] = Sample(key, 1, status, image=image if status == "ok" else None)
            if vector is not None:
                vectors[image] = vector
    found = measures.resemblance([culture], samples, list(samples), vectors)
    return {(row.measure, *row.group.values()): row for row in found}


def marked(**changed):
    drawn = {f"{region}-{m}": [leaning(region)] * 2 for region in AXES for m in MARKINGS}
    return drawn | changed


def test_an_unmarked_picture_resembles_the_region_whose_own_pictures_are_nearest():
    found = rows({"bare": [leaning("Egypt", 0.3), leaning("Egypt", 0.1)], **marked()})
    assert {key[1:]: r.value for key, r in found.items() if key[0] == "culture.region"} == {
        ("Egypt",): 1.0,
        ("wedding", "Egypt"): 1.0,
    }
    assert found["culture.region", "Egypt"].null == pytest.approx(1 / 3)
    assert found["culture.unknown",].value == 0.0
    assert found["culture.recognised",].value == 1.0
    assert found["culture.recognised",].n == 12


def test_where_the_wordings_disagree_it_is_unknown_and_not_a_region():
    # By its adjective Egypt looks like Egypt; in place pictures India and Egypt are exchanged.
    swapped = {"India-place": [leaning("Egypt")] * 2, "Egypt-place": [leaning("India")] * 2}
    found = rows({"bare": [leaning("Egypt", 0.3)], **marked(**swapped)})
    assert found["culture.region", "none"].value is None
    assert found["culture.region", "none"].missing == {
        "unknown: its wordings' pictures disagree": 1
    }
    assert found["culture.unknown",].value == 1.0
    # And the instrument says so itself: of three regions only Japan's pictures are recognised.
    assert found["culture.recognised",].value == pytest.approx(1 / 3)


def test_refused_pictures_and_lost_features_are_missing_and_never_a_region():
    found = rows({"bare": [None, leaning("Japan", 0.2)], **marked()})
    assert found["culture.region", "Japan"].n == 1
    assert found["culture.region", "Japan"].missing == {"refused": 1}
    alone = rows({"bare": [leaning("Japan")]})
    assert alone["culture.region", "none"].missing == {"no marked pictures": 1}
    assert alone["culture.unknown",].n == 0 and alone["culture.unknown",].value is None


def test_all_refused_has_no_values():
    found = rows({name: [None] for name in ("bare", "India-place")})
    assert all(row.value is None and row.n == 0 for row in found.values())


def test_the_bundled_set_is_compared_by_occasion():
    (whole,) = sets.find(["culture"], "everyday")
    samples, vectors, dice = {}, {}, np.random.default_rng(0)
    regions = sorted({p.groups["region"] for p in whole.prompts} - {"none"})
    occasions = sorted({p.groups["occasion"] for p in whole.prompts})
    for each in whole.prompts:
        key = Key("culture", each.id, 0)
        samples[key] = Sample(key, 1, "ok", image=each.id)
        vector = 0.01 * dice.normal(size=64)
        vector[40 + occasions.index(each.groups["occasion"])] = 3.0
        # Every unmarked picture is drawn as the United States'.
        region = each.groups["region"].replace("none", "United States")
        vector[regions.index(region)] = 1.0
        vectors[each.id] = vector.astype(np.float32)
    found = measures.resemblance([whole], samples, list(samples), vectors)
    said = {(r.measure, *r.group.values()): r for r in found}
    assert said["culture.region", "United States"].value == 1.0
    assert said["culture.region", "United States"].n == 12
    assert said["culture.recognised",].value == 1.0
    assert said["culture.region", "house", "United States"].n == 2


def test_a_set_without_culture_has_no_rows():
    plain = PromptSet(
        name="p",
        version="1",
        digest="d",
        dialect="everyday",
        prompts=(Prompt("a", "a dog", "other"),),
    )
    assert measures.resemblance([plain], {}, [], {}) == []
