"""Rows that workers append while this one is at work, read without reading anything twice."""

import fnmatch
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evalsuite.files.atomic import naming
from evalsuite.files.segments import rows_after


class Appended:
    """What is appended to a run's segments of one kind, such as "samples", from `sizes` on.

    `sizes` are the bytes of each segment that were read before, by its file's name. What the worker
    `own` writes from now on is left out: it knows that. But its name may have been another's, that
    was killed after the sizes were taken.
    """

    def __init__(self, folder: Path, kind: str, sizes: Mapping[str, int], own: str) -> None:
        self._folder = Path(folder)
        self._own = f"*-{own}.jsonl"
        self._pattern = f"{kind}-*.jsonl"
        self._read = dict(sizes)
        self._inherited = [
            row
            for name in self._names()
            if fnmatch.fnmatchcase(name, self._own)
            for row in self._after(name)
        ]

    def news(self) -> Iterator[Any]:
        """Every whole row that was appended since the last call, as it stands in its segment."""
        rows, self._inherited = self._inherited, []
        yield from rows
        for name in self._names():
            if not fnmatch.fnmatchcase(name, self._own):
                yield from self._after(name)

    def _names(self) -> list[str]:
        with naming(self._folder):
            return sorted(fnmatch.filter(os.listdir(self._folder), self._pattern))

    def _after(self, name: str) -> list[Any]:
        path, start = self._folder / name, self._read.get(name, 0)
        with naming(path):
            if path.stat().st_size <= start:
                return []
        rows, self._read[name] = rows_after(path, start)
        return rows
