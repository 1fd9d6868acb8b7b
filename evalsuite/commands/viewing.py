"""`view`: a page over many runs."""

from pathlib import Path
from typing import Annotated

import typer

from evalsuite.commands import console
from evalsuite.commands.flags import AsJson, Verbose

Runs = Annotated[Path, typer.Argument(metavar="RUNS", help="The folder that holds the runs.")]


def view(runs: Runs, json: AsJson = False, verbose: Verbose = 0) -> None:
    """Write a page over all runs of a folder: models by prompt sets, trends, what is unfinished."""
    console.speak(verbose, True)
    from evalsuite.pipeline.viewing import write_view

    path, told, untold = write_view(runs)
    if json:
        return console.print_json(
            {
                "page": str(path),
                "runs": [run.folder for run in told],
                "not_shown": {run.folder: run.reason for run in untold},
            }
        )
    for run in untold:
        console.tell(f"not shown: {run.folder}: {run.reason}")
    print(path)
