"""What two runs' pictures suggest of people, group by group: the largest differences first."""

from evalsuite.measures.kinds import kind_of
from evalsuite.records import Difference, Measure
from evalsuite.report.comparison.content import Against, ComparisonReport, Contrasted
from evalsuite.report.comparison.rows import NOTABLE
from evalsuite.report.figures.record import Figure, asked
from evalsuite.report.format import (
    NOT_MEASURED,
    number,
    p_value,
    plural,
    signed,
    signed_interval,
)
from evalsuite.report.tables import Table, cells

OF_PEOPLE = ("label share", "tones")
"""The drawings of measures whose groups' shares have no good direction."""
MOST = 30
"""How many groups a table lists."""


def by_group(comparison: ComparisonReport, prompt_set: str, prefix: str) -> list[Figure]:
    """For every candidate and measure of people a table of its groups' differences."""
    drawn = []
    for place, against in enumerate(comparison.candidates, 1):
        for at, measure in enumerate(comparison.measures.values(), 1):
            if kind_of(measure).drawing not in OF_PEOPLE:
                continue
            for label in measure.plot:
                rows = _rows(against, prompt_set, measure.name, label)
                if rows:
                    drawn.append(
                        _figure(measure, label, against, rows, f"{prefix}-people-{place}-{at}")
                    )
    return drawn


def _rows(against: Against, prompt_set: str, measure: str, label: str) -> list[Contrasted]:
    """Rows of single groups, or of single bands in them, that have a difference."""
    return [
        row
        for row in against.rows
        if (row.difference.prompt_set, row.difference.measure) == (prompt_set, measure)
        and label in row.difference.group
        and set(row.difference.group) <= {label, "tone"}
        and row.difference.value is not None
    ]


def _figure(
    measure: Measure, label: str, against: Against, rows: list[Contrasted], prefix: str
) -> Figure:
    rows = sorted(rows, key=_order)
    sure = sum(row.q is not None and row.q <= NOTABLE for row in rows)
    title = f"{measure.title}, by {asked(label)}: {against.run.name} against the baseline"
    body = [
        cells(
            " ".join(row.difference.group.values()),
            number(row.difference.baseline.value, measure.unit),
            number(row.difference.candidate.value, measure.unit),
            signed(row.difference.value, measure.unit),
            _ends(row.difference, measure.unit),
            p_value(row.q),
            f"{row.difference.n:,}",
        )
        for row in rows[:MOST]
    ]
    head = (asked(label), "baseline", "candidate", "difference", "95% interval", "q", "pairs")
    more = len(rows) - len(body)
    return Figure(
        title=title,
        note=(
            f"{sure} of {plural(len(rows), 'row')} differ{'s' * (sure == 1)} with q up to "
            f"{NOTABLE:g}, corrected with all groups of the comparison. Shares as they were read: "
            "where the scorer errs alike in both runs its errors shrink a difference, and do not "
            "make one. Neither share is right."
            + (f" {plural(more, 'smaller difference')} in differences.json." if more > 0 else "")
        ),
        prefix=prefix,
        table=Table(title, cells(*head), tuple(body)),
        caution=measure.cannot_show,
    )


def _order(row: Contrasted) -> tuple[float, float, str]:
    q = 1.0 if row.q is None else row.q
    value = row.difference.value or 0.0
    return round(q, 6), -abs(value), " ".join(row.difference.group.values())


def _ends(found: Difference, unit: str) -> str:
    if found.low is None or found.high is None:
        return NOT_MEASURED
    return signed_interval(found.low, found.high, unit)
