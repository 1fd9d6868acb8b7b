"""The section on picking the best of k images."""

from dataclasses import replace

from evalsuite.records import Estimate, Interval
from evalsuite.report import BestOf, html, markdown
from evalsuite.report.best_of import best_of_figure
from evalsuite.report.page import compose


def row(value, group=None, n=3, null=None, measure="objects.count"):
    spread = (None, None) if value is None else (value - 0.125, value + 0.125)
    interval = Interval(value, *spread, n, n)
    return Estimate(
        prompt_set="counts", measure=measure, group=group or {}, interval=interval, null=null
    )


def made(tiny, *rows):
    return replace(tiny, best_of=BestOf(4, "CLIPScore", 3, 1, rows))


def texts(report):
    return [[cell.text for cell in line] for line in best_of_figure(report).table.rows]


def test_without_it_there_is_no_section(tiny):
    assert best_of_figure(tiny) is None
    assert "Picking the best" not in markdown.render(compose(tiny))


def test_a_row_holds_both_values_and_the_difference_with_its_interval(tiny):
    report = made(tiny, (row(0.5, n=12), row(0.75), row(0.25, null=0.0)))
    said = ["counts", "Exact number", "all prompts", "50.0%", "75.0%"]
    assert texts(report) == [[*said, "+25.0 points", "+12.5 to +37.5 points", "3"]]


def test_groups_are_left_to_the_file_and_missing_numbers_are_said(tiny):
    group = {"count": "2"}
    nothing = row(None, {"away from even": "by occupation"}, 0)
    report = made(
        tiny,
        (row(0.5, group), row(0.5, group), row(0.0, group)),
        (nothing, nothing, row(0.25, {"away from even": "by occupation"})),
    )
    (only,) = texts(report)
    assert only[2:6] == ["away from even: by occupation", "none", "none", "+25.0 points"]


def test_both_renderings_have_it_and_escape_what_comes_from_outside(hostile):
    word = "<script>alert(1)</script>"
    report = hostile(word)
    odd = "other.thing" + word
    rows = (row(0.5, measure=odd), row(0.5, measure=odd), row(0.0, measure=odd))
    page = compose(replace(report, best_of=BestOf(4, word, 3, 1, (rows,))))
    assert f"## `Picking the best of 4 by {word}`" in markdown.render(page)
    written = html.render(page)
    assert "Picking the best of 4 by &lt;script&gt;" in written and "<script>" not in written
