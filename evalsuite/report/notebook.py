"""How a result shows itself: one line in Python, and a table without scripts in a notebook."""

from collections.abc import Mapping, Sequence
from html import escape

from evalsuite.records import Estimate, Measure, PromptSet
from evalsuite.report.format import interval, number, visible
from evalsuite.report.prominence import prominent_first
from evalsuite.report.tables import Table, cells

HEADLINES = ("prompt set", "measure", "value", "95 % interval", "images", "missing")


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


def headlines(
    prompt_sets: Sequence[PromptSet], estimates: Sequence[Estimate], measures: Mapping[str, Measure]
) -> Table:
    """One row per prompt set: the first measure that has a value there, by `prominence`."""
    rows = []
    for prompt_set in prompt_sets:
        whole = {
            estimate.measure: estimate
            for estimate in estimates
            if estimate.prompt_set == prompt_set.name and not estimate.group
            if estimate.value is not None
        }
        ranked = prominent_first(measures.values(), prompt_set)
        rows += [_headline(whole[m.name], m) for m in ranked if m.name in whole][:1]
    return Table("", cells(*HEADLINES), tuple(cells(*row) for row in rows))


def group_words(group: Mapping[str, str]) -> str:
    """'count: 3, shape: star'; "" for a whole prompt set."""
    return ", ".join(f"{label}: {value}" for label, value in group.items())


def _headline(estimate: Estimate, measure: Measure) -> tuple[str, ...]:
    return (
        estimate.prompt_set,
        measure.title,
        number(estimate.value, measure.unit),
        interval(estimate.low, estimate.high, measure.unit),
        str(estimate.n),
        str(sum(estimate.missing.values())),
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
