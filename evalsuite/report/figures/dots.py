"""A value per group as dots with intervals: columns over numbers, lanes beside words."""

from evalsuite.report.figures.record import Figure, Subject, alt, asked, dot, value_of
from evalsuite.report.figures.twins import FORM
from evalsuite.report.plots import columns, lanes
from evalsuite.report.tables import Table, cells


def dots(subject: Subject) -> list[Figure]:
    """A figure for each label that the measure is plotted by."""
    # Of twins the paired difference is drawn, with both forms beside it.
    has_twins = subject.get(subject.sibling("twins")) is not None
    return [
        _figure(subject, label, values, f"{subject.prefix}-{place}")
        for place, (label, values) in enumerate(subject.plotted(), 1)
        if not (has_twins and label == FORM)
    ]


def _figure(subject: Subject, label: str, values: list[str], prefix: str) -> Figure:
    measure = subject.measure
    found = [subject.get(measure, {label: value}) for value in values]
    marks = [dot(value, estimate) for value, estimate in zip(values, found, strict=True)]
    title = f"{measure.title}, by {asked(label)}"
    axis = value_of(measure.unit)
    if all(value.isdecimal() for value in values):
        svg = columns(marks, prefix, asked(label), axis, measure.unit)
    else:
        svg = lanes(marks, prefix, axis, measure.unit)
    head = cells(asked(label), axis, "95% interval", "images", "coverage")
    body = [
        cells(value, *subject.numbers(estimate))
        for value, estimate in zip(values, found, strict=True)
    ]
    has_chance = any(mark.null is not None for mark in marks)
    return Figure(
        title=title,
        note="Bars are 95% intervals." + (" A dash is chance." if has_chance else ""),
        prefix=prefix,
        svg=svg,
        alt=alt(title, marks, measure.unit),
        table=Table(title, head, tuple(body)),
        caution=measure.cannot_show,
    )
