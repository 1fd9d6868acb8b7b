"""Promise 1: a run that is killed at any instant is finished by the same command, nothing redone.

The instants are I/O calls, counted, so that every one of a run is hit: before the call, and in the
middle of what it writes.
"""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.promises._forks import spread
from benchmarks.promises._tiny import attempt, content, differing, workplace
from benchmarks.promises._watch import watch
from benchmarks.promises.proof import Proof

NUMBER = 1
PROMISE = (
    "Killed at any instant and started again, a run ends with the bytes of one that nobody killed; "
    "nothing acknowledged is lost or redone, and no temporary file stays."
)
LEAST = 2_000
"""So many kills are promised."""
AGAIN = 140
"""The second kill of a run falls on one of so many calls; a resumed run makes 60 to 270."""


class Kill(NamedTuple):
    """One run that is killed twice: at which I/O call of each start, and whether within a write."""

    number: int
    first: int
    second: int
    is_torn: bool


def prove(quick: bool) -> Proof:
    """Kill many runs, each at two calls, and finish them."""
    with workplace() as place:
        expected, calls = counted(place / "whole" / "run")
        even, torn = (12, 12) if quick else (850, 200)
        firsts = [
            (1 + n * len(calls) // even if quick else 1 + n % len(calls), False)
            for n in range(even)
        ]
        writes = [at for at, name in enumerate(calls, 1) if name == "write"]
        firsts += [
            (writes[n * len(writes) // torn if quick else n % len(writes)], True)
            for n in range(torn)
        ]
        kills = [Kill(n, at, 1 + n * 61 % AGAIN, is_torn) for n, (at, is_torn) in enumerate(firsts)]

        def work(kill: Kill) -> tuple[int, int, list[str]]:
            return kill_twice(place / str(kill.number) / "run", kill, expected)

        found = spread(kills, work)
    short = [] if quick or sum(one[0] for one in found) >= LEAST else [f"under {LEAST:,} kills"]
    return Proof(
        counts={
            "kills": sum(one[0] for one in found),
            "of them within a write": sum(one[1] for one in found),
            "runs finished after them": len(kills),
            "different I/O calls": len({kill.first for kill in kills}),
        },
        broken=[*short, *(line for one in found for line in one[2])],
    )


def counted(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """What a whole run says in the end, and the names of its I/O calls in their order."""

    def count(note: Callable[..., None]) -> None:
        watch(folder, lambda name, path, data: note("call", name, path))

    ended = attempt(folder, count)
    return content(folder), [line[1] for line in ended.log if line[0] == "call"]


def killing(folder: Path, at: int, is_torn: bool) -> Callable[[Callable[..., None]], None]:
    """Kills the process at its I/O call number `at`: before it, or a third into a write."""
    made = 0

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def prepare(note: Callable[..., None]) -> None:
        def before(name: str, path: str, data: bytes) -> int | None:
            nonlocal made
            made += 1
            if made == at and not (data and is_torn):
                note("killed", name)
                die()
            return len(data) // 3 if made == at else None  # half may be where a row ends

        def after(name: str, *_: Any) -> None:
            if made == at and name == "write":
                note("killed", "within")
                die()

        watch(folder, before, after)

    return prepare


def kill_twice(folder: Path, kill: Kill, expected: dict[str, Any]) -> tuple[int, int, list[str]]:
    """How many kills it took, how many of them within a write, and what they broke."""
    kills = torn = 0
    broken: list[str] = []
    kept: dict[str, set[tuple[str, ...]]] = {"drawn": set(), "judged": set()}
    for at in (kill.first, kill.second, None):
        ended = attempt(folder, killing(folder, at, kill.is_torn) if at else None)
        kills += ended.code == -signal.SIGKILL
        torn += ("within",) in ended.told("killed")
        if ended.code not in (0, -signal.SIGKILL):
            broken.append(f"{kill}: exit code {ended.code}: {ended.said.strip()}")
        for what, done in kept.items():
            if again := done & ended.told(what):
                broken.append(f"{kill}: {what} again, though it was acknowledged: {sorted(again)}")
            done |= ended.told(f"kept {what}")
    if names := differing(content(folder), expected):
        broken.append(f"{kill}: differs from a run that was not killed: {names}")
    shutil.rmtree(folder.parent)
    return kills, torn, broken
