"""Promise 4: any number of processes may run the same command on one folder at once."""

import os
import shutil
import time
from pathlib import Path
from typing import Any

from benchmarks.promises._forks import fork
from benchmarks.promises._tiny import attempt, content, differing, workplace
from benchmarks.promises.proof import Proof
from evalsuite.commands.exit import DONE
from evalsuite.runs.rows import read_run

NUMBER = 4
PROMISE = (
    "Sixteen processes that run the same command on one folder at once, without a lock, leave the "
    "rows, images and estimates of one process: no row damaged, none missing, every one exits 0."
)
PROCESSES = 16


def prove(quick: bool) -> Proof:
    """Start the processes together, round after round, each round on a new folder."""
    rounds = 2 if quick else 100
    broken: list[str] = []
    with workplace() as place:
        attempt(place / "whole" / "run")
        expected = content(place / "whole" / "run")
        for number in range(rounds):
            folder = place / str(number) / "run"
            broken += [f"round {number}: {line}" for line in together(folder, expected)]
            shutil.rmtree(folder.parent)
    return Proof(counts={"rounds": rounds, "processes that ran": rounds * PROCESSES}, broken=broken)


def together(folder: Path, expected: dict[str, Any]) -> list[str]:
    """What breaks when all processes run at once."""
    start = time.monotonic() + 0.05
    folder.parent.mkdir()
    children = []
    for number in range(PROCESSES):
        child = fork()
        if child == 0:
            code = 1
            try:
                code = _run_at(start, folder, number)
            finally:
                os._exit(code)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    said = [path.read_text() for path in sorted(folder.parent.glob("said-*"))]
    broken = [line.strip() for line in said if line]
    if any(codes) and not broken:
        broken.append(f"exit codes {codes}")
    # Without a lock an image may be drawn twice, with the same bytes; one row of them counts.
    if damaged := read_run(folder).damaged:
        broken.append(f"{damaged} damaged rows")
    if names := differing(content(folder), expected):
        broken.append(f"differs from a run of one process: {names}")
    return broken


def _run_at(start: float, folder: Path, number: int) -> int:
    """Run once the time has come; what went wrong is left in a file beside the folder."""
    time.sleep(max(0.0, start - time.monotonic()))
    ended = attempt(folder)
    if ended.code != DONE:
        text = f"process {number}: exit code {ended.code}: {ended.said}"
        (folder.parent / f"said-{number:02}").write_text(text)
    return int(ended.code != DONE)
