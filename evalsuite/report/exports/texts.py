"""A table as CSV, LaTeX, Markdown or JSON."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from evalsuite.files.spreadsheet import harmless
from evalsuite.files.values import rounded
from evalsuite.records import Json
from evalsuite.report import markdown
from evalsuite.report.exports.contents import Numbers
from evalsuite.report.exports.latex import as_latex
from evalsuite.report.format import visible


def as_csv(found: Numbers, name: str) -> str:
    """Comma-separated (RFC 4180): numbers unrounded where there are any, no cell a formula.

    A missing number is an empty cell.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    if found.numbers is None:
        writer.writerow([_text(cell.text) for cell in found.table.head])
        writer.writerows([_text(cell.text) for cell in row] for row in found.table.rows)
    else:
        writer.writerow(list(found.numbers[0]) if found.numbers else [])
        writer.writerows([_cell(value) for value in row.values()] for row in found.numbers)
    return target.getvalue()


def _cell(value: Json) -> Json:
    """A number as it is (a negative one is none of a spreadsheet's formulas), any other as text."""
    return _text(value) if isinstance(value, str) else rounded(value)


def _text(text: str) -> str:
    return harmless(visible(text))


def as_json(found: Numbers, name: str) -> str:
    """`{"name", "title", "rows"}`: a map a row, null where nothing was measured."""
    head = [visible(cell.text) for cell in found.table.head]
    rows: Json = found.numbers
    if rows is None:
        rows = [dict(zip(head, (c.text for c in r), strict=True)) for r in found.table.rows]
    whole = {"name": name, "title": found.title, "rows": rounded(rows)}
    return json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def as_markdown(found: Numbers, name: str) -> str:
    """GitHub's Markdown, in words; a text from outside is a code span."""
    return f"{markdown.plain(visible(found.title))}\n\n{markdown.table(found.table)}\n"


FORMATS: Mapping[str, Callable[[Numbers, str], str]] = MappingProxyType(
    {".csv": as_csv, ".tex": as_latex, ".md": as_markdown, ".json": as_json}
)
"""By a file's suffix, what writes a table of a name."""
