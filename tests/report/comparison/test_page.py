"""What the comparison's page says, and that nothing from outside gets into its markup."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from evalsuite.records import InputError
from evalsuite.report import comparison, html, markdown
from evalsuite.report.comparison.content import Contrasted
from evalsuite.report.comparison.page import compose

HOSTILE = [
    "</style><script>alert(1)</script>{{ 7 * 7 }}",
    "\"><img src=x onerror='alert(1)'>",
    "| a ` b `` c \\| d",
    "\n# Title\n",
    "\u202e\u2066\u200b\x00",
    "@someone #1 www.e.org",
]
TWIN = "comparison.md.jinja"
PARSER = MarkdownIt("commonmark").enable("table")


class Reader(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.elements, self.attributes, self.ids, self.headings, self.text = set(), [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        self.attributes += attrs
        self.ids += [value for name, value in attrs if name == "id"]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_data(self, data):
        self.text += data


def page(data):
    return html.render(compose(data), "comparison.html.jinja")


def text(data):
    return markdown.render(compose(data), TWIN)


def words(data):
    return re.sub(r"\s+", " ", Reader(page(data)).text)


@pytest.fixture(scope="module")
def tame(build):
    """What a harmless word leaves: the page's elements, and the Markdown's tokens."""
    composed = compose(build("a", candidates=1))
    read = Reader(html.render(composed, "comparison.html.jinja"))
    return read.elements, [t.type for t in PARSER.parse(markdown.render(composed, TWIN))]


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_text_adds_no_element_and_stays_in_code_spans(tame, build, word):
    elements, kinds = tame
    composed = compose(build(word, candidates=1))
    written = html.render(composed, "comparison.html.jinja")
    spans = {("tspan", name) for name in ("", "x", "y", "font-size", "class", "transform")}
    assert Reader(written).elements - elements <= spans | {("g", "transform")}
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00]", written)
    tokens = PARSER.parse(markdown.render(composed, TWIN))
    assert [token.type for token in tokens] == kinds
    plain = "".join(c.content for t in tokens for c in t.children or () if c.type == "text")
    for part in ("alert", "Title", "@someone", "www.e", "<"):
        assert part not in plain


def test_asks_for_nothing_and_has_its_policy(tiny):
    read = Reader(page(tiny))
    for name, value in read.attributes:
        if name in ("href", "src"):
            own = ("#", "data:image/png;base64,", "data:image/webp;base64,")
            beside = ("flips.html", "compare.md", "../differences.json")
            assert value.startswith(own) or value in beside
    assert {"script", "link", "iframe"}.isdisjoint(tag for tag, _ in read.elements)
    assert "style" not in {name for name, _ in read.attributes}
    assert "default-src &#39;none&#39;; img-src data:; style-src &#39;sha256-" in page(tiny)


@pytest.mark.parametrize("candidates", [1, 2])
def test_structure(build, candidates):
    read = Reader(page(build(candidates=candidates)))
    assert len(read.ids) == len(set(read.ids))
    assert {v for n, v in read.attributes if n == "aria-labelledby"} <= set(read.ids)
    links = {v[1:] for n, v in read.attributes if n == "href" and v[0] == "#"}
    assert links <= set(read.ids)
    assert read.headings.count(1) == 1
    steps = zip(read.headings, read.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps)


def test_says_the_differences_in_both(tiny):
    minus = "\N{MINUS SIGN}"
    for said in (page(tiny), text(tiny)):
        assert f"{minus}50.0 points" in said and "75.0%" in said and "25.0%" in said
        assert f"{minus}75.0 to {minus}25.0 points" in said
        assert "+0.25" in said  # furlongs
        assert "not measured" in said  # three cats in the candidate
        assert "0.004" in said
    assert "8 pairs" in words(tiny) and "of 4 families, same seeds" in words(tiny)
    assert "8 values" in words(tiny) and "not paired" in words(tiny)


def test_what_changed_is_marked_by_direction(tiny):
    (one,) = compose(tiny).changed
    assert [(row.name, row.mark) for row in one.rows] == [
        ("objects.count", "worse"),
        ("other.thing", "differs"),
        ("objects.relation", "better"),
    ]
    assert one.flips == "1 image lost a verdict, 1 image only gained."


def test_what_could_not_be_measured_stands_first_where_runs_differ(tiny):
    first, second = compose(tiny).lost
    assert (first.reason, first.counts, first.differs) == (
        "refused",
        ("0 of 8 (0%)", "2 of 8 (25%)"),
        True,
    )
    assert (first.measures, first.q_values) == (("objects.count", "clip.score"), ("", "0.010"))
    assert (second.reason, second.differs) == ("abstained: dark", False)
    assert "The runs differ in what is missing" in words(tiny)
    assert "**The runs differ in what is missing**" in text(tiny)


def test_a_reason_that_one_run_never_gave_counts_none_of_its_images(build):
    lines = compose(build()).lost
    assert [line.counts for line in lines] == [
        ("1 of 8 (12%)", "1 of 8 (12%)", "0 of 0"),  # the third run has no row of clip.score
        ("1 of 8 (12%)", "1 of 8 (12%)", "0 of 8 (0%)"),
        ("0 of 8 (0%)", "2 of 8 (25%)", "0 of 0"),
        ("0 of 8 (0%)", "2 of 8 (25%)", "0 of 8 (0%)"),
    ]


def test_every_affected_table_says_what_is_not_alike(odd):
    counts, spatial = compose(odd).sections
    assert (counts.unlike, spatial.unlike) == (("another clip",), ("prompts differ",))
    assert compose(odd).unlike == ("prompts differ", "another clip")
    # At the top, and over each of the set's two tables, and over the flips.
    assert words(odd).count("prompts differ") == 4
    assert "**not alike**: `another clip`" in text(odd)


def test_several_candidates_stand_below_each_other(build):
    data = compose(build())
    rows = [(row.name, row.run) for row in data.sections[0].overall]
    assert rows == [
        ("objects.count", "second"),
        ("objects.count", "third"),
        ("clip.score", "second"),
    ]
    assert data.changed[1].flips == "No verdict can flip: no two images have the same seed."
    assert data.flips[1].unpaired == ("counts",)
    assert "incomplete" in text(build())


def test_plots_state_every_runs_numbers_in_words(tiny):
    alts = [figure.alt for section in compose(tiny).sections for figure in section.figures]
    assert alts == [
        "Exact, by number asked for. first: 2: 50.0% (95% interval 38 to 62%); "
        "3: 50.0% (95% interval 38 to 62%). "
        "second: 2: 25.0% (95% interval 12 to 38%); 3: not measured.",
        "Holds, by relation. first: left: 25.0% (95% interval 12 to 38%). "
        "second: left: 75.0% (95% interval 62 to 88%).",
    ]


def test_flips_show_both_images_with_what_was_found(tiny):
    (flips,) = compose(tiny).flips
    ((lost,), (gained,)) = flips.lost, flips.gained
    assert lost.lost == (("Exact", "objects.count"), ("objects.correct", "objects.correct"))
    before, after = lost.halves
    assert (before.heading, after.heading) == ("first", "second")
    assert before.image.source.startswith("data:image/png")
    assert before.image.source != after.image.source
    assert before.alt == "first: image drawn for “two cats”. Found by objects: red cat, 50.0% sure."
    assert [(s.scorer, s.notes) for s in before.statements] == [("objects", ("found 3",))]
    assert [box.label for box in before.boxes] == ["red cat, 50.0% sure"]
    assert "objects: found 3" in words(tiny)
    # The second run has no file for the other image: it is said, not hidden.
    assert gained.halves[1].image.problem == "it is not on record"


def test_flips_are_bounded_and_the_rest_is_counted(tiny, monkeypatch):
    monkeypatch.setattr("evalsuite.report.comparison.flips.MOST_LOST", 0)
    monkeypatch.setattr("evalsuite.report.comparison.flips.LISTED", 1)
    (flips,) = compose(tiny).flips
    assert (flips.lost, flips.left_out, flips.unlisted, flips.lost_count) == ((), 1, 1, 1)
    assert "1 of them are not shown as images" in words(tiny)
    assert "1 more in differences.json" in words(tiny)


def test_writes_the_two_files_with_the_same_bytes(tmp_path, tiny):
    for name in "ab":
        found = comparison.write(tmp_path / name, tiny)
        assert found == tmp_path / name / "compare" / "index.html"
    for file in ("index.html", "compare.md"):
        first, second = (tmp_path / name / "compare" / file for name in "ab")
        assert first.read_bytes() == second.read_bytes()


def test_an_image_that_cannot_be_read_is_said_to_be_so(tiny):
    def broken(sha256):
        raise InputError("x.png: truncated; draw it again")

    object.__setattr__(tiny.baseline, "load_image", broken)
    assert "x.png: truncated; draw it again" in words(tiny)


def test_a_ceiling_stands_beside_the_models_and_is_not_one_of_them(build):
    made = build()
    second, third = made.candidates
    runs = [replace(second.run, is_ceiling=True), third.run]
    rows = [Contrasted(each.difference, None) for each in second.rows]
    ceiling = replace(second, run=runs[0], rows=rows, losses=(), flips=())
    data = replace(made, candidates=[ceiling, third])
    said = words(data)
    assert "True pictures through a model's autoencoder" in said
    assert "Verdicts that flipped in third" in said and "flipped in second" not in said
    assert compose(data).title == "third against first, below the ceiling second"
    assert "second` (ceiling) | 75.0% |" in text(data)
    assert "second ceiling" in said and re.search("third incomplete ?candidate", said)
    assert "`second` is a ceiling: model `a model`" in text(data)
    assert json.loads(comparison.data.to_json(data))["candidates"][0]["is_ceiling"] is True
    assert Reader(page(data)).headings.count(1) == 1
    alone = replace(data, candidates=[ceiling])
    assert compose(alone).title == "first below its ceiling second"
    turned = replace(made, baseline=replace(made.baseline, is_ceiling=True))
    assert "first baseline, a ceiling" in words(turned)
