"""How a result shows itself: one line in Python, and a table without scripts in a notebook."""

from collections.abc import Mapping, Sequence
from html import escape

from evalsuite.audits.record import Audited, Place, place
from evalsuite.records import Estimate, Measure, PromptSet
from evalsuite.report.content import described
from evalsuite.report.format import visible
from evalsuite.report.marks import mark_of
from evalsuite.report.prominence import headlines
from evalsuite.report.tables import (
    Table,
    cells,
    estimates_of,
    interval_words,
    null_words,
    title_of,
    value_words,
)

HEADLINES = (
    *("prompt set", "measure", "value", "95 % interval"),
    *("chance or fair model", "judge, audited"),
)


class Result:
    """What the public functions return: `repr` is one line, a notebook shows `tables` below it."""

    __slots__ = ()

    def line(self) -> str:
        """What it is and how it stands, in a line."""
        raise NotImplementedError

    def tables(self) -> Sequence[Table]:
        """What a notebook shows below the line; nothing in it is escaped."""
        return ()

    def __repr__(self) -> str:
        return f"<{visible(self.line())}>"

    def _repr_html_(self) -> str:
        return "\n".join([f"<p>{_text(self.line())}</p>", *map(_html, self.tables())])


def headline_table(
    prompt_sets: Sequence[PromptSet],
    estimates: Sequence[Estimate],
    measures: Mapping[str, Measure],
    audit: Mapping[Place, Audited],
) -> Table:
    """What stands for each prompt set, one row per measure, with the audit's word on its judge."""
    rows = []
    for prompt_set in prompt_sets:
        found = estimates_of(estimates, prompt_set.name)
        for estimate in headlines(measures.values(), prompt_set, found):
            rows.append(_headline(estimate, described(measures, estimate.measure), audit))
    return Table("", cells(*HEADLINES), tuple(cells(*row) for row in rows))


def group_words(group: Mapping[str, str]) -> str:
    """'count: 3, shape: star'; "" for a whole prompt set."""
    return ", ".join(f"{label}: {value}" for label, value in group.items())


def _headline(
    estimate: Estimate, measure: Measure, audit: Mapping[Place, Audited]
) -> tuple[str, ...]:
    title = title_of(measure, estimate.group)
    return (
        estimate.prompt_set,
        ", ".join(filter(None, [title, group_words(estimate.group)])),
        value_words(measure, estimate),
        interval_words(measure, estimate),
        null_words(measure, estimate),
        mark_of(measure, audit.get(place(estimate))),
    )


def _html(table: Table) -> str:
    caption = f"<caption>{_text(table.caption)}</caption>" if table.caption else ""
    head = "".join(f"<th>{_text(cell.text)}</th>" for cell in table.head)
    body = "".join(
        f"<tr>{''.join(f'<td>{_text(cell.text)}</td>' for cell in row)}</tr>" for row in table.rows
    )
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(text: str) -> str:
    return escape(visible(text))
