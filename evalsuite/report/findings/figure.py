"""All headlines in one figure: values, intervals, chance, and the judge's own error as a band."""

from collections.abc import Sequence

from evalsuite.measures.kinds import kind_of
from evalsuite.records import Estimate, Measure
from evalsuite.report.content import Report
from evalsuite.report.corrected import band
from evalsuite.report.figures.record import Figure, value_of
from evalsuite.report.findings.lanes import Panel, panels
from evalsuite.report.format import interval
from evalsuite.report.plots import Dot
from evalsuite.report.tables import Table, cells, row

PREFIX = "headlines"
NOTE = (
    "Dots are the values, bars their 95% intervals. A pale band is the same interval put right by "
    "the errors that the judge made in its audit. An upright tick is chance or a fair model, a "
    "diamond the reference."
)
SCALES = {"share": "share, of pictures or of groups", "difference": "difference in points"}


def headline_figure(report: Report, headlines: Sequence[tuple[str, Estimate]]) -> Figure | None:
    """Every headline of every set, in one panel per scale; None where nothing has a value."""
    found: dict[str, list[Dot]] = {}
    scales: dict[str, Measure] = {}
    lines = []
    for prompt_set, estimate in headlines:
        measure = report.measure(estimate.measure)
        words = row(report, estimate)
        name = f"{prompt_set}: {words.title}" + (f", {words.group}" if words.group else "")
        around = band(report, measure, estimate)
        ends = None if around is None else (around.low or 0.0, around.high or 0.0)
        dot = Dot(
            name,
            estimate.value,
            estimate.low,
            estimate.high,
            estimate.null,
            estimate.reference,
            ends,
        )
        scales.setdefault(measure.unit, measure)
        found.setdefault(measure.unit, []).append(dot)
        by_judge = "" if ends is None else interval(*ends, measure.unit)
        null = "" if estimate.null is None else words.null
        lines.append(cells(name, words.value, words.interval, null, by_judge, words.judge))
    if not any(dot.value is not None for dots in found.values() for dot in dots):
        return None
    drawn = [
        Panel(tuple(dots), unit, SCALES.get(unit, value_of(unit)), kind_of(scales[unit]).bounds)
        for unit, dots in found.items()
    ]
    title = "Every set's headlines"
    head = cells(
        "headline", "value", "95% interval", "chance or fair model", "put right", "judge, audited"
    )
    said = "; ".join(dot.words(unit) for unit, dots in found.items() for dot in dots)
    return Figure(
        title=title,
        note=NOTE,
        prefix=PREFIX,
        svg=panels(drawn, PREFIX),
        alt=f"{title}. {said}.",
        table=Table(title, head, tuple(lines)),
    )
