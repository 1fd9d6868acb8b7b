"""The figures of a prompt set: each measure's kind names its drawing, and each has its table.

A new drawing is a function in a file of its own here, and a row of `DRAWINGS`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from evalsuite.measures.kinds import kind_of
from evalsuite.records import Measure, PromptSet
from evalsuite.report.content import Report
from evalsuite.report.figures.confusion import confusion
from evalsuite.report.figures.dots import dots
from evalsuite.report.figures.label_share import label_share
from evalsuite.report.figures.record import Figure, Subject
from evalsuite.report.figures.tones import tones
from evalsuite.report.figures.twins import twins
from evalsuite.report.prominence import by_prominence
from evalsuite.report.tables import Estimates

__all__ = ["DRAWINGS", "Figure", "Subject", "figures"]

DRAWINGS: Mapping[str, Callable[[Subject], list[Figure]]] = MappingProxyType(
    {
        "dots": dots,
        "confusion": confusion,
        "label share": label_share,
        "tones": tones,
        "twins": twins,
    }
)
"""The drawings, by the names that kinds of measure have for them (`measures.kinds`)."""


MANY = 24
"""Of more values a label is no question that a set asks."""


def figures(
    report: Report, prompt_set: PromptSet, estimates: Estimates, prefix: str
) -> list[Figure]:
    """Every figure of the measures that have an estimate in the set, in the measures' order.

    Then one for every label of the set's prompts that none of them is drawn by, of the most
    prominent measure that has rows of it. What the chapter on people draws is not drawn twice.
    """
    in_chapter = _in_chapter(report, prompt_set)
    measured = {estimate.measure for estimate in estimates.all} - in_chapter
    found: list[Figure] = []
    drawn: set[str] = set()
    for place, measure in enumerate(report.measures.values(), 1):
        drawing = kind_of(measure).drawing
        if drawing and measure.name in measured:
            subject = Subject(report, prompt_set, estimates, measure, f"{prefix}-measure-{place}")
            found += DRAWINGS[drawing](subject)
            drawn |= {label for label, _ in subject.plotted()}
    if in_chapter:
        return found
    for place, (label, measure) in enumerate(_asked(report, prompt_set, estimates, drawn), 1):
        name = f"{prefix}-label-{place}"
        found += dots(Subject(report, prompt_set, estimates, measure, name, (label,)))
    return found


def _asked(
    report: Report, prompt_set: PromptSet, estimates: Estimates, drawn: set[str]
) -> list[tuple[str, Measure]]:
    """The labels that nothing is drawn by yet, each with the measure to draw by it."""
    labels = dict.fromkeys(label for prompt in prompt_set.prompts for label in prompt.groups)
    able = [
        measure
        for measure in by_prominence(report, prompt_set)
        if kind_of(measure).drawing == "dots" and measure.higher_is_better is not None
    ]
    found = []
    for label in labels:
        rows = (m for m in able if 2 <= len(estimates.values(label, m.name)) <= MANY)
        measure = next(rows, None) if label not in drawn else None
        if measure is not None:
            found.append((label, measure))
    return found


def _in_chapter(report: Report, prompt_set: PromptSet) -> set[str]:
    chapter = report.chapter
    if chapter is None:
        return set()
    drawn = {(shares.prompt_set, shares.measure) for shares in chapter.shares}
    drawn |= {(tones.prompt_set, tones.measure) for tones in chapter.tones}
    return {measure for name, measure in drawn if name == prompt_set.name}
