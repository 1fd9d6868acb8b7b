"""A table as CSV, LaTeX, Markdown or JSON."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from evalsuite.files.spreadsheet import harmless
from evalsuite.files.values import rounded
from evalsuite.records import Json
from evalsuite.report import markdown
from evalsuite.report.exports.contents import Numbers
from evalsuite.report.format import visible

LONG = 40
"""Rows that a page of a paper has room for."""

WIDEST = 30
"""Characters of a cell before its column breaks the line."""

_LATEX: Mapping[str, str] = MappingProxyType(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
        **{
            "<": r"\textless{}",
            ">": r"\textgreater{}",
            "|": r"\textbar{}",
            '"': r"\texttt{\char34}",
        },
        **{
            "\N{MINUS SIGN}": "$-$",
            "\N{EN DASH}": "--",
            "…": r"\dots{}",
            "·": r"\textperiodcentered{}",
        },
        **{"“": "``", "”": "''", "`": r"\textasciigrave{}", "'": r"\textquotesingle{}"},
    }
)


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


def as_latex(found: Numbers, name: str) -> str:
    """A table in words for `booktabs` and `graphicx`; over `LONG` rows for `longtable`, `array`."""
    texts = [[cell.text for cell in row] for row in (found.table.head, *found.table.rows)]
    head, *body = (f"{' & '.join(map(escaped, row))} \\\\\n" for row in texts)
    caption = f"\\caption{{{escaped(found.title)}}}\\label{{tab:{name}}}"
    lines = "".join(body)
    if len(body) > LONG:
        return (
            "% needs: textcomp, booktabs, longtable, array; for pdfLaTeX, XeLaTeX and LuaLaTeX\n"
            "{\\scriptsize\\setlength{\\tabcolsep}{2pt}\n"
            f"\\begin{{longtable}}{{{_columns(texts)}}}\n{caption} \\\\\n"
            f"\\toprule\n{head}\\midrule\n\\endhead\n{lines}\\bottomrule\n\\end{{longtable}}}}\n"
        )
    return (
        "% needs: textcomp, booktabs, graphicx; for pdfLaTeX, XeLaTeX and LuaLaTeX\n"
        f"\\begin{{table}}[t]\n\\centering\\small\n{caption}\n"
        # As wide as it is, but never wider than the column.
        "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n"
        f"\\begin{{tabular}}{{{'l' * len(texts[0])}}}\n\\toprule\n{head}\\midrule\n{lines}"
        "\\bottomrule\n\\end{tabular}}\n\\end{table}\n"
    )


def _columns(texts: Sequence[Sequence[str]]) -> str:
    """Columns that break lines, together as wide as the text, each by its longest cell."""
    longest = [min(max(map(len, column)), WIDEST) + 1 for column in zip(*texts, strict=True)]
    # Two columns' gaps are a fiftieth of a text 5.5 inches wide.
    room = 1 - 0.015 * len(longest)
    parts = (room * each / sum(longest) for each in longest)
    return "".join(
        f">{{\\raggedright\\arraybackslash}}p{{{part:.3f}\\linewidth}}" for part in parts
    )


def escaped(text: str) -> str:
    """Text as LaTeX sets it: every sign of its own stands for itself."""
    return re.sub(r".", lambda found: _sign(found[0]), visible(text))


def _sign(sign: str) -> str:
    if sign in _LATEX:
        return _LATEX[sign]
    # Latin letters with accents every engine has; of any other sign the code point is printed.
    return sign if ord(sign) < 0x180 else f"\\texttt{{U+{ord(sign):04X}}}"


FORMATS: Mapping[str, Callable[[Numbers, str], str]] = MappingProxyType(
    {".csv": as_csv, ".tex": as_latex, ".md": as_markdown, ".json": as_json}
)
"""By a file's suffix, what writes a table of a name."""
