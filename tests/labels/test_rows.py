"""Label rows: what was given is there, a withdrawal is a row, a torn tail costs nothing else."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.labels.rows import (
    Label,
    Told,
    anonymous,
    from_row,
    rater_name,
    read_labels,
    segment,
    to_row,
    write,
)
from evalsuite.records import InputError, Key

STATES = st.sampled_from(("told", "cannot tell", "withdrawn"))


@st.composite
def labels(draw):
    state = draw(STATES)
    words = st.text(st.characters(codec="utf-8"), max_size=20)
    answer = st.one_of(st.floats(allow_nan=False, allow_infinity=False), words)
    return Label(
        key=Key(draw(st.sampled_from("st")), draw(st.sampled_from("pq")), draw(st.integers(0, 2))),
        image=draw(st.sampled_from(("a" * 64, "b" * 64))),
        asked=draw(st.sampled_from(("x.label", "x.right"))),
        rater=draw(st.sampled_from(("ann", "bob"))),
        state=state,
        answer=draw(answer) if state == "told" else None,
        stratum="s: yes",
        drawn=draw(st.integers(0, 9)),
        size=9,
        sample=20,
    )  # fmt: skip


@given(labels())
def test_a_row_is_read_as_it_was_written(label):
    assert from_row(json.loads(json.dumps(to_row(label)))) == label


@given(st.lists(labels(), max_size=12))
def test_the_last_word_of_each_rater_counts(rows):
    told = Told(rows)
    last = {}
    for row in rows:
        last[row.rater, row.asked, row.key] = row

    assert set(told.labels) == {row for row in last.values() if row.state != "withdrawn"}


@settings(max_examples=30)
@given(rows=st.lists(labels(), min_size=1, max_size=6), cut=st.integers(1, 400))
def test_whatever_is_cut_off_whole_rows_before_it_stay(rows, cut, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cut")
    own = [row for row in rows if row.rater == rows[0].rater]
    with segment(folder, own[0].rater) as to:
        write(to, own)
    path = folder / f"labels-{own[0].rater}.jsonl"
    lines = path.read_bytes().splitlines()
    data = path.read_bytes()[: -min(cut, path.stat().st_size)]
    path.write_bytes(data)
    # A row that lacks nothing but its line's end is whole.
    whole = sum(line == before for line, before in zip(data.splitlines(), lines, strict=False))

    assert read_labels(folder).labels == Told(own[:whole]).labels
    # And what is appended after a torn tail is read.
    with segment(folder, own[0].rater) as to:
        write(to, own[-1:])
    assert read_labels(folder).labels == Told([*own[:whole], own[-1]]).labels


@pytest.mark.parametrize("name", ["", "../ann", "Ann Smith", "a" * 41, ".ann", "ann/b", "ö"])
def test_what_is_no_name_is_refused(name, tmp_path):
    with pytest.raises(InputError, match="is no rater's name"):
        segment(tmp_path, name)


def test_names_have_one_spelling_and_numbers_are_free(tmp_path):
    assert rater_name(" Ann-1 ") == "ann-1"
    assert anonymous(tmp_path) == "rater-1"
    Path(tmp_path / "labels-rater-1.jsonl").touch()
    assert anonymous(tmp_path) == "rater-2"


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "perhaps"},
        {"answer": None},
        {"answer": True},
        {"state": "cannot tell"},
        {"image": "../../x"},
        {"rater": "../x"},
        {"drawn": -1},
        {"index": "0"},
        {"answer": []},
        {"answer": 10**400},
    ],
)
def test_what_is_no_label_is_damaged(wrong):
    row = {"prompt_set": "s", "prompt_id": "p", "index": 0, "image": "a" * 64, "asked": "x.label",
           "rater": "ann", "state": "told", "answer": 1.0, "stratum": "s", "drawn": 1, "size": 2,
           "sample": 2}  # fmt: skip
    from_row(row)
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_row({**row, **wrong})
