"""A plain text file, a prompt a line; empty lines are skipped."""

import re
from collections.abc import Iterator
from pathlib import Path

from evalsuite.prompts.importers._reading import GENERAL, NO, Note, made, text_of
from evalsuite.records import Prompt

TAG = "text-file"


def fits(path: Path) -> int:
    """Any .txt file, in general."""
    return GENERAL if path.is_file() and path.suffix == ".txt" else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt a line, its id from the file's name and the line's number."""
    stem = re.sub("[^A-Za-z0-9._-]", "-", path.stem).lstrip("._-")[:80] or "line"
    for number, line in enumerate(text_of(path).split("\n"), 1):
        if line.strip():
            yield made(path, number, {"id": f"{stem}-{number:04d}", "tag": TAG, "prompt": line})
