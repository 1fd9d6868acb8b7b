"""What the first screen says of two runs and of several, and the tables that can be exported."""

from dataclasses import replace

import pytest

from evalsuite.files.atomic import write_text
from evalsuite.files.values import as_key
from evalsuite.records import InputError, Interval
from evalsuite.report.comparison import Board, Standing
from evalsuite.report.comparison.data import to_json
from evalsuite.report.comparison.page import compose
from evalsuite.report.comparison.read import read
from evalsuite.report.comparison.standings import board_table, overview, place_words, ties
from evalsuite.report.exports import compared
from evalsuite.report.exports.texts import as_csv

PLACES = [
    ("counts", "objects.count", ()),
    ("counts", "clip.score", ()),
    ("counts", "objects.count", as_key({"count": "3"})),
    ("spatial", "objects.relation", ()),
]


def standing(run, first, last, value=0.5, better_than=(), **more):
    ends = Interval(value, value - 0.25, value + 0.25, 8, 8)
    return Standing(run=run, interval=ends, first=first, last=last, better_than=better_than, **more)


def board(*standings, **more):
    return Board(
        prompt_set="counts",
        measure="objects.count",
        group={},
        standings=standings,
        pairing="seeds",
        shared=8,
        families=4,
        **more,
    )


@pytest.fixture
def two(tiny):
    return replace(tiny, headlines=PLACES)


@pytest.fixture
def three(build):
    first = standing("first", 1, 1, 0.75, ("second", "third"), planned=8)
    rest = standing("second", 2, 3, planned=8), standing("third", 2, 3, missing=2, planned=8)
    return replace(build(), headlines=PLACES, boards=[board(first, *rest)])


def said(sentence):
    return "".join(part.text for part in sentence)


def test_two_runs_are_told_in_sentences_the_worse_first(two):
    (change,) = compose(two).changed
    minus = "\N{MINUS SIGN}"
    assert [said(found.claim) for found in change.findings] == [
        "Worse: Exact, 50.0 points lower",
        "Better: Holds, 50.0 points higher",
        f"Not told apart: clip.score (anything from {minus}0.25 to +0.25 is possible)",
        "Exact, count: 3: 50.0%, then not measured",
    ]
    assert change.counts == "Of 4 headlines 1 is worse, 1 is better and 2 are not told apart."
    assert "75.0% to 25.0%; difference" in said(change.findings[0].figures)
    # What is told as a headline is not told again.
    assert [row.name for row in change.rows] == ["other.thing"]
    (figure,) = compose(two).drawn
    assert figure.title == "second minus first" and len(figure.table.rows) == 4


def test_several_runs_are_told_by_their_places(three):
    (words,) = compose(three).boards
    assert said(words.claim) == (
        "Exact: first is first (75.0%); second and third cannot be told apart (places 2 to 3)"
    )
    assert words.facts == "on 8 values of 4 families that all ranked runs have"
    rows = [tuple(cell.text for cell in row) for row in words.table.rows]
    assert rows[0] == ("first", "1", "75.0%", "50.0 to 100.0%", "second, third", "")
    assert rows[2][1:2] + rows[2][5:] == ("2 to 3", "2 of 8 (25%)")
    places = overview(three)
    assert [cell.text for cell in places.rows[1]] == ["second", "2 to 3 (50.0%)"]
    assert [figure.title for figure in compose(three).drawn] == ["Every run's headlines"]


def test_ranges_that_overlap_in_a_chain_are_not_said_to_be_equal(three):
    chain = (
        standing("first", 1, 2, 0.75, ("third",)),
        standing("second", 1, 3),
        standing("third", 2, 3, 0.25),
    )
    assert [len(tie) for tie in ties(chain)] == [3]
    (words,) = compose(replace(three, boards=[board(*chain)])).boards
    assert said(words.claim).endswith("third overlap, not all of them (places 1 to 3)")


def test_who_is_not_ranked_has_a_reason_instead_of_a_place(three):
    unranked = board(
        standing("first", None, None), standing("second", None, None, why="other prompts")
    )
    rows = board_table(three.measures, replace(unranked, limit="too little")).rows
    assert [row[1].text for row in rows] == ["not ranked", "other prompts"]
    assert place_words(unranked.standings[0]) == ""
    data = replace(three, boards=[replace(unranked, limit="too little")])
    assert said(compose(data).boards[0].claim) == "Exact: too little"
    assert overview(data) is None and compose(data).drawn == ()


def test_a_comparison_is_read_back_from_its_json(tmp_path, three):
    write_text(tmp_path / "differences.json", to_json(three))
    again = read(tmp_path)
    assert to_json(again) == to_json(three)
    assert compose(again).boards == compose(three).boards
    assert compose(again).changed == compose(three).changed
    told = to_json(three).replace('"judge": "not audited"', '"judge": "<b>evidence"')
    assert told != to_json(three)
    (tmp_path / "differences.json").write_text(told)
    with pytest.raises(InputError, match="judge '<b>evidence'"):
        read(tmp_path)
    (tmp_path / "differences.json").write_text('{"format": 1, "baseline": "a"}')
    with pytest.raises(InputError, match="is not what this version writes"):
        read(tmp_path)
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "nowhere")


def test_tables_and_figures_have_names(two, three):
    found = compared.contents(three)
    assert next(iter(found.tables)) == next(iter(found.figures)) == "leaderboard"
    assert {"headlines", "differences", "counts", "counts-groups"} <= set(found.tables)
    first = as_csv(found.table(None), "leaderboard").splitlines()[1]
    assert first.startswith("counts,objects.count,,seeds,8,4,,not audited,first,1,1,")
    of_two = compared.contents(two)
    assert next(iter(of_two.tables)) == next(iter(of_two.figures)) == "headlines"
    assert len(of_two.table("headlines").numbers) == 4
