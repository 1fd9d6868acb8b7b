"""The first screen: which measure stands for a set, and how images ended."""

from dataclasses import replace

import pytest

from evalsuite.records import Clause, Judgement, Key, Measure, Prompt
from evalsuite.report.overview import overview
from evalsuite.scorers import clip, objects, presentation

KNOWN = [*objects.MEASURES, *clip.MEASURES, *presentation.MEASURES]
CAT = (Clause("cat"),)


def headline(report) -> str:
    (measured,) = overview(report).measured
    return measured.headline.name


@pytest.mark.parametrize(
    ("subjects", "name"),
    [
        (("person", "person"), "presentation.imbalance"),
        ((None, None), "objects.correct"),
        # One picture of a person cannot stand for the others.
        ((None, "person"), "objects.correct"),
    ],
)
def test_a_set_of_people_is_headlined_by_what_it_is_there_to_show(run, row, subjects, name):
    prompts = [
        Prompt(f"p{n}", "x", "job", include=CAT, subject=each) for n, each in enumerate(subjects)
    ]
    estimates = [row("objects.correct", 0.5), row("presentation.imbalance", 0.5)]
    assert headline(run(prompts, (), KNOWN, estimates)) == name


def test_the_most_prominent_measure_with_a_value_speaks_for_a_set(run, row):
    prompts = [Prompt("p", "x", "counting", include=CAT)]
    found = [row("clip.score", 84.0), row("objects.correct", None), row("objects.count", 0.5)]
    assert headline(run(prompts, (), KNOWN, found)) == "objects.count"
    assert headline(run(prompts, (), KNOWN, found[:2])) == "clip.score"


def test_the_card_chooses_where_its_measure_has_a_value(run, row):
    prompts = [Prompt("p", "x", "counting", include=CAT)]
    found = [row("objects.correct", 0.5), row("clip.score", 84.0)]
    chosen = {"headline": "clip.score"}
    assert headline(run(prompts, (), KNOWN, found, chosen)) == "clip.score"
    assert headline(run(prompts, (), KNOWN, found[:1], chosen)) == "objects.correct"


def test_without_a_prominent_measure_the_first_estimate_speaks(run, row):
    found = [row("mine.a", None), row("mine.b", 0.5), row("mine.c", 0.5)]
    own = [Measure(name=name, title=name) for name in ("mine.a", "mine.b", "mine.c")]
    assert headline(run([Prompt("p", "x", "t")], (), own, found)) == "mine.b"
    assert headline(run([Prompt("p", "x", "t")], (), (), found)) == "mine.b"


def test_how_images_ended(tiny):
    table = overview(tiny).missing
    head = [cell.text for cell in table.head]
    first = dict(zip(head, (cell.text for cell in table.rows[0]), strict=True))
    assert first["planned"] == "4"
    assert first["refused"] == "1"
    assert first["scorer failed"] == "3"
    assert first["abstained"] == "3"
    less = {n: j for n, j in tiny.judgements.items() if n != ("clip", Key("counts", "c1", 0))}
    line = overview(replace(tiny, judgements=less)).missing.rows[0]
    assert dict(zip(head, (c.text for c in line), strict=True))["not judged"] == "1"


def test_what_a_prompt_does_not_ask_is_no_abstention(run):
    judged = [
        Judgement("mine", Key("s", "p1", 0), {"a": 1.0}, not_applicable=("b",)),
        Judgement("mine", Key("s", "p2", 0), {"a": None}, reasons={"a": "unsure"}),
    ]
    report = run([Prompt("p1", "x", "t"), Prompt("p2", "y", "t")], judged)
    table = overview(report).missing
    assert table.rows[0][-1].text == "1" and table.head[-1].text == "abstained"
