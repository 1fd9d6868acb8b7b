"""The short table that a command ends with: each set's measures over all of its prompts."""

from collections.abc import Mapping, Sequence

from evalsuite.records import Estimate, Measure
from evalsuite.report.format import interval, number

HEAD = ("measure", "value", "95 % interval", "images", "coverage", "missing")


def tables(
    estimates: Sequence[Estimate], measures: Mapping[str, Measure]
) -> list[tuple[str, list[tuple[str, ...]]]]:
    """For every prompt set its name and one row per measure; breakdowns are left to the report."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for estimate in estimates:
        if not estimate.group:
            found.setdefault(estimate.prompt_set, []).append(_row(estimate, measures))
    return list(found.items())


def _row(estimate: Estimate, measures: Mapping[str, Measure]) -> tuple[str, ...]:
    unit = measures[estimate.measure].unit
    missing = sum(estimate.missing.values())
    whole = estimate.n + missing
    return (
        estimate.measure,
        number(estimate.value, unit),
        interval(estimate.low, estimate.high, unit),
        str(estimate.n),
        f"{100 * estimate.n / whole:.0f}%" if whole else "",
        ", ".join(f"{count} {reason}" for reason, count in estimate.missing.items()),
    )
