"""docs/exporting.md, literally: its commands run in order on one small run."""

import re
import shlex
from pathlib import Path

import pandas as pd

from evalsuite.cli import _run
from evalsuite.commands import exit

TEXT = (Path(__file__).parents[1] / "docs" / "exporting.md").read_text("utf-8")
COMMANDS = re.findall(r"^    (evalsuite export .*)$", TEXT, flags=re.MULTILINE)
DRAWN = "run --model scenes --prompts counts,spatial --limit 2 --num-images 2 --scorers objects"


def run(command: str) -> int:
    return exit.code_of(lambda: _run(shlex.split(command)))


def test_the_commands_run_as_they_stand(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(f"{DRAWN} --output-dir runs/demo --no-progress") == 0
    assert run("compare runs/demo runs/demo --output-dir runs/compare-a-b") == 0
    capsys.readouterr()
    assert len(COMMANDS) == 15
    for command in COMMANDS:
        assert run(command.removeprefix("evalsuite ")) == 0, command
    out = capsys.readouterr().out
    written = [c.split(" -o ")[1].split()[0] for c in COMMANDS if " -o " in c]
    assert "headlines" in out and all(name in out.split() for name in written)
    table = pd.read_csv(tmp_path / "table.csv")
    assert table["value"].tolist() == [0, 0] and table["n"].tolist() == [4, 4]
    assert (tmp_path / "figure.pdf").read_bytes()[:5] == b"%PDF-"
    assert "@inproceedings{ghosh2023geneval" in (tmp_path / "cite.bib").read_text()


def test_of_a_comparison_no_file_of_a_single_run_can_be_had(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "both").mkdir()
    (tmp_path / "both" / "differences.json").write_text("{}")
    assert run("export both -o cite.bib") == 2
    assert "export one of the compared runs" in capsys.readouterr().err
    assert run("export both -o table") == 2
    assert "the file's name has no ending; end it in one of" in capsys.readouterr().err
    assert run("export both -o table.csv") == 2
    assert "run evalsuite compare again" in capsys.readouterr().err


def test_flags_that_would_do_nothing_are_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for flags, why in {
        "-o a.pdf --table x": "--table: goes with -o FILE ending in .csv .tex .md .json",
        "-o a.csv --width 3": "--width: goes with -o FILE ending in .pdf .svg .png",
        "-o a.csv --dataset a/b": "--dataset: goes with -o FILE ending in .yaml",
        "-o a.docx": "end it in one of .csv .tex .md .json",
        "": "say what with -o FILE, or see what there is by --list",
    }.items():
        assert run(f"export runs/none {flags}") == 2
        assert why in capsys.readouterr().err
