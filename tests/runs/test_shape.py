"""A manifest of the right checksum and another shape is refused in one line that names the key."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.measures.declared import to_row
from evalsuite.records import InputError, Measure
from evalsuite.runs import shape

PATH = Path("a/manifest.json")
MANIFEST = {
    "format": 1,
    "asked": {"names": ["clip"], "scorers": ["clip"], "scorer_arg": {}},
    "backend": {"model": "m"},
    "configuration": {"model": "m", "size": None},
    "created": "2026-11-27T00:00:00+00:00",
    "dialect": "scenes",
    "git": None,
    "installed": {"from": "checkout"},
    "num_images": 4,
    "packages": {"torch": "2"},
    "platform": {"cpus": 2},
    "prompt_sets": {"mine": {"digest": "ab", "dialect": "scenes", "version": "1"}},
    "python": "3.11",
    "scorers": {
        "clip": {"threshold": 0.5, "measures": [to_row(Measure(name="clip.s", title="S"))]}
    },
    "seed": 0,
    "threads": 2,
}


def test_a_whole_one_and_one_of_few_keys_are_read():
    shape.check(PATH, MANIFEST)
    shape.check(PATH, {})


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("format",), 2, "format: input should be 1"),
        (("seed",), "1", "seed: input should be a valid integer"),
        (("asked",), {}, "'names' is missing"),
        (("scorers",), ["clip"], "scorers: input should be a valid dictionary"),
        (("scorers", "clip"), 1, "scorers.clip: input should be a valid dictionary"),
        (("scorers", "clip", "measures", 0), "S", "scorers.clip.measures.0: input"),
        (("prompt_sets", "mine", "digest"), None, "prompt_sets.mine.digest: input"),
        (("configuration",), 10**400, "configuration: input should be a valid dictionary"),
    ],
)
def test_the_key_is_named(place, value, said):
    changed = deepcopy(MANIFEST)
    part = changed
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    with pytest.raises(InputError) as told:
        shape.check(PATH, changed)
    assert str(told.value).startswith(f"{PATH}: {said}") and "\n" not in str(told.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@given(st.sampled_from(sorted(MANIFEST)), JSON)
def test_anything_in_place_of_a_key_is_read_or_refused_in_a_line(key, value):
    try:
        shape.check(PATH, json.loads(json.dumps({**MANIFEST, key: value})))
    except InputError as error:
        assert "\n" not in str(error)
