"""The JUnit file, held against the rules that both common schemas share."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.records import Verdict
from evalsuite.report import junit

SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "junit.xsd"))
WORDS = st.text(st.characters(), max_size=12)


def verdict(word="pass", tier="block", **more):
    facts = {"measure": "objects.count", "prompt_set": "counts", "group": {}, "reason": "because"}
    return Verdict(**{**facts, "word": word, "tier": tier, "margin": 0.1, "unit": "share", **more})


def cases(*verdicts, **more):
    text = junit.render(verdicts, name="a run", **more)
    SCHEMA.validate(text)
    root = ElementTree.fromstring(text.encode())
    return root.find("testsuite"), root.findall(".//testcase")


@pytest.mark.parametrize(
    ("word", "tier", "kind"),
    [
        ("pass", "block", None),
        ("fail", "block", "failure"),
        ("undecided", "block", "error"),
        ("pass", "warn", None),
        ("fail", "warn", "skipped"),
        ("undecided", "watch", "skipped"),
    ],
)
def test_only_what_blocks_turns_a_build_red(word, tier, kind):
    suite, (case,) = cases(verdict(word, tier))

    assert [child.tag for child in case] == ([kind] if kind else []) + ["system-out"]
    if kind:
        assert case[0].get("message") == f"{word}: because"
    assert (case.get("name"), case.get("classname")) == ("objects.count", "counts")
    red = {"failure": "failures", "error": "errors", "skipped": "skipped", None: "tests"}[kind]
    assert suite.get("tests") == "1" and suite.get(red) == "1"


def test_the_audits_word_on_the_judge_stands_beside_the_reason():
    suite, (case,) = cases(verdict("fail", judge="not evidence"))
    assert case[0].get("message") == "fail: because; judge, audited: not evidence"
    assert suite.find("system-out").text.endswith("because; judge, audited: not evidence")


def test_every_case_has_its_numbers_and_what_they_belong_to():
    facts = {"baseline": "base", "policy": "scenes, alpha 0.01", "commit": "0a0a"}
    suite, found = cases(verdict(), verdict("fail"), seconds=5.0, facts=facts)

    assert [case.get("time") for case in found] == ["2.500", "2.500"]
    assert suite.get("time") == "5.000"
    known = {fact.get("name"): fact.get("value") for fact in suite.find("properties")}
    assert known == {"run": "a run", **facts}
    assert found[1].find("system-out").text.splitlines() == [
        *("verdict: fail", "tier: block", "measure: objects.count", "prompt set: counts"),
        *("margin: 10.0 points", "judge, audited: not audited", "reason: because"),
        *("run: a run", "baseline: base", "policy: scenes, alpha 0.01", "commit: 0a0a"),
    ]


def test_one_case_a_verdict_with_its_group_in_its_name():
    suite, found = cases(verdict(), verdict("fail", group={"count": "2", "form": "a"}))

    assert [case.get("name") for case in found] == [
        "objects.count",
        "objects.count [count 2, form a]",
    ]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")


@pytest.mark.parametrize(
    ("created", "shown"),
    [
        ("2026-11-23T12:00:00+00:00", "2026-11-23T12:00:00"),
        ("2026-11-23T12:00:00+02:00", "2026-11-23T10:00:00"),
        ("2026-02-31T12:00:00", "1970-01-01T00:00:00"),
        ("0001-01-01T00:00:00+14:00", "1970-01-01T00:00:00"),
        ("", "1970-01-01T00:00:00"),
    ],
)
def test_the_time_is_the_runs_own(created, shown):
    suite, _ = cases(verdict(), created=created)

    assert suite.get("timestamp") == shown


def test_no_verdict_is_a_valid_file_too():
    assert cases()[1] == []


def test_the_schema_of_the_tests_can_refuse():
    text = junit.render([verdict()], name="a run")
    for broken in (
        text.replace(' time="0.000"', "", 1),
        text.replace("<system-err />", ""),
        text.replace('tests="1"', 'tests="-1"'),
        text.replace("1970-01-01T00:00:00", "now"),
    ):
        assert broken != text and not SCHEMA.is_valid(broken)


@settings(deadline=None)
@given(WORDS, WORDS, WORDS, WORDS, st.sampled_from(["pass", "fail", "undecided"]))
def test_whatever_names_hold_the_file_is_valid(measure, prompt_set, label, reason, word):
    one = verdict(word, measure=measure, prompt_set=prompt_set, group={label: label}, reason=reason)
    text = junit.render([one], name=reason, created=label)

    SCHEMA.validate(text)
    assert not [c for c in text if c < " " and c != "\n"]
    assert len(ElementTree.fromstring(text.encode()).findall(".//testcase")) == 1
