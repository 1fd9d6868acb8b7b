"""The tables of `--verbose`: each set's measures over all of its prompts."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from evalsuite.audits.record import Audited, Place, place
from evalsuite.records import Estimate, Measure
from evalsuite.report.format import interval, number
from evalsuite.report.marks import mark_of
from evalsuite.report.tables import is_overall, null_words

HEAD = (
    *("measure", "value", "95 % interval", "images", "coverage", "missing"),
    *("chance or fair model", "judge, audited"),
)


def tables(
    estimates: Sequence[Estimate],
    measures: Mapping[str, Measure],
    audit: Mapping[Place, Audited] = MappingProxyType({}),
) -> list[tuple[str, list[tuple[str, ...]]]]:
    """For every prompt set its name and one row per measure; breakdowns are left to the report."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for estimate in estimates:
        if is_overall(estimate.group):
            measure = measures[estimate.measure]
            row = _row(estimate, measure, mark_of(measure, audit.get(place(estimate))))
            found.setdefault(estimate.prompt_set, []).append(row)
    return list(found.items())


def _row(estimate: Estimate, measure: Measure, judge: str) -> tuple[str, ...]:
    missing = sum(estimate.missing.values())
    whole = estimate.n + missing
    return (
        " ".join([estimate.measure, *estimate.group.values()]),
        number(estimate.value, measure.unit),
        interval(estimate.low, estimate.high, measure.unit),
        str(estimate.n),
        f"{100 * estimate.n / whole:.0f}%" if whole else "",
        ", ".join(f"{count} {reason}" for reason, count in estimate.missing.items()),
        null_words(measure, estimate),
        judge,
    )
