"""Read the list of a folder's images: `metadata.jsonl`, `metadata.csv`, or the files' own names."""

import csv
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan
from pathlib import Path, PurePosixPath
from typing import Any, cast, get_args

from evalsuite.backends._names import Named, read_name
from evalsuite.files.jsonlines import shown
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError, Status

LISTS = ("metadata.jsonl", "metadata.csv")
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
MAX_BYTES = 256 << 20
MAX_LINE = 1 << 20
MAX_LINES = 4_000_000
MAX_INDEX = 1_000_000


@dataclass(frozen=True, slots=True)
class ListedImage:
    """One image of a list; `file` is its path in the folder, `place` the list's name and line.

    `cell` is the part of the file that is meant: rows and columns of its grid, and which.
    """

    place: str
    file: str
    prompt_id: str
    text: str
    prompt_set: str
    index: int | None
    status: Status
    reason: str
    cell: tuple[int, int, int] | None = None


def read_listing(folder: Path, metadata: str | None) -> tuple[list[ListedImage], Path | None]:
    """The rows of a folder's list and the list itself; none where file names are the list.

    Raises `InputError` with file and line for a row that cannot be used: bad JSON, no prompt, a
    file name that leads out of the folder, a status that there is not.
    """
    listing = _find(folder, metadata)
    if listing is None:
        return [], None
    if listing.stat().st_size > MAX_BYTES:
        raise InputError(f"{listing.name}: longer than {MAX_BYTES} bytes; split the folder")
    if listing.stat().st_size > MAX_LINES and _lines(listing) > MAX_LINES:
        raise InputError(f"{listing.name}: more than {MAX_LINES} lines; split the folder")
    rows_of = _csv if listing.suffix.lower() == ".csv" else _jsonl
    try:
        rows = [_row(folder, place, fields) for place, fields in rows_of(listing)]
    except UnicodeDecodeError as error:
        raise InputError(
            f"{listing.name}: not UTF-8 ({error.reason}); save the list as UTF-8"
        ) from error
    if not rows:
        raise InputError(f"{listing.name}: lists no image; write one row per image")
    return rows, listing


def _find(folder: Path, metadata: str | None) -> Path | None:
    if metadata is None:
        present = [folder / name for name in LISTS if (folder / name).is_file()]
        if len(present) > 1:
            raise InputError(f"{folder.name}: has {' and '.join(LISTS)}; say which with metadata=")
        return present[0] if present else None
    choices = [folder / metadata, Path(metadata).expanduser()]
    path = next((choice for choice in choices if os.path.isfile(choice)), None)
    if path is None:
        raise InputError(f"metadata {metadata!r}: there is no such file, in the folder or outside")
    if path.suffix.lower() not in (".jsonl", ".csv"):
        raise InputError(f"metadata {metadata!r}: is no list; give a .jsonl or a .csv file")
    return path


def _lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(piece.count(b"\n") for piece in iter(lambda: stream.read(1 << 20), b""))


def _jsonl(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with path.open(encoding="utf-8-sig") as stream:
        number = 0
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            place = f"{path.name}:{number}"
            if len(line) > MAX_LINE:
                raise InputError(f"{place}: longer than {MAX_LINE} characters; shorten the line")
            if not line.strip():
                continue
            try:
                fields = json.loads(line.rstrip())
            except json.JSONDecodeError as error:
                raise InputError(f"{place}:{error.colno}: {error.msg}; mend the JSON") from error
            except (RecursionError, ValueError) as error:
                raise InputError(f"{place}: cannot be read as JSON; mend the line") from error
            if not isinstance(fields, dict):
                raise InputError(f"{place}: is not a JSON object; write {{...}} on every line")
            yield place, fields


def _csv(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        try:
            for fields in reader:
                place = f"{path.name}:{reader.line_num}"
                if None in fields:
                    raise InputError(f"{place}: has more cells than the first line names; quote it")
                yield place, fields
        except csv.Error as error:
            raise InputError(f"{path.name}:{reader.line_num}: {error}; mend the line") from error


def _row(folder: Path, place: str, fields: Mapping[str, Any]) -> ListedImage:
    status = _text(place, fields, "status").lower() or "ok"
    if status not in get_args(Status):
        hint = did_you_mean(status, get_args(Status))
        raise InputError(f"{place}: status {status[:60]!r} is unknown{hint}")
    file = _text(place, fields, "file_name") or _text(place, fields, "image")
    text = _text(place, fields, "prompt") or _text(place, fields, "text")
    prompt_id = _text(place, fields, "prompt_id")
    if not prompt_id and not text.strip():
        raise InputError(f"{place}: says neither prompt nor prompt_id; add one")
    if status == "ok" and not file:
        raise InputError(f"{place}: has no file_name; add it, or a status such as refused")
    return ListedImage(
        place=place,
        file=_inside(folder, place, file) if file else "",
        prompt_id=prompt_id,
        text=text,
        prompt_set=_text(place, fields, "prompt_set"),
        index=_index(place, _text(place, fields, "index")),
        status=cast(Status, status),
        reason=_text(place, fields, "reason"),
    )


def _text(place: str, fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, float):  # tables write whole numbers as 0.0, and nothing as NaN
        value = "" if isnan(value) else str(int(value)) if value.is_integer() else str(value)
    if value is not None and not isinstance(value, str):
        raise InputError(f"{place}: {name} is no text; write it in quotes")
    return " ".join((value or "").split()) if name == "reason" else (value or "").strip()


def _index(place: str, index: str) -> int | None:
    if not index:
        return None
    index = re.sub(r"\.0*$", "", index)  # "3.0": how tables with a gap write whole numbers
    if not re.fullmatch(r"[0-9]{1,7}", index) or int(index) > MAX_INDEX:
        raise InputError(f"{place}: index {index[:20]!r} is no whole number from 0 to {MAX_INDEX}")
    return int(index)


def _inside(folder: Path, place: str, file: str) -> str:
    """The file name, if it is a path that stays in the folder, links included."""
    if re.search(r"[\x00-\x1f\x7f\ud800-\udfff\\]|^[A-Za-z]:|^/", file) or ".." in file.split("/"):
        raise InputError(
            f"{place}: file_name {file!r} is no path inside the folder; write it with / and "
            "without .., relative to the folder"
        )
    try:
        leads_to = (folder / file).resolve()
    except (OSError, RuntimeError) as error:
        raise InputError(f"{place}: file_name {file!r} leads nowhere; copy the file") from error
    if not leads_to.is_relative_to(folder.resolve()):
        raise InputError(
            f"{place}: file_name {file!r} is a link that leads out of the folder; copy the file"
        )
    return file


def named_files(folder: Path) -> list[Named]:
    """Every picture in a folder, at any depth, with what its name may mean; no links out of it."""
    named: list[Named] = []
    numbered: dict[tuple[Path, int], str] = {}
    for path in sorted(folder.rglob("*")):
        file = path.relative_to(folder)
        if path.is_symlink():  # a folder too: what it holds is then left out
            _inside(folder, shown(file), file.as_posix())
        is_overview = file.stem == "grid" and len(file.parts) > 1  # GenEval's, beside its samples
        if path.suffix.lower() not in SUFFIXES or file.name.startswith(".") or is_overview:
            continue
        if path.is_file():
            _inside(folder, shown(file), file.as_posix())
            named.append(read_name(folder, PurePosixPath(file.as_posix())))
            if re.fullmatch("[0-9]{1,6}", file.stem) and len(file.parts) > 1:
                at = (file.parent, int(file.stem))
                if numbered.setdefault(at, named[-1].file) != named[-1].file:
                    raise InputError(
                        f"{shown(file)}: image {at[1]} of {file.parent.name!r} is in "
                        f"{numbered[at]} too; keep one"
                    )
    if not named:
        raise InputError(
            f"{folder.resolve().name}: has no {' or '.join(LISTS)} and no images named "
            "<prompt id>/<index>.png; add one of them"
        )
    return named
