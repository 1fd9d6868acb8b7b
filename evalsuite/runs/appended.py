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

    `sizes` are the bytes of each segment that were read before, by its file's name. The segments of
    the worker `own` are left out: it knows what it wrote.
    """

    def __init__(self, folder: Path, kind: str, sizes: Mapping[str, int], own: str) -> None:
        self._folder = Path(folder)
        self._own = f"*-{own}.jsonl"
        self._pattern = f"{kind}-*.jsonl"
        self._read = dict(sizes)

    def news(self) -> Iterator[Any]:
        """Every whole row that was appended since the last call, as it stands in its segment."""
        with naming(self._folder):
            names = sorted(fnmatch.filter(os.listdir(self._folder), self._pattern))
        for name in names:
            if fnmatch.fnmatchcase(name, self._own):
                continue
            path, start = self._folder / name, self._read.get(name, 0)
            with naming(path):
                if path.stat().st_size <= start:
                    continue
            rows, self._read[name] = rows_after(path, start)
            yield from rows
