"""A run's measures as JUnit XML: nothing is judged, so nothing fails; what is missing is skipped.

`evalsuite gate` writes the other file, in which a verdict can be red.
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from evalsuite.records import Estimate
from evalsuite.report.content import Report
from evalsuite.report.format import visible
from evalsuite.report.tables import is_overall, row


def render(report: Report) -> str:
    """One test case for every measure of a whole prompt set, its value on the case."""
    found = [each for each in report.estimates if is_overall(each.group)]
    suite = Element(
        "testsuite",
        name="evalsuite run",
        package="evalsuite",
        id="0",
        timestamp=str(report.manifest.get("created") or "1970-01-01T00:00:00")[:19],
        hostname="localhost",
        tests=str(len(found)),
        failures="0",
        errors="0",
        skipped=str(sum(each.value is None for each in found)),
        time="0",
    )
    properties = SubElement(suite, "properties")
    SubElement(properties, "property", name="run", value=visible(report.title))
    for each in found:
        said = row(report, each)
        name = _token(f"{each.measure} {said.group}".strip())
        case = SubElement(suite, "testcase", name=name, classname=_token(each.prompt_set), time="0")
        if each.value is None:
            SubElement(case, "skipped", message=visible(each.method or said.value))
        SubElement(case, "system-out").text = _line(report, each)
    SubElement(suite, "system-out").text = "\n".join(_line(report, each) for each in found)
    SubElement(suite, "system-err")
    root = Element("testsuites")
    root.append(suite)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _line(report: Report, estimate: Estimate) -> str:
    said = row(report, estimate)
    about = f" [{said.group}]" if said.group else ""
    return visible(
        f"{estimate.prompt_set}: {estimate.measure}{about}: {said.value} (95% interval "
        f"{said.interval}; {said.coverage}; chance or fair model {said.null}; judge, audited: "
        f"{said.judge})"
    )


def _token(text: str) -> str:
    return " ".join(visible(text).split()) or "-"
