"""Rows that survive a kill: append-only files of checksummed lines of JSON.

A row is one line of canonical JSON (sorted keys, no NaN) that ends in a checksum of the rest; a
line whose checksum is wrong, such as the torn last line of a killed worker, is no row.
"""

import fnmatch
import gc
import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from evalsuite.files.atomic import naming, sync_folder
from evalsuite.files.credentials import concealed, literals
from evalsuite.records import InputError, Json

_T = TypeVar("_T")
_SEAM = b',"checksum":"'


def canonical(value: Json) -> str:
    """JSON in one spelling; raises `ValueError` on NaN, `TypeError` on what is not JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


class Segment:
    """One worker's append-only file of rows, such as `samples-w0`; a context manager.

    The file is made by the first append. Rows are acknowledged, that is on disk, once `append`
    has returned. Raises `InputError` where the disk is full or the folder cannot be written.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        if not re.fullmatch(r"(?:samples|judgements|timings|labels)-[A-Za-z0-9_.-]+", stem):
            raise InputError(f"{stem!r}: no name for a segment; use letters, digits, '.' and '_'")
        self.path = Path(folder) / f"{stem}.jsonl"
        self._file: io.FileIO | None = None
        self._torn = False

    def __enter__(self) -> "Segment":
        return self

    def __exit__(self, *_: object) -> None:
        file, self._file = self._file, None
        if file is not None:
            with naming(self.path):  # network file systems may tell of a failed write only now
                file.close()

    def append(self, row: Mapping[str, Json]) -> None:
        """Appends one row, durably."""
        self.append_all([row])

    def append_all(self, rows: Iterable[Mapping[str, Json]]) -> None:
        """Appends rows, without credentials, with a single fsync; a kill leaves whole ones."""
        known = literals()
        data = b"".join(_encode(concealed(row, known)) for row in rows)
        if not data:
            return
        with naming(self.path):
            file = self._opened()
            # A line that a kill or a full disk left unended must not swallow the next row.
            left = memoryview(b"\n" + data if self._torn else data)
            self._torn = True
            while left:
                left = left[file.write(left) or 0 :]
            os.fsync(file.fileno())
            self._torn = False

    def _opened(self) -> io.FileIO:
        if self._file is None:
            self._file = io.FileIO(self.path, "a+")
            if os.fstat(self._file.fileno()).st_size:
                self._file.seek(-1, os.SEEK_END)
                self._torn = self._file.read(1) != b"\n"
            else:
                sync_folder(self.path.parent)
        return self._file


def _encode(row: Mapping[str, Json]) -> bytes:
    if not row or "checksum" in row:
        raise ValueError("a row needs a key, and none of its own called 'checksum'")
    body = canonical(row).encode("ascii")
    return body[:-1] + _SEAM + _checksum(body) + b'"}\n'


def _decode(line: bytes) -> Any:
    head, _, tail = line.rpartition(_SEAM)
    body = head + b"}"
    if tail != _checksum(body) + b'"}':
        raise ValueError("damaged row")
    return json.loads(body.decode())


def _checksum(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode("ascii")


def read_rows(folder: Path, pattern: str, parse: Callable[[Any], _T]) -> tuple[list[_T], int]:
    """What `parse` makes of each whole row, by segment name and line, and how many were not whole.

    A row that `parse` refuses (`KeyError`, `TypeError`, `ValueError`) counts as damaged.
    """
    rows: list[_T] = []
    damaged = take_rows(folder, pattern, lambda row: rows.append(parse(row)))
    return rows, damaged


def take_rows(folder: Path, pattern: str, take: Callable[[Any], None]) -> int:
    """Hand each whole row to `take`, by segment name and line; how many lines were not whole.

    A row that `take` refuses (`KeyError`, `TypeError`, `ValueError`) counts as damaged.
    """
    damaged = 0
    with naming(Path(folder)):
        # Not Path.glob, which sees nothing in a folder that it may not read.
        names = os.listdir(folder) if os.path.lexists(folder) else []
    for name in sorted(fnmatch.filter(names, pattern)):
        taken = take_after(Path(folder) / name, 0, take)
        damaged += taken.damaged + taken.is_torn
    return damaged


class Taken(NamedTuple):
    """Up to which byte a segment was read, how many lines were damaged, and whether it is torn.

    A torn last line is not read: it may be whole the next time, when its worker has written on.
    """

    end: int
    damaged: int
    is_torn: bool


def take_after(path: Path, start: int, take: Callable[[Any], None]) -> Taken:
    """Hand each whole row from byte `start` on to `take`, as `take_rows` does."""
    end, damaged, is_torn = start, 0, False
    # Line by line: a large segment is never in memory as text.
    with naming(path), path.open("rb") as lines, _no_collection():
        lines.seek(start)
        for line in lines:
            try:
                if row := line.rstrip(b"\n"):
                    take(_decode(row))
            except (KeyError, TypeError, ValueError, RecursionError):
                if not line.endswith(b"\n"):
                    is_torn = True
                    break
                damaged += 1
            end += len(line)
    return Taken(end, damaged, is_torn)


def rows_after(path: Path, start: int) -> tuple[list[Any], int]:
    """The whole rows of a segment from byte `start` on, and where to go on the next time.

    A last line without an end is not consumed: it is being written, or torn, and a torn one gets
    its end with the row that comes after it.
    """
    with naming(path), path.open("rb") as file:
        file.seek(start)
        data = file.read()
    whole = data[: data.rfind(b"\n") + 1]
    rows = []
    for line in whole.splitlines():
        with suppress(KeyError, TypeError, ValueError, RecursionError):
            rows.append(_decode(line))
    return rows, start + len(whole)


@contextmanager
def _no_collection() -> Iterator[None]:
    """No search for cycles meanwhile: rows have none, and each search looks at all of them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
