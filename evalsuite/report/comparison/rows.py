"""Differences in words: a row for each, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalsuite.records import THESE, Difference, Estimate, Measure
from evalsuite.report import tables
from evalsuite.report.comparison.content import ComparisonReport, Contrasted
from evalsuite.report.format import (
    NOT_MEASURED,
    TOO_LITTLE,
    group_words,
    interval,
    number,
    p_value,
    plural,
    share,
    signed,
    signed_interval,
)
from evalsuite.report.marks import NOT_EVIDENCE
from evalsuite.report.tables import Bar

NOTABLE = 0.05
"""Rows with a q up to this are marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunValue:
    """One run's own estimate in words."""

    value: str
    interval: str
    coverage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """One difference in words. `mark` is "better", "worse", "differs" or empty.

    `judge` is the audit's word on the scorer, and `warning` is it where the scorer is no evidence.
    """

    prompt_set: str
    title: str
    name: str
    unit: str
    group: str
    run: str
    before: RunValue
    after: RunValue
    value: str
    interval: str
    p: str
    q: str
    lost: str
    gained: str
    compared: str
    paired: str
    mark: str
    judge: str
    warning: str
    bar: Bar | None


def row(comparison: ComparisonReport, run: str, contrasted: Contrasted) -> DifferenceRow:
    """A difference as a row of a table."""
    found, measure = contrasted.difference, comparison.measure(contrasted.difference.measure)
    unit = measure.unit
    ends = found.low, found.high
    compared, paired = _compared(found)
    return DifferenceRow(
        prompt_set=found.prompt_set,
        title=tables.title_of(measure, found.group),
        name=found.measure,
        unit="" if unit in ("share", "difference", "number", measure.title) else unit,
        group=group_words(found.group, found.estimand),
        run=run,
        before=_run_value(found.baseline, unit),
        after=_run_value(found.candidate, unit),
        value=NOT_MEASURED if found.value is None else signed(found.value, unit),
        interval=(
            NOT_MEASURED if found.value is None else signed_interval(*ends, unit, found.method)
        ),
        p=p_value(found.p),
        q=p_value(contrasted.q),
        lost="" if found.lost is None else f"{found.lost:,}",
        gained="" if found.gained is None else f"{found.gained:,}",
        compared=compared,
        paired=paired,
        mark=mark(measure, contrasted),
        judge=contrasted.judge,
        warning=contrasted.judge if contrasted.judge == NOT_EVIDENCE else "",
        bar=_bar(found, unit),
    )


def _compared(found: Difference) -> tuple[str, str]:
    """On how much a difference rests, and how it is paired."""
    if found.pairing == "seeds":
        clusters = "prompt" if found.interval.estimand == THESE else "family"
        return plural(found.n, "pair"), f"of {plural(found.prompts, clusters)}, same seeds"
    if found.pairing == "prompts":
        kept = "seeds not kept" if "as seeds were not kept" in found.method else "other seeds"
        return plural(found.n, "prompt"), f"paired, {kept}"
    # A value is an image, or a prompt for measures of whole prompts.
    return plural(found.n, "value"), "not paired"


def mark(measure: Measure, contrasted: Contrasted) -> str:
    """What a difference that is unlikely to be chance means."""
    value = contrasted.difference.value
    if contrasted.q is None or contrasted.q > NOTABLE or not value:
        return ""
    better = measure.higher_is_better
    return "differs" if better is None else "better" if (value > 0) is better else "worse"


def changes(comparison: ComparisonReport, rows: Sequence[Contrasted]) -> list[Contrasted]:
    """The marked rows, those of whole sets before those of groups, then in the rows' order."""
    found = [
        contrasted
        for contrasted in rows
        if mark(comparison.measure(contrasted.difference.measure), contrasted)
    ]
    return sorted(found, key=lambda contrasted: not is_overall(contrasted.difference))


def is_overall(difference: Difference) -> bool:
    """Of the whole set: no group, or only the label whose share it is (a band of tones)."""
    return tables.is_overall(difference.group)


def _run_value(estimate: Estimate, unit: str) -> RunValue:
    planned = estimate.n + sum(estimate.missing.values())
    if estimate.value is None:
        words = TOO_LITTLE if estimate.n else NOT_MEASURED
        return RunValue(value=words, interval="", coverage=share(estimate.n, planned))
    return RunValue(
        value=number(estimate.value, unit),
        interval=interval(estimate.low, estimate.high, unit),
        coverage=share(estimate.n, planned),
    )


def _bar(found: Difference, unit: str) -> Bar | None:
    if unit not in ("share", "difference") or found.value is None:
        return None
    span = 1.0 if unit == "share" else 2.0

    def at(value: float | None) -> float | None:
        return None if value is None else round(50 + 50 * min(max(value / span, -1.0), 1.0), 1)

    middle = at(found.value)
    assert middle is not None
    return Bar(middle, at(found.low), at(found.high), 50.0)
