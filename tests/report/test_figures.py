"""Which figures a set gets, and what their tables count."""

from dataclasses import replace
from xml.etree import ElementTree

from evalsuite.records import Clause, Judgement, Key, Prompt, PromptSet
from evalsuite.report import Audited, Report
from evalsuite.report.counts import confusion, tone_counts
from evalsuite.report.figures import figures
from evalsuite.report.overview import overview
from evalsuite.report.plots import Dot, columns, lanes
from evalsuite.report.tables import estimates_of


def bare(prompts, judgements) -> Report:
    one = PromptSet("s", "1", "d", "everyday", tuple(prompts))
    keys = [Key("s", p.id, 0) for p in prompts]
    rows = {(j.scorer, j.key): j for j in judgements}
    return Report("t", "m", {}, [one], {}, rows, [], lambda sha256: None, planned=keys)


def texts(table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in (table.head, *table.rows)]


def test_confusion_counts_every_planned_image():
    prompts = [
        Prompt(f"p{k}", "", "counting", (Clause("cat", n),), groups={"count": str(n)})
        for k, n in enumerate([1, 2, 2, 2, 2])
    ]
    drawn = [1.0, 2.0, 3.0, 99.0]
    report = bare(
        prompts,
        [Judgement("objects", Key("s", f"p{k}", 0), {"drawn": n}) for k, n in enumerate(drawn)],
    )
    assert texts(confusion(report, report.prompt_sets[0])) == [
        ["asked ↓ drawn →", "1", "2", "3", "over 12", "not measured"],
        ["1", "[1]", "·", "·", "·", "·"],
        ["2", "·", "[1]", "1", "1", "1"],
    ]


def test_tones_count_the_unknown():
    prompts = [
        Prompt(f"p{k}", "", "occupation", groups={"occupation": "vet"}, subject="person")
        for k in range(4)
    ]
    tones = ["1", "10", None, "11"]
    report = bare(
        prompts,
        [Judgement("presentation", Key("s", f"p{k}", 0), {"tone": t}) for k, t in enumerate(tones)],
    )
    assert tone_counts(report, report.prompt_sets[0]) == {"vet": [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]}


def test_each_set_gets_its_own_figures(tiny):
    titles = [
        [f.title for f in figures(tiny, s, estimates_of(tiny.estimates, s.name), "p")]
        for s in tiny.prompt_sets
    ]
    assert titles == [
        ["Exact number, by number asked for", "Asked for against drawn"],
        ["The relation holds, by relation"],
        ["How often the named thing is drawn"],
        [
            "Perceived presentation, by occupation",
            "Skin tone on the Monk scale, by occupation",
            "Bands of the Monk scale, by occupation",
        ],
    ]


def test_nothing_estimated_gives_no_figure(empty):
    for one in empty.prompt_sets:
        assert figures(empty, one, estimates_of([], one.name), "p") == []


def test_plots_are_xml_without_styles_and_repeat_their_bytes():
    dots = [Dot("a <b> $x$ &", 0.5, 0.25, 0.75, 0.3, 0.9), Dot("日本", None)]
    for draw in (lambda: columns(dots, "q", "x", "y"), lambda: lanes(dots, "q", "x", 0.5)):
        text = draw()
        assert text == draw()
        ids = [e.attrib["id"] for e in ElementTree.fromstring(text).iter() if "id" in e.attrib]
        assert all(name.startswith("q-") for name in ids)
        assert "style" not in text
        assert "http" not in text
        assert "a &lt;b&gt; $x$ &amp;" in text


def test_a_plot_of_one_unknown_value():
    assert "not measured" in columns([Dot("1", None)], "q", "x", "y")
    assert "<svg" in lanes([], "q", "x")


def test_an_audit_is_evidence_only_where_its_whole_interval_beats_chance():
    assert Audited(0.6, 0.55, 0.65, 0.5, 99).is_evidence
    assert not Audited(0.6, 0.49, 0.7, 0.5, 99).is_evidence
    assert not Audited(0.9, None, None, 0.5, 2).is_evidence


def test_how_images_ended(tiny):
    counts = [[cell.text for cell in row] for row in overview(tiny).missing.rows]
    head = [cell.text for cell in overview(tiny).missing.head]
    first = dict(zip(head, counts[0], strict=True))
    assert first["planned"] == "4"
    assert first["refused"] == "1"
    assert first["scorer failed"] == "3"
    assert first["abstained"] == "3"
    less = {n: j for n, j in tiny.judgements.items() if n != ("clip", Key("counts", "c1", 0))}
    row = overview(replace(tiny, judgements=less)).missing.rows[0]
    assert dict(zip(head, (c.text for c in row), strict=True))["not judged"] == "1"
