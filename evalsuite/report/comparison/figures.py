"""Accuracy by number, relation, form and occupation: a small plot each, all runs' points in it."""

from collections.abc import Mapping, Sequence

from evalsuite.records import Estimate
from evalsuite.report.comparison.content import Comparison
from evalsuite.report.figures import PERCEIVED, Figure
from evalsuite.report.format import NOT_MEASURED, interval, natural, number
from evalsuite.report.plots import Dot, together
from evalsuite.report.tables import Cell, Table, cells

KINDS = (
    ("count", "by number asked for", ("objects.count", "objects.correct")),
    ("relation", "by relation", ("objects.relation", "objects.correct")),
    ("form", "by form", ("objects.correct", "clip.choice")),
    ("occupation", "by occupation", ("objects.correct", "clip.choice")),
    ("occupation", "by occupation", ("presentation.woman",)),
)
"""The groups that have a plot, how to call them, and the measures that it may be of."""

PERCEPTIONS = frozenset({"presentation.woman"})
EACH = "Every run's own value; bars are 95% intervals."

Found = Mapping[str, Mapping[str, Estimate]]


def figures(comparison: Comparison, prompt_set: str, prefix: str) -> list[Figure]:
    """A figure for every kind of group that the set has, of the first measure with a value."""
    drawn = []
    for place, (kind, words, measures) in enumerate(KINDS, 1):
        for measure in measures:
            found = _estimates(comparison, prompt_set, measure, kind)
            if any(one.value is not None for run in found.values() for one in run.values()):
                title = f"{comparison.text(measure).title}, {words}"
                note = f"{PERCEIVED} {EACH}" if measure in PERCEPTIONS else EACH
                drawn.append(_figure(title, note, kind, found, f"{prefix}-plot-{place}"))
                break
    return drawn


def _estimates(comparison: Comparison, prompt_set: str, measure: str, kind: str) -> Found:
    """For every run the estimates of the kind's groups, by label."""
    names = [comparison.baseline.name, *(one.run.name for one in comparison.candidates)]
    found: dict[str, dict[str, Estimate]] = {name: {} for name in names}
    for against in comparison.candidates:
        for one in (contrasted.difference for contrasted in against.rows):
            if (one.prompt_set, one.measure) == (prompt_set, measure) and set(one.group) == {kind}:
                label = one.group[kind]
                found[comparison.baseline.name][label] = one.baseline
                found[against.run.name][label] = one.candidate
    return found


def _figure(title: str, note: str, kind: str, found: Found, prefix: str) -> Figure:
    labels = sorted({label for run in found.values() for label in run}, key=natural)
    series = [
        (name, [_dot(label, run.get(label)) for label in labels]) for name, run in found.items()
    ]
    said = [f"{name}: " + "; ".join(dot.words() for dot in dots) for name, dots in series]
    body = [
        (Cell(label), *(cell for run in found.values() for cell in _numbers(run.get(label))))
        for label in labels
    ]
    head = [text for name in found for text in (name, "95% interval")]
    return Figure(
        title,
        note,
        prefix,
        together(series, prefix, "share of images"),
        f"{title}. " + ". ".join(said) + ".",
        Table(title, cells(kind, *head), tuple(body)),
    )


def _dot(label: str, estimate: Estimate | None) -> Dot:
    if estimate is None:
        return Dot(label, None)
    return Dot(label, estimate.value, estimate.low, estimate.high)


def _numbers(estimate: Estimate | None) -> Sequence[Cell]:
    if estimate is None or estimate.value is None:
        return cells(NOT_MEASURED, "")
    span = interval(estimate.low, estimate.high, "share")
    return cells(number(estimate.value, "share"), span)
