"""The figures of a prompt set: each measure's kind names its drawing, and each has its table.

A new drawing is a function in a file of its own here, and a row of `DRAWINGS`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from evalsuite.measures.kinds import kind_of
from evalsuite.records import PromptSet
from evalsuite.report.content import Report
from evalsuite.report.figures.confusion import confusion
from evalsuite.report.figures.dots import dots
from evalsuite.report.figures.label_share import label_share
from evalsuite.report.figures.record import Figure, Subject
from evalsuite.report.figures.tones import tones
from evalsuite.report.figures.twins import twins
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


def figures(
    report: Report, prompt_set: PromptSet, estimates: Estimates, prefix: str
) -> list[Figure]:
    """Every figure of the measures that have an estimate in the set, in the measures' order.

    What the chapter on people draws is not drawn twice.
    """
    measured = {estimate.measure for estimate in estimates.all} - _in_chapter(report, prompt_set)
    found: list[Figure] = []
    for place, measure in enumerate(report.measures.values(), 1):
        drawing = kind_of(measure).drawing
        if drawing and measure.name in measured:
            subject = Subject(report, prompt_set, estimates, measure, f"{prefix}-measure-{place}")
            found += DRAWINGS[drawing](subject)
    return found


def _in_chapter(report: Report, prompt_set: PromptSet) -> set[str]:
    chapter = report.chapter
    if chapter is None:
        return set()
    drawn = {(shares.prompt_set, shares.measure) for shares in chapter.shares}
    drawn |= {(tones.prompt_set, tones.measure) for tones in chapter.tones}
    return {measure for name, measure in drawn if name == prompt_set.name}
