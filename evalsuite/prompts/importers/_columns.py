"""Reading a table whose columns are told by usual names, or by those that a `Columns` gives."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalsuite.prompts.importers._arrow import TABLES as ARROW
from evalsuite.prompts.importers._arrow import arrow_rows, is_plain
from evalsuite.prompts.importers._reading import (
    LABELS,
    TEXTS,
    Note,
    clean,
    head_of,
    json_lines,
    json_of,
    made,
    quoted,
    refuse,
    table,
)
from evalsuite.prompts.rows import NAME
from evalsuite.records import Prompt

TAG = "columns"
TABLES = {".csv": ",", ".tsv": "\t"}
SUFFIXES = (*TABLES, ".json", ".jsonl", *ARROW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns hold what; None, or no groups, leaves it to the usual names.

    `question` holds a question to be answered with yes, or a list of them; `words` what is to be
    written in the picture.
    """

    prompt: str | None = None
    id: str | None = None
    words: str | None = None
    question: str | None = None
    groups: tuple[str, ...] = ()


def read_columns(path: Path, note: Note, asked: Columns) -> Iterator[Prompt]:
    """A prompt a row; `note` hears of every column that is not read.

    Raises `InputError` where a column is not there, and names those that are.
    """
    left = set[str]()
    found = list(_records(path, left))
    names = list(dict.fromkeys(name for _, cells in found for name in cells))
    taken = _taken(path, names, asked)
    ids = _ids(path, found, taken.id, note, is_asked=asked.id is not None)
    read = {taken.prompt, taken.words, taken.question, *taken.groups, taken.id if ids else None}
    if dropped := [name for name in (*names, *sorted(left)) if name not in read]:
        note(f"columns that are not read: {quoted(dropped)}; name labels with --group")
    for number, (place, cells) in enumerate(found):
        text = cells.get(taken.prompt or "")
        if not isinstance(text, str) or not text.strip():
            refuse(path, f"no text under {taken.prompt!r}; fill it or take the row out", place)
        labels = {name: _label(cells.get(name)) for name in taken.groups}
        row: dict[str, Any] = {
            "id": ids[number] if ids else f"{TAG}-{number:05d}",
            "tag": TAG,
            "prompt": text,
            "groups": {clean(name)[:100]: label for name, label in labels.items() if label},
        }
        if words := _text(cells.get(taken.words or "")):
            row["words"] = words
        if questions := _texts(cells.get(taken.question or "")):
            row["questions"] = [{"question": question} for question in questions]
        yield made(path, place, row)


def _taken(path: Path, names: list[str], asked: Columns) -> Columns:
    """The columns' names as the file writes them."""
    by_name = {name.strip().casefold(): name for name in reversed(names)}
    shown = quoted(names)

    def column(wanted: str | None, *usual: str) -> str | None:
        if wanted is None:
            return next((by_name[name] for name in usual if name in by_name), None)
        if wanted.strip().casefold() not in by_name:
            refuse(path, f"no column {wanted!r}; it has {shown or 'none'}")
        return by_name[wanted.strip().casefold()]

    prompt = column(asked.prompt, *TEXTS)
    if prompt is None:
        refuse(path, f"no column prompt; name it with --column prompt=..., of {shown or 'none'}")
    words, question = column(asked.words), column(asked.question)
    used = {prompt, words, question}
    groups: list[str | None] = [column(name) for name in asked.groups] or [
        by_name[name] for name in LABELS if name in by_name and by_name[name] not in used
    ]
    return Columns(
        prompt=prompt,
        id=column(asked.id, "id"),
        words=words,
        question=question,
        groups=tuple(name for name in groups if name),
    )


def _ids(
    path: Path,
    found: list[tuple[int, dict[str, Any]]],
    column: str | None,
    note: Note,
    *,
    is_asked: bool,
) -> list[str]:
    """Every row's id; none where the usual column has no ids, or has one twice."""
    if column is None:
        return []
    ids: list[str] = []
    seen = set[str]()
    for place, cells in found:
        written = _label(cells.get(column))
        name = re.sub("[^A-Za-z0-9._-]+", "-", written).lstrip("._-")[:100]
        fault = "is no id" if not re.fullmatch(NAME, name) else "comes twice" * (name in seen)
        if fault and is_asked:
            refuse(path, f"{column} {written!r} {fault}; mend it, or leave --id out", place)
        if fault:
            note(f"column {column!r} is not read as ids: {written!r} {fault}")
            return []
        seen.add(name)
        ids.append(name)
    return ids


def _records(path: Path, left: set[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The place, from 1, and the cells of every row; `left` gets columns that stay on the disk."""
    if path.suffix == ".jsonl":
        yield from json_lines(path)
    elif path.suffix == ".json":
        yield from _listed(path, json_of(path))
    elif path.suffix in TABLES:
        yield from table(path, (), delimiter_of(path), as_written=True)
    elif path.suffix in ARROW:
        yield from enumerate(arrow_rows(path, is_plain, left), 1)
    else:
        refuse(path, "is no table; give a .csv, .tsv, .json, .jsonl, .parquet or .arrow file")


def _listed(path: Path, value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a list, or of an object by their keys, which are then ids."""
    found = value
    if isinstance(value, dict) and value and all(isinstance(v, dict) for v in value.values()):
        found = [{"id": key, **entry} for key, entry in value.items()]
    if not isinstance(found, list):
        refuse(path, "not a JSON list of objects; name another --format")
    for place, entry in enumerate(found, 1):
        if not isinstance(entry, dict):
            refuse(path, f"row {place} is not a JSON object; mend it")
        yield place, entry


def delimiter_of(path: Path) -> str:
    """Spreadsheets of some languages part the cells of a CSV file by semicolons."""
    first = head_of(path).partition("\n")[0]
    plain = TABLES[path.suffix]
    return ";" if plain == "," and ";" in first and "," not in first else plain


def _texts(value: Any) -> list[str]:
    """The texts of a cell, which may be a list of them."""
    entries = value if isinstance(value, list) else [value]
    return [clean(str(entry)) for entry in entries if _is_plain(entry) and clean(str(entry))]


def _text(value: Any) -> str:
    return " ".join(_texts(value))


def _label(value: Any) -> str:
    """A cell as a label: lists are joined, and what is nested is written as JSON."""
    if isinstance(value, Mapping) or (
        isinstance(value, list) and not all(_is_plain(entry) for entry in value)
    ):
        return clean(json.dumps(value, ensure_ascii=False))[:100]
    return clean(", ".join(_texts(value)))[:100].strip()


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and value == value  # NaN is an empty cell
