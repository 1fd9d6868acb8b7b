"""Comments, summaries and annotations: bounded, most important first, and tame."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from evalsuite.records import Difference, Estimate, Flip, Interval, Key, Verdict
from evalsuite.report import verdicts
from evalsuite.report.verdicts import Gated

PARSER = MarkdownIt("gfm-like", {"linkify": False})
BLOCKS = {
    "heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline",
    "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close",
    "table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close",
    "tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close",
}  # fmt: skip
INLINE = {"text", "code_inline", "softbreak"}
MARKUP = st.sampled_from(
    ["<img src=x>", "[a](http://e.org)", "![a](b)", "@you", "#1", "|", "`", "``", "\n", "\n\n# h",
     "\\", "**", "<!--", "https://e.org", "\u202e", "&amp;", "\n- ", "::error::", "%0A"]
)  # fmt: skip
WORDS = st.lists(MARKUP | st.text(st.characters(), max_size=3), max_size=5).map("".join)


def verdict(word="pass", tier="block", p=None, measure="objects.count", **more):
    at = {"prompt_set": "counts", "measure": measure, "group": {}}
    own = Estimate(**at, interval=Interval(0.75, 0.5, 0.9, 8, 4))
    found = Difference(
        **at, baseline=own, candidate=own, interval=Interval(-0.125, -0.25, 0.0, 8, 4), p=0.5,
        pairing="seeds",
    )  # fmt: skip
    facts = {"prompt_set": "counts", "group": {}, "reason": "because", "difference": found}
    return Verdict(measure=measure, word=word, tier=tier, margin=0.1, unit="share", p=p,
                   **{**facts, **more})  # fmt: skip


def gated(*found, flips=(), name="a run", **more):
    names = dict.fromkeys(("run", "baseline", "policy"), name)
    return Gated(word="fail", **names, alpha=0.01, level=0.98, verdicts=found, flips=flips, **more)


def flip(n=0, lost=True, text="two cats", measure="objects.count"):
    return Flip(Key("counts", f"c{n}", 1), measure, lost, text)


def test_a_verdict_is_a_row_with_its_numbers():
    text = verdicts.comment(gated(verdict("fail", group={"count": "2"}, judge="not evidence")))

    assert text.startswith("## Gate: fail\n\n1 blocking measure: 1 fail, 0 undecided, 0 pass.\n")
    minus = "\N{MINUS SIGN}"
    row = "| `fail` | block | `objects.count (count 2)` | counts | 75.0% | 75.0% | "
    row += f"{minus}12.5 points | {minus}25.0 to 0.0 points | 10.0 points | "
    assert row + "not evidence | because |" in text
    assert "- intervals: 98 %, the level that decides" in text


def test_a_verdict_in_short_is_for_a_terminal():
    minus = "\N{MINUS SIGN}"
    said = dict(zip(verdicts.SHORT, verdicts.in_short(verdict()), strict=True))
    assert said["measure and set"] == "objects.count counts"
    assert said["difference, interval"] == f"{minus}12.5 points ({minus}25.0 to 0.0 points)"


def test_what_did_not_pass_comes_first_and_the_surest_first_of_all():
    names = ["objects.present", "objects.color", "objects.absent", "objects.count"]
    words = [("pass", 0.5), ("undecided", 0.4), ("fail", 0.005), ("fail", 0.001)]
    found = [verdict(w, p=p, measure=name) for name, (w, p) in zip(names, words, strict=True)]
    text = verdicts.comment(gated(*found, flips=[flip(measure=name) for name in names]))

    told = sorted(names, key=lambda name: text.index(f"| `{name}`"))
    assert told == names[::-1]
    flips = sorted(names, key=lambda name: text.index(f"Flips of `{name}`"))
    assert flips == names[::-1]


def test_what_blocks_comes_before_its_flips_and_those_before_the_rest():
    found = verdict("fail", "watch", measure="clip.score"), verdict()
    text = verdicts.comment(gated(*found, flips=[flip(2, False), flip(1)]))

    places = [text.index(part) for part in ("### What blocks", "### Flips", "### What does not")]
    assert places == sorted(places)
    assert text.index("lost: `c1`, image 1: `two cats`") < text.index("gained: `c2`")
    assert ": 1 lost, 1 gained" in text


def test_what_does_not_fit_is_cut_and_counted():
    found = [verdict("fail", p=0.001), *(verdict() for _ in range(50))]
    many = [flip(n, text="x" * 150) for n in range(2000)]
    text = verdicts.comment(gated(*found, flips=many))

    assert 60_000 < len(text.encode()) <= verdicts.COMMENT_CAP < 65_536
    shown = text.count("- lost: ")
    assert 0 < shown < 2000
    assert f"Cut for length: {2000 - shown:,} flips more." in text
    assert text.count("| `pass` |") == 50
    assert len(verdicts.comment(gated(*found, flips=many), verdicts.SUMMARY_CAP)) > 300_000


def test_a_cap_too_small_for_anything_leaves_the_word_and_the_count():
    text = verdicts.comment(gated(*(verdict() for _ in range(9))), 700)

    assert text.startswith("## Gate: fail") and "Cut for length: 9 verdicts more" in text
    assert len(text.encode()) <= 700


@pytest.mark.parametrize("cap", [verdicts.COMMENT_CAP, 2000])
@settings(deadline=None)
@given(word=WORDS, reason=WORDS)
def test_whatever_comes_from_outside_is_only_ever_text(cap, word, reason):
    one = verdict("fail", measure=f"m{word}", prompt_set=word, group={word: word}, reason=reason)
    row = Flip(Key(word, word, 0), f"m{word}", True, reason)
    text = verdicts.comment(gated(one, one, flips=[row, row], name=word), cap)

    tokens = PARSER.parse(text)
    assert {token.type for token in tokens} <= BLOCKS
    inline = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inline} <= INLINE
    plain = "".join(child.content for child in inline if child.type == "text")
    assert not set("<>@#[]`*\\") & set(plain)
    assert "e.org" not in plain
    assert sum(token.type == "td_open" for token in tokens) == 22
    assert len(text.encode()) <= cap


def test_annotations_are_errors_for_what_blocks_and_warnings_for_what_warns():
    found = [
        verdict("undecided", reason="50% of\r\n::error::x"),
        verdict("fail", measure="a:b,c"),
        verdict("fail", "warn"),
        verdict("fail", "watch"),
        verdict("pass"),
    ]

    assert verdicts.annotations(gated(*found)) == [
        "::error title=a%3Ab%2Cc of counts%3A fail::because",
        "::error title=objects.count of counts%3A undecided::50%25 of\\u000d\\n::error::x",
        "::warning title=objects.count of counts%3A fail::because",
    ]


def test_no_more_annotations_than_github_shows():
    lines = verdicts.annotations(gated(*(verdict("fail") for _ in range(25))))

    assert len(lines) == 10
    assert lines[-1] == "::error title=gate::and 16 more"


@settings(deadline=None)
@given(WORDS, WORDS)
def test_an_annotation_is_one_line_that_says_one_thing(measure, reason):
    (line,) = verdicts.annotations(gated(verdict("fail", measure=measure, reason=reason)))

    assert len(line.splitlines()) == 1
    head, _, _ = line.removeprefix("::error title=").partition("::")
    assert line.startswith("::error title=") and not set(":,\r\n") & set(head)
