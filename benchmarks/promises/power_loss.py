"""Promise 2: a run survives the loss of power, with whatever was not synced lost or torn."""

import random
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.promises._disk import Event, State, after_loss, events, put, tracing
from benchmarks.promises._forks import spread
from benchmarks.promises._tiny import attempt, content, differing, workplace
from benchmarks.promises.proof import Proof
from evalsuite.commands.exit import DONE
from evalsuite.records import InputError
from evalsuite.runs.rows import read_run

NUMBER = 2
PROMISE = (
    "Whatever of the unsynced writes and names a power cut takes or tears, no acknowledged row is "
    "lost, no wrong row appears, and the same command ends with the bytes of a run without a cut."
)


def prove(quick: bool) -> Proof:
    """Cut the power after every event, and lose what was not synced: all, none or some of it."""
    losses = 300 if quick else 10_000
    with workplace() as place:
        whole = attempt(place / "whole" / "run", tracing(place / "whole" / "run"))
        trace = events(whole.log)
        expected = content(place / "whole" / "run")
        states = _states(trace, losses)
        tried = sorted(states, key=lambda state: (hash_of(state), state))
        resumed = min(30 if quick else 800, len(tried))

        def work(at: int) -> list[str]:
            disk, kept = tried[at], states[tried[at]]
            return recover(place / f"cut-{at}", disk, kept, expected, is_resumed=at < resumed)

        found = spread(range(len(tried)), work)
    return Proof(
        counts={
            "prefixes": len(trace),
            "losses of unsynced pieces": losses,
            "different disks": len(states),
            "of them resumed": resumed,
        },
        broken=[line for lines in found for line in lines],
    )


def hash_of(state: State) -> int:
    """A number that mixes the states, the same in every process."""
    return random.Random(repr(state)).getrandbits(32)


def _states(trace: Sequence[Event], losses: int) -> dict[State, set[str]]:
    """Every disk that was met, with the rows that had been acknowledged by then."""
    states: dict[State, set[str]] = {}

    def meet(length: int, chance: random.Random | None) -> None:
        kept = {event.name for event in trace[:length] if event.what == "kept"}
        states.setdefault(after_loss(trace[:length], chance), set()).update(kept)

    for length in range(len(trace) + 1):
        meet(length, None)
        meet(length, _Nothing())
    chance = random.Random(2)
    for number in range(losses):
        meet(number % (len(trace) + 1), chance)
    return states


class _Nothing(random.Random):
    """The luck by which nothing is lost."""

    def random(self) -> float:
        return 0.0

    def choice(self, seq: Any) -> Any:
        return seq[1]


def recover(
    home: Path, state: State, kept: set[str], expected: dict[str, Any], *, is_resumed: bool
) -> list[str]:
    """What is wrong on this disk and, if so asked, when the run goes on from it."""
    put(state, home)
    broken = _read(home / "run", kept, expected)
    if is_resumed:
        broken += _resume(home / "run", kept, expected)
    shutil.rmtree(home)
    files = ", ".join(f"{name[-30:]} ({len(data)})" for name, data in state.files)
    return [f"{line}; on the disk: {files}" for line in broken]


def _read(folder: Path, kept: set[str], expected: dict[str, Any]) -> list[str]:
    """What is wrong with the rows as they are."""
    samples, judged, _ = expected["rows"]
    broken = []
    try:
        rows = read_run(folder) if (folder / "manifest.json").is_file() else None
    except InputError as error:
        broken.append(f"cannot be read: {error}")
        rows = None
    if rows is not None and not (
        rows.samples.items() <= samples.items() and rows.judged.items() <= judged.items()
    ):
        broken.append("has a row that the whole run has not")
    there = set() if rows is None else {f"kept drawn {k.prompt_id} {k.index}" for k in rows.samples}
    there |= {f"kept judged {k.prompt_id} {k.index}" for _, k in (rows.judged if rows else ())}
    if lost := kept - there:
        broken.append(f"acknowledged rows are lost: {sorted(lost)}")
    return broken


def _resume(folder: Path, kept: set[str], expected: dict[str, Any]) -> list[str]:
    """What is wrong once the same command has run again."""
    broken = []
    ended = attempt(folder)
    if (
        again := {
            f"kept {what} {k} {n}" for what in ("drawn", "judged") for k, n in ended.told(what)
        }
        & kept
    ):
        broken.append(f"acknowledged, and done again: {sorted(again)}")
    if ended.code != DONE:
        broken.append(f"exit code {ended.code}: {ended.said.strip()}")
    elif names := differing(_without_cache(content(folder)), _without_cache(expected)):
        broken.append(f"differs from a run without a cut: {names}")
    return broken


def _without_cache(found: dict[str, Any]) -> dict[str, Any]:
    """Features are cached unsynced: one that is lost or torn is computed anew when it is needed."""
    return {name: data for name, data in found.items() if not name.startswith("features/")}
