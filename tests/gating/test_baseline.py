"""Baseline files: what goes in comes out, and whatever is damaged is refused in one line."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.comparison.snapshot import Asked, Side
from evalsuite.gating import baseline
from evalsuite.measures.reading import Reading
from evalsuite.plugins.find import own_measures
from evalsuite.records import InputError, Key, Measure

OLDER = Path(__file__).parent / "baseline-1.json"
WORDS = st.text(max_size=6)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
CONDITIONS = st.sampled_from(["tag:counting", "includes", "group:style", "of a person"])
KINDS = st.sampled_from(["share", "mean", "twins"])


def measures(name) -> st.SearchStrategy[Measure]:
    """Any measure of that name that a scorer may declare."""
    labels = st.none() | st.lists(WORDS, max_size=2).map(tuple)
    return labels.flatmap(lambda by: _measures(name, by))


def _measures(name, by) -> st.SearchStrategy[Measure]:
    return st.builds(
        Measure,
        name=st.just(name),
        title=WORDS,
        kind=KINDS,
        field=WORDS,
        unit=WORDS,
        applies=st.lists(CONDITIONS, max_size=2).map(tuple),
        by=st.just(by),
        plot=st.lists(WORDS if by is None else st.sampled_from(by), max_size=1).map(tuple)
        if by != ()
        else st.just(()),
        higher_is_better=st.none() | st.booleans(),
        bounds=st.none() | st.tuples(NUMBERS, NUMBERS),
        chance=st.none() | NUMBERS,
        label=WORDS,
        least=st.integers(1, 4),
        prominence=st.integers(0, 99),
        ranks_images=st.booleans(),
        cannot_show=WORDS,
    )


@st.composite
def sides(draw) -> Side:
    """Any side: any order of any keys, names of any characters, readings of every kind."""
    keys = draw(st.lists(st.builds(Key, WORDS, WORDS, st.integers(0, 3)), unique=True, max_size=6))
    maybe, hashes = st.booleans(), st.text("0123456789abcdef", min_size=64, max_size=64)
    names = draw(st.lists(WORDS, unique=True, max_size=3))
    value = st.none() | NUMBERS | WORDS
    parts = (value, WORDS, WORDS, st.none() | NUMBERS)
    prompts = {key[:2]: Asked(draw(WORDS), draw(st.dictionaries(WORDS, WORDS, max_size=2)))
               for key in keys}  # fmt: skip
    return Side(
        name=draw(WORDS),
        dialect=draw(WORDS),
        seed=draw(st.integers(0, 2**63)),
        prompt_sets=draw(st.dictionaries(WORDS, WORDS, max_size=2)),
        prompts=prompts,
        planned=tuple(keys),
        seeds={key: draw(st.integers(0, 2**32 - 1)) for key in keys},
        measures={name: draw(measures(name)) for name in names},
        readings={
            (name, key): draw(st.builds(Reading, *parts, st.just(key.prompt_id), WORDS))
            for name in names for key in keys if draw(maybe)
        },
        clusters=draw(st.dictionaries(WORDS, st.lists(WORDS, max_size=2).map(tuple), max_size=2)),
        scorers=draw(st.dictionaries(WORDS, WORDS, max_size=2)),
        images={key: draw(hashes) for key in keys if draw(maybe)},
        complete=draw(maybe),
        keeps_seeds=draw(maybe),
    )  # fmt: skip


COUNT = Measure(
    name="objects.count",
    title="Exact number",
    applies=("tag:counting", "includes"),
    by=("count",),
    prominence=50,
    cannot_show="Crowded things.",
)
ONE = Side(
    name="a run",
    dialect="scenes",
    seed=7,
    prompt_sets={"counts": "d1"},
    prompts={("counts", "c0"): Asked("two cats", {"count": "2"})},
    planned=(Key("counts", "c0", 0), Key("counts", "c0", 1)),
    seeds={Key("counts", "c0", 0): 11, Key("counts", "c0", 1): 12},
    measures={"objects.count": COUNT},
    readings={
        ("objects.count", Key("counts", "c0", 0)): Reading(1.0, "", "c0", None, "c0"),
        ("objects.count", Key("counts", "c0", 1)): Reading(None, "refused", "c0", 0.25, "c0"),
    },
    scorers={"objects": "s1"},
    images={Key("counts", "c0", 0): "ab" * 32},
    complete=True,
)

SUM_2 = "fa6284ee2520d4ff12e5c2db78450feb0237e25f74b986ce743fd1e82976d5dc"
SUM_3 = "ed9e747b2d457c5bb62c4763d382ea2be1e625f9d891cd6c59c1b16b26cd322d"
SUM_OF_TAGS = "4be4cbd701190727e1d0572c5bfbbaf89c1275b60326f6b5af2e1954395b03ab"

TEXT = """{
"checksum": "fa6284ee2520d4ff12e5c2db78450feb0237e25f74b986ce743fd1e82976d5dc",
"complete": true,
"dialect": "scenes",
"format": "evalsuite-baseline-2",
"manifest": "m",
"measures": [
MEASURE
],
"name": "a run",
"planned": [
["counts","c0",[[0,11,"IMAGE"],[1,12]]]
],
"prompt_sets": [
["counts","d1"]
],
"prompts": [
["counts","c0","two cats",{"count":"2"}]
],
"readings": [
["objects.count","counts","c0","c0",[[0,1.0],[1,null,"refused",0.25]]]
],
"scorers": {"objects":"s1"},
"seed": 7
}
""".replace("IMAGE", "ab" * 32).replace(
    "MEASURE",
    '{"applies":["tag:counting","includes"],"by":["count"],"cannot_show":"Crowded things.",'
    '"name":"objects.count","prominence":50,"title":"Exact number"}',
)
WITH_FIELD = TEXT.replace('"name":"objects', '"field":"count","name":"objects').replace(
    "fa6284ee2520d4ff12e5c2db78450feb0237e25f74b986ce743fd1e82976d5dc",
    "6bbdcdb6e02877f05b2c9bdb9bbb97ad0999afe9fea7bd42eb7ccb4f17c75ff9",
)
"""The same as first written: with every measure's field, though its name says it."""


TODAY = (
    TEXT.replace(SUM_2, SUM_3)
    .replace("baseline-2", "baseline-3")
    .replace('"counts","c0","c0",[[0', '"counts","c0","cat","2",[[0')
    .replace('"complete": true', '"clusters": {"counts":["thing"]},\n"complete": true')
)


@settings(deadline=None)
@given(sides())
def test_a_side_comes_back_as_it_was(side):
    text = baseline.to_json(side, "m")

    assert baseline.from_json(text) == side
    assert baseline.to_json(baseline.from_json(text), "m") == text
    found = baseline.from_json(text)
    assert list(found.measures) == list(side.measures)
    assert list(found.prompt_sets) == list(side.prompt_sets)


@pytest.mark.parametrize("text", [TEXT, WITH_FIELD], ids=["the last", "the first"])
def test_the_format_of_version_2_stays_readable(tmp_path, text):
    """Written out once and for ever: a later evalsuite must read these very bytes."""
    path = tmp_path / "b.json"
    path.write_text(text)

    assert baseline.read_baseline_file(path) == ONE


def test_the_format_of_version_3_holds_families_and_strata(tmp_path):
    """Written out once and for ever, as above."""
    readings = {at: r._replace(cluster="cat", stratum="2") for at, r in ONE.readings.items()}
    side = replace(ONE, readings=readings, clusters={"counts": ("thing",)})
    path = tmp_path / "b.json"
    path.write_text(TODAY)

    assert baseline.to_json(side, "m") == TODAY
    assert baseline.read_baseline_file(path) == side


def test_the_clusters_of_a_mean_over_tags_had_the_tag_before_the_prompt():
    tagged = TEXT.replace('"counts","c0","c0",[[0', '"counts","c0","counting/c0",[[0').replace(
        SUM_2, SUM_OF_TAGS
    )

    first, _ = baseline.from_json(tagged).readings.values()
    assert first == (1.0, "", "c0", None, "c0", "counting")


def test_a_file_of_version_1_is_read():
    """An earlier evalsuite wrote it: of a measure it says the name and kind alone."""
    found = baseline.read_baseline_file(OLDER)

    first, second = Key("counts", "c0", 0), Key("counts", "c0", 1)
    own = {measure.name: measure for measure in own_measures()}
    size, mood = (
        Measure(name=name, title=name, kind=kind, unit="number", higher_is_better=None)
        for name, kind in (("mine.size", "mean"), ("mine.mood", "labels"))
    )
    assert found == Side(
        name="a run",
        dialect="scenes",
        seed=7,
        prompt_sets={"counts": "d1"},
        prompts={("counts", "c0"): Asked("two cats", {"count": "2"})},
        planned=(first, second),
        seeds={first: 11, second: 12},
        measures={
            "objects.count": own["objects.count"],
            "clip.score": own["clip.score"],
            "mine.size": size,
            "mine.mood": mood,
        },
        readings={
            ("objects.count", first): Reading(1.0, "", "c0", None, "c0"),
            ("objects.count", second): Reading(None, "refused", "c0", 0.25, "c0"),
            ("clip.score", first): Reading(21.5, "", "c0", None, "c0"),
            ("clip.score", second): Reading(None, "refused", "c0", None, "c0"),
            ("mine.size", first): Reading(3.0, "", "c0", None, "c0"),
            ("mine.mood", first): Reading("glad", "", "c0", None, "c0"),
        },
        scorers={"clip": "s0", "mine": "s2", "objects": "s1"},
        images={first: "ab" * 32},
        complete=True,
    )
    # Blessed anew it is a file of today.
    again = baseline.to_json(found, "m")
    assert '"format": "evalsuite-baseline-3"' in again
    assert baseline.from_json(again) == found


def test_it_is_written_whole(tmp_path):
    baseline.write_baseline(tmp_path / "new" / "b.json", ONE)

    assert baseline.read_baseline_file(tmp_path / "new" / "b.json") == ONE
    assert [one.name for one in (tmp_path / "new").iterdir()] == ["b.json"]


GOOD = baseline.to_json(ONE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD[:-40], "is damaged"),
        (GOOD.replace("[0,1.0]", "[0,0.0]"), "its checksum is wrong"),
        (GOOD.replace('"seed": 7', '"seed": NaN'), "is damaged"),
        (GOOD.replace("baseline-3", "baseline-4"), "in the format 'evalsuite-baseline-4', which t"),
        ("", "line 1: is damaged"),
        ("[]", "is no baseline file"),
        ('{"format": 1}', "is no baseline file"),
        ('{"models": []}', "is no baseline file"),
        ("<<<<<<< ours\n" + GOOD, "line 1: is damaged"),
        ("[" * 100_000, "is damaged"),
        ("\xff", "is no baseline file"),
    ],
)
def test_what_is_damaged_foreign_or_newer_is_refused_in_one_line(tmp_path, text, says):
    path = tmp_path / "b.json"
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(InputError) as refused:
        baseline.read_baseline_file(path)

    message = str(refused.value)
    assert message.startswith(f"--baseline {path}: ") and says in message
    assert "evalsuite baseline RUN -o FILE" in message and "\n" not in message


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"none\.json: No such file or directory; bless"):
        baseline.read_baseline_file(tmp_path / "none.json")


@settings(deadline=None)
@given(st.data())
def test_no_single_altered_byte_passes_unseen(data):
    place = data.draw(st.integers(0, len(GOOD) - 1))
    text = GOOD[:place] + data.draw(st.characters(codec="ascii")) + GOOD[place + 1 :]
    try:
        found = baseline.from_json(text)
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert found == ONE  # only white space between values is free


@settings(deadline=None)
@given(st.recursive(st.none() | st.integers() | WORDS, lambda x: st.lists(x, max_size=3)))
def test_a_right_checksum_over_nonsense_is_refused_too(value):
    content = json.loads(GOOD)
    content["planned"] = content["readings"] = [value]
    content.pop("checksum")
    content["checksum"] = baseline._checksum(content)
    with pytest.raises(InputError, match="is damaged"):
        baseline.from_json(json.dumps(content))


@pytest.mark.parametrize("field", ["name", "dialect", "seed", "scorers", "clusters", "prompt_sets"])
@pytest.mark.parametrize("value", [None, 1.5, True, [[1, 2]], {"a": 1}])
def test_a_field_of_another_type_is_refused_whatever_the_checksum(field, value):
    content = json.loads(GOOD)
    content.pop("checksum")
    content[field] = value
    content["checksum"] = baseline._checksum(content)
    with pytest.raises(InputError, match="is damaged"):
        baseline.from_json(json.dumps(content))


def test_a_reading_takes_no_more_room_than_it_has_to_say():
    readings = {
        ("m", Key("s", "p", 0)): Reading(1.0, "", "p", prompt="p"),
        ("m", Key("s", "p", 1)): Reading(None, "refused", "p", prompt="p"),
        ("m", Key("s", "p", 2)): Reading(1.0, "", "p", chance=0.5, prompt="p"),
    }
    (row,) = baseline._readings(SimpleNamespace(readings=readings))
    assert row[-1] == [[0, 1.0], [1, None, "refused"], [2, 1.0, "", 0.5]]


@pytest.mark.parametrize("value", [True, "1", None, float("inf"), float("nan")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(TypeError, match="not a number"):
        baseline._number(value)
    assert baseline._number(2) == 2.0
