"""Images that exist already, from any service or program, with a list of their prompts.

The list is `metadata.jsonl` or `metadata.csv` in the folder, one row per image: `file_name`, and
`prompt_id` or the prompt's text in `prompt` (or `text`, as in the hub's image folders). Texts are
compared without regard to runs of white space, and to case where none is written the same.
Optional are `prompt_set`, `index` (which image of the prompt; rows of one prompt are counted 0, 1,
... in order where it is missing, and rows of a text that several prompts have are shared out in
order) and `status` with `reason` for what gave no image: refused, blocked, failed. Other columns
are ignored. Without a list, `<prompt id>/<index>.png` is read.

Pixels: PNG, JPEG and WebP, turned as their EXIF says; transparency is laid on white, 16-bit grey
is scaled to 8; colour profiles are not applied, so convert pictures to sRGB beforehand.
"""

import hashlib
import logging
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from evalsuite.backends._listing import ListedImage, read_listing
from evalsuite.backends._matching import Matching
from evalsuite.files.front_matter import dialect_of, read_card
from evalsuite.files.jsonlines import shown
from evalsuite.records import Backend, InputError, Json, NoImage, Pixels, Prompt, Request

LIGHT = True
"""`load` reads a list and no weights, so that a dry run may call it."""

EXAMPLE = "folder:./midjourney"
LOG = logging.getLogger("evalsuite")
BATCH_SIZE = 8
NO_IMAGE = NoImage("failed", "no image in the folder for this prompt")


def load(*, path: str, metadata: str | None = None, dialect: str | None = None) -> Backend:
    """The images in the folder `path`, listed in `metadata` (in the folder, or a path of its own).

    `dialect` is "everyday" or "scenes", by default what the folder's card README.md says.
    Raises `InputError` if there is no such folder or list, or a row of it cannot be used.
    """
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise InputError(f"folder {path!r}: there is no such folder; give the one with the images")
    card = read_card(folder) if dialect is None else {"dialect": dialect}
    name = folder.resolve().name
    return Folder(folder, dialect_of(card, name), *read_listing(folder, metadata))


class Folder:
    """Answers each request with the picture that the list has for it."""

    batch_size = BATCH_SIZE

    def __init__(
        self, folder: Path, dialect: str, rows: Sequence[ListedImage], listing: Path | None
    ) -> None:
        self.folder, self.dialect, self.rows, self.listing = folder, dialect, rows, listing
        self.name = folder.resolve().name
        self._matching, self._said = Matching(rows), False

    def render(self, requests: Sequence[Request]) -> Sequence[Pixels | NoImage]:
        """One picture per request, or why there is none."""
        return [
            self._picture(
                self._matching.images(request.key.prompt_set, request.prompt).get(request.key.index)
            )
            for request in requests
        ]

    def _picture(self, row: ListedImage | None) -> Pixels | NoImage:
        from evalsuite.backends._pictures import Unreadable, read_picture

        if row is None:
            return NO_IMAGE
        if row.status != "ok":
            return NoImage(row.status, row.reason or f"{row.place} says {row.status}")
        path = self.folder / row.file
        if not os.path.isfile(path):  # a Path's own raises for a name that is too long
            said = f"{shown(Path(row.file))}: not in the folder, though {row.place} names it"
            return NoImage("failed", said)
        try:
            return read_picture(path)
        except Unreadable as error:
            return NoImage("invalid", f"{shown(Path(row.file))}: {error}")

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """None: a prompt without a picture is counted as missing.

        Rows that belong to none of the prompts are said, in one line of the log. Raises
        `InputError` if the list has none of the prompts: then it is the wrong list.
        """
        self._matching = Matching(self.rows, prompts)
        if prompts and not any(map(self._matching.numbers, prompts)):
            raise InputError(
                f"folder {self.name!r}: lists none of the {len(prompts)} prompts; check its "
                "columns prompt_id and prompt, or choose other --prompts"
            )
        if (unused := self._matching.unused) and not self._said:
            self._said = True
            LOG.warning(
                "folder %r: %d of its %d rows belong to none of the prompts, the first is %s",
                self.name,
                len(unused),
                len(self.rows),
                unused[0].place,
            )
        return []

    def num_images(self, prompts: Sequence[Prompt]) -> int:
        """How many images the list has of that one of the prompts that it has most of."""
        matching = Matching(self.rows, prompts)
        return 1 + max((n for prompt in prompts for n in matching.numbers(prompt)), default=-1)

    def describe(self) -> Mapping[str, Json]:
        """The folder's name and a digest over the list and all pictures; reads every byte once."""
        return self._description

    @cached_property
    def _description(self) -> dict[str, Json]:
        digests = hashlib.sha256()
        files = sorted({row.file for row in self.rows if row.file})
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
        }
