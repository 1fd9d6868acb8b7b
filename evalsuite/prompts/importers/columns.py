"""Any table with a column of prompts: CSV, TSV, JSON lines, or a JSON list of objects.

Columns are found by their names, whatever their case: `prompt` (or `prompts`, `caption`, `text`) is
the prompt, `id` its id, and such as `category` become groups. Other names are given as `Columns`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from evalsuite.prompts.importers._columns import TABLES, Columns, delimiter_of, read_columns
from evalsuite.prompts.importers._reading import GENERAL, NO, TEXTS, Note, head_of, header_of
from evalsuite.records import Prompt


def fits(path: Path) -> int:
    """In general, a table or a list with one of the usual columns of prompts."""
    if path.suffix in TABLES:
        return GENERAL if header_of(path, delimiter_of(path)) & {*TEXTS} else NO
    if path.suffix in (".json", ".jsonl"):
        keys = re.findall(r'"(\w+)"\s*:', head_of(path))
        return GENERAL if {key.casefold() for key in keys} & {*TEXTS} else NO
    return NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt a row, by the usual names of columns."""
    return read_columns(path, note, Columns())
