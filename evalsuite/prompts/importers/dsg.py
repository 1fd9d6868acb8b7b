"""DSG's questions: a CSV or JSON row for each, with the ids of the questions it depends on.

Source: github.com/j-min/DSG, dsg/data/dsg-1k-anns.csv (1,060 prompts, Cho et al. 2024).
"""

from collections.abc import Iterator
from pathlib import Path

from evalsuite.prompts.importers._questions import COLUMNS, prompts, tuple_type
from evalsuite.prompts.importers._reading import (
    GENERAL,
    NO,
    Note,
    head_of,
    header_of,
    json_of,
    objects,
    table,
)
from evalsuite.prompts.references import DSG
from evalsuite.records import Prompt

CITE = DSG

TAG = "dsg"


def fits(path: Path) -> int:
    """In general, a CSV or JSON file with its columns, which DPG-Bench has too."""
    if path.suffix == ".json":
        head = head_of(path)
        return GENERAL if all(f'"{name}"' in head for name in COLUMNS) else NO
    return GENERAL if path.suffix == ".csv" and set(COLUMNS) <= header_of(path) else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt an item with its questions, and the group `source`."""
    if path.suffix == ".json":
        # Numbers may be written as such.
        found = json_of(path)
        if isinstance(found, list):
            found = [
                {key: str(value) for key, value in row.items()} if isinstance(row, dict) else row
                for row in found
            ]
        yield from prompts(path, objects(path, found, COLUMNS), TAG, note, tuple_type)
    else:
        yield from prompts(path, table(path, COLUMNS), TAG, note, tuple_type)
