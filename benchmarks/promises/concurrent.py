"""Promise 4: any number of processes may run the same command on one folder at once."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.promises._tiny import attempt, begin, content, differing, workplace
from benchmarks.promises.proof import Proof
from evalsuite.commands.exit import DONE
from evalsuite.runs.rows import read_run

NUMBER = 4
PROMISE = (
    "Sixteen processes that run the same command on one folder at once, without a lock, leave the "
    "rows, images and estimates of one process: no row damaged, none missing, every one exits 0."
)
PROCESSES = 16
AHEAD = 0.15
"""Seconds in which all of them have been forked."""


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
    start = time.monotonic() + AHEAD

    def wait(note: Callable[..., None]) -> None:
        time.sleep(max(0.0, start - time.monotonic()))

    every = [begin(folder, wait) for _ in range(PROCESSES)]
    broken = [
        f"process {number}: exit code {ended.code}: {ended.said.strip()}"
        for number, ended in enumerate([each.end() for each in every])
        if ended.code != DONE
    ]
    # Without a lock an image may be drawn twice, with the same bytes; one row of them counts.
    if damaged := read_run(folder).damaged:
        broken.append(f"{damaged} damaged rows")
    if names := differing(content(folder), expected):
        broken.append(f"differs from a run of one process: {names}")
    return broken
