"""A Hugging Face `datasets` folder: Parquet, Arrow, JSON lines or CSV files, read as files.

Both layouts are read: a hub repository's (`data/train-00000-of-00001.parquet`) and that of
`save_to_disk` (`train/data-00000-of-00001.arrow`). Only columns of text are read, so pictures stay
on the disk.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evalsuite.prompts.importers._arrow import TABLES, arrow_rows
from evalsuite.prompts.importers._reading import (
    GENERAL,
    LABELS,
    NO,
    OWN,
    TEXTS,
    Note,
    clean,
    folder_files,
    json_lines,
    made,
    refuse,
    table,
)
from evalsuite.records import Prompt

TAG = "dataset"
SUFFIXES = (".parquet", ".arrow", ".jsonl", ".csv")


def fits(path: Path) -> int:
    """A folder that `datasets` has described; in general, any Parquet or Arrow files."""
    if not path.is_dir():
        return GENERAL if path.suffix in TABLES else NO
    marked = any((path / name).is_file() for name in ("dataset_info.json", "dataset_dict.json"))
    return OWN if marked else GENERAL if _files(path, TABLES) else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt a row, in the order of the files, with known label columns and `split` as groups."""
    number, said = 0, set[str]()
    for file in _files(path, TABLES) or _files(path, SUFFIXES) if path.is_dir() else [path]:
        column, dropped = "", set[str]()
        for place, cells in _records(file, dropped):
            by_name = {str(key).casefold(): value for key, value in cells.items()}
            column = column or next((name for name in TEXTS if name in by_name), "")
            if not column or not isinstance(by_name.get(column), str):
                wanted = f"text under {column!r}" if column else f"column {' or '.join(TEXTS)}"
                refuse(file, f"row {place} has no {wanted}; rename the column or fill it")
            dropped |= {name for name in cells if name.casefold() not in (column, *LABELS)}
            labels = {
                name: str(by_name[name])[:100]
                for name in LABELS
                if isinstance(by_name.get(name), (str, int)) and name != column
            }
            row = {"id": f"{TAG}-{number:05d}", "tag": TAG, "prompt": by_name[column]}
            yield made(file, place, {**row, "groups": {**labels, "split": _split(path, file)}})
            number += 1
        if lost := sorted(dropped - said):
            note(f"columns that are not read: {', '.join(map(repr, lost))}")
        said |= dropped


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    found = folder_files(folder, "**/*")
    # `datasets` leaves copies of what was computed beside the data.
    return [
        path for path in found if path.suffix in suffixes and not path.name.startswith("cache-")
    ]


def _split(path: Path, file: Path) -> str:
    """The split's name, which is the file's or the folder's."""
    stem = re.sub(r"-[0-9]+-of-[0-9]+$", "", file.stem)
    if stem == "data" and path.is_dir() and file.parent != path:
        stem = file.parent.name
    return clean(stem)[:100]


def _records(file: Path, dropped: set[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The place, from 1, and the cells of every row; `dropped` gets columns left on the disk."""
    if file.suffix == ".csv":
        yield from table(file, ())
    elif file.suffix == ".jsonl":
        yield from json_lines(file)
    else:
        wanted = {*TEXTS, *LABELS}
        cells = arrow_rows(file, lambda field: field.name.casefold() in wanted, dropped)
        yield from enumerate(cells, 1)
