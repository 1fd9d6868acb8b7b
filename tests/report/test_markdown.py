"""Markdown in which text from outside is only ever a code span."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from evalsuite.report import markdown
from evalsuite.report.page import compose
from evalsuite.report.tables import Table, cells

PARSER = MarkdownIt("commonmark").enable("table")
BLOCKS = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline",
    "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "fence",
    "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close",
    "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close",
}  # fmt: skip
INLINE = {"text", "code_inline", "softbreak", "strong_open", "strong_close"}
HOSTILE = [
    "<script>alert(1)</script>", "`` ` ```", "`", "|", "\\|", "\\\\|", "a|b`|c",
    "[x](javascript:y)",
    "![x](http://e.org/i.png)", "\n# Title\n", "\n```\n<b>", "<!-- x",
    "@someone #1 www.e.org",
    "\u202e\u2067", "**x** _y_ ~~z~~", "&lt;", " ", "",
]  # fmt: skip


def render(data) -> str:
    return markdown.render(compose(data))


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_text_stays_in_code_spans(hostile, word):
    tame, wild = (PARSER.parse(render(hostile(w))) for w in ("a", word))
    assert {token.type for token in wild} <= BLOCKS
    assert {child.type for t in wild for child in t.children or ()} <= INLINE
    plain = "".join(c.content for t in wild for c in t.children or () if c.type == "text")
    for part in ("alert", "Title", "@someone", "www.e", "javascript", "<"):
        assert part not in plain
    # No row gained or lost a cell, no list an entry, no heading its rank.
    assert [t.type for t in wild] == [t.type for t in tame]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_cell_is_one_code_span(text):
    table = markdown.table(Table("t", cells("a", "b"), (cells(text, text),)))
    tokens = PARSER.parse(table)
    assert [t.type for t in tokens].count("td_open") == 2
    spans = [c for t in tokens[-8:] for c in t.children or ()]
    assert spans[0].type == "code_inline"
    assert {c.type for c in spans} <= {"code_inline", "text"}


@given(st.text(alphabet="`|\\ ab", min_size=1, max_size=12))
def test_a_code_span_holds_exactly_its_text(text):
    (inline,) = (t for t in PARSER.parse(markdown.code(text)) if t.type == "inline")
    (span,) = inline.children or ()
    assert span.type == "code_inline"
    assert span.content.strip() == text.strip()


def test_bars_survive_in_tables():
    assert markdown.cell("a|b") == r"`a\|b`"
    assert markdown.cell(r"a\|b") == r"`a\u005c\|b`"


def test_a_fence_is_longer_than_what_it_holds():
    assert markdown.fenced("a\n````\nb") == "`````text\na\n````\nb\n`````"
