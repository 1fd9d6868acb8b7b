import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.records import Box, Choice, Judgement, Key, Keys, Places
from evalsuite.runs.judgement_rows import Judged, JudgementRow, JudgementRows, to_row
from evalsuite.runs.packed import Joined

KEY, LATER = Key("counts", "c-1", 0), Key("counts", "c-2", 0)
IMAGE = "0f" * 32
FULL = Judgement(
    "clip",
    KEY,
    {"right": 1.0, "word": None},
    reasons={"word": "unsure: dark"},
    evidence={"n": [1]},
    not_applicable=("tone",),
    boxes=(
        Box("star", (1.0, 2.0, 3.0, 4.0), 0.5, {"color": "red"}),
        Box("moon", (0.0, 0.0, 1.0, 1.0)),
    ),
    choices={"word": Choice(("bright", "dark"), (0.75, 0.25), "bright")},
    summary="one is dark",
)


def test_a_judgement_is_written_with_all_that_it_has():
    assert to_row(FULL, IMAGE, "by") == {
        "prompt_set": "counts",
        "prompt_id": "c-1",
        "index": 0,
        "scorer": "clip",
        "image": IMAGE,
        "values": {"right": 1.0, "word": None},
        "reasons": {"word": "unsure: dark"},
        "evidence": {"n": [1]},
        "failure": None,
        "by": "by",
        "not_applicable": ["tone"],
        "boxes": [
            ["star", [1.0, 2.0, 3.0, 4.0], 0.5, {"color": "red"}],
            ["moon", [0.0, 0.0, 1.0, 1.0], None],
        ],
        "choices": {"word": [["bright", "dark"], [0.75, 0.25], "bright"]},
        "summary": "one is dark",
    }


def test_what_a_judgement_does_not_have_takes_no_room():
    row = to_row(Judgement("clip", KEY, failure="no: hf_" + "a" * 34))
    assert row.keys() == {
        *("prompt_set", "prompt_id", "index", "scorer", "image"),
        *("values", "reasons", "evidence", "failure"),
    }
    assert "hf_a" not in row["failure"]


def columns(*rows):
    held = JudgementRows()
    for row in rows:
        held.add(row)
    return held


def test_a_judgement_comes_back_and_its_answer_without_what_is_only_seen():
    held = columns(to_row(FULL, IMAGE, "by"), to_row(Judgement("s", LATER, failure="no")))

    assert held.row(0) == JudgementRow(FULL, IMAGE, "by")
    assert held.row(1) == JudgementRow(Judgement("s", LATER, failure="no"), None, "")
    assert held.answer(0) == Judgement(
        "clip",
        KEY,
        {"right": 1.0, "word": None},
        reasons={"word": "unsure: dark"},
        not_applicable=("tone",),
        choices=FULL.choices,
    )
    assert (len(held), [*held.failed]) == (2, [0, 1])


def test_rows_of_older_runs_have_fewer_keys():
    row = to_row(Judgement("s", KEY, {"v": 1.0}), IMAGE)
    assert columns(row).row(0) == JudgementRow(Judgement("s", KEY, {"v": 1.0}), IMAGE, "")


@pytest.mark.parametrize(
    "change",
    [
        {"image": "../../x"},
        {"image": ""},
        {"image": 3},
        {"index": "one"},
        {"index": -1},
        {"index": 2**32},
        {"values": None},
        {"boxes": [["star", [1.0, 2.0, 3.0], None]]},
        {"choices": {"word": ["bright"]}},
        {"choices": ["word"]},
        {"choices": {"word": [[1], [0.5], None]}},
        {"choices": {"word": [["bright"], [0.5], 1]}},
        {"not_applicable": 1},
        {"not_applicable": [1]},
        {"values": {"right": [1]}},
        {"values": {"right": float("nan")}},
        {"values": {"right": 10**400}},
        {"reasons": {"word": 1}},
        {"failure": {"why": "no"}},
        {"boxes": [["star", [1.0, 2.0, 3.0, 4.0], 0.5, [1]]]},
    ],
)
def test_a_row_that_is_no_judgement_leaves_nothing_behind(change):
    held = columns(to_row(FULL, IMAGE))
    with pytest.raises((KeyError, TypeError, ValueError)):
        held.add({**to_row(FULL, IMAGE), **change})
    held.add(to_row(Judgement("s", LATER, {"v": 2.0}), None))
    assert held.row(1) == JudgementRow(Judgement("s", LATER, {"v": 2.0}), None, "")
    assert len(held) == 2


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(st.sampled_from([*to_row(FULL, IMAGE, "by")]), ODD)
def test_whatever_stands_in_a_row_is_refused_or_a_judgement(key, value):
    held = JudgementRows()
    try:
        held.add({**to_row(FULL, IMAGE, "by"), key: value})
    except (KeyError, TypeError, ValueError):
        assert len(held) == 0
        return
    found = held.row(0)
    assert columns(to_row(*found)).row(0) == found
    answers = [*found.judgement.values.values(), *found.judgement.reasons.values()]
    assert all(each is None or isinstance(each, int | float | str) for each in answers)
    assert {type(found.by), type(found.judgement.scorer), type(found.judgement.summary)} == {str}


def places(held, **of):
    """The places of the rows that count, by scorer."""
    keys = {name: Keys(held.keys.names) for name in of}
    for name, rows in of.items():
        keys[name].numbers.extend(held.keys.numbers[row] for row in rows)
    return {name: Places.last(keys[name], rows, bytearray(len(rows))) for name, rows in of.items()}


def test_judgements_are_mapped_by_scorer_and_key():
    held = columns(
        to_row(Judgement("b", LATER, {"v": 1.0})),
        to_row(Judgement("b", KEY, {"v": 2.0})),
        to_row(Judgement("a", KEY, {"v": 3.0})),
    )
    judged = Judged(Joined([held]), places(held, b=[0, 1], a=[2]), JudgementRows.row)

    assert [*judged] == [("b", LATER), ("b", KEY), ("a", KEY)]
    assert len(judged) == 3
    assert judged["a", KEY].judgement.values == {"v": 3.0}
    assert ("a", KEY) in judged and ("a", LATER) not in judged
    assert ("c", KEY) not in judged and "a" not in judged
    assert judged.get(("c", KEY)) is judged.get(("a", LATER)) is None
    for each in (judged, judged.of(Keys.of([LATER, KEY]))):
        assert [*each.items()] == [(name, each[name]) for name in each]
        assert [*each.values()] == [each[name] for name in each] and len(each.items()) == 3
    assert [*judged.of(Keys.of([LATER, KEY]))] == [("a", KEY), ("b", KEY), ("b", LATER)]
    assert [*judged.of(Keys.of([LATER]))] == [("b", LATER)]
    values = judged.taking(JudgementRows.judgement).of(Keys.of([KEY]))
    assert values["b", KEY] == Judgement("b", KEY, {"v": 2.0})


def test_the_image_that_was_judged_is_that_of_its_row():
    held = columns(
        to_row(Judgement("a", KEY, {"v": 1.0}), IMAGE),
        to_row(Judgement("a", LATER, {"v": 2.0}), "1e" * 32),
    )
    judged = Judged(Joined([held]), places(held, a=[0, 1]), JudgementRows.row)

    assert judged.image("a", KEY) == IMAGE and judged.image("a", LATER) == "1e" * 32
    assert judged.image("b", KEY) is None


def test_failures_are_found_without_unpacking_the_others(monkeypatch):
    held = columns(
        to_row(Judgement("a", KEY, {"v": 1.0})), to_row(Judgement("b", LATER, failure="no"))
    )
    judged = Judged(Joined([held]), places(held, a=[0], b=[1]), JudgementRows.row)
    monkeypatch.setattr(JudgementRows, "row", None)
    assert [*judged.failed()] == [("b", LATER)]
    assert [*judged.of(Keys.of([KEY])).failed()] == []
