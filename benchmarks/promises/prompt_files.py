"""Promise 15, prompt files: whatever a file or a card holds, it is read or refused in one line."""

import contextlib
import io
import json
import os
import shutil
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import typer

from benchmarks.promises._ended import ended, faults
from benchmarks.promises._forks import spread
from benchmarks.promises._odd_texts import CARD, KINDS, ROW, File, files
from benchmarks.promises._tiny import in_memory
from benchmarks.promises.proof import Proof
from evalsuite.cli import app
from evalsuite.commands.exit import USAGE
from evalsuite.records import InputError

NUMBER = 15
PROMISE = (
    "A hostile prompt file, table or card is read or refused in one line within 5 s and 600 MB: "
    "no code, no connection, nothing written elsewhere."
)
SLOWEST, LARGEST = 5.0, 600


def prove(quick: bool) -> Proof:
    """Check and import every file; `quick` takes two of each kind."""
    many = 2 * len(KINDS) if quick else 400
    with in_memory() as place:
        warm(place)

        def work(number: int) -> tuple[int, int, list[str]]:
            return tried(files(number), number, place / str(number))

        found = spread(range(many), work)
    return Proof(
        counts={
            "files": many,
            "of different bytes": len({files(number) for number in range(many)}),
            "commands": sum(each[0] for each in found),
            "of them refused": sum(each[1] for each in found),
        },
        broken=[line for each in found for line in each[2]],
    )


def warm(place: Path) -> None:
    """Import what a file needs that is right, once, so that forks have it."""
    path = place / "right.jsonl"
    path.write_text(json.dumps(ROW) + "\n")
    path.with_suffix(".md").write_text(CARD.replace("NAME", "right"))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for command in commands(path, place):
            with contextlib.suppress(InputError):
                command()


def commands(path: Path, place: Path) -> list[Callable[[], object]]:
    """What is done with a file: it is checked, shown, and imported."""
    imported = ["prompts", "import", str(path), "-o"]
    words = [
        ["prompts", "check", str(path)],
        ["prompts", "show", str(path)],
        [*imported, str(place / "out.jsonl")],
        [*imported, str(place / "more.jsonl"), "--column", "prompt=prompt"],
    ]
    return [partial(program(), given, standalone_mode=False) for given in words]


@cache
def program() -> Callable[..., object]:
    """The command line, which typer else builds anew for every command."""
    return typer.main.get_command(app)


def tried(file: File, number: int, place: Path) -> tuple[int, int, list[str]]:
    """How many commands were run on a file, how many refused it, and what broke."""
    place.mkdir()
    path = place / file.name
    path.write_bytes(file.data)
    if file.card:
        path.with_suffix(".md").write_bytes(file.card)
    refused, broken = 0, list[str]()
    every = commands(path, place)
    every = every[: 2 if path.suffix == ".jsonl" else None] + every[2:3]
    for at, command in enumerate(every):
        end = ended(command, place, 20)
        refused += end.code == USAGE
        broken += [f"file {number}, command {at}: {what}" for what in faults(end, SLOWEST, LARGEST)]
    names = {file.name, "x.md", "out.jsonl", "out.md", "more.jsonl", "more.md"}
    broken += [f"file {number}: left {n}" for n in sorted({*os.listdir(place)} - names)]
    shutil.rmtree(place)
    return len(every), refused, broken
