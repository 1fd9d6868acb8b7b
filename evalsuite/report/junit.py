"""The gate's verdicts as JUnit XML, which every CI shows.

One test case per verdict. A blocking measure that fails is a `failure`. One that is undecided is an
`error`, the schema's word for a test that could not be carried out: it turns a build red, as a
skipped one would not. Measures that do not block are never red: what they say is `skipped`, with
the words as its message. The layout is what both common schemas allow (Ant's, kept by Windy Road,
and the one of Jenkins' xUnit plug-in).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from evalsuite.records import Verdict
from evalsuite.report.format import visible

EPOCH = "1970-01-01T00:00:00"


def render(verdicts: Sequence[Verdict], *, name: str, created: str = "") -> str:
    """The XML; `created` is when the run was, as its manifest says it, and no clock is read.

    The same verdicts give the same bytes. No host is named: the schema's own word for that is
    "localhost".
    """
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
        time="0",
    )
    properties = SubElement(suite, "properties")
    SubElement(properties, "property", name="run", value=visible(name))
    for verdict, kind in zip(verdicts, endings, strict=True):
        case = SubElement(
            suite, "testcase", name=_name(verdict), classname=_token(verdict.prompt_set), time="0"
        )
        if kind:
            words = visible(f"{verdict.word}: {verdict.reason}{_judge(verdict)}")
            element = SubElement(case, kind, message=words)
            if kind != "skipped":
                element.set("type", verdict.word)
                element.text = words
    SubElement(suite, "system-out").text = "\n".join(
        visible(f"{v.word}: {_name(v)} ({v.prompt_set}): {v.reason}{_judge(v)}") for v in verdicts
    )
    SubElement(suite, "system-err")
    indent(root)
    # Declared here, as ElementTree writes the declaration with single quotes.
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


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
