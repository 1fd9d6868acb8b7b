"""Malformed pictures: small whole files of many kinds, changed by what their formats are made of.

Changes know lengths and checksums, so that a PNG's reach the decoder behind its CRC, and a JPEG's
segments and a WebP's chunks are moved, doubled and mislabelled as a whole.
"""

import io
import random
import struct
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from PIL import Image

ODD = (0, 1, 2, 3, 127, 128, 255, 256, 8191, 8193, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1)
"""Numbers at which programs break."""

Cut = list[bytes]


def seeds() -> list[bytes]:
    """Whole pictures of 24x20 pixels, of every kind that the reader may meet."""
    dice = np.random.default_rng(15)
    colors = dice.integers(0, 256, (20, 24, 4), dtype=np.uint8)
    rgba = Image.fromarray(colors)
    rgb, grey = rgba.convert("RGB"), rgba.convert("L")
    frames = [rgb, rgb.rotate(90)]
    exif = Image.Exif()
    exif[274], exif[270] = 6, "a picture" * 9
    wide = Image.fromarray(dice.integers(0, 65536, (20, 24), dtype=np.uint16))
    whole = [
        _saved(rgb, "PNG"),
        _saved(rgba, "PNG", exif=exif),
        _saved(grey, "PNG"),
        _saved(rgba.convert("LA"), "PNG"),
        _saved(rgb.convert("1"), "PNG", bits=1),
        _saved(rgb.quantize(9), "PNG", transparency=0, bits=4),
        _saved(wide, "PNG"),
        _saved(rgb, "PNG", save_all=True, append_images=frames),
        _saved(rgb, "JPEG", exif=exif),
        _saved(rgb, "JPEG", progressive=True, optimize=True),
        _saved(grey, "JPEG", quality=30),
        _saved(rgb.convert("CMYK"), "JPEG"),
        _saved(rgb, "JPEG", restart_marker_rows=1, icc_profile=b"x" * 300),
        _saved(rgb, "WEBP"),
        _saved(rgba, "WEBP", lossless=True, exif=exif),
        _saved(rgb, "WEBP", save_all=True, append_images=frames),
        _saved(rgb, "GIF"),
        _saved(rgb, "GIF", save_all=True, append_images=frames),
    ]
    return [*whole, _interlaced(whole[0]), _wide_color(colors)]


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _wide_color(colors: Any) -> bytes:
    """An RGBA PNG of 16 bits, which Pillow reads and does not write."""
    rows = [b"\0" + row.astype(">u2").tobytes() for row in colors.astype(int) * 257]
    head = struct.pack(">IIBBBBB", 24, 20, 16, 6, 0, 0, 0)
    body = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(b"".join(rows))), chunk(b"IEND")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def _interlaced(png: bytes) -> bytes:
    """The PNG, said to be interlaced: its rows are then of other lengths."""
    parts = png_chunks(png)
    head = bytearray(parts[1][8:-4])
    head[12] = 1
    return b"".join([parts[0], chunk(b"IHDR", bytes(head)), *parts[2:]])


def chunk(name: bytes, data: bytes = b"") -> bytes:
    """A chunk of a PNG, with its length and checksum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_chunks(data: bytes) -> Cut:
    """The signature and the chunks of a PNG."""
    parts, at = [data[:8]], 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        parts.append(data[at:end])
        at = end
    return [*parts, data[at:]]


def parts_of(data: bytes) -> Cut:
    """A picture cut where its format is: into chunks, segments or blocks."""
    if data.startswith(b"\x89PNG"):
        return png_chunks(data)
    if data.startswith(b"RIFF"):
        parts, at = [data[:12]], 12
        while at + 8 <= len(data):
            end = at + 8 + int.from_bytes(data[at + 4 : at + 8], "little")
            parts.append(data[at : end + end % 2])
            at = end + end % 2
        return parts
    if data.startswith(b"\xff\xd8"):
        return [b"\xff" + part for part in data.split(b"\xff")[1:]]
    return [data[:13], *(b"," + part for part in data[13:].split(b","))]


def malformed(number: int, whole: Sequence[bytes]) -> bytes:
    """The malformed picture of that number, the same each time."""
    dice = random.Random(number)
    data = whole[number % len(whole)]
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        data = dice.choice(CHANGES)(data, dice, whole)
    return data


def _bit(data: bytes, dice: random.Random, _: Sequence[bytes]) -> bytes:
    changed = bytearray(data or b"\0")
    changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _number(data: bytes, dice: random.Random, _: Sequence[bytes]) -> bytes:
    size, sign = dice.choice((1, 2, 4)), dice.choice(("big", "little"))
    at = dice.randrange(len(data) + 1)
    value = dice.choice(ODD) % 256**size
    return data[:at] + value.to_bytes(size, sign) + data[at + size :]  # type: ignore[arg-type]


def _cut(data: bytes, dice: random.Random, _: Sequence[bytes]) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def _lost(data: bytes, dice: random.Random, _: Sequence[bytes]) -> bytes:
    start = dice.randrange(len(data) + 1)
    return data[:start] + data[start + dice.randrange(1, 40) :]


def _doubled(data: bytes, dice: random.Random, _: Sequence[bytes]) -> bytes:
    start = dice.randrange(len(data) + 1)
    piece = data[start : start + dice.randrange(1, 40)]
    return data[:start] + piece * dice.choice((2, 3, 1000)) + data[start:]


def _noise(data: bytes, dice: random.Random, _: Sequence[bytes]) -> bytes:
    at = dice.randrange(len(data) + 1)
    return data[:at] + dice.randbytes(dice.randrange(1, 30)) + data[at:]


def _parts(data: bytes, dice: random.Random, whole: Sequence[bytes]) -> bytes:
    """Chunks or segments dropped, doubled, exchanged, or taken from another picture."""
    parts = parts_of(data)
    one, other = dice.randrange(len(parts)), dice.randrange(len(parts))
    what = dice.randrange(4)
    if what == 0:
        del parts[one]
    elif what == 1:
        parts.insert(other, parts[one] * dice.choice((1, 1, 50)))
    elif what == 2:
        parts[one], parts[other] = parts[other], parts[one]
    else:
        parts.insert(one, dice.choice(parts_of(dice.choice(whole))))
    return b"".join(parts)


def _within_png(data: bytes, dice: random.Random, whole: Sequence[bytes]) -> bytes:
    """A change of a chunk's content or name, with a right checksum; of another format, noise."""
    if not data.startswith(b"\x89PNG"):
        return _number(data, dice, whole)
    parts = png_chunks(data)
    places = [n for n, part in enumerate(parts) if n and len(part) >= 12]
    if not places:
        return data
    at = dice.choice(places[:2] if dice.random() < 0.5 else places)
    name, held = parts[at][4:8], parts[at][8:-4]
    if name == b"IDAT" and dice.random() < 0.5:  # beyond the compression
        rows = held
        with suppress(zlib.error):
            rows = zlib.decompressobj().decompress(held, 1 << 16)
        held = zlib.compress(_number(rows, dice, whole))
    else:
        held = dice.choice((_bit, _number, _cut, _doubled))(held, dice, whole)
    if dice.random() < 0.1:
        name = dice.choice((b"IDAT", b"PLTE", b"tRNS", b"iCCP", b"zTXt", b"eXIf", b"acTL", b"fdAT"))
    parts[at] = chunk(name, held)
    return b"".join(parts)


def _sizes(data: bytes, dice: random.Random, whole: Sequence[bytes]) -> bytes:
    """Another width and height, where the format has them."""
    width, height = dice.choice(ODD), dice.choice(ODD)
    if data.startswith(b"\x89PNG") and len(parts := png_chunks(data)) > 1 and len(parts[1]) >= 25:
        head = struct.pack(">II", width, height) + parts[1][16:-4]
        return b"".join([parts[0], chunk(b"IHDR", head), *parts[2:]])
    at = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2"))
    if data.startswith(b"\xff\xd8") and at > 0:
        return data[: at + 5] + struct.pack(">HH", height % 65536, width % 65536) + data[at + 9 :]
    return _number(data, dice, whole)


CHANGES: tuple[Callable[[bytes, random.Random, Sequence[bytes]], bytes], ...] = (
    *(_bit, _number, _cut, _lost, _doubled, _noise, _parts, _parts, _within_png, _within_png),
    _sizes,
)
