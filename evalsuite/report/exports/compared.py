"""Every table and figure of a comparison, by name."""

from collections.abc import Collection, Mapping, Sequence

from evalsuite.records import Json
from evalsuite.report.comparison.content import Against, ComparisonReport, Contrasted
from evalsuite.report.comparison.data import COPIED, board_row
from evalsuite.report.comparison.page import compose
from evalsuite.report.comparison.pairs import headline_rows
from evalsuite.report.comparison.rows import is_overall, row
from evalsuite.report.comparison.standings import HEAD, board_table
from evalsuite.report.exports.contents import Contents, Drawing, Numbers, found_in, free, slug
from evalsuite.report.format import group_words
from evalsuite.report.svg import drawings
from evalsuite.report.tables import Table, cells

COLUMNS = (
    *("prompt set", "measure", "group", "candidate", "baseline", "its value"),
    *("difference", "95 % interval", "q", "mark", "judge, audited"),
)

WHOLE = "all prompts"

Chosen = Sequence[tuple[Against, Contrasted]]


def contents(comparison: ComparisonReport) -> Contents:
    """What can be had of a comparison: the leaderboard, the differences, and the page's own."""
    with drawings() as canvases:
        page = compose(comparison)
    tables = dict(_own_tables(comparison))
    figures: dict[str, Drawing] = {}
    for figure in page.drawn:
        drawn = Drawing(figure.title, canvases[figure.prefix], figure.alt)
        figures[free(figures, "leaderboard" if comparison.boards else "headlines")] = drawn
    for name, part in found_in(page.sections, canvases):
        if isinstance(part, Drawing):
            figures[free(figures, name)] = part
        elif part.title not in {each.title for each in tables.values()}:
            tables[free(tables, name)] = part
    return Contents(tables, figures)


def _own_tables(comparison: ComparisonReport) -> Mapping[str, Numbers]:
    found = {}
    if comparison.boards:
        found["leaderboard"] = _leaderboard(comparison)
    heads = [(a, each) for a in comparison.candidates for each in headline_rows(comparison, a)]
    every = [(a, each) for a in comparison.candidates for each in a.rows]
    title = f"against {comparison.baseline.name}"
    if len(comparison.candidates) == 1:
        title = f"{comparison.candidates[0].run.name} {title}"
    found["headlines"] = _differences(comparison, heads, f"What stands for each set, {title}")
    found["differences"] = _differences(comparison, every, f"Every measure and group, {title}")
    for name in comparison.prompt_sets:
        for words, whole in (("", True), ("groups", False)):
            chosen = [
                (against, each)
                for against, each in every
                if each.difference.prompt_set == name and is_overall(each.difference) is whole
            ]
            what = "every measure" if whole else "every group"
            found[slug(name, words)] = _differences(comparison, chosen, f"{name}: {what}, {title}")
    return {name: part for name, part in found.items() if part.table.rows}


def _leaderboard(comparison: ComparisonReport) -> Numbers:
    title = "Places of the runs"
    rows, numbers = [], []
    for board in comparison.boards:
        words = board_table(comparison.measures, board)
        rows += [(*cells(board.prompt_set, words.caption), *line) for line in words.rows]
        flat = board_row(board)
        about = {"group": group_words(board.group)}
        about |= {n: flat[n] for n in ("pairing", "shared", "families", "limit", "judge")}
        for each in flat["standings"]:
            beaten = {"better_than": ", ".join(each["better_than"])}
            measure: dict[str, Json] = {"prompt_set": board.prompt_set, "measure": board.measure}
            numbers.append({**measure, **about, **each, **beaten})
    table = Table(title, cells("prompt set", "measure", *HEAD), tuple(rows))
    return Numbers(title, table, tuple(numbers))


def _differences(comparison: ComparisonReport, chosen: Chosen, title: str) -> Numbers:
    rows, numbers = [], []
    for against, each in chosen:
        said = row(comparison, against.run.name, each)
        rows.append(
            cells(
                *(said.prompt_set, said.title, said.group or WHOLE, said.run),
                *(said.before.value, said.after.value, said.value, said.interval),
                *(said.q, said.mark, said.judge),
            )
        )
        numbers.append(_record(comparison, against, each))
    empty = {"candidate"} if len(comparison.candidates) == 1 else set()
    if all(line[2].text == WHOLE for line in rows):
        empty.add("group")
    return Numbers(
        title, _without(empty, Table(title, cells(*COLUMNS), tuple(rows))), tuple(numbers)
    )


def _without(names: Collection[str], table: Table) -> Table:
    """The table without columns that would say the same in every row."""
    kept = [at for at, cell in enumerate(table.head) if cell.text not in names]
    head, *rows = (tuple(line[at] for at in kept) for line in (table.head, *table.rows))
    return Table(table.caption, head, tuple(rows))


def _record(comparison: ComparisonReport, against: Against, each: Contrasted) -> Mapping[str, Json]:
    """A difference in numbers: candidate minus baseline, None where nothing was measured."""
    found = each.difference
    return {
        "prompt_set": found.prompt_set,
        "measure": found.measure,
        "group": group_words(found.group),
        "unit": comparison.measure(found.measure).unit,
        "baseline": comparison.baseline.name,
        "candidate": against.run.name,
        "baseline_value": found.baseline.value,
        "candidate_value": found.candidate.value,
        **{name: getattr(found, name) for name in COPIED},
        "q": each.q,
        "judge": each.judge,
    }
