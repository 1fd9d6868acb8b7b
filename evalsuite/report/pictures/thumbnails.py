"""Thumbnails named by the picture that they show, so that no report makes one twice.

Making one means reading the picture: some 40 ms of CPU for one of 1024 pixels a side. Small files
are their own thumbnails, and so are pictures beyond the first `MOST`: a browser reads those as they
come into sight.
"""

import io
import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from evalsuite.files.atomic import naming, write_bytes
from evalsuite.records import InputError, Pixels
from evalsuite.report.pictures.rows import Size

SIDE = 256
"""The longer side of a thumbnail in pixels, as wide as the widest tile."""
SMALL = 32 * 1024
"""A picture's file of up to so many bytes is shown itself."""
MOST = 10_000
"""Pictures of which a report makes thumbnails."""
QUALITY = 75
_NAME = re.compile(r"([0-9a-f]{1,64})-(\d+)x(\d+)\.webp")


class Thumbnails:
    """A folder of thumbnails; `images` holds the pictures' own files, where they have any.

    `own_files` counts the pictures beyond `MOST`.
    """

    def __init__(
        self,
        folder: Path,
        load_image: Callable[[str], Pixels],
        images: Path | None,
        side: int = SIDE,
    ) -> None:
        self.folder = folder
        self.own_files = 0
        self._load = load_image
        self._images = images
        self._side = side
        self._there: dict[str, tuple[int, int]] = {}
        self._wanted: set[str] = set()
        with naming(folder):
            names = os.listdir(folder) if folder.is_dir() else []
        found = (_NAME.fullmatch(name) for name in names)
        self._there = {name[1]: (int(name[2]), int(name[3])) for name in found if name}

    def of(self, pictures: Sequence[str]) -> dict[str, Size]:
        """The sizes of pictures that have a thumbnail, made now where it lacks; None of others."""
        large = [sha256 for sha256 in dict.fromkeys(pictures) if not self._is_small(sha256)]
        new = [sha256 for sha256 in large if sha256 not in self._wanted]
        chosen = new[: max(0, MOST - len(self._wanted))]
        self.own_files += len(new) - len(chosen)
        self._wanted.update(chosen)
        # Pillow and zlib let other threads run while they decode, scale and encode.
        with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
            sizes: dict[str, Size] = dict(zip(chosen, pool.map(self._make, chosen), strict=True))
        return {name: sizes.get(name, self._there.get(name)) for name in pictures}

    def load(self, sha256: str, load_image: Callable[[str], Pixels] | None = None) -> Pixels:
        """The picture, whose thumbnail is made where it lacks; raises what loading it does.

        It is loaded by `load_image`, where that is given.
        """
        pixels = (load_image or self._load)(sha256)
        if sha256 not in self._there:
            size = pixels.shape[1], pixels.shape[0]
            write_bytes(self._path(sha256, size), webp(pixels, self._side), durable=False)
            self._there[sha256] = size
        return pixels

    def remove_others(self) -> None:
        """Remove thumbnails of pictures that the run no longer has."""
        with naming(self.folder):
            for sha256 in self._there.keys() - self._wanted:
                self._path(sha256, self._there[sha256]).unlink(missing_ok=True)

    def _is_small(self, sha256: str) -> bool:
        if self._images is None:
            return False
        path = f"{self._images}/{sha256}.png"  # not a Path: this is asked of every image
        with naming(path), suppress(FileNotFoundError):  # reading one that is lost will say so
            return os.stat(path).st_size <= SMALL
        return False

    def _make(self, sha256: str) -> Size:
        if sha256 in self._there:
            return self._there[sha256]
        try:
            self.load(sha256)
        except InputError as error:
            return error
        return self._there[sha256]

    def _path(self, sha256: str, size: tuple[int, int]) -> Path:
        return self.folder / f"{sha256}-{size[0]}x{size[1]}.webp"


def webp(pixels: Pixels, side: int = SIDE) -> bytes:
    """A picture as WebP of at most so many pixels a side; one that is not larger loses nothing."""
    from PIL import Image

    image, target = Image.fromarray(pixels), io.BytesIO()
    if max(image.size) <= side:
        image.save(target, "WEBP", lossless=True, method=4)
    else:
        image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
        image.save(target, "WEBP", quality=QUALITY, method=4)
    return target.getvalue()
