"""A table as LaTeX that a reader can read: in one line a row where that fits, else in several."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from evalsuite.report.exports.contents import Numbers
from evalsuite.report.format import visible

LONG = 40
"""Rows that a page of a paper has room for."""

WIDE = 100
"""Characters of a row that would be too small to read if it were set in one line."""

WIDEST = 30
"""Characters of a cell before its column breaks the line."""

SYLLABLES = 8
"""Letters of a word that stand together before TeX breaks it."""

WIDE_SIGNS = "[%<>+\N{MINUS SIGN}]"
"""Signs that take the room of two figures."""

SIZES = (("\\scriptsize", 72), ("\\tiny", 88))
"""Sizes of letters, and how many fit into a line of LaTeX's own width of text, 4.8 inches."""

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


def as_latex(found: Numbers, name: str) -> str:
    """A table in words for `booktabs`; its first line says which packages else it takes.

    Up to `LONG` rows are a float (`graphicx`), and where they are wide their lines break (`array`);
    more rows break over pages (`longtable`, `array`).
    """
    texts = [[cell.text for cell in row] for row in (found.table.head, *found.table.rows)]
    head, *body = (f"{' & '.join(map(escaped, row))} \\\\\n" for row in texts)
    caption = f"\\caption{{{escaped(found.title)}}}\\label{{tab:{name}}}"
    rows = f"\\midrule\n{''.join(body)}\\bottomrule\n"
    if len(body) > LONG:
        rows = rows.replace("\\midrule\n", "\\midrule\n\\endhead\n", 1)
        return (
            f"{_needs('longtable, array')}{{{_broken(texts, 'longtable')}{caption} \\\\\n"
            f"\\toprule\n{head}{rows}\\end{{longtable}}}}\n"
        )
    begin = f"\\begin{{table}}[t]\n\\centering\\small\n{caption}\n"
    if sum(_longest(texts)) > WIDE:
        return (
            f"{_needs('array')}{begin}{_broken(texts, 'tabular')}"
            f"\\toprule\n{head}{rows}\\end{{tabular}}\n\\end{{table}}\n"
        )
    return (
        # As wide as it is, but never wider than the column.
        f"{_needs('graphicx')}{begin}"
        "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n"
        f"\\begin{{tabular}}{{{'l' * len(texts[0])}}}\n"
        f"\\toprule\n{head}{rows}\\end{{tabular}}}}\n\\end{{table}}\n"
    )


def _needs(packages: str) -> str:
    return f"% needs: textcomp, booktabs, {packages}; for pdfLaTeX, XeLaTeX and LuaLaTeX\n"


def _longest(texts: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*texts, strict=True)]


def _broken(texts: Sequence[Sequence[str]], kind: str) -> str:
    """The beginning of a table whose columns break lines, together as wide as the text.

    Each has room for its longest number, or for so much of a word as TeX leaves together; what is
    left is shared by how long their cells are.
    """
    least = [max(map(_together, column)) for column in zip(*texts, strict=True)]
    whole = sum(least)
    size, fit = next((each for each in SIZES if whole <= each[1]), SIZES[-1])
    longest = [min(each, WIDEST) for each in _longest(texts)]
    more = [max(0, most - few) for most, few in zip(longest, least, strict=True)]
    part = max(0, fit - whole) / max(1, sum(more))
    wide = [few + part * rest for few, rest in zip(least, more, strict=True)]
    # Two columns' gaps are a fiftieth of a text 5.5 inches wide.
    scale = (1 - 0.015 * len(wide)) / sum(wide)
    columns = "".join(f"P{{{scale * each:.3f}\\linewidth}}" for each in wide)
    return (
        f"{size}\\setlength{{\\tabcolsep}}{{2pt}}\n"
        # The empty space lets TeX break the first word of a cell too.
        "\\newcolumntype{P}[1]{>{\\raggedright\\hspace{0pt}\\arraybackslash}p{#1}}\n"
        f"\\begin{{{kind}}}{{{columns}}}\n"
    )


def _together(text: str) -> int:
    """How many characters of a cell cannot but stand in one line."""
    return max(map(_room, text.split()), default=1)


def _room(word: str) -> int:
    # TeX breaks a word at its syllables, or at its hyphens but then nowhere else.
    if word.isalpha():
        return min(len(word), SYLLABLES)
    parts = re.split(r"(?<=[^\W\d_])-(?=[^\W\d_])", word)
    return max(len(part) + (len(parts) > 1) + len(re.findall(WIDE_SIGNS, part)) for part in parts)


def escaped(text: str) -> str:
    """Text as LaTeX sets it: every sign of its own stands for itself."""
    return re.sub(r".", lambda found: _sign(found[0]), visible(text))


def _sign(sign: str) -> str:
    if sign in _LATEX:
        return _LATEX[sign]
    # Latin letters with accents every engine has; of any other sign the code point is printed.
    return sign if ord(sign) < 0x180 else f"\\texttt{{U+{ord(sign):04X}}}"
