"""Promise 3: whatever I/O call fails, the run says so in a line, and the same command mends it."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.promises._forks import spread
from benchmarks.promises._tiny import Ended, attempt, content, differing, workplace
from benchmarks.promises._watch import BY_PATH, LOOKS, watch
from benchmarks.promises.kill import counted
from benchmarks.promises.proof import Proof
from evalsuite.commands.exit import DONE, INCOMPLETE, USAGE

NUMBER = 3
PROMISE = (
    "Whatever I/O call fails (disk or quota full, broken disk, interrupted, not allowed, a short "
    "write), the run ends with a line that names the file or with a recorded failure; the same "
    "command again ends with the bytes of a run that had no error."
)
NAMED = {*BY_PATH, *LOOKS}
"""Calls whose errors name the file."""
ERRORS = ("ENOSPC", "EDQUOT", "EIO", "EINTR", "EACCES", "short write")


class Fault(NamedTuple):
    """The I/O call that fails, by number, and how."""

    at: int
    error: str


def prove(quick: bool) -> Proof:
    """Fail every I/O call of a run once with each error."""
    with workplace() as place:
        # Two threads may both find a folder missing, and make it: calls that every run has are few.
        whole = [counted(place / f"whole-{number}" / "run") for number in range(3)]
        expected, calls = min(whole, key=lambda one: len(one[1]))
        faults = [Fault(at, error) for at in range(1, len(calls) + 1) for error in ERRORS]
        if quick:  # a stride that shares no factor with the number of errors meets them all
            faults = faults[:: len(faults) // 30 | 1]

        def work(fault: Fault) -> tuple[str, list[str]]:
            folder = place / f"{fault.at}-{fault.error.replace(' ', '-')}" / "run"
            return fail_once(folder, fault, expected)

        found = spread(faults, work)
    met = [how for how, _ in found]
    return Proof(
        counts=_met(
            {
                "failed calls": sum(how != "none" for how in met),
                "refused in a line": met.count("refused"),
                "recorded as a failure": met.count("incomplete"),
                "done without": met.count("done"),
            }
        ),
        broken=[line for _, lines in found for line in lines],
    )


def _met(counts: dict[str, int]) -> dict[str, int]:
    """The counts of what was met at all: a quick cut does not meet everything."""
    return {name: count for name, count in counts.items() if count}


def fail_once(folder: Path, fault: Fault, expected: dict[str, Any]) -> tuple[str, list[str]]:
    """How the run took its fault, and what that broke."""
    ended = attempt(folder, failing(folder, fault))
    broken = []
    if fault.error != "short write" and not ended.told("failed"):
        broken.append(f"{fault}: the call was never made")
    if ended.code not in (DONE, USAGE, INCOMPLETE):
        broken.append(f"{fault} {_call(ended)}: exit code {ended.code}: {ended.said.strip()}")
    if ended.code == USAGE and (ended.said.count("\n") != 1 or folder.name not in ended.said):
        broken.append(f"{fault} {_call(ended)}: is no line with a file's name: {ended.said}")
    again = attempt(folder)
    if again.code != DONE:
        broken.append(f"{fault} {_call(ended)}: then exit code {again.code}: {again.said.strip()}")
    elif names := differing(content(folder), expected):
        broken.append(f"{fault} {_call(ended)}: differs from a run without an error: {names}")
    shutil.rmtree(folder.parent)
    if not ended.told("failed"):
        return "none", broken
    return {USAGE: "refused", INCOMPLETE: "incomplete"}.get(ended.code, "done"), broken


def failing(folder: Path, fault: Fault) -> Callable[[Callable[..., None]], None]:
    """Has one call fail; a short write takes a third of the bytes, where the call is a write."""

    def prepare(note: Callable[..., None]) -> None:
        made = 0

        def before(name: str, path: str, data: bytes) -> int | None:
            nonlocal made
            made += 1
            if made != fault.at:
                return None
            if fault.error != "short write":
                note("failed", name, path)
                number = getattr(errno, fault.error)
                # As the system has it: what is asked by a handle names no file.
                raise OSError(number, os.strerror(number), *([path] if name in NAMED else []))
            if len(data) < 2:
                return None
            note("failed", name, path)
            return len(data) // 3

        watch(folder, before)

    return prepare


def _call(ended: Ended) -> str:
    return (
        " ".join(ended.log[[line[0] for line in ended.log].index("failed")][1:])
        if (ended.told("failed"))
        else ""
    )
