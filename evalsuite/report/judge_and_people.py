"""Judge and people on one page: a labelled sample of the run beside what the judge said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalsuite.audits.record import place
from evalsuite.labels.agreement import Agreement
from evalsuite.labels.labelled import CANNOT_TELL, SPLIT
from evalsuite.records import Interval
from evalsuite.report.content import Report
from evalsuite.report.format import NOT_MEASURED, TOO_LITTLE, interval, number, plural
from evalsuite.report.tables import Cell, Table, cells, is_overall, title_of

POWERED = (
    *("measure", "by the judge alone", "with people's labels", "by labels alone"),
    "labelled images",
)
NUMBERS = ("compared", "value", "95% interval", "labelled images")
FEW = 4
"""Up to so many labels the judge's share right is told by label; the matrix has the rest."""
NOTE = (
    "People answered the same question about a drawn sample of this run's images, blind to the "
    "model, the judge and each other. The sample holds a judge's rare answers more often; every "
    "figure is weighted by how likely each image was to be drawn, and speaks of all images of this "
    "run that raise the question. People's word is what a picture suggests to them, not what is "
    "true. “With people's labels” are prediction-powered values of prompts like these, among the "
    "images of which people can tell: the judge's errors here are in them."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One field: its title and name, what was labelled in words, and three tables.

    `matrix` is None where there are too many different answers for one, `powered` where no measure
    has a value with labels.
    """

    title: str
    name: str
    facts: str
    numbers: Table
    matrix: Table | None
    powered: Table | None = None


def beside(agreements: Sequence[Agreement]) -> tuple[Beside, ...]:
    """Each labelled field in words and tables."""
    return tuple(
        Beside(
            title=each.title,
            name=each.name,
            facts=_facts(each),
            numbers=numbers_table(each),
            matrix=_matrix(each) if each.matrix else None,
        )
        for each in agreements
    )


def of_report(report: Report) -> tuple[Beside, ...]:
    """Each labelled field of a report, with its measures' values by people's labels."""
    found = beside(report.agreement)
    return tuple(replace(each, powered=_powered(report, each.name)) for each in found)


def _powered(report: Report, name: str) -> Table | None:
    """The measures of whole sets that read a field: the judge alone, and with people's labels."""
    rows = []
    for estimate in report.estimates:
        measure = report.measure(estimate.measure)
        value = report.powered.get(place(estimate))
        if value is None or f"{measure.scorer}.{measure.field}" != name:
            continue
        if not is_overall(estimate.group):
            continue
        unit = measure.unit
        both = [estimate.interval, value.interval, value.labels_alone]
        group = "".join(f", {label}" for label in estimate.group.values())
        rows.append(
            cells(
                f"{title_of(measure, estimate.group)}{group} ({estimate.prompt_set})",
                *(_with_ends(each, unit) for each in both),
                f"{value.labelled - value.cannot_tell:,} told of {value.labelled:,}",
            )
        )
    return Table(f"With people's labels: {name}", cells(*POWERED), tuple(rows)) if rows else None


def _with_ends(value: Interval, unit: str) -> str:
    if value.value is None:
        return TOO_LITTLE
    return f"{number(value.value, unit)} ({interval(value.low, value.high, unit)})"


def numbers_table(found: Agreement) -> Table:
    """Agreement, the judge's share right by people's answer, correlations and alpha."""
    rows: list[tuple[str, Interval | None, str]] = [
        ("judge and people agree, where both told", found.same, "share")
    ]
    rows += [
        (f"judge is right where people say {said}", share, "share")
        for said, share in found.recalls.items()
        if len(found.recalls) <= FEW
    ]
    rows += [
        ("rank correlation with people (Spearman)", found.spearman, "number"),
        ("rank correlation with people (Kendall's tau-b)", found.kendall, "number"),
        ("people cannot tell, or differ", found.cannot_tell, "share"),
    ]
    body = [_row(name, value, unit) for name, value, unit in rows if value is not None]
    body.append(
        cells(
            f"raters among each other (Krippendorff's alpha, {found.alpha_scale})",
            NOT_MEASURED if found.alpha is None else number(found.alpha, "number"),
            "none",
            f"{found.pairs:,} with two raters or more",
        )
    )
    return Table(f"Judge and people: {found.name}", cells(*NUMBERS), tuple(body))


def _row(name: str, value: Interval, unit: str) -> tuple[Cell, ...]:
    ends = interval(value.low, value.high, unit) if value.n else NOT_MEASURED
    shown = TOO_LITTLE if value.value is None and value.n else number(value.value, unit)
    return cells(name, shown, ends, f"{value.n:,}")


def _matrix(found: Agreement) -> Table:
    """Rows are what people said; a cell has the weighted share of its row, and the images."""
    rows = []
    for said, counts in found.matrix.items():
        total = sum(counts.values())
        line = [Cell(said)]
        for column in found.columns:
            share = found.shares[said][column]
            is_same = column == said and said not in (CANNOT_TELL, SPLIT)
            text = f"{100 * share:.0f}% ({counts[column]})" if counts[column] else "·"
            heat = round(9 * share) if total else 0
            line.append(Cell(f"[{text}]" if is_same and counts[column] else text, heat=heat))
        rows.append((*line, Cell(f"{total:,}")))
    head = cells("people ↓ judge →", *found.columns, "images")
    return Table(f"What people and judge said: {found.name}", head, tuple(rows))


def _facts(found: Agreement) -> str:
    facts = [
        f"{found.labelled:,} of {plural(found.images, 'image')} labelled by "
        f"{plural(len(found.raters), 'rater')}"
    ]
    facts += [f"{r.rater} told {r.told:,} and cannot tell {r.cannot_tell:,}" for r in found.raters]
    if len(found.raters) < 2:
        facts.append("one rater says nothing of how far people agree")
    if found.uncovered:
        facts.append(f"no labelled image stands for {found.uncovered:,} of them")
    facts += [f"{plural(n, 'label')} left out, {why}" for why, n in found.left_out.items()]
    return ", ".join(facts)
