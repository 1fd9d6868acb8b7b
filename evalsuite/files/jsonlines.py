"""Read JSON lines written by strangers: bounded, strict, and every refusal with its place.

Every refusal is an `InputError` in one line: file, line and column (both from 1, the column in
characters), what is wrong, and how to mend it.
"""

import codecs
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from evalsuite.files.atomic import naming
from evalsuite.records import InputError

LINE_CAP = 64 * 1024
"""Longest line, in bytes: a prompt of a few thousand words with its row."""

FILE_CAP = 16 * 1024 * 1024
"""Largest file, in bytes: some 50,000 prompts of the usual size."""

LINES_CAP = 500_000
"""Most lines of a file: those without anything on them take time too."""

Place = tuple[str | int, ...]
"""Keys and indices that lead from the top of a row to a value, as pydantic writes them."""

UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1 controls
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi: CVE-2021-42574
    "\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]"  # line ends, byte order mark, no characters
)
"""Characters that hide what a text says, or that no file can hold."""
_SPACE = re.compile(r"[ \t]*")


class _Object(dict[str, Any]):
    """A JSON object that remembers which of its keys came more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        seen: set[str] = set()
        self.twice = [key for key, _ in pairs if key in seen or seen.add(key)]  # type: ignore[func-returns-value]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file, without its end; `number` counts from 1."""

    path: Path
    number: int
    text: str

    def refuse(self, column: int, what: str) -> NoReturn:
        """Raise the one-line `InputError` about a column."""
        raise InputError(f"{shown(self.path)}:{self.number}:{column}: {what}")

    def refuse_at(self, place: Place, what: str) -> NoReturn:
        """Raise the one-line `InputError` about what is at `place`, or the nearest above it."""
        self.refuse(_column(self.text, place), what)


def shown(path: Path) -> str:
    """The path on one line, whatever characters it holds."""
    return repr(str(path))[1:-1]


def read_lines(path: Path, *, blank: bool = False) -> Iterator[Line]:
    """The lines of a text file, one at a time; with `blank`, also those of white space alone.

    Raises `InputError` if the file cannot be read or is no file, for a line over `LINE_CAP` or a
    file over `FILE_CAP` bytes, for bytes that are not UTF-8, and for control and bidi characters.
    """
    if path.exists() and not path.is_file():
        raise InputError(f"{shown(path)}: not a plain file; give the path of a .jsonl file")
    with naming(shown(path), "give the path of a readable file"), path.open("rb") as stream:
        size, number = 0, 0
        while raw := stream.readline(LINE_CAP + 1):
            size, number = size + len(raw), number + 1
            line = _line(path, number, raw, size)
            if blank or line.text.strip(" \t"):
                yield line


def parse(line: Line) -> dict[str, Any]:
    """The line's JSON object.

    Raises `InputError` for bad JSON, a repeated key, and text that holds escaped control or bidi
    characters or lone surrogates, or is not in Unicode's normal form C.
    """
    try:
        value = _DECODER.decode(line.text)
        if not isinstance(value, dict):
            line.refuse_at((), "not a JSON object; write one {...} a line")
        for place, what in flaws(value, ()):
            line.refuse_at(place, what)
    except json.JSONDecodeError as error:
        line.refuse(error.colno, f"bad JSON: {error.msg}; mend the line")
    except RecursionError:
        line.refuse(1, "brackets nested too deeply; a row needs four levels at most")
    return value


def part(line: Line, key: str) -> Line:
    """The line with all but the value of its object's `key` blanked, so that columns stay true.

    For a row within a row; the line must hold a JSON object with that key.
    """
    start = next(at for name, _, at in _members(line.text, _skip(line.text, 0)) if name == key)
    end = _DECODER.raw_decode(line.text, start)[1]
    return Line(line.path, line.number, " " * start + line.text[start:end])


def _line(path: Path, number: int, raw: bytes, size: int) -> Line:
    blank = Line(path, number, "")
    if len(raw) > LINE_CAP:
        blank.refuse(LINE_CAP + 1, f"line over {LINE_CAP} bytes; shorten or split it")
    if size > FILE_CAP:
        blank.refuse(1, f"file over {FILE_CAP} bytes; split it")
    if number > LINES_CAP:
        blank.refuse(1, f"file over {LINES_CAP} lines; split it")
    raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    if number == 1:  # what some editors put before a text says nothing
        raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        column = len(raw[: error.start].decode()) + 1
        blank.refuse(column, f"byte 0x{raw[error.start]:02x} is not UTF-8; save the file as UTF-8")
    bad = UNSAFE.search(text.replace("\t", " "))
    if bad:
        blank.refuse(bad.start() + 1, unsafe(bad[0]))
    return Line(path, number, text)


def unsafe(character: str) -> str:
    """What is wrong with a character that `UNSAFE` finds, and the mend."""
    return f"control, bidi or broken character U+{ord(character):04X}; take it out"


def _whole(digits: str) -> int | float:
    """Python refuses to read integers of thousands of digits; as a float they are just wrong."""
    return int(digits) if len(digits) < 20 else float(digits)


_DECODER = json.JSONDecoder(object_pairs_hook=_Object, parse_int=_whole)


def flaws(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """Where, below `place`, text is unsafe or not NFC or a key is repeated; and what to do."""
    if isinstance(value, str):
        if bad := UNSAFE.search(value):
            yield place, unsafe(bad[0])
        elif not unicodedata.is_normalized("NFC", value):
            yield place, "text is not in Unicode normal form C; save it as NFC"
    elif isinstance(value, _Object):
        for key in value.twice:
            yield (*place, key), f"key {key!a} is there twice; keep one"
        for key, inner in value.items():
            yield from flaws(key, (*place, key))
            yield from flaws(inner, (*place, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from flaws(inner, (*place, index))


def _column(text: str, place: Place) -> int:
    """The column of the key or list item at `place` in valid JSON, or of the nearest above it."""
    shown_at = at = _skip(text, 0)
    for step in place:
        # Of a repeated key the last one, as JSON readers take it.
        found = [(named, start) for key, named, start in _members(text, at) if key == step]
        if not found:
            break
        shown_at, at = found[-1]
    return shown_at + 1


def _members(text: str, at: int) -> Iterator[tuple[str | int, int, int]]:
    """Key or index, its start and its value's, of all that the object or list at `at` holds."""
    opening, at, index = text[at], _skip(text, at + 1), 0
    while opening in "[{" and text[at] not in "]}":
        key: str | int = index
        named = at
        if opening == "{":
            key, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)  # past the colon
        yield key, named, at
        at, index = _skip(text, _DECODER.raw_decode(text, at)[1]), index + 1
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
