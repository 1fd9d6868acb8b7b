import re
import subprocess

import pypdfium2
import pytest

from evalsuite.report.exports.contents import Numbers, contents
from evalsuite.report.exports.latex import as_latex, escaped
from evalsuite.report.tables import Table, cells

DOCUMENT = r"""\documentclass{article}
\usepackage{textcomp,booktabs,graphicx,longtable,array}
\begin{document}
%s
\end{document}
"""


HOSTILE = ("=1+1", "-2+3", 'a,b"c', "中文 50% & $x_1$ \\input{/etc}")
"""What a label may be: separators, signs of LaTeX, letters that pdfLaTeX has not."""

HEAD = (
    *("prompt set", "measure", "group", "candidate", "baseline", "its value"),
    *("difference", "95 % interval", "q", "mark", "judge, audited"),
)
ROW = (
    *("scenes-occupations", "Mean distance from an even split, over occupations", "count: 1"),
    *("four-ldm-early", "100.0%", "50.6%", "\N{MINUS SIGN}44.4 points"),
    *("\N{MINUS SIGN}100.0 to +37.9 points", "<0.001", "worse", "not evidence"),
)
"""A difference as `export` says it: more text than a line of a paper holds."""


def words(rows=HOSTILE):
    table = Table("A title, 50%", cells("label", "value"), tuple(cells(r, "1.5") for r in rows))
    return Numbers("A title, 50%", table)


def wide(rows):
    return Numbers("wide", Table("wide", cells(*HEAD), (cells(*ROW),) * rows))


def test_latex_says_every_sign_and_runs_none():
    assert escaped("50% & $x_1$") == r"50\% \& \$x\_1\$"
    assert escaped("\\input{a}") == r"\textbackslash{}input\{a\}"
    assert escaped("é\N{MINUS SIGN}1 中") == r"é$-$1 \texttt{U+4E2D}"
    assert "\\begin{tabular}{ll}" in as_latex(words(), "t")
    assert "\\endhead" in as_latex(words(["a"] * 41), "t")


@pytest.mark.latex
def test_latex_compiles(tmp_path, tiny, hostile):
    parts = [as_latex(words(), "one"), as_latex(words(HOSTILE * 11), "two")]
    for report in (tiny, hostile(" <&%$#_{}~^\\\"'`|")):
        parts += [as_latex(t, f"t{n}") for n, t in enumerate(contents(report).tables.values())]
    compiled(tmp_path, DOCUMENT % "\n".join(parts).replace("[t]", "[p]"))
    with pypdfium2.PdfDocument(tmp_path / "all.pdf") as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "A title, 50%" in text and "U+4E2D" in text and "=1+1" in text


@pytest.mark.parametrize("rows", [3, 41])
def test_a_wide_table_breaks_its_lines_and_no_number(rows):
    text = as_latex(wide(rows), "t")
    widths = [float(each) for each in re.findall(r"P\{([.0-9]+)", text)]
    assert len(widths) == len(HEAD) and 0.8 < sum(widths) < 0.85
    assert "resizebox" not in text and ("longtable" in text) is (rows > 40)
    # "100.0%" takes seven figures' room, "Occupations" may be broken: 88 such fit in a line.
    assert widths[4] > 7 / 100 * sum(widths) and widths[8] > 7 / 100 * sum(widths)


@pytest.mark.latex
def test_nothing_of_a_wide_table_lies_over_its_neighbours(tmp_path):
    text = DOCUMENT % (as_latex(wide(3), "a") + as_latex(wide(41), "b"))
    assert "Overfull" not in compiled(tmp_path, text)


def compiled(folder, text):
    """What pdfLaTeX says of a document; it must not fail."""
    (folder / "all.tex").write_text(text, "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "all"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace")
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout
