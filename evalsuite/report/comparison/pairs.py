"""Two runs in sentences: what surely changed for the better or worse, and what cannot be told."""

from dataclasses import dataclass

from evalsuite.audits.record import place
from evalsuite.records import Measure
from evalsuite.report.comparison.content import Against, ComparisonReport, Contrasted
from evalsuite.report.comparison.rows import DifferenceRow, row
from evalsuite.report.figures.record import Figure, value_of
from evalsuite.report.findings.lanes import Panel, panels
from evalsuite.report.findings.words import Said, Sentence
from evalsuite.report.format import (
    MINUS,
    difference_unit,
    signed,
    signed_interval,
    with_level,
)
from evalsuite.report.plots import Dot
from evalsuite.report.tables import Table, cells, title_of

WORDS = {"better": "Better", "worse": "Worse", "differs": "Differs", "": "Not told apart"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentenced:
    """One difference as a sentence: the `claim`, its `figures`, and its row of the tables."""

    claim: Sentence
    figures: Sentence
    row: DifferenceRow


def headline_rows(comparison: ComparisonReport, against: Against) -> list[Contrasted]:
    """The candidate's differences of what stands for the prompt sets, in the sets' order."""
    by_place = {place(each.difference.candidate): each for each in against.rows}
    return [by_place[at] for at in comparison.headlines if at in by_place]


def sentences(comparison: ComparisonReport, against: Against) -> tuple[Sentenced, ...]:
    """A sentence for each headline; what surely changed comes first, worse before better."""
    order = ("worse", "better", "differs", "")
    found = [_sentence(comparison, against, each) for each in headline_rows(comparison, against)]
    return tuple(sorted(found, key=lambda each: order.index(each.row.mark)))


def _sentence(comparison: ComparisonReport, against: Against, of: Contrasted) -> Sentenced:
    words, found = row(comparison, against.run.name, of), of.difference
    measure = comparison.measure(found.measure)
    phrase = measure.says or title_of(measure, found.group)
    about = f", {words.group}" if words.group else ""
    if found.value is None:
        said = f"{words.before.value}, then {words.after.value}"
        claim: Sentence = (Said(f"{phrase}{about}", is_ours=False), Said(f": {said}"))
        return Sentenced(claim=claim, figures=(), row=words)
    claim = (
        Said(f"{WORDS[words.mark]}: "),
        Said(f"{phrase}{about}", is_ours=False),
        Said(f"{',' if words.mark and not measure.says else ''} {_amount(measure, of, words)}"),
    )
    return Sentenced(claim=claim, figures=_figures(words), row=words)


def _amount(measure: Measure, of: Contrasted, words: DifferenceRow) -> str:
    """'35.4 points more often', '0.04 lower'; of what is not told, what all is possible."""
    found, unit = of.difference, measure.unit
    more, less = ("more often", "less often") if measure.says else ("higher", "lower")
    if words.mark:
        size = signed(found.value, unit).lstrip(f"+{MINUS}")
        return f"{size} {more if (found.value or 0) > 0 else less}"
    if found.low is None or found.high is None:
        return f"({words.interval})"
    ends = signed_interval(found.low, found.high, unit)
    return f"(anything from {ends} is possible)"


def _figures(words: DifferenceRow) -> Sentence:
    """For example: 53.1% to 88.5%; difference +35.4 points, 95% interval +20.1 to +48.0 points."""
    flipped = ""
    if words.lost or words.gained:
        flipped = f"; {words.lost or 0} right to wrong, {words.gained or 0} wrong to right"
    return (
        Said(
            f"{words.before.value} to {words.after.value}; difference {words.value}, "
            f"{with_level(words.interval)}, q {words.q}{flipped}; on {words.compared}"
        ),
    )


def headline_figure(comparison: ComparisonReport, against: Against) -> Figure | None:
    """The headlines' differences in one figure, a panel a scale; None where nothing has a value."""
    chosen = headline_rows(comparison, against)
    if not any(each.difference.value is not None for each in chosen):
        return None
    found: dict[str, list[Dot]] = {}
    lines = []
    for each in chosen:
        words, unit = row(comparison, against.run.name, each), _unit(comparison, each)
        name = f"{words.prompt_set}: {words.title}" + (f", {words.group}" if words.group else "")
        ends = each.difference.low, each.difference.high
        found.setdefault(unit, []).append(Dot(name, each.difference.value, *ends, 0.0))
        lines.append(
            cells(
                *(name, words.before.value, words.after.value, words.value, words.interval),
                *(words.q, words.mark, words.judge),
            )
        )
    title = f"{against.run.name} minus {comparison.baseline.name}"
    head = ("headline", comparison.baseline.name, against.run.name, "difference", "95% interval")
    drawn = [Panel(tuple(dots), unit, _axis(unit), None) for unit, dots in found.items()]
    words_of = "; ".join(dot.words(unit) for unit, dots in found.items() for dot in dots)
    return Figure(
        title=title,
        note="Dots are differences, bars their 95% intervals; an upright tick is no difference.",
        prefix="differences",
        svg=panels(drawn, "differences"),
        alt=f"{title}. {words_of}.",
        table=Table(title, cells(*head, "q", "mark", "judge, audited"), tuple(lines)),
    )


def _unit(comparison: ComparisonReport, of: Contrasted) -> str:
    return difference_unit(comparison.measure(of.difference.measure).unit)


def _axis(unit: str) -> str:
    return "points more or less" if unit == "difference" else f"difference in {value_of(unit)}"
