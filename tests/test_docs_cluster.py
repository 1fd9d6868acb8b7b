"""The commands of docs/cluster.md are ones that the command line takes."""

import shlex
from pathlib import Path

import typer

from evalsuite.cli import app

PAGE = Path(__file__).parents[1] / "docs" / "cluster.md"


def test_every_command_of_the_page_is_taken():
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if "evalsuite run " in line]
    run = typer.main.get_command(app).commands["run"]
    for line in lines:
        words = shlex.split(line)
        with run.make_context("run", words[words.index("run") + 1 :]) as context:
            assert context.params["workers"] == "auto"
    assert len(lines) == 3
