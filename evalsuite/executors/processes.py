"""Processes of this machine that help a command with its run, one for each GPU or so many cores.

A helper is what a second command on the same folder would be: it claims batches and appends to
segments of its own, so the command needs nothing of it but to know how it ended. One that dies
loses the batch that it was at; the command gives its claims back at once and starts another.
"""

import contextlib
import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evalsuite.executors import inline
from evalsuite.executors.ending import DEATHS, ended, fault
from evalsuite.records import Json, Progress
from evalsuite.runs.claims import abandon

LOG = logging.getLogger("evalsuite")

DRAWN = "drawn\n"
"""What a helper is told once the last image is drawn."""


@dataclass(frozen=True)
class Part:
    """What one helper does: `function`, "module:name", is called with the `task` and an event.

    The event is set once the last image is drawn. `environment` is what differs from ours.
    """

    function: str
    task: Json
    environment: Mapping[str, str]


class Helpers(inline.Helpers):
    """The running helpers of a command."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[subprocess.Popen[bytes], Part] = {}
        self._threads: list[threading.Thread] = []
        self._broken: list[Exception] = []
        self._deaths = 0
        self._over = self._is_drawn = False
        self._lock = threading.Lock()

    def start(self, part: Part) -> None:
        """Start a helper, and a thread that waits for its end."""
        with self._lock:
            if self._over:
                return
            receive, send = os.pipe()
            paths = os.pathsep.join(path for path in sys.path if path)
            child = subprocess.Popen(
                [sys.executable, "-m", "evalsuite.executors.processes", str(send)],
                stdin=subprocess.PIPE,
                pass_fds=[send],
                env={**os.environ, "PYTHONPATH": paths, **part.environment},
            )
            os.close(send)
            self._running[child] = part
        self._say(child, json.dumps([part.function, part.task]) + "\n")
        if self._is_drawn:
            self._say(child, DRAWN)
        thread = threading.Thread(target=self._await, args=(child, part, receive), daemon=True)
        self._threads.append(thread)
        thread.start()

    def watched(self, progress: Progress | None) -> Progress:
        """A `progress` that also ends the command where a helper has broken down."""

        def tell(stage: str, done: int, total: int) -> None:
            self.check()
            if progress is not None:
                progress(stage, done, total)

        return tell

    def check(self) -> None:
        """Raise what a helper could not go on for: `InputError`, or `HelperBroke`."""
        for error in self._broken:
            raise error

    def drawn(self) -> None:
        """Tell them that the last image is drawn."""
        self._is_drawn = True
        for child in list(self._running):
            self._say(child, DRAWN)

    def join(self) -> None:
        """Wait until every helper has found that nothing is left to do."""
        while self._threads:
            self._threads.pop().join()

    def end(self) -> None:
        """Have those that still run end now; what they had claimed is given back."""
        with self._lock:
            self._over = True
            running = list(self._running)
        for child in running:
            child.kill()
        self.join()

    def _say(self, child: "subprocess.Popen[bytes]", line: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # it has ended, and its thread sees to that
            assert child.stdin is not None
            child.stdin.write(line.encode())
            child.stdin.flush()

    def _await(self, child: "subprocess.Popen[bytes]", part: Part, receive: int) -> None:
        with os.fdopen(receive, "rb") as answers:
            said = answers.read()
        code = child.wait()
        with contextlib.suppress(OSError):
            assert child.stdin is not None
            child.stdin.close()
        abandon(self._folder, child.pid)
        with self._lock:
            del self._running[child]
            if self._over:
                return
            self._deaths += not said
            deaths = self._deaths
        if said:
            if (error := fault(*json.loads(said))) is not None:
                self._broken.append(error)
            return
        what = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        is_replaced = deaths <= DEATHS
        then = "another is started" if is_replaced else f"not replaced, being number {deaths}"
        LOG.warning("a worker %s; its batch is done by another, and %s", what, then)
        if is_replaced:
            self.start(part)


@contextmanager
def helping(folder: Path, parts: Sequence[Part]) -> Iterator[Helpers]:
    """Helpers at work on the run in `folder`, one for each part, until all is done or one broke.

    Raises `InputError` or `HelperBroke` for what a helper could not go on for. Where the body
    raises (an interrupt, too) they end at once.
    """
    helpers = Helpers(folder)
    try:
        for part in parts:
            helpers.start(part)
        yield helpers
        helpers.join()
        helpers.check()
    finally:
        helpers.end()


def cores() -> int:
    """How many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def main() -> None:
    """A helper's whole life: told what to do on stdin, it says how it ended and nothing else.

    It ends with the command, however that ends: its stdin is closed then. Ctrl-C is the command's.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    send = int(sys.argv[1])
    os.set_inheritable(send, False)
    name, task = json.loads(sys.stdin.readline())
    is_drawn = threading.Event()

    def listen() -> None:
        for line in sys.stdin:
            if line == DRAWN:
                is_drawn.set()
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()
    module, _, function = name.partition(":")

    def act() -> None:
        getattr(importlib.import_module(module), function)(task, is_drawn)

    said = ended(act)
    with os.fdopen(send, "wb") as channel:
        channel.write(json.dumps(said).encode())
    sys.stdout.flush()
    os._exit(0)  # no library's thread, and no last word, keeps the command waiting


if __name__ == "__main__":
    main()
