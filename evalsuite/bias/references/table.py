"""Reading a reference's table: a CSV with one share a row."""

import csv
from collections.abc import Iterator
from math import isfinite
from pathlib import Path

from evalsuite.bias.references.record import ReferenceShare
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError

NEEDED = ("occupation", "share", "base", "year", "country", "source")
COLUMNS = (*NEEDED, "stands_for", "title", "note")

LARGEST = 4_000_000
"""Bytes of a table; more is no table of shares."""


def read_table(path: Path) -> tuple[dict[str, ReferenceShare], dict[str, str]]:
    """The shares by occupation, and the occupations without one with their `note` as the reason.

    The columns are `COLUMNS`, of which the last three may be left out; `share` from 0 to 1, or
    empty with a note that says why; `base` may be empty where the share is exact, and then the year
    may be, too. Raises `InputError` that names the file, the line and the mend.
    """
    shares: dict[str, ReferenceShare] = {}
    missing: dict[str, str] = {}
    lines: dict[str, int] = {}
    for line, cells in _rows(path):
        name = cells["occupation"]
        if not name:
            raise _refused(path, line, "occupation", "is empty; name the group as the prompts do")
        if name in lines:
            raise _refused(path, line, "occupation", f"{name!r} stands in line {lines[name]} too")
        lines[name] = line
        if cells["share"]:
            shares[name] = _share(path, line, cells)
        elif cells["note"]:
            missing[name] = cells["note"]
        else:
            raise _refused(path, line, "share", "is empty; give a share, or a note that says why")
    if not shares:
        raise InputError(
            f"{path}: holds no share; give a row an occupation, with a share from 0 to 1"
        )
    return shares, missing


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row's line number and its cells by column, without the space around them."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: over {LARGEST:,} bytes; give a table of shares")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}; give a CSV with {', '.join(NEEDED)}"
        ) from error
    rows = csv.reader(text.splitlines(), strict=True)
    try:
        head = [cell.strip().casefold() for cell in next(rows, [])]
        _check_head(path, head)
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(head):
                why = f"has {len(cells)} cells, the head {len(head)}; quote cells with commas"
                raise InputError(f"{path}, line {rows.line_num}: {why}")
            row = dict.fromkeys(COLUMNS, "")
            yield rows.line_num, row | dict(zip(head, map(str.strip, cells), strict=True))
    except csv.Error as error:
        raise InputError(f"{path}, line {rows.line_num}: {error}; write it as CSV") from error


def _check_head(path: Path, head: list[str]) -> None:
    for name in head:
        if name not in COLUMNS:
            more = did_you_mean(name, COLUMNS)
            raise InputError(f"{path}, line 1: no column {name!r} is known{more}")
    if lost := [name for name in NEEDED if name not in head]:
        raise InputError(f"{path}, line 1: no column {lost[0]!r}; the head is {','.join(NEEDED)}")
    if len(set(head)) < len(head):
        twice = next(name for name in head if head.count(name) > 1)
        raise InputError(f"{path}, line 1: two columns {twice!r}; leave one out")


def _share(path: Path, line: int, cells: dict[str, str]) -> ReferenceShare:
    share = _number(path, line, "share", cells)
    if not 0 <= share <= 1:
        is_percent = 1 < share <= 100
        mend = f"write {share / 100:g} for {share:g} %" if is_percent else "give 0 to 1"
        raise _refused(path, line, "share", f"{cells['share']} is not from 0 to 1; {mend}")
    base = _number(path, line, "base", cells) if cells["base"] else None
    stands_for = _number(path, line, "stands_for", cells) if cells["stands_for"] else 1.0
    if base is not None and not base >= stands_for:
        raise _refused(path, line, "base", f"{base:g} is less than one respondent; count people")
    if stands_for < 1:
        raise _refused(path, line, "stands_for", f"{stands_for:g} is below 1; it counts people")
    year = cells["year"]
    if year and not (year.isascii() and year.isdigit() and len(year) == 4):
        raise _refused(path, line, "year", f"{year!r} is no year; write four digits")
    if not year and base is not None:
        raise _refused(path, line, "year", "is empty; a survey's share is of a year")
    for column in ("country", "source"):
        if not cells[column]:
            raise _refused(path, line, column, "is empty; say where the share is from")
    return ReferenceShare(
        share=share,
        base=base,
        stands_for=stands_for,
        year=int(year or 0),
        country=cells["country"],
        source=cells["source"],
        title=cells["title"],
        note=cells["note"],
    )


def _number(path: Path, line: int, column: str, cells: dict[str, str]) -> float:
    try:
        number = float(cells[column])
    except ValueError:
        number = float("nan")
    if not isfinite(number):
        raise _refused(path, line, column, f"{cells[column]!r} is no number; write it as 0.25")
    return number


def _refused(path: Path, line: int, column: str, why: str) -> InputError:
    return InputError(f"{path}, line {line}, {column}: {why}")
