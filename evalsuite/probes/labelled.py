"""A labelled folder: pictures in sub-folders by label, or beside a table of labels.

A table is `labels.csv` or `labels.jsonl` in the folder, or any such file that is named. Its columns
are `file` (a path within the folder), `label`, perhaps `group` (pictures of one group, such as one
person's, never stand on both sides of a cross-validation), and any others, by which the audit is
broken down.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from evalsuite.encoders.probe import LABEL
from evalsuite.files.images import decode_image
from evalsuite.files.jsonlines import Line, parse, read_lines, shown
from evalsuite.records import InputError, Picture, Pixels

TABLES = ("labels.csv", "labels.jsonl")
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
MOST = 100_000
"""Most pictures of a folder."""
_LABEL = re.compile(LABEL)


class Labelled(NamedTuple):
    """A picture with its label; `group` is its bytes' digest where no group is given.

    `groups` are the table's other columns.
    """

    picture: Picture
    label: str
    group: str
    groups: Mapping[str, str]


class _Row(NamedTuple):
    line: Line
    cells: Mapping[str, str]


def read(folder: Path, table: Path | None = None) -> list[Labelled]:
    """The labelled pictures of a folder, by the digest of their bytes; decoded when looked at.

    A picture that is there twice with one label counts once. Raises `InputError` with file and
    line for a row that cannot be used, for a picture with two labels, and for no label at all.
    """
    if not folder.is_dir():
        raise InputError(f"{shown(folder)}: there is no such folder")
    beside = [folder / name for name in TABLES if (folder / name).is_file()]
    if table is None and len(beside) > 1:
        raise InputError(f"{shown(folder)}: has both {' and '.join(TABLES)}; name one: --labels")
    table = table or next(iter(beside), None)
    found = _of_folders(folder) if table is None else _of_table(folder, table)
    by_picture: dict[str, tuple[Labelled, str]] = {}
    for each, place in found:
        sha256 = each.picture.sha256
        known, there = by_picture.setdefault(sha256, (each, place))
        if known.label != each.label:
            raise InputError(
                f"{place}: the picture has the label {each.label!a}, and as {there} it has "
                f"{known.label!a}; keep one"
            )
        if len(by_picture) > MOST:
            raise InputError(f"{shown(folder)}: has over {MOST} pictures; take fewer")
    if not by_picture:
        raise InputError(
            f"{shown(folder)}: has no labelled picture; sort them into sub-folders by label, or "
            f"write {TABLES[0]} with the columns file and label"
        )
    return [by_picture[sha256][0] for sha256 in sorted(by_picture)]


def digest(labelled: Sequence[Labelled]) -> str:
    """SHA-256 over every picture's bytes, label and groups."""
    rows = [
        f"{each.picture.sha256}\t{each.label}\t{each.group}\t{sorted(each.groups.items())}"
        for each in labelled
    ]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _of_folders(folder: Path) -> Iterator[tuple[Labelled, str]]:
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        pictures = sorted(p for p in place.rglob("*") if p.suffix.lower() in PICTURES)
        if pictures and not _LABEL.fullmatch(place.name):
            raise InputError(f"{shown(place)}: cannot be a label; use letters, digits and spaces")
        for path in pictures:
            name = path.relative_to(folder).as_posix()
            if not path.resolve().is_relative_to(folder.resolve()):
                raise InputError(f"{shown(path)}: leads out of the folder; copy the picture")
            yield _labelled(path, place.name, "", {}, f"{shown(path)}"), name


def _of_table(folder: Path, table: Path) -> Iterator[tuple[Labelled, str]]:
    for row in _rows(table):
        cells = row.cells
        for name in ("file", "label"):
            if not cells.get(name):
                row.line.refuse(1, f"has no {name}; a row needs file and label")
        if not _LABEL.fullmatch(cells["label"]):
            row.line.refuse(1, f"label {cells['label'][:60]!a}: use letters, digits and spaces")
        within = PurePosixPath(cells["file"])
        path = folder / within
        is_outside = within.is_absolute() or ".." in within.parts or "\\" in cells["file"]
        if is_outside or not path.resolve().is_relative_to(folder.resolve()):
            row.line.refuse(1, "file must be a path within the folder; move the picture there")
        groups = {k: v for k, v in cells.items() if k not in ("file", "label", "group") and v}
        place = f"{shown(row.line.path)}:{row.line.number}"
        yield _labelled(path, cells["label"], cells.get("group", ""), groups, place), place


def _rows(table: Path) -> Iterator[_Row]:
    lines = list(read_lines(table))
    if table.suffix == ".jsonl":
        for line in lines:
            row = parse(line)
            if wrong := [key for key, value in row.items() if not isinstance(value, str)]:
                line.refuse_at((wrong[0],), f"{wrong[0][:60]!a} must be a text")
            yield _Row(line, row)
        return
    if table.suffix != ".csv":
        raise InputError(f"{shown(table)}: is neither .csv nor .jsonl; write one of them")
    head = next(csv.reader([lines[0].text]), []) if lines else []
    if len(set(head)) < len(head) or not {"file", "label"} <= set(head):
        raise InputError(f"{shown(table)}:1:1: needs the columns file and label, each once")
    for line in lines[1:]:
        cells = next(csv.reader(io.StringIO(line.text)))
        if len(cells) != len(head):
            line.refuse(1, f"has {len(cells)} cells under {len(head)} columns; mend the row")
        yield _Row(line, dict(zip(head, cells, strict=True)))


def _labelled(
    path: Path, label: str, group: str, groups: Mapping[str, str], place: str
) -> Labelled:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{place}: {error.strerror or error}; put the picture there") from error

    def decode() -> Pixels:
        return decode_image(path.read_bytes(), str(path))

    sha256 = hashlib.sha256(data).hexdigest()
    return Labelled(Picture(sha256, decode), label, group or sha256, groups)
