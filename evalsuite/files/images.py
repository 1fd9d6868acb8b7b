"""Pictures and features as bytes of files.

Pictures: deterministic PNG out; PNG, JPEG and WebP in, with care. Features: NumPy's own format
with a checksum behind it.
"""

import hashlib
import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evalsuite.records import InputError, Pixels

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage

MAX_PIXELS = 8192 * 8192
"""Larger pictures are refused before they are decoded: 64 Mpx is 192 MiB of pixels."""

_PNG = b"\x89PNG\r\n\x1a\n"

FORMATS = ("PNG", "JPEG", "WEBP")
"""The only readers ever offered a file; Pillow's rarer ones are where its security holes were."""


def pixels_of(picture: Any) -> Pixels:
    """The pixels of a picture in memory, an array of its own: an array of them, or a PIL image.

    A PIL image is converted as `decode_image` converts a file's. Raises `ValueError` that says
    what it is instead, for a PIL image whose values have no agreed range (modes I and F) too.
    """
    from PIL import Image

    if not isinstance(picture, Image.Image):
        return np.array(check_pixels(picture))
    _refuse_size(picture)
    if picture.mode in ("I", "F"):
        raise ValueError(f"a PIL image of mode {picture.mode}, whose range is unknown; make it RGB")
    try:
        return check_pixels(_rgb(picture))
    except (OSError, SyntaxError) as error:  # opened from a file, and read only now
        raise ValueError(f"a PIL image that cannot be read ({error})") from error


def _rgb(image: "PILImage") -> Pixels:
    """The pixels of a PIL image; alpha is dropped, and of 16 bits the high byte is kept.

    Pillow itself keeps the high byte of 16-bit RGB files, but cuts 16-bit grey ones off at 255.
    """
    if image.mode.startswith("I;16"):
        grey = (np.asarray(image) >> 8).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    # To convert what is RGB copies it: 256 MiB for `MAX_PIXELS`.
    return np.array(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)


def _refuse_size(image: "PILImage") -> None:
    if image.width * image.height > MAX_PIXELS:
        raise ValueError(f"{image.width}x{image.height} is more than {MAX_PIXELS} pixels")


def check_pixels(pixels: Any) -> Pixels:
    """The array itself if it is a picture: uint8, (height, width, 3), not empty, not too large.

    Raises `ValueError` that says what it is instead.
    """
    if not isinstance(pixels, np.ndarray):
        raise ValueError(f"not an image but {type(pixels).__name__}")
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size:
        raise ValueError(f"not an RGB image of bytes but {pixels.dtype} of shape {pixels.shape}")
    if pixels.shape[0] * pixels.shape[1] > MAX_PIXELS:
        raise ValueError(f"an image of shape {pixels.shape} has more than {MAX_PIXELS} pixels")
    return pixels


def encode_png(pixels: Pixels) -> bytes:
    """PNG bytes of a picture; the same pixels give the same bytes (under one Pillow and zlib).

    Level 1 of zlib's 9, which is faster than the usual 6 and makes files a little larger. Raises
    `ValueError` as `check_pixels` does.
    """
    from PIL import Image

    buffer = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(check_pixels(pixels)), mode=None)
    image.save(buffer, format="PNG", compress_level=1)
    return buffer.getvalue()


def decode_image(data: bytes, name: str) -> Pixels:
    """The pixels of a PNG, JPEG or WebP file, shape (height, width, 3); alpha is dropped.

    `name` is what errors call it. Raises `InputError` for any other format, for a damaged or
    truncated file, and for one larger than `MAX_PIXELS`, before it is decoded.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            # Pillow warns of odd but readable files; of a bomb it only warns up to twice its limit.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(without_texts(data)), formats=FORMATS) as image:
                _refuse_size(image)
                return _rgb(image)
    except Exception as error:  # Pillow raises whatever a broken file makes of its parsers
        raise InputError(
            f"{name}: cannot be read as PNG, JPEG or WebP ({error}); put a whole image there"
        ) from error


def without_texts(data: bytes) -> bytes:
    """A PNG file without its text chunks; any other bytes as they are.

    Generators put whole workflows there, and Pillow refuses a file for more than 1 MiB of text
    (its issue 8363), of which no pixel depends. Profiles in text, which hold EXIF, stay.
    """
    if not data.startswith(_PNG):
        return data
    kept, at = [_PNG], len(_PNG)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        is_text = data[at + 4 : at + 8] in (b"tEXt", b"zTXt", b"iTXt")
        if not is_text or data.startswith(b"Raw profile type ", at + 8):
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])


def pack_array(array: NDArray[Any]) -> bytes:
    """An array as the bytes of a .npy file followed by their SHA-256, which `numpy.load` ignores.

    Raises `ValueError` for an array of Python objects.
    """
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(array), allow_pickle=False)
    data = buffer.getvalue()
    return data + hashlib.sha256(data).digest()


def unpack_array(data: bytes) -> NDArray[Any] | None:
    """The array of `pack_array`, or None where a byte of it is damaged or missing."""
    body, digest = data[:-32], data[-32:]
    if hashlib.sha256(body).digest() != digest:
        return None
    try:
        array: NDArray[Any] = np.load(io.BytesIO(body), allow_pickle=False)
    except (ValueError, EOFError, OSError):
        return None
    return array
