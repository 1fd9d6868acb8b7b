"""Bounded reading of strangers' files, and prompts made of what they hold."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from evalsuite.files.jsonlines import LINE_CAP, Line, shown
from evalsuite.files.values import natural
from evalsuite.prompts.rows import NAME, parse_prompt
from evalsuite.records import InputError, Prompt

Note = Callable[[str], None]
"""Is told, in one line, of what had to be mended or left out."""

NO, GENERAL, OWN = 0, 1, 2
"""What `fits` answers: not at all, by a shape that others share, by a mark of its own."""

TEXTS = ("prompt", "caption", "text", "prompts")
"""Usual names of the column with the prompts, in the order of preference."""
LABELS = (
    *("category", "subcategory", "challenge", "difficulty", "tag", "type", "skill", "skills"),
    *("basic_skills", "advanced_skills", "source", "subset", "class", "style", "level"),
)
"""Usual names of columns that become groups."""

SOURCE_CAP = 64 * 1024 * 1024
"""Largest file, in bytes: TIFA's 25,829 questions take some ten million."""
LINES_CAP = 2_000_000
"""Most lines of a file: those without anything on them take time too."""
HEAD = 64 * 1024
"""Bytes that are looked at to tell a format."""
FILES_CAP = 20_000
"""Most files of a folder."""
SHOWN = 12
"""How many columns a line names."""


def refuse(path: Path, what: str, place: int | None = None) -> NoReturn:
    """Raise the one-line `InputError` about a file, at a line or row counted from 1."""
    raise InputError(f"{shown(path)}:{'' if place is None else f'{place}:'} {what}")


def text_of(path: Path) -> str:
    """The whole of a UTF-8 file; a byte order mark is dropped."""
    try:
        if path.stat().st_size > SOURCE_CAP:
            refuse(path, f"over {SOURCE_CAP} bytes; split it")
        raw = path.read_bytes()
    except OSError as error:
        refuse(path, f"{error.strerror or error}; give the path of a readable file")
    if raw.count(b"\n") > LINES_CAP:
        refuse(path, f"over {LINES_CAP} lines; split it")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        refuse(path, f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8", line)


def head_of(path: Path) -> str:
    """The beginning of a file, for `fits`; empty where it is no readable file."""
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def header_of(path: Path, delimiter: str = ",") -> set[str]:
    """The column names of a table, for `fits`."""
    first = head_of(path).splitlines()[:1]
    return {
        name.strip().strip('"').casefold() for entry in first for name in entry.split(delimiter)
    }


def table(
    path: Path, columns: tuple[str, ...], delimiter: str = ",", *, as_written: bool = False
) -> Iterator[tuple[int, dict[str, str]]]:
    """The line and the cells of each row of a CSV or TSV file, by lower-cased column name.

    With `as_written`, names keep their case.

    Quotes mean nothing in a TSV file. Raises `InputError` where one of `columns` is missing or a
    row has fewer cells than the header.
    """
    stream = io.StringIO(text_of(path), newline="")
    plain = delimiter == "\t"
    reader = (
        csv.reader(stream, csv.excel_tab, quoting=csv.QUOTE_NONE)
        if plain
        else csv.reader(stream, delimiter=delimiter)
    )
    try:
        names = [name.strip() for name in next(reader, [])]
        if not as_written:
            names = [name.casefold() for name in names]
        if missing := [name for name in columns if name not in names]:
            refuse(path, f"column {missing[0]!r} is missing; the first line must name it", 1)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) < len(names):
                refuse(path, f"{len(cells)} cells, {len(names)} columns; mend it", reader.line_num)
            yield reader.line_num, dict(zip(names, cells, strict=False))
    except csv.Error as error:
        refuse(path, f"bad table: {error}; mend the line", reader.line_num)


def telling_unread(
    found: Iterable[tuple[int, dict[str, Any]]], read: Collection[str], note: Note
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows as they are; after the last `note` hears which of their columns are not `read`."""
    unread: dict[str, None] = {}
    for place, cells in found:
        unread |= dict.fromkeys(name for name in cells if name and name not in read)
        yield place, cells
    if unread:
        note(f"columns that are not read: {quoted(unread)}")


def quoted(names: Iterable[str]) -> str:
    """Names in quotes, the first few of many."""
    names = list(names)
    return ", ".join(map(repr, names[:SHOWN])) + ", ..." * (len(names) > SHOWN)


def json_of(path: Path) -> Any:
    """The one JSON value of a file."""
    try:
        return json.loads(text_of(path))
    except json.JSONDecodeError as error:
        refuse(path, f"bad JSON: {error.msg}; mend the line", error.lineno)
    except (ValueError, RecursionError) as error:
        refuse(path, f"bad JSON: {str(error)[:60]}; mend the file")


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The line's number and the JSON object of each line that is not blank."""
    for number, line in enumerate(text_of(path).split("\n"), 1):
        if line.strip():
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as error:
                refuse(path, f"bad JSON: {str(error)[:60]}; mend the line", number)
            if not isinstance(found, dict):
                refuse(path, "not a JSON object; mend the line", number)
            yield number, found


def objects(path: Path, value: Any, keys: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The place, from 1, and the object, of each of a JSON list; each has text under `keys`."""
    if not isinstance(value, list):
        refuse(path, "not a JSON list of objects; name another --format")
    for place, entry in enumerate(value, 1):
        if not isinstance(entry, dict):
            refuse(path, f"row {place} is not a JSON object; mend it")
        for key in keys:
            if not isinstance(entry.get(key), str):
                refuse(path, f"row {place} has no text under {key!r}; mend it")
        yield place, entry


def clean(text: str) -> str:
    """The text in Unicode's form C, white space made single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def made(path: Path, place: int, row: Mapping[str, Any]) -> Prompt:
    """The prompt of a row of `prompts/*.jsonl`, checked as if it stood in such a file.

    Raises `InputError` at `place`, a line or row counted from 1.
    """
    groups = {name: clean(label) for name, label in row.get("groups", {}).items() if clean(label)}
    kept = {**row, "prompt": clean(row["prompt"]), "groups": groups}
    try:
        text = json.dumps(kept)
        if len(text) > LINE_CAP:
            refuse(path, f"a prompt of over {LINE_CAP} bytes; shorten or split it", place)
        return parse_prompt(Line(Path("row"), 1, text))
    except InputError as error:
        # What is wrong is known, but its column is that of a line which no file holds.
        what = re.sub(r"^row:\d+:\d+: ", "", str(error))
        if what == str(error):
            raise
        refuse(path, what, place)


def name_of(written: str, otherwise: str) -> str:
    """The id that the source gives, if it is one here too."""
    return written if re.fullmatch(NAME, written) else otherwise


def folder_files(path: Path, pattern: str) -> list[Path]:
    """The plain files of a folder, in the natural order of their names: 2 before 10."""
    found: list[Path] = []
    for entry in path.glob(pattern):
        if entry.is_file():
            found.append(entry)
        if len(found) > FILES_CAP:
            refuse(path, f"over {FILES_CAP} files; import it in parts")
    return sorted(found, key=lambda entry: [natural(part) for part in entry.parts])
