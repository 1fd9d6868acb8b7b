"""Who is at work on what: claims of batches in a run's folder, so that nothing is done twice.

A claim is a file `claims/<name>-<attempt>` that one process could create (`O_EXCL`, which network
file systems honour too) and that it touches as long as it lives. It is a hint and no lock: what is
done is what the rows say. A claim whose owner is gone, or that nobody has touched for `EXPIRY`
seconds, is taken over by whoever creates the next attempt; where two workers do one batch all the
same, its rows are equal and reading keeps one.

Ages are differences of times that the file system gave, so the clocks of hosts do not matter.
"""

import contextlib
import hashlib
import os
import re
import threading
from pathlib import Path
from typing import NamedTuple

from evalsuite.files.atomic import naming

CLAIMS = "claims"
EXPIRY = 120.0
"""Seconds without a sign of life after which a claim is anybody's."""
BEAT = 15.0
"""Seconds between two signs of life."""
WORKERS = 4096
"""So many workers may append to a run at once."""

_FILE = re.compile(r"(.+)-([1-9][0-9]{0,8})")


class Claims:
    """One worker's claims in a run's folder; a context manager that gives all of them back.

    `expiry` and `beat` are in seconds; every worker of a run must agree on them.
    """

    def __init__(self, folder: Path, *, expiry: float = EXPIRY, beat: float = BEAT) -> None:
        self.run = Path(folder)
        self.folder = self.run / CLAIMS
        self._expiry, self._beat = expiry, beat
        self._held: dict[str, Path] = {}
        self._over = threading.Event()
        self._heart: threading.Thread | None = None
        self._worker = ""

    def __enter__(self) -> "Claims":
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._heart is not None:
            self._heart.join()
        for name in list(self._held):
            self.release(name)
        sweep_claims(self.run, self._expiry)

    @property
    def worker(self) -> str:
        """The worker's name, `w0`, `w1`, ...: the first that nobody has, claimed like a batch."""
        if not self._worker:
            names = (f"w{number}" for number in range(WORKERS))
            self._worker = next(name for name in names if self.take(f"worker-{name}"))
        return self._worker

    def take(self, name: str) -> bool:
        """Whether `name` is now this worker's, and was nobody's before, itself included."""
        if name in self._held:
            return False
        attempts = self._attempts(name)
        last = max(attempts, default=0)
        if last and not self._is_stale(self._path(name, last)):
            return False
        path = self._path(name, last + 1)
        if not self._create(path):
            return False
        self._held[name] = path
        if self._heart is None:
            self._heart = threading.Thread(target=self._live, name="claims", daemon=True)
            self._heart.start()
        return True

    def release(self, name: str) -> None:
        """Give a claim back, once the rows say what became of it; earlier attempts go with it."""
        path = self._held.pop(name, None)
        if path is None:
            return
        last = int(path.name.rpartition("-")[2])
        for attempt in (a for a in self._attempts(name) if a < last):
            _remove(self._path(name, attempt))
        _remove(path)

    def _path(self, name: str, attempt: int) -> Path:
        return self.folder / f"{name}-{attempt}"

    def _attempts(self, name: str) -> list[int]:
        found = map(_FILE.fullmatch, _names(self.folder))
        return [int(match[2]) for match in found if match and match[1] == name]

    def _create(self, path: Path) -> bool:
        with naming(path):
            for _ in range(3):
                try:
                    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
                except FileExistsError:
                    return False
                except FileNotFoundError:  # not made yet, or another worker has just left
                    path.parent.mkdir(exist_ok=True)
                    continue
                try:
                    os.write(handle, owner().encode())
                finally:
                    os.close(handle)
                return True
        return False

    def _is_stale(self, path: Path) -> bool:
        return is_stale(path, _now(self.folder), self._expiry)

    def _live(self) -> None:
        while not self._over.wait(self._beat):
            for path in list(self._held.values()):
                with contextlib.suppress(OSError):  # taken over, and finished by another
                    os.utime(path)


class _Process(NamedTuple):
    """A process by its machine, its number and when it began, in the system's own words."""

    machine: str
    number: int
    began: str


def owner() -> str:
    """The own process as it stands in its claims; no name of the host or its user is in it."""
    return " ".join(map(str, (_machine(), os.getpid(), _began(os.getpid()))))


def is_stale(path: Path, now: float, expiry: float) -> bool:
    """Whether a claim is nobody's any more: its process is gone, or it was not touched for long.

    One that says nothing is being written, or its process was killed before it could write.
    """
    try:
        text, age = path.read_bytes(), now - path.stat().st_mtime
    except OSError:  # given back at this moment: look again later
        return False
    return age > (expiry if text else min(expiry, BEAT)) or is_gone(text)


def is_gone(text: bytes) -> bool:
    """Whether the owner that a claim names ran here and has ended; False where nobody can tell."""
    parts = text.decode("ascii", "replace").split(" ")
    if len(parts) != 3 or not parts[1].isdigit() or len(parts[1]) > 9:
        return False
    process = _Process(parts[0], int(parts[1]), parts[2])
    if process.machine != _machine() or not process.machine or not process.began:
        return False
    return _began(process.number) != process.began


def abandon(folder: Path, process: int) -> None:
    """Give back what a process of this machine had claimed, for whoever saw it end."""
    abandon_of(folder, f"{_machine()} {process} ")


def abandon_of(folder: Path, whose: str) -> None:
    """Give back the claims of an `owner()` that has ended, on whatever machine it ran."""
    for name in _names(folder / CLAIMS):
        path = folder / CLAIMS / name
        with contextlib.suppress(OSError):
            if path.read_text("ascii", "replace").startswith(whose):
                _remove(path)


def sweep_claims(folder: Path, expiry: float = EXPIRY) -> None:
    """Remove the claims that nobody holds, and their folder once it is empty."""
    claims = folder / CLAIMS
    if not (names := _names(claims)):
        with contextlib.suppress(OSError):
            claims.rmdir()
        return
    now = _now(claims)
    for name in names:
        if is_stale(claims / name, now, expiry):
            _remove(claims / name)
    with contextlib.suppress(OSError):  # somebody else is at work
        claims.rmdir()


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _now(folder: Path) -> float:
    """The time by the clock of the file system that the folder lies on."""
    try:
        os.utime(folder)
        return folder.stat().st_mtime
    except OSError:
        return 0.0  # nothing is old, then


def _machine() -> str:
    """The boot of the machine and the space of process numbers; "" where they have no name."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
    return hashlib.sha256(f"{boot} {space}".encode()).hexdigest()[:16]


def _began(process: int) -> str:
    """When a process of this machine began; "" where there is none, or none that still works."""
    try:
        text = Path(f"/proc/{process}/stat").read_text("ascii", "replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()  # the name before it may hold anything
    return "" if fields[0] in "ZX" else fields[19]
