"""The gate's verdicts as JUnit XML, which every CI shows.

One test case per verdict. A blocking measure that fails is a `failure`. One that is undecided is an
`error`, the schema's word for a test that could not be carried out: it turns a build red, as a
skipped one would not. Measures that do not block are never red: what they say is `skipped`, with
the words as its message. Every case has its numbers, and the policy, baseline and commit that they
belong to, in a `system-out` of its own, which Jenkins, GitLab and Azure show beside the case. The
rest is what both common schemas allow (Ant's, kept by Windy Road, and the one of Jenkins' xUnit
plug-in; of these two only the second knows a case's `system-out`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from evalsuite.records import Verdict
from evalsuite.report import verdicts as words
from evalsuite.report.format import visible
from evalsuite.report.tables import NOTHING

EPOCH = "1970-01-01T00:00:00"


def render(
    verdicts: Sequence[Verdict],
    *,
    name: str,
    created: str = "",
    seconds: float = 0.0,
    facts: Mapping[str, str] | None = None,
) -> str:
    """The XML; `created` is when the run was, as its manifest says it, and no clock is read.

    `facts` are the suite's properties beside the run's name, such as the policy and the baseline.
    `seconds` is what drawing and judging took: measures are not timed one by one, so each case
    has an equal part. The same arguments give the same bytes. No host is named: the schema's own
    word for that is "localhost".
    """
    facts = {"run": name, **(facts or {})}
    endings = [_kind(verdict) for verdict in verdicts]
    root = Element("testsuites")
    suite = SubElement(
        root,
        "testsuite",
        name="evalsuite gate",
        package="evalsuite",
        id="0",
        timestamp=_timestamp(created),
        hostname="localhost",
        tests=str(len(verdicts)),
        failures=str(endings.count("failure")),
        errors=str(endings.count("error")),
        skipped=str(endings.count("skipped")),
        time=f"{seconds:.3f}",
    )
    properties = SubElement(suite, "properties")
    for fact, value in facts.items():
        SubElement(properties, "property", name=_token(fact), value=visible(value))
    told = "\n".join(visible(f"{fact}: {value}") for fact, value in facts.items())
    part = f"{seconds / max(1, len(verdicts)):.3f}"
    for verdict, kind in zip(verdicts, endings, strict=True):
        case = SubElement(
            suite, "testcase", name=_name(verdict), classname=_token(verdict.prompt_set), time=part
        )
        if kind:
            message = visible(f"{verdict.word}: {verdict.reason}{_judge(verdict)}")
            element = SubElement(case, kind, message=message)
            if kind != "skipped":
                element.set("type", verdict.word)
                element.text = message
        SubElement(case, "system-out").text = f"{_numbers(verdict)}\n{told}"
    SubElement(suite, "system-out").text = "\n".join(
        visible(f"{v.word}: {_name(v)} ({v.prompt_set}): {v.reason}{_judge(v)}") for v in verdicts
    )
    SubElement(suite, "system-err")
    indent(root)
    # Declared here, as ElementTree writes the declaration with single quotes.
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _numbers(verdict: Verdict) -> str:
    """The verdict's row of the table, a line a column; without what it has no value for."""
    pairs = zip(words.HEAD, words.row(verdict), strict=True)
    return "\n".join(f"{head}: {visible(cell)}" for head, cell in pairs if cell != NOTHING)


def _kind(verdict: Verdict) -> str:
    """The element in the test case; "" for one that simply passed."""
    if verdict.word == "pass":
        return ""
    if verdict.tier != "block":
        return "skipped"
    return "failure" if verdict.word == "fail" else "error"


def _judge(verdict: Verdict) -> str:
    return f"; judge, audited: {verdict.judge}" if verdict.judge else ""


def _name(verdict: Verdict) -> str:
    group = ", ".join(f"{name} {value}" for name, value in verdict.group.items())
    return _token(f"{verdict.measure} [{group}]" if group else verdict.measure)


def _token(text: str) -> str:
    """Text as the schema's token: no white space at the ends, none twice; never empty."""
    return " ".join(visible(text).split()) or "-"


def _timestamp(created: str) -> str:
    """The moment as the schema writes it: to the second, in UTC, without saying so."""
    try:
        moment = datetime.fromisoformat(created)
        known = moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return EPOCH
    return known.isoformat(timespec="seconds")
