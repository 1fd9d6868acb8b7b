"""Whole audits of scorers that always say yes, toss a coin, or cannot err."""

import json
import sys
from pathlib import Path

import pytest

from evalsuite.audits.from_scenes import questions
from evalsuite.audits.run import audit
from evalsuite.audits.stored import find, read
from evalsuite.commands.auditing import write
from evalsuite.records import InputError
from evalsuite.report.reliability import reliability_table

sys.path.insert(0, str(Path(__file__).parents[1]))
from outside.opinions import load

SOURCE = {"scenes": "fresh renders", "seed": 0}


@pytest.fixture(scope="module")
def outcome():
    scorers = [load(how=how, name=how) for how in ("yes", "coin", "read")]
    return audit(scorers, questions(0, 180))


def rows(outcome, scorer):
    return {row.tag: row for row in outcome.audited if row.scorer == scorer and not row.group}


def test_always_yes_is_sensitive_and_no_evidence(outcome):
    by_tag = rows(outcome, "yes")

    assert len(by_tag) == 6
    for row in by_tag.values():
        assert (row.sensitivity.value, row.specificity.value) == (1.0, 0.0)
        assert not row.is_evidence


def test_a_coin_is_no_evidence(outcome):
    assert [tag for tag, row in rows(outcome, "coin").items() if row.is_evidence] == []


def test_one_that_cannot_err_is_perfect(outcome):
    for row in rows(outcome, "read").values():
        assert row.accuracy == row.sensitivity.value == row.specificity.value == 1.0
        assert row.verdict in ("evidence", "undecided")
    # Sixty pictures; thirty of the other kinds are too few for all rows of an audit.
    assert rows(outcome, "read")["occupation"].is_evidence


def test_a_picture_is_decoded_once_for_all_scorers_and_questions():
    cases, decoded = questions(0, 6), []
    pictures = {known.case.picture.sha256: known.case.picture for known in cases}
    for picture in pictures.values():
        inner = picture.decode
        picture.decode = lambda inner=inner: decoded.append(1) or inner()
    audit([load(how="read", name=name) for name in ("a", "b", "c")], cases)

    # Batches of four questions cut through a picture's two or three, and it is kept for the rest.
    assert len(decoded) == len(pictures) == 6


def test_breakdowns_are_counted_by_reason():
    cases = questions(0, 6)
    broken = [known for known in cases if known.case.prompt.tag == "counting"]
    for known in broken:
        object.__setattr__(known.case.prompt, "text", "break")
    outcome = audit([load()], cases)

    assert dict(outcome.failures) == {"opinions: RuntimeError: no opinion": len(broken)}
    assert "counting" not in rows(outcome, "opinions")


def test_one_name_twice_and_unreadable_prompts_are_refused():
    known = questions(0, 2)
    with pytest.raises(InputError, match="named twice"):
        audit([load(), load()], known)
    object.__setattr__(known[0].case.prompt, "text", "unreadable")
    with pytest.raises(InputError, match="scorer opinions cannot be audited on this: prompt true"):
        audit([load()], known)


def test_the_file_is_found_by_the_scorers_identity(outcome, tmp_path):
    write(tmp_path / "audit-mine", outcome, SOURCE)

    assert set(read(tmp_path / "audit-mine" / "audit.json")) == {"yes", "coin", "read"}
    own, other = ({"scorers": {"yes": {"how": how}}} for how in ("yes", "otherwise"))
    assert find(own, tmp_path / "run").audited != []
    assert find(other, tmp_path / "run").audited == []


def test_the_card_says_it_in_tables(outcome, tmp_path):
    write(tmp_path, outcome, SOURCE)
    text = (tmp_path / "audit.md").read_text("utf-8")

    assert "| `yes.says` | clean renders | counting | not evidence | 50.0% |" in text
    assert "| `read.says` | clean renders | counting | undecided | 100.0% |" in text
    assert "count 5" in text or "count: 5" in text
    assert json.loads((tmp_path / "audit.json").read_text())["source"] == SOURCE


def test_the_table_says_where_nothing_can_be_told(outcome):
    whole = reliability_table(outcome.audited)
    groups = reliability_table(outcome.audited, grouped=True)
    verdicts = {row[3].text for row in groups.rows}

    assert len(whole.rows) == 18
    assert verdicts <= {"evidence", "not evidence", "undecided", "unknown"}
    # What is false in one thing is held against all that is true, so something can be told.
    sorts = [row for row in groups.rows if "differs" in row[2].text]
    assert "unknown" not in {row[3].text for row in sorts}
    # Three each for counting, position and negation, two each for colours, one for occupations.
    assert len(sorts) == 3 * 14
