import io
import json
import subprocess

import pandas as pd
import pytest

from evalsuite.report.exports.contents import Numbers, contents
from evalsuite.report.exports.texts import FORMATS, as_csv, as_json
from evalsuite.report.tables import Table, cells

HOSTILE = (
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    'a,b"c',
    "中文 50% & $x_1$ \\input{/etc}",
)
"""What a label may be: formulas, separators, signs of LaTeX, letters that pdfLaTeX has not."""


def words(rows=HOSTILE) -> Numbers:
    table = Table("A title, 50%", cells("label", "value"), tuple(cells(r, "1.5") for r in rows))
    return Numbers("A title, 50%", table)


def test_csv_has_the_numbers_and_an_empty_cell_for_none():
    rows = ({"value": -0.25, "n": 3, "why": "=HYPERLINK(1)"}, {"value": None, "n": 0, "why": ""})
    text = as_csv(Numbers("t", words().table, rows), "t")
    assert text == "value,n,why\r\n-0.25,3,'=HYPERLINK(1)\r\n,0,\r\n"
    read = pd.read_csv(io.StringIO(text))
    assert read["value"].tolist()[0] == -0.25 and read["value"].isna().tolist() == [False, True]


def test_json_says_null_for_what_was_not_measured():
    rows = ({"value": None, "n": 0},)
    assert json.loads(as_json(Numbers("t", words().table, rows), "x")) == {
        "name": "x",
        "title": "t",
        "rows": [{"value": None, "n": 0}],
    }


@pytest.mark.office
def test_libreoffice_sees_no_formula(tmp_path, hostile):
    for name, table in {"words": words(), **contents(hostile("=1+1")).tables}.items():
        (tmp_path / f"{name}.csv").write_text(FORMATS[".csv"](table, name), "utf-8")
    files = sorted(tmp_path.glob("*.csv"))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "fods", "--outdir", tmp_path]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=240)
    sheets = [path.with_suffix(".fods").read_text("utf-8") for path in files]
    assert len(sheets) > 10 and not [text for text in sheets if "table:formula=" in text]
    assert "HYPERLINK" not in "".join(sheets) and "=1+1" in "".join(sheets)
