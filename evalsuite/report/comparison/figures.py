"""A small plot for each measure and label that is plotted, all runs' points in it."""

from collections.abc import Mapping, Sequence

from evalsuite.files.values import natural
from evalsuite.measures.kinds import kind_of
from evalsuite.records import Estimate, Measure
from evalsuite.report.comparison.content import ComparisonReport
from evalsuite.report.figures.record import Figure, asked, value_of
from evalsuite.report.format import NOT_MEASURED, interval, number
from evalsuite.report.plots import Dot, together
from evalsuite.report.tables import Cell, Table, cells

DRAWINGS = ("dots", "label share")
"""The drawings that several runs can share: a value per group."""

Found = Mapping[str, Mapping[str, Estimate]]


def figures(comparison: ComparisonReport, prompt_set: str, prefix: str) -> list[Figure]:
    """A figure for every label that a measure is plotted by, where any run has a value."""
    drawn = []
    for place, measure in enumerate(comparison.measures.values(), 1):
        if kind_of(measure).drawing not in DRAWINGS:
            continue
        for at, label in enumerate(measure.plot, 1):
            found = _estimates(comparison, prompt_set, measure.name, label)
            if any(e.value is not None for run in found.values() for e in run.values()):
                drawn.append(_figure(measure, label, found, f"{prefix}-plot-{place}-{at}"))
    return drawn


def _estimates(comparison: ComparisonReport, prompt_set: str, measure: str, label: str) -> Found:
    """For every run the estimates of the groups that have the label, by its value."""
    names = [comparison.baseline.name, *(against.run.name for against in comparison.candidates)]
    found: dict[str, dict[str, Estimate]] = {name: {} for name in names}
    for against in comparison.candidates:
        for difference in (contrasted.difference for contrasted in against.rows):
            is_of_measure = (difference.prompt_set, difference.measure) == (prompt_set, measure)
            if is_of_measure and set(difference.group) == {label}:
                value = difference.group[label]
                found[comparison.baseline.name][value] = difference.baseline
                found[against.run.name][value] = difference.candidate
    return found


def _figure(measure: Measure, label: str, found: Found, prefix: str) -> Figure:
    values = sorted({value for run in found.values() for value in run}, key=natural)
    series = [
        (name, [_dot(value, run.get(value)) for value in values]) for name, run in found.items()
    ]
    title = f"{measure.title}, by {asked(label)}"
    words = [
        f"{name}: " + "; ".join(each.words(measure.unit) for each in dots) for name, dots in series
    ]
    body = [
        (
            Cell(value),
            *(cell for run in found.values() for cell in _numbers(run.get(value), measure.unit)),
        )
        for value in values
    ]
    head = [text for name in found for text in (name, "95% interval")]
    return Figure(
        title=title,
        note="Every run's own value; bars are 95% intervals.",
        prefix=prefix,
        svg=together(series, prefix, value_of(measure.unit), measure.unit),
        alt=f"{title}. " + ". ".join(words) + ".",
        table=Table(title, cells(asked(label), *head), tuple(body)),
        caution=measure.cannot_show,
    )


def _dot(name: str, estimate: Estimate | None) -> Dot:
    """The run's own value alone: what chance gives may differ between runs."""
    if estimate is None:
        return Dot(name, None)
    return Dot(name, estimate.value, estimate.low, estimate.high)


def _numbers(estimate: Estimate | None, unit: str) -> Sequence[Cell]:
    if estimate is None or estimate.value is None:
        return cells(NOT_MEASURED, "")
    return cells(number(estimate.value, unit), interval(estimate.low, estimate.high, unit))
