"""The first screen: which measure stands for a set, and how images ended."""

from dataclasses import replace

import pytest

from evalsuite.records import Clause, Judgement, Key, Measure, Prompt
from evalsuite.report.overview import overview
from evalsuite.report.tables import row as estimate_row
from evalsuite.scorers import clip, objects, presentation

KNOWN = [*objects.MEASURES, *clip.MEASURES, *presentation.MEASURES]
CAT = (Clause("cat"),)


def headlines(report) -> list[str]:
    (measured,) = overview(report).measured
    return [row.name for row in measured.headlines]


@pytest.mark.parametrize(
    ("subjects", "names"),
    [
        (
            ("person", "person"),
            ["presentation.occupation_distance", "presentation.occupation_one_sided"],
        ),
        ((None, None), ["objects.correct"]),
        # One picture of a person cannot stand for the others.
        ((None, "person"), ["objects.correct"]),
    ],
)
def test_a_set_of_people_is_headlined_by_what_it_is_there_to_show(run, row, subjects, names):
    job = {"occupation": "nurse"}
    prompts = [
        Prompt(f"p{n}", "x", "job", include=CAT, subject=each, groups=job)
        for n, each in enumerate(subjects)
    ]
    every = ["objects.correct", "presentation.woman", "presentation.imbalance"]
    every += ["presentation.occupation_distance", "presentation.occupation_one_sided"]
    report = run(prompts, (), KNOWN, [row(name, 0.5) for name in every])
    assert headlines(report) == names


def test_a_pooled_share_never_stands_for_a_set(run, row):
    prompts = [Prompt("p", "x", "job", subject="person")]
    pooled = [row("presentation.imbalance", 0.0), row("presentation.woman", 0.5)]
    report = run(prompts, (), KNOWN, [*pooled, row("presentation.unknown", 0.1)])
    assert headlines(report) == ["presentation.unknown"]
    assert headlines(run(prompts, (), KNOWN, pooled)) == []
    title = estimate_row(report, pooled[1]).title
    assert title == "Perceived as a woman, pooled share"
    assert estimate_row(report, row("presentation.woman", 0.5, {"occupation": "vet"})).title == (
        "Perceived as a woman"
    )


def test_negated_prompts_are_headlined_by_the_effect_of_no_and_not_by_both_halves_mixed(run, row):
    prompts = [
        Prompt("a", "a cat and a dog", "negation", include=CAT, groups={"absent": "dog"}),
        Prompt("n", "a cat, no dog", "negation", include=CAT, exclude=(Clause("dog"),),
               groups={"absent": "dog", "form": "negated"}, twin="a"),
    ]  # fmt: skip
    found = [row("objects.correct", 0.84), row("objects.negation_effect", 0.7)]
    found.append(row("objects.correct", 0.98, {"form": "negated"}))
    assert headlines(run(prompts, (), KNOWN, found)) == ["objects.negation_effect"]
    card = {"headline": "objects.negation_effect, objects.correct form=negated, vqa.all_right"}
    (measured,) = overview(run(prompts, (), KNOWN, found, card)).measured
    assert [(r.name, r.group, r.value) for r in measured.headlines] == [
        ("objects.negation_effect", "", "+70.0 points"),
        ("objects.correct", "form: negated", "98.0%"),
    ]


def test_the_most_prominent_measure_with_a_value_speaks_for_a_set(run, row):
    prompts = [Prompt("p", "x", "counting", include=CAT)]
    found = [row("clip.score", 84.0), row("objects.correct", None), row("objects.count", 0.5)]
    assert headlines(run(prompts, (), KNOWN, found)) == ["objects.count"]
    assert headlines(run(prompts, (), KNOWN, found[:2])) == ["clip.score"]


def test_the_card_chooses_where_the_run_has_its_measure(run, row):
    prompts = [Prompt("p", "x", "counting", include=CAT)]
    found = [row("objects.correct", 0.5), row("clip.score", 84.0)]
    chosen = {"headline": "clip.score"}
    assert headlines(run(prompts, (), KNOWN, found, chosen)) == ["clip.score"]
    assert headlines(run(prompts, (), KNOWN, found[:1], chosen)) == ["objects.correct"]
    # What was asked and not measured is said to be so, and nothing else takes its place.
    (measured,) = overview(
        run(prompts, (), KNOWN, [found[0], row("clip.score", None)], chosen)
    ).measured
    assert [(r.name, r.value) for r in measured.headlines] == [("clip.score", "not measured")]


def test_without_a_prominent_measure_the_first_estimate_speaks(run, row):
    found = [row("mine.a", None), row("mine.b", 0.5), row("mine.c", 0.5)]
    own = [Measure(name=name, title=name) for name in ("mine.a", "mine.b", "mine.c")]
    assert headlines(run([Prompt("p", "x", "t")], (), own, found)) == ["mine.b"]
    assert headlines(run([Prompt("p", "x", "t")], (), (), found)) == ["mine.b"]


def test_how_images_ended(tiny):
    table = overview(tiny).missing
    head = [cell.text for cell in table.head]
    first = dict(zip(head, (cell.text for cell in table.rows[0]), strict=True))
    assert first["planned"] == "4"
    assert first["refused"] == "1"
    assert first["scorer failed"] == "3"
    assert first["abstained"] == "3"
    less = {n: j for n, j in tiny.judgements.items() if n != ("clip", Key("counts", "c1", 0))}
    fewer = overview(replace(tiny, judgements=less))
    head = [cell.text for cell in fewer.missing.head]
    assert (
        dict(zip(head, (c.text for c in fewer.missing.rows[0]), strict=True))["not judged"] == "1"
    )
    # What no image was is said in words, and has no column of zeros.
    assert "blocked" not in head and "none blocked, invalid" in fewer.lost


def test_what_a_prompt_does_not_ask_is_no_abstention(run):
    judged = [
        Judgement("mine", Key("s", "p1", 0), {"a": 1.0}, not_applicable=("b",)),
        Judgement("mine", Key("s", "p2", 0), {"a": None}, reasons={"a": "unsure"}),
    ]
    report = run([Prompt("p1", "x", "t"), Prompt("p2", "y", "t")], judged)
    table = overview(report).missing
    assert table.rows[0][-1].text == "1" and table.head[-1].text == "abstained"


def test_what_a_folder_has_beside_its_prompts_stands_where_the_endings_do(run):
    report = run([Prompt("p", "x", "job")], (), KNOWN, [])
    assert "folder's pictures" not in overview(report).lost
    told = {"unused_count": 3, "ambiguous_count": 2}
    more = replace(report, manifest={**report.manifest, "backend": told})
    assert overview(more).lost.endswith(
        "Of the folder's pictures 3 belong to none of the prompts and 2 may be of several and are "
        "left out; the manifest names them."
    )
