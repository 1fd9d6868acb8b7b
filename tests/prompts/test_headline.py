"""The headline of a set's card: its form, its groups, and one line for what is wrong."""

import json
from pathlib import Path

import pytest

from evalsuite.plugins.measures import unknown_headlines
from evalsuite.prompts import sets
from evalsuite.prompts.headline import Headline, headlines_of
from evalsuite.records import InputError

CARD = "name: mine\nversion: 1\ndialect: everyday\ntopic: t\nlicence: CC0-1.0\n"
CARD += "source: hand\nnot_measured: much\n"
ROW = {"tag": "negation", "prompt": "no cat", "groups": {"form": "negated"}}


def read(folder: Path, headline: str):
    (folder / "mine.jsonl").write_text(json.dumps(ROW) + "\n")
    (folder / "mine.md").write_text(f"---\n{CARD}headline: {headline}\n---\n")
    return sets.read(folder / "mine.jsonl")


def test_one_measure_or_a_list_each_with_a_group_if_it_has_one(tmp_path):
    one = read(tmp_path, "objects.count")
    assert headlines_of(one.card) == [Headline("objects.count", {})]
    two = read(tmp_path, "[a.effect, a.correct form=negated]")
    assert headlines_of(two.card) == [
        Headline("a.effect", {}),
        Headline("a.correct", {"form": "negated"}),
    ]
    assert headlines_of({}) == []


@pytest.mark.parametrize(
    ("headline", "says"),
    [
        ("count", "headline: 'count' names no measure; write scorer.measure, or scorer.measure "),
        ("[a.b, '']", "headline: '' names no measure"),
        ("a.b form", "headline: 'a.b form' names no measure"),
        ("[a.b, a.c, a.b]", "headline: 'a.b' stands there twice; keep one"),
        ("a.b form=affirmative", "headline: no prompt of the set has 'form' 'affirmative'; name a"),
    ],
)
def test_what_is_wrong_is_one_line_that_names_the_card(tmp_path, headline, says):
    with pytest.raises(InputError) as error:
        read(tmp_path, headline)
    assert f"mine.md:1:1: {says}" in str(error.value) and "\n" not in str(error.value)


def test_a_measure_that_our_scorer_has_not_is_named_with_the_nearest(tmp_path):
    found = unknown_headlines(read(tmp_path, "[objects.cuont, other.thing, objects.count]"))
    (line,) = found
    assert line.startswith("headline: no measure 'objects.cuont'; did you mean 'objects.count'?")


@pytest.mark.parametrize("name", sets.bundled())
def test_every_bundled_card_names_measures_that_there_are(name):
    (found,) = sets.find([name], name.partition("-")[0])
    assert headlines_of(found.card) and not unknown_headlines(found)
