"""What a service charged, sent and rewrote, from the facts in the images' rows."""

from collections.abc import Iterable, Mapping
from math import fsum
from typing import Any

from evalsuite.records import Json
from evalsuite.report.content import Report
from evalsuite.report.format import plural
from evalsuite.report.tables import Table, cells

MOST = 12
"""Kinds of usage that are shown; a service may count whatever it likes."""


def service_notes(report: Report) -> tuple[str, ...]:
    """What a reader has to know of a service's images before any figure, in our own words."""
    facts = _facts(report)
    revised = sum("revised_prompt" in each for each in facts)
    notes = []
    if revised:
        notes.append(
            f"The text drawn is not the text asked: the service rewrote the prompt of "
            f"{revised:,} of {plural(len(facts), 'image')}. They are judged by the text that was "
            "asked; what was drawn stands in their rows."
        )
    seeds = _backend(report).get("seeds")
    if _backend(report).get("backend") == "folder":
        return tuple(notes)  # whose pictures were never drawn here, as its name says
    if seeds in ("ignored", "unknown"):
        how = "takes no seed" if seeds == "ignored" else "may not keep to a seed"
        notes.append(
            f"The service {how}: no image can be drawn again, and another run's image of the same "
            "number is another draw."
        )
    return tuple(notes)


def service_table(report: Report) -> Table | None:
    """Sums over the rows, and each by image that was drawn; None where no row says anything."""
    facts = _facts(report)
    drawn = sum(sample.status == "ok" for sample in report.samples.values())
    body = []
    costs = [float(each["cost_usd"]) for each in facts if "cost_usd" in each]
    if costs:
        each = f"${fsum(costs) / drawn:,.4f}" if drawn else "none drawn"
        body.append(cells("cost at most", f"${fsum(costs):,.4f}", each))
    attempts = [each.get("attempts") for each in facts]
    for name, counts in {"requests": attempts, **_usage(facts)}.items():
        total = sum(count for count in counts if isinstance(count, int))
        if total:
            each = f"{total / drawn:,.1f}" if drawn else "none drawn"
            body.append(cells(name, f"{total:,}", each))
    if not body:
        return None
    head = cells("of the service", "in all", "for each image drawn")
    return Table("What the service charged and counted", head, tuple(body))


def _usage(facts: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in facts:
        usage = each.get("usage")
        for name, count in usage.items() if isinstance(usage, Mapping) else ():
            found.setdefault(str(name), []).append(count)
    return dict(sorted(found.items())[:MOST])


def _facts(report: Report) -> list[Mapping[str, Json]]:
    return [sample.facts for sample in report.samples.values() if sample.facts is not None]


def _backend(report: Report) -> Mapping[str, Json]:
    found = report.manifest.get("backend")
    return found if isinstance(found, Mapping) else {}
