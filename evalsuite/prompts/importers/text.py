"""A plain text file, a prompt a line; empty lines are skipped."""

import re
from collections.abc import Iterator
from pathlib import Path

from evalsuite.prompts.importers import t2i_compbench
from evalsuite.prompts.importers._reading import Note, made, text_of
from evalsuite.records import Prompt

TAG = "text-file"


def fits(path: Path) -> bool:
    """A .txt file that is not named like T2I-CompBench's."""
    return path.is_file() and path.suffix == ".txt" and not t2i_compbench.fits(path)


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt a line, its id from the file's name and the line's number."""
    stem = re.sub("[^A-Za-z0-9._-]", "-", path.stem).lstrip("._-")[:80] or "line"
    for number, line in enumerate(text_of(path).split("\n"), 1):
        if line.strip():
            yield made(path, number, {"id": f"{stem}-{number:04d}", "tag": TAG, "prompt": line})
