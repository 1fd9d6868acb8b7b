"""A run's pictures and cached features: files named by what they hold, and checked when read."""

import hashlib
import os
import re
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from numpy.typing import NDArray

from evalsuite.files.atomic import naming, sync_folder, write_bytes
from evalsuite.files.images import decode_image, encode_png, pack_array, unpack_array
from evalsuite.records import InputError, Pixels
from evalsuite.runs.packed import DigestSet

SHA256 = re.compile(r"[0-9a-f]{64}")


class Images:
    """A run's image files; whether each is there and whole is looked up once.

    What was read, written or checked here is not checked again: one command reads an image for
    its pixels, or for the check, and not for both.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._whole = DigestSet()
        self._lost: set[str] = set()

    def is_whole(self, sha256: str) -> bool:
        """Whether the image's file is there and its bytes match its name."""
        if sha256 in self._lost:
            return False
        is_known = SHA256.fullmatch(sha256) is not None and sha256 in self._whole
        if not is_known:
            self._note(sha256, has_image(self.folder, sha256))
        return sha256 not in self._lost

    def is_there(self, sha256: str) -> bool:
        """Whether the image has a file that was not found damaged: nothing is read for it."""
        # Not a Path: a report asks this of every image of a run.
        path = f"{self.folder}/images/{sha256}.png"
        is_named = SHA256.fullmatch(sha256) is not None
        return is_named and sha256 not in self._lost and os.path.isfile(path)

    def forget(self, sha256: str | None) -> None:
        """Look the image up again when next asked: another worker may have written it."""
        self._lost.discard(sha256 or "")

    def read(self, sha256: str) -> bytes:
        """The verified bytes of the file; raises `InputError` where it is missing or damaged."""
        self._note(sha256, False)
        data = read_image(self.folder, sha256)
        self._note(sha256, True)
        return data

    def _note(self, sha256: str, is_whole: bool) -> None:
        if is_whole:
            self._lost.discard(sha256)
            self._whole.add(sha256)
        else:
            self._lost.add(sha256)

    def load(self, sha256: str) -> Pixels:
        """The picture, shape (height, width, 3), sRGB bytes; raises `InputError` as `read` does."""
        return decode_image(self.read(sha256), str(_image_path(self.folder, sha256)))

    def save(self, pictures: Sequence[Pixels], writers: Executor) -> list[str]:
        """Stores pictures, as `save_image` does each; the SHA-256 that names each.

        They are compressed and written by `writers`, and their folder is synced once for all.
        """
        found = list(writers.map(partial(_put, self.folder), pictures))
        if any(is_new for _, is_new in found):
            with naming(self.folder):
                sync_folder(self.folder / "images")
        for sha256, _ in found:
            self._note(sha256, True)
        return [sha256 for sha256, _ in found]


def save_image(folder: Path, pixels: Pixels) -> str:
    """Stores a picture as a PNG and returns the SHA-256 of the file's bytes, which names it.

    The file is on disk before this returns. A good one that is there already is left alone; a
    damaged one is replaced. Raises `ValueError` for what is no picture (`images.check_pixels`),
    `InputError` where the disk is full or the folder cannot be written.
    """
    sha256, is_new = _put(folder, pixels)
    if is_new:
        with naming(folder):
            sync_folder(Path(folder) / "images")
    return sha256


def _put(folder: Path, pixels: Pixels) -> tuple[str, bool]:
    """The name of a picture's file, and whether it was written now: then sync its folder."""
    data = encode_png(pixels)
    sha256 = hashlib.sha256(data).hexdigest()
    is_new = not has_image(folder, sha256)
    if is_new:
        write_bytes(_image_path(folder, sha256), data, named=False)
    return sha256, is_new


def read_image(folder: Path, sha256: str) -> bytes:
    """The verified bytes of an image file; raises `InputError` where it is missing or damaged."""
    path = _image_path(folder, sha256)
    mend = "`evalsuite generate` on the same run renders it anew"
    with naming(path):
        if not path.is_file():
            raise InputError(f"{path}: the image is missing; {mend}")
        data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise InputError(f"{path}: the image is damaged, its bytes do not match its name; {mend}")
    return data


def has_image(folder: Path, sha256: str) -> bool:
    """Whether an image's file is there and its bytes match its name."""
    if not SHA256.fullmatch(sha256):
        raise InputError(f"{sha256[:80]!r}: no SHA-256, so no image can have this name")
    try:
        # Not a Path: a resume asks this of every image of a run.
        with open(f"{folder}/images/{sha256}.png", "rb", buffering=0) as file:
            return hashlib.sha256(file.read()).hexdigest() == sha256
    except OSError:
        return False


def encoders(folder: Path) -> list[str]:
    """The ids of the encoders of which features are cached."""
    folders = (path for path in Path(folder).glob("features/*") if path.is_dir())
    return sorted(unquote(path.name) for path in folders)


def save_features(folder: Path, encoder: str, sha256: str, array: NDArray[Any]) -> None:
    """Caches an encoder's features of one image.

    Only a cache: it is renamed into place but not synced, for a torn one fails its checksum.
    """
    write_bytes(_features_path(folder, encoder, sha256), pack_array(array), durable=False)


def load_features(folder: Path, encoder: str, sha256: str) -> NDArray[Any] | None:
    """Cached features, or None where there are none or they are damaged: compute them anew."""
    try:
        return unpack_array(_features_path(folder, encoder, sha256).read_bytes())
    except OSError:
        return None


def _image_path(folder: Path, sha256: str) -> Path:
    if not SHA256.fullmatch(sha256):
        raise InputError(f"{sha256[:80]!r}: no SHA-256, so no image can have this name")
    return Path(folder) / "images" / f"{sha256}.png"


def _features_path(folder: Path, encoder: str, sha256: str) -> Path:
    # Quoted both ways, so that an id with '/' or '..' stays one folder and can be read back.
    name = quote(encoder, safe="").replace(".", "%2E")
    if not name or len(name) > 240:
        raise InputError(
            f"{encoder[:80]!r}: an encoder's id must have 1 to 240 (quoted) characters"
        )
    if not SHA256.fullmatch(sha256):
        raise InputError(f"{sha256[:80]!r}: no SHA-256, so no image can have this name")
    return Path(folder) / "features" / name / f"{sha256}.npy"
