"""Judge and people: what the section says of a labelled field."""

from dataclasses import replace

from evalsuite.labels.agreement import Agreement, Rated
from evalsuite.labels.estimates import Powered
from evalsuite.records import Interval
from evalsuite.report import html, markdown
from evalsuite.report.judge_and_people import beside, numbers_table
from evalsuite.report.page import compose

HALF = Interval(0.5, 0.4, 0.6, 20, 20)


def found(name="x.label", **more):
    values = {
        "matrix": {"yes": {"yes": 3, "no": 1}, "cannot tell": {"yes": 0, "no": 2}},
        "shares": {"yes": {"yes": 0.75, "no": 0.25}, "cannot tell": {"yes": 0.0, "no": 1.0}},
        "columns": ("yes", "no"),
        "same": HALF,
        "recalls": {"yes": HALF, "no": Interval(None, None, None, 0, 0)},
        "cannot_tell": HALF,
        "left_out": {"of an image that is no more": 2},
        "uncovered": 7,
    }
    return Agreement(name=name, title="As asked", form="verdict", images=90, labelled=6,
                     raters=(Rated(rater="ann", told=4, cannot_tell=2),), alpha=None,
                     alpha_scale="nominal", pairs=0, **{**values, **more})  # fmt: skip


def texts(table):
    return [[cell.text for cell in row] for row in table.rows]


def test_the_matrix_has_weighted_shares_counts_and_a_row_for_what_cannot_be_told():
    one = beside([found()])[0]

    assert texts(one.matrix) == [
        ["yes", "[75% (3)]", "25% (1)", "4"],
        ["cannot tell", "·", "100% (2)", "2"],
    ]
    assert one.facts == (
        "6 of 90 images labelled by 1 rater, ann told 4 and cannot tell 2, one rater says nothing "
        "of how far people agree, no labelled image stands for 7 of them, 2 labels left out, of an "
        "image that is no more"
    )


def test_what_is_not_known_is_said_and_never_a_number():
    rows = texts(numbers_table(found()))

    assert rows[0] == ["judge and people agree, where both told", "50.0%", "40.0 to 60.0%", "20"]
    assert rows[2] == ["judge is right where people say no", "not measured", "not measured", "0"]
    assert rows[-1][1] == "not measured"


def test_scores_have_correlations_and_no_matrix():
    score = replace(
        found(), form="score", matrix={}, shares={}, columns=(), same=None, recalls={},
        spearman=HALF, kendall=Interval(0.2, None, None, 9, 9),
    )  # fmt: skip
    one = beside([score])[0]

    assert one.matrix is None
    assert [row[0] for row in texts(one.numbers)][:2] == [
        "rank correlation with people (Spearman)",
        "rank correlation with people (Kendall's tau-b)",
    ]
    assert texts(one.numbers)[1][2] == "too little data"


def test_the_page_holds_it_beside_the_measures_values_with_labels(tiny):
    estimate = next(e for e in tiny.estimates if not e.group and e.value is not None)
    measure = tiny.measure(estimate.measure)
    name = f"{measure.scorer}.{measure.field}"
    value = Powered(interval=replace(HALF, value=0.44), labels_alone=HALF, images=90, labelled=20,
                    cannot_tell=3)  # fmt: skip
    place = (estimate.prompt_set, estimate.measure, ())
    whole = replace(tiny, agreement=[found(name)], powered={place: value})
    page = compose(whole)

    assert [row[-1] for row in texts(page.people[0].powered)] == ["17 told of 20"]
    for text in (html.render(page), markdown.render(page, "report.md.jinja")):
        assert "Judge and people" in text and "17 told of 20" in text
    assert "Judge and people" not in html.render(compose(tiny))


def test_hostile_labels_stay_text(tiny):
    wicked = "<script>|`x`"
    matrix = {wicked: {wicked: 1}}
    one = found(wicked, matrix=matrix, shares={wicked: {wicked: 1.0}}, columns=(wicked,))
    page = compose(replace(tiny, agreement=[one]))

    assert "<script>" not in html.render(page)
    assert "\n<script>" not in markdown.render(page)
