"""Every table and figure of a page, by name."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, TypeVar

from evalsuite.files.nearest import nearest
from evalsuite.records import Estimate, InputError, Json
from evalsuite.report.content import Report
from evalsuite.report.exports.numbers import COLUMNS, record, words
from evalsuite.report.figures import Figure
from evalsuite.report.figures.record import alt, dot
from evalsuite.report.notebook import headline_table
from evalsuite.report.page import compose
from evalsuite.report.plots import lanes
from evalsuite.report.prominence import headlines, planned_part
from evalsuite.report.svg import drawings
from evalsuite.report.tables import Table, cells, estimates_of, is_overall

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

HEADLINES = "headlines"
"""The table, and the figure, that stand for a whole report."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A table that can be had; `numbers` are its rows unrounded, where it is of estimates."""

    title: str
    table: Table
    numbers: tuple[Mapping[str, Json], ...] | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure that can be had, as matplotlib drew it in stand-in colours, and its words."""

    title: str
    canvas: "Canvas"
    alt: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All that can be had, by name; what speaks for the whole comes first."""

    tables: Mapping[str, Numbers]
    figures: Mapping[str, Drawing]

    def table(self, name: str | None) -> Numbers:
        """The table of that name, or the first; raises `InputError` where there is none."""
        return _named(self.tables, name, "--table")

    def figure(self, name: str | None) -> Drawing:
        """The figure of that name, or the first; raises `InputError` where there is none."""
        return _named(self.figures, name, "--figure")


_T = TypeVar("_T")


def _named(found: Mapping[str, _T], name: str | None, flag: str) -> _T:
    if not found:
        raise InputError(f"{flag}: there is none here; see --list")
    if name is None:
        return next(iter(found.values()))
    if name not in found:
        near = nearest(name, found)
        meant = f"did you mean {near!r}? " if near is not None else ""
        raise InputError(f"{flag} {name}: there is none of that name; {meant}--list has all")
    return found[name]


def contents(report: Report) -> Contents:
    """What can be had of a report: the headlines, all estimates, and whatever its page shows."""
    with drawings() as canvases:
        whole = _headline_figure(report)
        page = compose(report)
    tables, figures = _estimate_tables(report), {}
    if whole is not None:
        figures[HEADLINES] = Drawing(whole.title, canvases[whole.prefix], whole.alt)
    for name, part in found_in(page, canvases):
        if isinstance(part, Drawing):
            figures[free(figures, name)] = part
        else:
            tables[free(tables, name)] = part
    return Contents(tables, figures)


def found_in(
    page: object, canvases: Mapping[str, "Canvas"]
) -> Iterator[tuple[str, "Drawing | Numbers"]]:
    """The drawn figures and the tables with rows inside a page, each with a name for it."""
    for where, part in _parts(page, ""):
        if isinstance(part, Figure) and part.prefix in canvases:
            name = slug(where, part.title)
            yield name, Drawing(part.title, canvases[part.prefix], part.alt)
        table = part.table if isinstance(part, Figure) else part
        if table.rows:
            title = part.title if isinstance(part, Figure) else part.caption
            yield slug(where, title), Numbers(title, table)


def spoken(report: Report) -> list[Estimate]:
    """The estimates that stand for the report's prompt sets, set by set."""
    return [
        estimate
        for prompt_set in report.prompt_sets
        for estimate in headlines(
            report.measures.values(),
            planned_part(report, prompt_set),
            estimates_of(report.estimates, prompt_set.name),
        )
    ]


def _estimate_tables(report: Report) -> dict[str, Numbers]:
    short = headline_table(report.prompt_sets, report.estimates, report.measures, report.audit)
    title = f"{report.model}: what stands for each prompt set"
    found = {
        HEADLINES: Numbers(
            title, Table(title, short.head, short.rows), _rows(report, spoken(report))
        )
    }

    def add(name: str, title: str, chosen: Sequence[Estimate]) -> None:
        if chosen:
            rows = tuple(words(report, each) for each in chosen)
            table = Table(title, cells(*COLUMNS), rows)
            found[name] = Numbers(title, table, _rows(report, chosen))

    def _rows_of(prompt_set: str, *, whole: bool) -> list[Estimate]:
        mine = estimates_of(report.estimates, prompt_set).all
        return [each for each in mine if is_overall(each.group) is whole]

    add("estimates", f"{report.model}: every measure and group", report.estimates)
    for prompt_set in report.prompt_sets:
        name = prompt_set.name
        add(slug("", name), f"{name}: every measure", _rows_of(name, whole=True))
        add(slug(name, "groups"), f"{name}: every group", _rows_of(name, whole=False))
    return found


def _rows(report: Report, estimates: Sequence[Estimate]) -> tuple[Mapping[str, Json], ...]:
    return tuple(record(report, estimate) for estimate in estimates)


def _headline_figure(report: Report) -> Figure | None:
    """All headlines that are shares of which more is better, in one figure; None without any.

    Beside them a share of which less is better would be read the wrong way round.
    """
    shares = [
        each
        for each in spoken(report)
        if report.measure(each.measure).unit == "share"
        and report.measure(each.measure).higher_is_better
    ]
    if not shares:
        return None
    several = len({each.prompt_set for each in shares}) < len(shares)
    marks = [
        dot(
            f"{each.prompt_set} {each.measure.partition('.')[2]}" if several else each.prompt_set,
            each,
        )
        for each in shares
    ]
    title = f"{report.model}: share right, by prompt set"
    svg = lanes(marks, "headlines", "share right, with 95% intervals; a dash is chance")
    words = alt(title, marks)
    return Figure(
        title=title, note="", prefix="headlines", svg=svg, alt=words, table=Table(title, (), ())
    )


def _parts(part: object, where: str) -> Iterator[tuple[str, Figure | Table]]:
    """The figures and tables inside a page, each with the name of the set that it stands under."""
    if isinstance(part, Figure | Table):
        yield where, part
    elif isinstance(part, tuple | list):
        for each in part:
            yield from _parts(each, where)
    elif is_dataclass(part):
        where = getattr(part, "name", where) if hasattr(part, "anchor") else where
        for field in fields(part):
            yield from _parts(getattr(part, field.name), where)


def slug(where: str, title: str) -> str:
    """A name that a shell takes as it is: "Counts right, by number" is counts-right-by-number."""
    return re.sub(r"[^a-z0-9]+", "-", f"{where} {title}".lower()).strip("-") or "unnamed"


def free(taken: Mapping[str, object], name: str) -> str:
    """The name, numbered where it is taken."""
    number = 2
    plain = name
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name
