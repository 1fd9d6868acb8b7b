"""The share of one of two labels against an even split, beside its distance from that."""

from evalsuite.records import Estimate, Measure
from evalsuite.report.corrected import NOT_AUDITED, NOTE, corrected
from evalsuite.report.figures.record import Figure, Subject, alt, asked, dot
from evalsuite.report.plots import lanes
from evalsuite.report.tables import Table, cells

EVEN = 0.5


def label_share(subject: Subject) -> list[Figure]:
    """A figure for each label that the measure is plotted by."""
    return [
        _figure(subject, label, values, f"{subject.prefix}-{place}")
        for place, (label, values) in enumerate(subject.plotted(), 1)
    ]


def _figure(subject: Subject, label: str, values: list[str], prefix: str) -> Figure:
    measure = subject.measure
    found = [subject.get(measure, {label: value}) for value in values]
    marks = [dot(value, estimate) for value, estimate in zip(values, found, strict=True)]
    title = f"{measure.title}, by {asked(label)}"
    is_known = any(mark.reference is not None for mark in marks)
    table, is_audited = _table(subject, title, label, list(zip(values, found, strict=True)))
    note = "The dashed line is an even split"
    note += ", a diamond the reference." if is_known else "; there is no reference."
    axis = f"{measure.title}, of images with a reading"
    return Figure(
        title=title,
        note=f"{note} {NOTE}" if is_audited else note,
        prefix=prefix,
        svg=lanes(marks, prefix, axis, measure.unit, middle=EVEN),
        alt=alt(title, marks, measure.unit),
        table=table,
        source=subject.source(is_known),
        caution=measure.cannot_show,
    )


def _table(
    subject: Subject, title: str, label: str, found: list[tuple[str, Estimate | None]]
) -> tuple[Table, bool]:
    """Share, reference, abstentions, distance from even; whether any share could be corrected."""
    measure = subject.measure
    unknown, imbalance = subject.sibling("unknown"), subject.sibling("imbalance", same_label=True)
    truths = [corrected(subject.report, measure, estimate) for _, estimate in found]
    is_audited = any(truth != NOT_AUDITED for truth in truths)
    head = [asked(label), measure.title, "95% interval", "labelled", "reference"]
    head += ["unknown"] * (unknown is not None)
    head += ["distance from even", "a fair model's distance at this n"] * (imbalance is not None)
    head += ["corrected, 95% interval"] * is_audited
    body = []
    for (value, estimate), truth in zip(found, truths, strict=True):
        share, interval, images, _ = subject.numbers(estimate)
        line = [value, share, interval, images, subject.reference(estimate)]
        line += _beside(subject, unknown, imbalance, {label: value})
        body.append(cells(*line, *[truth] * is_audited))
    return Table(title, cells(*head), tuple(body)), is_audited


def _beside(
    subject: Subject, unknown: Measure | None, imbalance: Measure | None, group: dict[str, str]
) -> list[str]:
    """What the measures of the same field say of a group, as far as there are such measures."""
    found = [] if unknown is None else [subject.numbers(subject.get(unknown, group))[0]]
    if imbalance is not None:
        distance = subject.get(imbalance, group)
        found += [subject.numbers(distance)[0], subject.null(distance)]
    return found
