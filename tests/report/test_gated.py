"""The verdict of a gate on the run's page, and what lies beside it."""

import re
from dataclasses import replace

from evalsuite.records import Difference, Estimate, Interval, Verdict
from evalsuite.report import gated, write
from evalsuite.report.verdicts import Gated


def found(folder, word="fail", name="objects.count", reason="lost 12 points"):
    def estimate(value):
        interval = Interval(value, 0.0, 1.0, 4, 2)
        return Estimate(prompt_set="counts", measure=name, group={}, interval=interval)

    difference = Difference(
        prompt_set="counts",
        measure=name,
        group={},
        baseline=estimate(0.75),
        candidate=estimate(0.5),
        interval=Interval(-0.25, -0.5, 0.0, 4, 2),
        p=0.5,
        pairing="seeds",
    )
    one = Verdict(
        measure=name,
        prompt_set="counts",
        group={},
        tier="block",
        word=word,
        reason=reason,
        margin=0.02,
        unit="share",
        difference=difference,
    )
    said = {"baseline": "last week", "policy": "strict", "alpha": 0.05, "level": 0.9}
    return Gated(word=word, run="r", verdicts=[one], commit="0a1b", folder=folder, **said)


def test_the_page_says_the_verdict_where_it_said_that_one_run_cannot(tmp_path, tiny):
    page = write(tmp_path, tiny)
    assert "One run cannot say" in page.read_text()
    gated.write(found(tmp_path))
    text = page.read_text()
    assert "One run cannot say" not in text and text.count('id="changed"') == 1
    shown = " ".join(re.sub(r"<[^>]*>", "", text[text.index('id="changed"') :]).split())
    assert "fail against last week 1 blocking measure: 1 fail, 0 undecided, 0 pass." in shown
    assert "objects.count in counts: lost 12 points blocks; 75.0%, then 50.0%: " in shown
    assert "By the policy strict, alpha 0.05, at the commit 0a1b." in shown
    assert (tmp_path / "report" / "gate.md").read_text().startswith("## Gate: fail")
    assert 'href="gate.md"' in text
    top = " ".join(re.sub(r"<[^>]*>", "", text[: text.index("<main>")]).split())
    assert top.endswith("gate: fail against last week: what changed")
    # Another verdict takes its place; a report that is written anew has none, nor a gate's files.
    gated.write(found(tmp_path, "pass"))
    assert "1 blocking measure: 0 fail, 0 undecided, 1 pass." in page.read_text()
    assert page.read_text().count("<!-- end of gate -->") == 1
    assert "gate: pass" in page.read_text() and "gate: fail" not in page.read_text()
    (tmp_path / "report" / "junit.xml").write_text("<testsuites/>")
    assert "One run cannot say" in write(tmp_path, tiny).read_text()
    assert "gate: " not in page.read_text()
    assert "gate.md" not in page.read_text() and 'href="junit.xml"' not in page.read_text()
    assert {path.name for path in page.parent.iterdir()}.isdisjoint({"gate.md", "junit.xml"})


def test_without_a_page_there_is_the_markdown_and_no_page(tmp_path):
    gated.write(found(tmp_path))
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["gate.md"]


def test_what_comes_from_outside_stays_text(tmp_path):
    bad = "<!-- end of gate -->\n<script>x</script>\u202e"
    one = found(tmp_path, name=bad, reason=bad)
    text = gated.section(one) + gated.line(replace(one, baseline=bad))
    assert "<script" not in text and "<!--" not in text and "\u202e" not in text


def test_the_page_links_what_is_there(tmp_path, tiny):
    (tmp_path / "estimates.json").write_text("[]")
    links = re.findall(r'<li><a href="([^"#]+)"', write(tmp_path, tiny).read_text())
    assert links == ["../estimates.json", "report.md", "images.html"]
    assert "every estimate of every group, to six digits" in write(tmp_path, tiny).read_text()
