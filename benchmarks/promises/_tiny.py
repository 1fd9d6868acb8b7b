"""A whole tiny run for the proofs, in a forked process: quick, and the same bytes every time."""

import functools
import gc
import hashlib
import io
import json
import os
import pickle
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module, metadata
from pathlib import Path
from typing import IO, Any, NamedTuple
from unittest.mock import patch

from benchmarks.promises import _dots, _level
from benchmarks.promises._forks import fork
from evalsuite.audits import stored
from evalsuite.commands.exit import DONE, INCOMPLETE, code_of
from evalsuite.files.segments import Segment
from evalsuite.pipeline import stages
from evalsuite.pipeline.settings import Settings
from evalsuite.plugins import find, listing
from evalsuite.report.findings import figure
from evalsuite.runs import manifest
from evalsuite.runs.rows import read_run

PROMPTS = Path(__file__).parent / "_corpus" / "tiny.jsonl"
REWRITTEN = ("manifest.json", "samples", "judgements-level")
"""Files whose bytes may differ: they hold a time, lines that a kill has torn, or a worker's part.

Segments go by what they hold: how many workers wrote them is nobody's business."""


DATE = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"


class Ended(NamedTuple):
    """How an attempt ended: its exit code (minus the signal, if one killed it) and what it said.

    Its log has a line for every image drawn, image judged and row acknowledged.
    """

    code: int
    said: str
    log: list[list[Any]]

    def told(self, what: str) -> set[tuple[str, ...]]:
        """The lines of the log that begin with `what`, without it."""
        return {tuple(line[1:]) for line in self.log if line[0] == what}


def settings(folder: Path, **more: Any) -> Settings:
    """What the tiny run is made with."""
    given: dict[str, Any] = {
        "model": "benchmarks.promises._dots",
        "scorers": ("benchmarks.promises._level",),
        "prompts": (str(PROMPTS),),
        "num_images": 2,
        "output_dir": str(folder),
    }
    return Settings(**given | more)


def run(folder: Path) -> int:
    """Draw, judge and report in this process; the exit code as the command line's."""
    outcome = stages.evaluate(settings(folder))
    return DONE if outcome.complete else INCOMPLETE


def attempt(folder: Path, prepare: Callable[[Callable[..., None]], None] | None = None) -> Ended:
    """The run in a forked process; `prepare`, told how to write a line of the log, spoils it."""
    return begin(folder, prepare).end()


class Begun(NamedTuple):
    """A run in a forked process that has not ended yet, and where it writes."""

    process: int
    log: IO[bytes]
    said: IO[str]

    def end(self) -> Ended:
        """Wait for its end."""
        status = os.waitpid(self.process, 0)[1]
        with self.log as log, self.said as said:
            log.seek(0)
            said.seek(0)
            lines = [json.loads(line) for line in log.read().splitlines()]
            return Ended(os.waitstatus_to_exitcode(status), said.read(), lines)


def begin(folder: Path, prepare: Callable[[Callable[..., None]], None] | None = None) -> Begun:
    """Begin the run in a forked process, as `attempt` does, and go on meanwhile."""
    log, said = tempfile.TemporaryFile(), tempfile.TemporaryFile("w+")  # noqa: SIM115
    child = fork()
    if child == 0:
        code = 70
        try:
            code = _attempt(folder, prepare, log.fileno(), said.fileno())
        finally:
            os._exit(code)
    return Begun(child, log, said)


def _attempt(folder: Path, prepare: Any, log: int, said: int) -> int:
    write = os.write  # before anybody replaces it
    heard = sys.stdout = sys.stderr = io.StringIO()
    gc.disable()  # so short a run keeps little

    def note(*words: Any) -> None:
        write(log, (json.dumps(words) + "\n").encode())

    _note_work(note)
    if prepare is not None:
        prepare(note)
    code = code_of(lambda: run(folder))
    write(said, heard.getvalue().encode())
    return code


def _note_work(note: Callable[..., None]) -> None:
    """Has the log told of every image drawn, image judged and row acknowledged."""
    render, judge, append_all = _dots.Dots.render, _level.Level.judge, Segment.append_all

    def noting_render(self: Any, requests: Any) -> Any:
        for key in dict.fromkeys(request.key for request in requests):
            note("drawn", key.prompt_id, key.index)
        return render(self, requests)

    def noting_judge(self: Any, cases: Any) -> Any:
        for case in cases:
            note("judged", case.key.prompt_id, case.key.index)
        return judge(self, cases)

    def noting_append(self: Any, rows: Any) -> None:
        held = list(rows)
        append_all(self, held)
        kind = {"samples": "drawn", "judgements": "judged"}.get(self.path.name.split("-")[0])
        for row in held if kind else ():
            note(f"kept {kind}", row["prompt_id"], row["index"])

    _dots.Dots.render, _level.Level.judge = noting_render, noting_judge  # type: ignore[method-assign]
    Segment.append_all = noting_append  # type: ignore[method-assign]


def content(folder: Path) -> dict[str, Any]:
    """All that a finished run says: the rows that count, and every file's bytes but for its date.

    Of `REWRITTEN` files only that they are there: what counts of them are the rows.
    """
    rows = read_run(folder)
    date = str(rows.manifest["created"])[:19].encode()
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    named = {path: re.sub(r"-w\d+\.jsonl$", "", str(path.relative_to(folder))) for path in files}
    found: dict[str, Any] = {
        name: name in REWRITTEN or path.read_bytes().replace(date, b"<date>")
        for path, name in named.items()
    }
    # A stage that was killed leaves no timing, and one that was done before none either.
    found.pop("timings", None)
    known = {k: v for k, v in rows.manifest.items() if k != "created"}
    return {**found, "rows": (rows.samples, rows.judged, known)}


def left(folder: Path) -> str:
    """A number of what a run left, whole or not: every name and byte that a next run can heed.

    Nothing heeds the date, how long a stage took, or which process made a claim.
    """
    told = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = re.sub(r"\.[0-9a-f]{12}\.tmp$", ".tmp", str(path.relative_to(folder)))
        data = path.read_bytes() if path.is_file() else b""
        if name.startswith(("manifest.json", "timings", "claims/")):
            data = re.sub(rb'"checksum": ?"\w+"|\d+', b"", data)
        told.update(repr((name, re.sub(DATE, b"<date>", data))).encode())
    return told.hexdigest()


def differing(found: dict[str, Any], expected: dict[str, Any]) -> str:
    """The names of what differs, in one line; "" where nothing does."""
    names = sorted({*found, *expected})
    return ", ".join(name for name in names if found.get(name) != expected.get(name))


@contextmanager
def in_memory() -> Iterator[Path]:
    """A temporary folder in memory, where there is such a thing."""
    memory = Path("/dev/shm")
    home = memory if os.access(memory, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=home, prefix="evalsuite-promises-") as name:
        yield Path(name)


@contextmanager
def workplace() -> Iterator[Path]:
    """Such a folder for tiny runs, of which one has been made: forks find all imported."""
    with in_memory() as place, _read_once():
        warm(place / "warm" / "run")
        yield place


@contextmanager
def _read_once() -> Iterator[None]:
    """Spares every fork what is the same each time, and that no fault of a run's files can reach.

    Versions of packages, digests of sources, the shipped audits, and drawings of the same numbers.
    """
    dots = import_module("evalsuite.report.figures.dots")  # its package has a function of the name
    # A commit made meanwhile is no fault, hence the commit too.
    same = (
        *((manifest, "packages"), (manifest, "git_commit"), (metadata, "entry_points")),
        *(
            (listing, "entry_points"),
            (find, "source_entry"),
            (dots, "columns"),
            (dots, "lanes"),
            (figure, "panels"),
        ),
    )
    read = stored.read
    read_shipped = functools.cache(read)
    with ExitStack() as stack:
        for module, name in same:
            stack.enter_context(patch.object(module, name, _once(getattr(module, name))))
        stack.enter_context(
            patch.object(
                stored,
                "read",
                lambda path: read_shipped(path) if path.parent == stored.SHIPPED else read(path),
            )
        )
        yield


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is called once with the same arguments, whatever these are."""
    found: dict[bytes, Any] = {}

    def call(*given: Any, **named: Any) -> Any:
        key = pickle.dumps((given, named))
        if key not in found:
            found[key] = function(*given, **named)
        return found[key]

    return call


def warm(folder: Path) -> None:
    """Import and compile all that a run needs, once, so that forks have it."""
    run(folder)
    gc.collect()
    gc.freeze()
