"""How a command ends on hostile input: its exit code, words, time, memory, and what it let happen.

Each command runs in a forked process that notes what code from outside would do: start a program,
open a connection, unpickle, import from the place itself, or write outside of it.
"""

import io
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.promises._forks import fork
from evalsuite.commands.exit import DONE, INCOMPLETE, USAGE, code_of

HAPPENINGS = (
    *("os.system", "os.exec", "os.posix_spawn", "os.spawn", "subprocess.Popen", "pty.spawn"),
    *("socket.connect", "socket.bind", "socket.getaddrinfo", "urllib.Request"),
    *("pickle.find_class", "ctypes.dlopen", "webbrowser.open"),
)
"""Audit events that no reading of a stranger's file may cause."""
CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.truncate")
MEMORY = 8 << 30


class Ended(NamedTuple):
    """How it ended; `happened` has a line for everything that must not happen."""

    code: int
    said: str
    happened: list[str]
    seconds: float
    mb: int


def ended(command: Callable[[], object], place: Path, seconds: int) -> Ended:
    """Run a command in a fork that may write below `place` alone, for so long."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as log:
        began = time.monotonic()
        if (child := fork()) == 0:
            code = 70
            try:
                code = _run(command, os.path.realpath(place), said.fileno(), log.fileno(), seconds)
            finally:
                os._exit(code)
        _, status, used = os.wait4(child, 0)
        took = time.monotonic() - began
        said.seek(0)
        log.seek(0)
        lines = log.read().splitlines()
        grown = used.ru_maxrss // 1024 - int(lines.pop(0) if lines else 0)
        return Ended(os.waitstatus_to_exitcode(status), said.read(), lines, took, grown)


def _run(command: Callable[[], object], place: str, said: int, log: int, seconds: int) -> int:
    write = os.write
    write(log, f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}\n".encode())
    signal.setitimer(signal.ITIMER_REAL, seconds)  # kills the process, whatever it waits for
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    heard = sys.stdout = sys.stderr = io.StringIO()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # libraries may hold the old stream
    sys.dont_write_bytecode = True

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if told := happening(event, arguments, place):
            write(log, f"{told}\n".encode("utf-8", "replace"))

    sys.addaudithook(hook)
    code = code_of(command)
    write(said, heard.getvalue().encode("utf-8", "replace"))
    return code


def happening(event: str, arguments: tuple[Any, ...], place: str) -> str:
    """What an audit event says that must not happen; "" for all that may."""
    if event in HAPPENINGS:
        return f"{event} {arguments[:2]!a}"[:300]
    if event == "import" and isinstance(arguments[1], str) and arguments[1].startswith(place):
        return f"import of {arguments[1]!a}"
    if event not in ("open", *CHANGES) or not isinstance(arguments[0], str | bytes | os.PathLike):
        return ""
    name = os.fsdecode(arguments[0])
    path = name if "\0" in name else os.path.realpath(name)
    if path.startswith((place, "/dev/", tempfile.gettempdir())):
        return ""
    flags = arguments[2] if event == "open" and len(arguments) > 2 else 0
    is_written = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    return f"{event} {path!a}" if is_written or event in CHANGES else ""


def faults(end: Ended, seconds: float, mb: int) -> list[str]:
    """Everything about an ending that breaks the promise, in a few words each."""
    found = list(end.happened)
    if end.code not in (DONE, USAGE, INCOMPLETE):
        found.append(f"exit code {end.code}: {end.said.strip()[-300:]!a}")
    if end.code == USAGE and len(end.said.strip().splitlines()) != 1:
        found.append(f"not one line: {end.said.strip()[:300]!a}")
    if any(sign in end.said for sign in "\x1b\x00\x07\u202e"):
        found.append(f"a terminal would obey: {end.said.strip()[:300]!a}")
    if end.seconds > seconds:
        found.append(f"took {end.seconds:.1f} s")
    if end.mb > mb:
        found.append(f"took {end.mb} MB")
    return found
