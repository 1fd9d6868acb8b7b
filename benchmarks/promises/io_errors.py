"""Promise 3: whatever I/O call fails, the run says so in a line, and the same command mends it."""

import errno
import math
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.promises._forks import spread
from benchmarks.promises._tiny import Ended, attempt, content, differing, left, workplace
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
ERRORS = ("ENOSPC", "EDQUOT", "EIO", "EINTR", "EACCES")
SHORT = "short write"


class Fault(NamedTuple):
    """The I/O call that fails, by number (among writes for a short one), and how."""

    at: int
    error: str


def prove(quick: bool) -> Proof:
    """Fail every I/O call of a run once with each error."""
    with workplace() as place:
        # Two threads may both find a folder missing, and make it: calls that every run has are few.
        whole = [counted(place / f"whole-{number}" / "run") for number in range(3)]
        expected, calls = min(whole, key=lambda one: len(one[1]))
        faults = [Fault(at, error) for at in range(1, len(calls) + 1) for error in ERRORS]
        faults += [Fault(at, SHORT) for at in range(1, calls.count("write") + 1)]
        if quick:  # a stride that shares no factor with the number of errors meets them all
            strides = range(len(faults) // 30, len(faults))
            faults = faults[:: next(n for n in strides if math.gcd(n, len(ERRORS)) == 1)]
        mended: set[str] = set()

        def work(fault: Fault) -> tuple[str, str, list[str]]:
            folder = place / f"{fault.at}-{fault.error.replace(' ', '-')}" / "run"
            return fail_once(folder, fault, expected, mended)

        found = spread(faults, work)
    met = [how for how, *_ in found]
    return Proof(
        counts=_met(
            {
                "failed calls": sum(how != "none" for how in met),
                "refused in a line": met.count("refused"),
                "recorded as a failure": met.count("incomplete"),
                "done without": met.count("done"),
                "different folders left, each finished by the same command": len(
                    {state for _, state, _ in found}
                ),
            }
        ),
        broken=[line for *_, lines in found for line in lines],
    )


def _met(counts: dict[str, int]) -> dict[str, int]:
    """The counts of what was met at all: a quick cut does not meet everything."""
    return {name: count for name, count in counts.items() if count}


def fail_once(
    folder: Path, fault: Fault, expected: dict[str, Any], mended: set[str]
) -> tuple[str, str, list[str]]:
    """How the run took its fault, what it left, and what that broke.

    What is left decides how the same command ends: a folder like one that is `mended` is not
    finished again.
    """
    ended = attempt(folder, failing(folder, fault))
    state, broken = left(folder), []
    if fault.error != SHORT and not ended.told("failed"):
        broken.append(f"{fault}: the call was never made")
    if ended.code not in (DONE, USAGE, INCOMPLETE):
        broken.append(f"{fault} {_call(ended)}: exit code {ended.code}: {ended.said.strip()}")
    if ended.code == USAGE and (ended.said.count("\n") != 1 or folder.name not in ended.said):
        broken.append(f"{fault} {_call(ended)}: is no line with a file's name: {ended.said}")
    if state not in mended:
        wrong = _finish(folder, expected)
        broken += [f"{fault} {_call(ended)}: {line}" for line in wrong]
        mended |= set() if wrong else {state}
    if folder.parent.is_dir():  # else the first call failed, and the folder was not finished
        shutil.rmtree(folder.parent)
    if not ended.told("failed"):
        return "none", state, broken
    return {USAGE: "refused", INCOMPLETE: "incomplete"}.get(ended.code, "done"), state, broken


def _finish(folder: Path, expected: dict[str, Any]) -> list[str]:
    """What is wrong once the same command has run again."""
    again = attempt(folder)
    if again.code != DONE:
        return [f"then exit code {again.code}: {again.said.strip()}"]
    names = differing(content(folder), expected)
    return [f"differs from a run without an error: {names}"] if names else []


def failing(folder: Path, fault: Fault) -> Callable[[Callable[..., None]], None]:
    """Has one call fail; a short write takes a third of the bytes."""

    def prepare(note: Callable[..., None]) -> None:
        made = 0

        def before(name: str, path: str, data: bytes) -> int | None:
            nonlocal made
            is_one = fault.error != SHORT or name == "write"
            made += is_one
            if made != fault.at or not is_one:
                return None
            if fault.error != SHORT:
                note("failed", name, path)
                number = getattr(errno, fault.error)
                # As the system has it: what is asked by a handle names no file.
                raise OSError(number, os.strerror(number), *([path] if name in NAMED else []))
            if len(data) < 2:  # there is no part of it
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
