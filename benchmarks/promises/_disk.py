"""A disk that loses power: what may be on it, from the trace of what a process wrote and synced.

What was synced stays. Of everything else each piece may be there or not, in any order: a write
whole, half, as zeros of its length, or not at all; a new, renamed or removed name likewise.
"""

import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.promises._watch import watch


class Event(NamedTuple):
    """One thing that a process did: to the file `of` (by number), to names, or for the log.

    `what` is "create", "write", "sync", "rename", "link", "unlink", "mkdir", "sync folder" or
    "kept".
    """

    what: str
    name: str = ""
    of: int = 0
    data: bytes = b""
    to: str = ""


class State(NamedTuple):
    """What is on a disk: folders, and files with their bytes, by their names in the run."""

    folders: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...]


def tracing(folder: Path) -> Callable[[Callable[..., None]], None]:
    """Has the log told of every change of the run's folder and the one it lies in."""

    def prepare(note: Callable[..., None]) -> None:
        numbers: dict[str, int] = {}

        def short(path: str) -> str:
            name = os.path.relpath(path, folder.parent)
            return "" if name == "." else name

        def after(name: str, path: str, *rest: Any) -> None:
            if name == "create":
                numbers[path] = len(numbers) + 1
                note("disk", name, short(path), numbers[path], "", "")
            elif name == "write":
                note("disk", name, short(path), numbers[path], rest[0].hex(), "")
            elif name == "fsync" and path in numbers:
                note("disk", "sync", short(path), numbers[path], "", "")
            elif name == "fsync":
                note("disk", "sync folder", short(path), 0, "", "")
            elif name == "replace":
                number = numbers[rest[0]] = numbers[path]
                note("disk", "rename", short(path), number, "", short(rest[0]))
            elif name == "link":
                number = numbers[rest[0]] = numbers[path]
                note("disk", "link", short(path), number, "", short(rest[0]))
            elif name in ("unlink", "mkdir"):
                note("disk", name, short(path), 0, "", "")

        watch(folder.parent, lambda *_: None, after)

    return prepare


def events(log: Sequence[Sequence[Any]]) -> list[Event]:
    """The trace in a log of `tracing`, with the rows that were acknowledged in between."""
    found = []
    for kind, *rest in log:
        if kind == "disk":
            what, name, of, data, to = rest
            found.append(Event(what, name, int(of), bytes.fromhex(data), to))
        elif kind.startswith("kept"):
            found.append(Event("kept", f"{kind} {rest[0]} {rest[1]}"))
    return found


def after_loss(trace: Sequence[Event], chance: random.Random | None) -> State:
    """The disk after the trace, all of it done and then the power lost.

    Without `chance` all that was not synced is lost; with it each piece as it falls.
    """
    synced_files: dict[int, int] = {}
    synced_folders: dict[str, int] = {}
    for at, event in enumerate(trace):
        if event.what == "sync":
            synced_files[event.of] = at
        elif event.what == "sync folder":
            synced_folders[event.name] = at
    folders, names, held = {""}, dict[str, int](), dict[int, bytes]()
    written: dict[int, int] = {}
    for at, event in enumerate(trace):
        if event.what == "write":
            start = written.get(event.of, 0)
            written[event.of] = start + len(event.data)
            is_safe = at < synced_files.get(event.of, -1)
            data = event.data if is_safe else _survives(event.data, chance)
            if data:  # a hole before it reads as zeros
                held[event.of] = held.get(event.of, b"").ljust(start, b"\0") + data
        elif event.what in ("create", "rename", "link", "unlink", "mkdir"):
            is_safe = at < synced_folders.get(os.path.dirname(event.name), -1)
            if is_safe or (chance is not None and chance.random() < 0.5):
                _name(event, names, folders)
    # A name is there only if the folders above it are.
    there = {name: number for name, number in names.items() if _is_below(name, folders)}
    return State(
        tuple(sorted(folder for folder in folders if folder and _is_below(folder, folders))),
        tuple(sorted((name, held.get(number, b"")) for name, number in there.items())),
    )


def _survives(data: bytes, chance: random.Random | None) -> bytes:
    if chance is None:
        return b""
    half = data[: chance.randrange(len(data) + 1)]
    return chance.choice([b"", data, half, half.ljust(len(data), b"\0")])


def _name(event: Event, names: dict[str, int], folders: set[str]) -> None:
    if event.what == "mkdir":
        folders.add(event.name)
    elif event.what == "create":
        names[event.name] = event.of
    elif event.what == "link":
        names[event.to] = event.of
    else:
        names.pop(event.name, None)
        if event.what == "rename":
            names[event.to] = event.of


def _is_below(name: str, folders: set[str]) -> bool:
    above = os.path.dirname(name)
    return not above or (above in folders and _is_below(above, folders))


def put(state: State, home: Path) -> None:
    """Makes the state real in a new folder."""
    home.mkdir()
    for folder in state.folders:
        (home / folder).mkdir()
    for name, data in state.files:
        (home / name).write_bytes(data)
