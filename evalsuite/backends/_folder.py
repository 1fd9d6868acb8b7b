"""A folder of pictures that answers requests; `folder.py` says what it may hold."""

import hashlib
import logging
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from evalsuite.backends._listing import ListedImage, named_files, read_listing
from evalsuite.backends._matching import Matching, same_text
from evalsuite.backends._names import Named
from evalsuite.backends._resolving import Resolved, resolve
from evalsuite.files.front_matter import dialect_of, read_card
from evalsuite.files.jsonlines import shown
from evalsuite.records import InputError, Json, NoImage, Pixels, Prompt, Request

LOG = logging.getLogger("evalsuite")
BATCH_SIZE = 8
SHOWN = 2
"""Prompts of which an ambiguous file is said to be, at most."""
LISTED = 100
"""Files and rows of no use that the manifest names, at most."""
NO_IMAGE = NoImage("failed", "no image in the folder for this prompt")
BLACK = NoImage("failed", "no image in this cell of its grid: black fill")


def open_folder(
    path: str,
    *,
    metadata: str | None = None,
    dialect: str | None = None,
    grid: str = "auto",
) -> "Folder":
    """The images in the folder `path`, listed in `metadata` (in the folder, or a path of its own).

    `path` may also be a list, of images beside it. `dialect` is "everyday" or "scenes", by default
    what the folder's card README.md says; `grid` is rows and columns of each picture, "2x2", or
    "auto" for those of the layouts that have them. Raises `InputError` if there is no such folder
    or list, or a row of it cannot be used.
    """
    folder = Path(path).expanduser()
    if metadata is None and folder.suffix.lower() in (".jsonl", ".csv") and folder.is_file():
        folder, metadata = folder.parent, folder.name
    if not folder.is_dir():
        raise InputError(f"folder {path!r}: there is no such folder; give the one with the images")
    if not re.fullmatch(r"auto|[1-9]x[1-9]", grid):
        raise InputError(f"--model-arg grid={grid}: write auto, or rows and columns like 2x2")
    card = read_card(folder) if dialect is None else {"dialect": dialect}
    name = folder.resolve().name
    rows, listing = read_listing(folder, metadata)
    files = named_files(folder) if listing is None else []
    return Folder(folder, dialect_of(card, name), Source(rows, listing, tuple(files), grid))


class Source(NamedTuple):
    """What a folder's pictures are found by: rows of a list, or else names of files."""

    rows: Sequence[ListedImage]
    listing: Path | None
    files: Sequence[Named]
    grid: str


class Folder:
    """Answers each request with the picture that the list, or its name, has for it."""

    batch_size = BATCH_SIZE

    def __init__(self, folder: Path, dialect: str, source: Source) -> None:
        self.folder, self.dialect, self.source = folder, dialect, source
        self.listing = source.listing
        self.name = folder.resolve().name
        self._resolved, self._said = Resolved(), False
        self._cells: dict[str, tuple[int, int]] = {}
        self._matching = None if source.files else self._matched([])

    def render(self, requests: Sequence[Request]) -> Sequence[Pixels | NoImage]:
        """One picture per request, or why there is none."""
        matching = self._matching
        if matching is None:
            matching = self._matched([request.prompt for request in requests])
        return [
            self._picture(
                matching.images(request.key.prompt_set, request.prompt).get(request.key.index),
                request.prompt,
            )
            for request in requests
        ]

    def _matched(self, prompts: Sequence[Prompt]) -> Matching:
        if self.source.files:
            self._resolved = resolve(self.source.files, prompts, self._cells_of)
            return Matching(self._resolved.rows, prompts)
        down, across = self._asked_cells() or (1, 1)
        return Matching(_split(self.source.rows, down, across), prompts)

    def _asked_cells(self) -> tuple[int, int] | None:
        if self.source.grid == "auto":
            return None
        down, across = self.source.grid.split("x")
        return int(down), int(across)

    def _cells_of(self, named: Named) -> tuple[int, int]:
        """A grid's rows and columns: as asked, as its layout has them, or as the picture looks."""
        from evalsuite.backends._grids import is_grid
        from evalsuite.backends._pictures import Unreadable, read_picture

        if (asked := self._asked_cells()) is not None:
            return asked
        if named.layout != "Midjourney" or named.index is not None:
            return named.cells
        if named.file not in self._cells:
            try:
                pixels = read_picture(self.folder / named.file)
            except Unreadable:
                return named.cells
            self._cells[named.file] = (2, 2) if is_grid(pixels) else (1, 1)
        return self._cells[named.file]

    def _picture(self, row: ListedImage | None, prompt: Prompt) -> Pixels | NoImage:
        from evalsuite.backends._grids import cell_of
        from evalsuite.backends._pictures import Unreadable, read_picture

        if row is None:
            return self._missing(prompt)
        if row.status != "ok":
            return NoImage(row.status, row.reason or f"{row.place} says {row.status}")
        path = self.folder / row.file
        if not os.path.isfile(path):  # a Path's own raises for a name that is too long
            said = f"{shown(Path(row.file))}: not in the folder, though {row.place} names it"
            return NoImage("failed", said)
        try:
            pixels = read_picture(path)
        except Unreadable as error:
            return NoImage("invalid", f"{shown(Path(row.file))}: {error}")
        if row.cell is None:
            return pixels
        cell = cell_of(pixels, *row.cell)
        return BLACK if cell is None else cell

    def _missing(self, prompt: Prompt) -> NoImage:
        """No image, or one that may as well be another prompt's: then which, and whose."""
        for file, ids in self._resolved.ambiguous.items():
            if prompt.id in ids:
                others = " and ".join(repr(name) for name in ids[:SHOWN])
                return NoImage("failed", f"{shown(Path(file))}: may be of {others}; rename it")
        return NO_IMAGE

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: a prompt without a picture is counted as missing.

        Rows and files that belong to none of the prompts, or to several, are said in the log.
        Raises `InputError` if nothing belongs to any: then it is the wrong list.
        """
        self._matching = matching = self._matched(prompts)
        if prompts and not any(map(matching.numbers, prompts)):
            by = (
                "check its columns prompt_id and prompt" if self.listing else "add a metadata.jsonl"
            )
            said = "; ".join(line for line in self._left_over(matching) if "several" in line)
            raise InputError(
                f"folder {self.name!r}: lists none of the {len(prompts)} prompts"
                + ("" if self.listing else " by its files' names")
                + f"; {by}, or choose other --prompts"
                + (f" ({said})" if said else "")
            )
        if not self._said:
            self._said = True
            for line in self._left_over(matching):
                LOG.warning("folder %r: %s", self.name, line)
        return []

    def _left_over(self, matching: Matching) -> Iterator[str]:
        """What matched no prompt, or several, in a line each."""
        found = self._resolved
        if matching.unused:
            first = matching.unused[0].place
            yield (
                f"{len(matching.unused)} of its {len(self.source.rows)} rows belong to none of the "
                f"prompts, the first is {first}"
            )
        if self.source.files:
            how = ", ".join(f"{count} as {name}" for name, count in sorted(found.layouts.items()))
            used = sum(found.layouts.values())
            yield f"{used} of its {len(self.source.files)} files are of a prompt ({how})"
        if found.ambiguous:
            file, ids = next(iter(found.ambiguous.items()))
            yield (
                f"{len(found.ambiguous)} may be of several prompts and are left out, like "
                f"{shown(Path(file))} of {' and '.join(map(repr, ids[:SHOWN]))}"
            )
        if found.unused:
            yield (
                f"{len(found.unused)} belong to none of the prompts, the first is "
                f"{shown(Path(found.unused[0]))}"
            )

    def own_prompts(self, usual: Sequence[Prompt]) -> list[str]:
        """The list's own texts, in order and once each, if it has none of the `usual` prompts."""
        rows = self.source.rows
        if not rows or any(not row.text for row in rows):
            return []
        matching = Matching(rows, usual)
        if any(map(matching.numbers, usual)):
            return []
        return list(dict.fromkeys(same_text(row.text) for row in rows))

    def num_images(self, prompts: Sequence[Prompt]) -> int:
        """How many images the list has of that one of the prompts that it has most of."""
        matching = self._matched(prompts)
        return 1 + max((n for prompt in prompts for n in matching.numbers(prompt)), default=-1)

    def describe(self) -> Mapping[str, Json]:
        """The folder's name and a digest over the list and all pictures; reads every byte once."""
        return self._description

    @cached_property
    def _description(self) -> dict[str, Json]:
        digests = hashlib.sha256()
        names = [row.file for row in self.source.rows] or [f.file for f in self.source.files]
        files = sorted({name for name in names if name})
        present = [file for file in files if os.path.isfile(self.folder / file)]
        for file in present:
            with (self.folder / file).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            digests.update(f"{file}\0{digest}\n".encode())
        listed = self.listing.read_bytes() if self.listing is not None else b""
        return {
            "backend": "folder",
            "model": self.name,
            "dialect": self.dialect,
            "metadata": self.listing.name if self.listing is not None else None,
            "metadata_sha256": hashlib.sha256(listed).hexdigest() if self.listing else None,
            "images": len(present),
            "images_missing": len(files) - len(present),
            "images_sha256": digests.hexdigest(),
            "batch_size": self.batch_size,
            "seeds": "unknown",
            **self._outcome(),
        }

    def _outcome(self) -> dict[str, Json]:
        """How many files and rows belong to the prompts of the run, once those are known."""
        found, matching = self._resolved, self._matching
        if matching is None:
            return {}
        return {
            "matched": dict(sorted(found.layouts.items())) if self.source.files else None,
            "ambiguous": {
                file: list(ids) for file, ids in sorted(found.ambiguous.items())[:LISTED]
            },
            "ambiguous_count": len(found.ambiguous),
            "unused": sorted(found.unused or {row.place for row in matching.unused})[:LISTED],
            "unused_count": len(found.unused) or len(matching.unused),
            "grid": self.source.grid,
        }


def _split(rows: Sequence[ListedImage], down: int, across: int) -> list[ListedImage]:
    """Each row once per cell of its grid; a row's images then have no numbers of their own."""
    if down * across == 1:
        return list(rows)
    cells = range(down * across)
    return [replace(r, index=None, cell=(down, across, n)) for r in rows for n in cells]
