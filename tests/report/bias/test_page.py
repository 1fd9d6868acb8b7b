"""What a hurried reader of the chapter sees, and that nothing empty is drawn."""

import re
from dataclasses import replace

import pytest

from evalsuite.bias.chapter import chapter
from evalsuite.bias.record import Known, Source
from evalsuite.report import html, markdown
from evalsuite.report.bias import compose
from evalsuite.report.page import compose as compose_page

JOBS = [f"job {n}" for n in range(6)]
SPLIT = {job: ["w" * 10 if n < 3 else "m" * 10] * 4 for n, job in enumerate(JOBS)}
EVEN = {job: ["wm" * 5] * 4 for job in JOBS}


def texts(report):
    page = compose_page(report)
    return html.render(page), markdown.render(page, "report.md.jinja")


def part(report, title):
    found = compose(report, report.chapter)
    return next(p for p in found.parts if p.title == title)


def test_forms_split_between_occupations_are_told_from_even_ones_on_the_first_screen(given, report):
    one, other = (texts(report(given(letters))) for letters in (SPLIT, EVEN))
    for kind in (0, 1):
        first, second = (each[kind].partition("What was measured")[0] for each in (one, other))
        assert "6 shares surely differ" in first and "30 of 30" not in first
        assert "40 of 40" in first and "0 of 40" in first
        assert "No group's share surely differs" in second or "No group&#39;s share" in second
        assert "That nothing was found does not show that nothing is there" in second
        assert "0.50" in first and "0.00" in second  # the mean distances, whatever the pooled share


def test_no_share_is_called_right_and_nobody_is_identified(given, report):
    page, twin = texts(report(given(SPLIT)))
    for text in (page, twin):
        assert "No share is right or wrong here" in text and "certifies nothing" in text
        assert "nobody is identified" in text and "no target" in text
        assert not re.search(r"\bunbiased\b|\bdebiased\b|fairness score:|correct share", text)


def test_a_finding_says_what_it_is_held_against_and_of_whom(given, report, audit):
    letters = {"builder": ["m" * 10] * 4, **EVEN}
    groups = [{}, *({"occupation": job} for job in letters)]
    known = audit("presentation.woman", {"woman": (99, 100), "man": (99, 100)}, groups)
    run = given(letters, references={"builder": 0.05}, audit=known)
    run = replace(
        run,
        references={"people": {"presentation.woman": {"builder": Known(0.049, 0.03, 0.08, 700)}}},
        sources={"people": Source(name="us-cps-2022", words="US 2022: a survey", short="US 2022")},
    )
    (found,) = compose(report(run), chapter(run)).first.findings
    (line,) = found.lines
    assert (line.name, line.mark, found.title) == ("builder", "", "Perceived as a woman")
    assert line.clauses[0] == "0 of 40"
    assert line.clauses[1].startswith("corrected by the audit 0.0% (0.0 to ")
    assert line.clauses[2:] == (
        "surely fewer than an even split, 50.0%",
        "not surely other than the reference, 4.9% (US 2022)",
    )
    assert compose(report(run), chapter(run)).first.held_against == (
        ("people", "US 2022: a survey"),
    )


def test_what_an_unaudited_scorer_read_is_marked_and_said_so(given, report):
    page = compose(report(given(SPLIT)), chapter(given(SPLIT)))
    (found,) = page.first.findings
    assert {line.mark for line in found.lines} == {"not audited"}
    assert "its own errors may be the reason" in page.first.found
    assert all("as read, surely" in line.clauses[1] for line in found.lines)
    assert "Not corrected" in " ".join(page.parts[0].said)


@pytest.mark.parametrize(
    "letters",
    [
        {"builder": ["0000"] * 2, "nurse": ["0000"] * 2},
        {"builder": ["----"] * 2, "nurse": ["xxxx"] * 2},
        {"builder": ["????"] * 2, "nurse": ["????"] * 2},
        {"builder": ["...."] * 2, "nurse": ["...."] * 2},
    ],
    ids=["nobody", "refused", "abstained", "not drawn"],
)
def test_where_nothing_was_read_the_chapter_says_not_measured(given, report, letters):
    made = report(given(letters))
    found = compose(made, made.chapter)
    assert found.first.found.startswith("Nothing was compared")
    for title in ("Shares, ranked", "Amplification", "Skin tones", "Culture", "Side by side"):
        each = part(made, title)
        assert not each.figures and not each.galleries
        assert each.said[0].startswith("Not measured: "), title
    _, twin = texts(made)
    first = twin.partition("## What was measured")[0]
    assert not re.search(r"\*\*0\.00\*\*|\*\*0\.50\*\*|\*\*50\.0%\*\*", first)
    assert "not measured" in first or "of 0" in first or "16 images" in first


def test_an_empty_group_beside_a_full_one_is_drawn_as_not_measured(given, report):
    made = report(given({"builder": ["????"] * 2, "nurse": ["wwww"] * 2}))
    figure = part(made, "Shares, ranked").figures[0]
    rows = {row[0].text: [cell.text for cell in row] for row in figure.table.rows}
    assert rows["builder"][1:3] == ["0 of 0", "not measured"]
    assert rows["builder"][4] == "0.0 to 100.0%" and rows["builder"][-1] == "not measured"
    assert "not measured" in figure.svg and "builder: not measured" in figure.alt


def test_tones_are_drawn_with_unknown_as_wide_and_what_light_does(given, report):
    tones = {"builder": ["9a9?"] * 2, "nurse": ["1234"] * 2}
    letters = {"builder": ["mmmm"] * 2, "nurse": ["wwww"] * 2}
    figures = part(report(given(letters, tones=tones)), "Skin tones").figures
    strip, bands, over_all, matrix, accepted = figures
    counts = {row[0].text: [cell.text for cell in row[1:]] for row in strip.table.rows}
    assert counts["builder"] == ["0"] * 8 + ["4", "2", "2"]
    assert "#3a312a" in strip.svg and "builder: 1-4 0, 5-7 0, 8-10 6, unknown 2" in strip.alt
    bounds = {(r[0].text, r[1].text): r[4].text for r in bands.table.rows}
    assert bounds["builder", "8-10"] == "75.0 to 100.0%"
    assert over_all.table.rows[0][3].text != "none"  # what a fair model shows
    assert len(matrix.table.rows) == 10 and len(accepted.table.rows) >= 5


def test_names_from_outside_are_text_and_nothing_else(given, report):
    evil = "<script>alert(1)</script>|`x`\u202e"
    letters = {evil: ["m" * 10] * 4, **EVEN}
    run = given(letters, references={evil: 0.9, **dict.fromkeys(JOBS, 0.4)})
    measures = {n: replace(m, title=m.title + evil) for n, m in run.measures.items()}
    page, twin = texts(report(replace(run, measures=measures)))
    assert "<script>" not in page and "\u202e" not in page + twin
    for line in twin.splitlines():
        outside = re.sub(r"(`+)(?:(?!`).|`(?!\1))*?\1", "", line) if "alert(1)" in line else ""
        assert "<script>" not in outside


def test_the_page_needs_no_network_and_the_same_rows_give_the_same_bytes(given, report):
    first, again = (texts(report(given(SPLIT, references={"job 1": 0.2}))) for _ in range(2))
    assert first == again
    assert "http://" not in first[0].replace("http://www.w3.org", "")


def test_diversity_is_a_table_with_the_least_first_and_absent_without_features(given, report):
    import numpy as np

    run = given({"builder": ["m" * 6], "nurse": ["w" * 6], "chef": ["w"]})
    titles = [p.title for p in compose(report(run), chapter(run)).parts]
    assert "Diversity within groups" not in titles
    same = replace(run, vectors={"a" * 64: np.eye(3)[0]})
    (figure,) = part(report(same), "Diversity within groups").figures
    assert [cell.text for cell in figure.table.rows[0]] == ["builder", "1.00", "1.00 to 1.00", "6"]
    assert figure.table.rows[2][1].text == "not measured: too few, 1"
    assert "here the mean of all, 1.00" in figure.note


def test_other_instruments_are_a_table_each_and_absent_without_one(given, report):
    from evalsuite.records import Estimate, Interval, Measure

    run = given(EVEN)
    titles = [p.title for p in compose(report(run), chapter(run)).parts]
    assert "Other instruments of people" not in titles
    measure = Measure(
        name="any.d",
        title="An effect",
        kind="mean",
        unit="effect size d",
        cannot_show="Why.",
        of_people=True,
        needs_audit=True,
    )
    interval = Interval(0.4, 0.2, 1.0, 30, 10, "jackknife; permutation p = 0.21")
    estimate = Estimate(
        prompt_set="people",
        measure="any.d",
        group={"axis": "status"},
        interval=interval,
        missing={"refused": 10},
        null=0.37,
    )
    run = replace(
        run,
        measures={**run.measures, "any.d": measure},
        estimates=[*run.estimates, estimate],
    )
    made = report(run)
    (figure,) = part(made, "Other instruments of people").figures
    assert [cell.text for cell in figure.table.rows[0]] == [
        "axis: status",
        "0.40",
        "0.20 to 1.00",
        "30 of 40 (75%)",
        "0.37",
        "0.21",
        "not audited",
    ]
    assert figure.caution == "Why." and "p is of no association" in figure.note


def test_amplification_says_of_which_kind_the_prompts_are_with_a_slope_a_sentence(given, report):
    known = {job: 0.2 + 0.1 * n for n, job in enumerate(JOBS)}
    run = given(EVEN, references=known)
    (figure,) = part(report(run), "Amplification").figures
    assert "All prompts are neutral" in figure.note
    names = [row[0].text for row in figure.table.rows]
    assert names[3:] == [f"slope, of “[...], {n}” alone (6 groups)" for n in range(4)]
    world = [replace(run.prompt_sets[0], dialect="scenes")]
    taught = {"people": Source(name="taught", words="taught")}
    run = replace(run, prompt_sets=world, sources=taught)
    (figure,) = part(report(run), "Amplification").figures
    assert "All prompts are caption-matched" in figure.note
