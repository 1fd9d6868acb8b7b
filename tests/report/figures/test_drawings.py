"""Which figures a set gets, and what their tables count."""

from xml.etree import ElementTree

import pytest

from evalsuite.measures.kinds import KINDS
from evalsuite.records import Clause, Judgement, Key, Measure, Prompt
from evalsuite.report.counts import drawn_by_asked, images_by_tone
from evalsuite.report.figures import DRAWINGS, figures
from evalsuite.report.tables import estimates_of

LABEL = Measure(
    name="mine.a", title="Labelled a", kind="label", label="a", plot=("job",), higher_is_better=None
)


def drawn(report):
    return figures(report, report.prompt_sets[0], estimates_of(report.estimates, "s"), "p")


def said(prompt: str, **values) -> Judgement:
    return Judgement("mine", Key("s", prompt, 0), values)


def by_kind(kinds: list[str]) -> list[Prompt]:
    return [Prompt(f"p{n}", "x", "t", groups={"sort": kind}) for n, kind in enumerate(kinds)]


def test_every_kinds_drawing_is_there_and_every_drawing_is_some_kinds():
    assert {kind.drawing for kind in KINDS.values()} - {""} == set(DRAWINGS)


def test_each_set_gets_its_own_figures(tiny):
    titles = [
        [f.title for f in figures(tiny, s, estimates_of(tiny.estimates, s.name), "p")]
        for s in tiny.prompt_sets
    ]
    assert titles == [
        ["Exact number, by number asked for", "Number drawn, against the number asked for",
         "Thing, by sort"],
        ["The relation holds, by relation"],
        ["The named thing is drawn, when asked for and when negated"],
        ["Perceived as a woman, by occupation", "Bands of the Monk scale, by occupation",
         "Skin tone on the Monk scale, by occupation"],
    ]  # fmt: skip


def test_nothing_estimated_gives_no_figure(empty):
    for prompt_set in empty.prompt_sets:
        assert figures(empty, prompt_set, estimates_of([], prompt_set.name), "p") == []


def test_a_share_of_an_outside_scorer_is_drawn_by_the_label_that_it_names(run, texts):
    share = Measure(name="mine.right", title="Right", plot=("sort",), cannot_show="Taste.")
    judged = [said("p0", right=1.0), said("p1", right=0.0), said("p2", right=1.0)]
    (figure,) = drawn(run(by_kind(["big", "big", "small"]), judged, [share]))
    assert (figure.title, figure.caution) == ("Right, by sort", "Taste.")
    assert figure.alt.startswith("Right, by sort. big: 50.0%")
    assert "<svg" in figure.svg and "share of images" in figure.svg
    head, big, small = texts(figure.table)
    assert head == ["sort", "share of images", "95% interval", "images", "coverage"]
    assert (big[:2], big[3:]) == (["big", "50.0%"], ["2", "2 of 2 (100%)"])
    assert (small[:2], small[3:]) == (["small", "100.0%"], ["1", "1 of 1 (100%)"])


def test_numbers_stand_in_columns_and_words_in_lanes(run, row):
    share = Measure(name="mine.right", title="Right", plot=("n",))
    for values, label in ((["1", "10", "2"], "1"), (["one", "two"], "one")):
        found = [row("mine.right", 0.5, {"n": value}) for value in values]
        (figure,) = drawn(run([Prompt("p", "x", "t")], (), [share], found))
        assert figure.table.rows[0][0].text == label
        ticks = [e.text for e in ElementTree.fromstring(figure.svg).iter() if e.tag == "text"]
        assert (ticks.index("100%") > ticks.index(label)) == values[0].isdecimal()


def test_a_mean_is_drawn_on_the_scale_of_its_own_values(run, row):
    mean = Measure(name="mine.far", title="Far", kind="mean", unit="metres", plot=("sort",))
    found = [row("mine.far", 20.0, {"sort": "a"}), row("mine.far", 30.0, {"sort": "b"})]
    (figure,) = drawn(run([Prompt("p", "x", "t")], (), [mean], found))
    assert figure.alt == (
        "Far, by sort. a: 20.0 (95% interval 19.8 to 20.2); b: 30.0 (95% interval 29.8 to 30.2)."
    )
    assert ">24.0<" in figure.svg and ">metres<" in figure.svg and "100%" not in figure.svg


def test_twins_are_drawn_with_both_forms_and_not_once_more_by_form(run, row, texts):
    share = Measure(name="mine.drawn", title="Drawn", plot=("form",), higher_is_better=None)
    effect = Measure(
        name="mine.effect", title="Effect", kind="twins", field="drawn", unit="difference"
    )
    found = [
        row("mine.drawn", 0.75, {"form": "affirmative"}),
        row("mine.drawn", 0.5, {"form": "negated"}),
        row("mine.effect", 0.25),
    ]
    (figure,) = drawn(run([Prompt("p", "x", "t")], (), [share, effect], found))
    assert figure.title == "Drawn, when asked for and when negated"
    assert [line[:2] for line in texts(figure.table)] == [
        ["prompt", "share of images"],
        ["when asked for", "75.0%"],
        ["when negated", "50.0%"],
        ["paired difference", "+25.0 points"],
    ]
    # Without twins the share has its own figure; without the share the difference has none.
    (alone,) = drawn(run([Prompt("p", "x", "t")], (), [share], found[:2]))
    assert alone.title == "Drawn, by form"
    assert drawn(run([Prompt("p", "x", "t")], (), [effect], found[2:])) == []


def test_a_share_of_a_label_stands_beside_what_its_siblings_say(run, row, texts):
    unknown = Measure(name="mine.unknown", title="U", kind="unknown", field="a")
    distance = Measure(
        name="mine.distance", title="D", kind="imbalance", field="a", label="a", unit="distance"
    )
    group = {"job": "vet"}
    found = [
        row("mine.a", 0.75, group), row("mine.unknown", 0.125, group),
        row("mine.distance", 0.25, group),
    ]  # fmt: skip
    (figure,) = drawn(run([Prompt("p", "x", "t")], (), [LABEL, unknown, distance], found))
    assert texts(figure.table) == [
        ["job", "Labelled a", "95% interval", "labelled", "reference", "unknown",
         "distance from even", "a fair model's distance at this n"],
        ["vet", "75.0%", "50.0 to 100.0%", "4", "none", "12.5%", "0.25", "none"],
    ]  # fmt: skip
    (figure,) = drawn(run([Prompt("p", "x", "t")], (), [LABEL], found[:1]))
    assert texts(figure.table)[1] == ["vet", "75.0%", "50.0 to 100.0%", "4", "none"]


def test_confusion_counts_every_planned_image(run, texts):
    count = Measure(
        name="mine.drawn", title="N", kind="count", applies=("includes",), higher_is_better=None
    )
    prompts = [
        Prompt(f"p{k}", "", "counting", include=(Clause("cat", n),), groups={"count": str(n)})
        for k, n in enumerate([1, 2, 2, 2, 2])
    ]
    judged = [said(f"p{k}", drawn=n) for k, n in enumerate([1.0, 2.0, 3.0, 99.0])]
    report = run(prompts, judged, [count])
    assert texts(drawn_by_asked(report, report.prompt_sets[0], count, "N")) == [
        ["asked ↓ drawn →", "1", "2", "3", "over 12", "not measured"],
        ["1", "[1]", "·", "·", "·", "·"],
        ["2", "·", "[1]", "1", "1", "1"],
    ]
    (figure,) = drawn(report)
    assert figure.title == "N, against the number asked for"


def test_where_no_number_is_asked_for_there_is_no_confusion(run):
    count = Measure(name="mine.drawn", title="N", kind="count", higher_is_better=None)
    report = run([Prompt("p0", "", "t")], [said("p0", drawn=1.0)], [count])
    assert drawn(report) == []


def test_tones_count_the_unknown(run, texts):
    tone = Measure(name="mine.tone", title="T", kind="tones", plot=("job",), higher_is_better=None)
    prompts = [Prompt(f"p{k}", "", "job", groups={"job": "vet"}) for k in range(5)]
    tones = ["1", "10", None, "11"]
    report = run(prompts, [said(f"p{k}", tone=t) for k, t in enumerate(tones)], [tone])
    counts = images_by_tone(report, report.prompt_sets[0], tone, "job")
    assert counts == {"vet": [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]}
    bands, scale = drawn(report)
    assert texts(scale.table)[1] == ["vet", "1", *["0"] * 8, "1", "1"]
    assert [line[:3] for line in texts(bands.table)[1:]] == [
        ["vet", "1-4", "50.0%"], ["vet", "5-7", "0.0%"], ["vet", "8-10", "50.0%"]
    ]  # fmt: skip


@pytest.mark.parametrize("label", ["measure", "self", "prompt set"])
def test_a_label_may_have_any_name(run, label):
    share = Measure(name="mine.right", title="Right", plot=(label,))
    report = run([Prompt("p0", "x", "t", groups={label: "a"})], [said("p0", right=1.0)], [share])
    assert [figure.title for figure in drawn(report)] == [f"Right, by {label}"]
