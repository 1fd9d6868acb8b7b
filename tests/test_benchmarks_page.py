"""reports/benchmarks/README.md: every figure that it shows stands on the page that it links."""

import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "reports" / "benchmarks"


def test_each_figure_stands_on_its_page():
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if re.match(r"\| \d", line)]
    assert [int(row.split("|")[1]) for row in rows] == [*range(1, 14)]
    for row in rows:
        (page,) = re.findall(r"\]\(([a-z_]+\.md)\)", row)
        text = (FOLDER / page).read_text(encoding="utf-8")
        figures = re.findall(r"\*\*(.+?)\*\*", row)
        assert figures and [figure for figure in figures if figure not in text] == []
