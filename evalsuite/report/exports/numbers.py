"""An estimate as a row of a table: in words for people, unrounded for programs."""

import json
from collections.abc import Mapping

from evalsuite.records import Estimate, Json
from evalsuite.report.content import Report
from evalsuite.report.marks import mark_of
from evalsuite.report.tables import Cell, cells, row

COLUMNS = (
    *("prompt set", "measure", "group", "value", "95 % interval", "images", "families"),
    *("chance or fair model", "judge, audited"),
)


def words(report: Report, estimate: Estimate) -> tuple[Cell, ...]:
    """The row in words, as `COLUMNS` has it."""
    said = row(report, estimate)
    return cells(
        *(estimate.prompt_set, said.title, said.group or "all prompts", said.value, said.interval),
        *(f"{said.images:,}", f"{said.prompts:,}", said.null, said.judge),
    )


def record(report: Report, estimate: Estimate) -> Mapping[str, Json]:
    """The row in numbers: None where nothing was measured, never 0.

    `missing` counts the planned images that gave no value, `missing_by_reason` says why as JSON;
    `judge` is the audit's word on the scorer.
    """
    measure = report.measure(estimate.measure)
    return {
        "prompt_set": estimate.prompt_set,
        "measure": estimate.measure,
        "group": ", ".join(f"{name}: {label}" for name, label in estimate.group.items()),
        "unit": measure.unit,
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "families": estimate.prompts,
        "missing": sum(estimate.missing.values()),
        "missing_by_reason": json.dumps(dict(sorted(estimate.missing.items())), ensure_ascii=False),
        "null": estimate.null,
        "reference": estimate.reference,
        "estimand": estimate.estimand,
        "method": estimate.method,
        "judge": mark_of(measure, report.audited(estimate)),
    }
