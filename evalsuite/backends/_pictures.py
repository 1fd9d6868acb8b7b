"""Read pictures from untrusted files."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from evalsuite.files.images import FORMATS, MAX_PIXELS, without_texts
from evalsuite.records import Pixels

MAX_BYTES = 256 << 20
"""A PNG of `MAX_PIXELS` is at most about this large; nothing longer is read."""


class Unreadable(Exception):
    """Why a file gives no picture, in a few words."""


def read_picture(path: Path) -> Pixels:
    """The picture in a PNG, JPEG or WebP file, as `picture_in` gives it.

    Raises `Unreadable` also for a file that is too long or cannot be opened.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unreadable(f"longer than {MAX_BYTES} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror or error}") from error
    return picture_in(data)


def picture_in(data: bytes) -> Pixels:
    """The picture in the bytes of a PNG, JPEG or WebP file, sRGB, shape (height, width, 3).

    Turned as EXIF says, transparency on white. Raises `Unreadable` for anything else: another
    format, a truncated file, more than `MAX_PIXELS` (before it is decoded), an animation.
    """
    try:
        with warnings.catch_warnings():
            # Pillow warns of odd but readable files; of a bomb it only warns up to twice its limit.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            data = without_texts(data)
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                # Checks each chunk of a PNG, which decoding leaves out; the file is then spent.
                image.verify()
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                return _pixels(image)
    except Unreadable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(f"has more than {MAX_PIXELS} pixels") from error
    except Exception as error:
        # Decoders of broken files raise anything: OSError, SyntaxError, struct.error, ...
        first = str(error).strip() or type(error).__name__
        line = first.splitlines()[0].partition(" <_io.")[0]  # an address in memory says nothing
        raise Unreadable(f"cannot be read as PNG, JPEG or WebP: {line}") from error


def _pixels(image: Image.Image) -> Pixels:
    if image.width * image.height > MAX_PIXELS:
        raise Unreadable(f"has {image.width}x{image.height} pixels, more than {MAX_PIXELS}")
    # Cameras put previews behind a JPEG (then called MPO); the picture itself is the first.
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        raise Unreadable("is an animation; keep the frame that is meant")
    # Pillow copies even what is upright, and a picture of `MAX_PIXELS` takes 256 MiB each time.
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode.startswith("I"):
        # 16-bit grey; Pillow's own conversion would clip instead of scale. By a table, as a large
        # picture of floats would take gigabytes.
        scaled = (np.arange(65_536) / 257).round().astype(np.uint8)
        grey = scaled[np.clip(np.asarray(image), 0, 65_535).astype(np.uint16)]
        return np.repeat(grey[..., None], 3, axis=2)
    return on_white(image)


def on_white(image: Image.Image) -> Pixels:
    """The pixels of an image of 8 bits, with what is transparent laid on white."""
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    return np.array(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)
