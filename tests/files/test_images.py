import hashlib
import io
import random
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from evalsuite.files import images
from evalsuite.records import InputError

PIXELS = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)


def saved(form, **options):
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).save(buffer, form, **options)
    return buffer.getvalue()


def test_a_picture_comes_back_and_its_bytes_are_the_same_each_time():
    data = images.encode_png(PIXELS)
    assert images.encode_png(PIXELS.copy()) == data
    assert images.encode_png(np.asfortranarray(PIXELS)) == data
    back = images.decode_image(data, "x")
    assert back.dtype == np.uint8
    assert np.array_equal(back, PIXELS)


@pytest.mark.parametrize(
    "wrong",
    [
        PIXELS.astype(np.float32),
        PIXELS[:, :, 0],
        PIXELS[:0],
        np.zeros((4, 4, 4), np.uint8),
        [[1, 2, 3]],
        None,
        np.broadcast_to(np.uint8(0), (8193, 8192, 3)),
    ],
)
def test_what_is_no_picture_is_refused(wrong):
    with pytest.raises(ValueError, match="image"):
        images.check_pixels(wrong)


def test_only_three_formats_are_read():
    for form in ("PNG", "JPEG", "WEBP"):
        assert images.decode_image(saved(form), "x").shape == (5, 7, 3)
    for form in ("GIF", "BMP", "TIFF"):
        with pytest.raises(InputError, match=r"x\.png: cannot be read as PNG, JPEG or WebP"):
            images.decode_image(saved(form), "x.png")


def test_alpha_and_palettes_become_rgb():
    buffer = io.BytesIO()
    Image.fromarray(PIXELS).convert("RGBA").save(buffer, "PNG")
    assert np.array_equal(images.decode_image(buffer.getvalue(), "x"), PIXELS)


def grey16(dtype="<u2"):
    return Image.fromarray(np.array([[0, 255, 256, 32768, 65535]], dtype=dtype))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_pil_image_is_what_its_file_would_be(mode):
    picture = grey16() if mode == "I;16" else Image.fromarray(PIXELS).convert(mode)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")

    found = images.pixels_of(picture)

    assert (found.dtype, found.shape[2]) == (np.uint8, 3)
    assert np.array_equal(found, images.decode_image(buffer.getvalue(), "x"))


def test_a_pil_image_by_hand():
    red = Image.new("RGBA", (2, 1), (200, 10, 20, 0))
    assert images.pixels_of(red).tolist() == [[[200, 10, 20], [200, 10, 20]]]
    palette = Image.new("P", (1, 1), 1)
    palette.putpalette([0, 0, 0, 7, 8, 9])
    assert images.pixels_of(palette).tolist() == [[[7, 8, 9]]]
    # The high byte, as Pillow itself keeps of 16-bit colour.
    wanted = [[[level] * 3 for level in (0, 0, 1, 128, 255)]]
    assert images.pixels_of(grey16()).tolist() == wanted
    assert images.pixels_of(grey16(">u2")).tolist() == wanted


def test_what_comes_of_a_picture_is_no_view_of_it():
    array, picture = PIXELS.copy(), Image.fromarray(PIXELS)
    found = images.pixels_of(array), images.pixels_of(picture)
    array[:] = 0
    picture.putpixel((0, 0), (255, 255, 255))
    assert all(np.array_equal(pixels, PIXELS) for pixels in found)


def cut_short():
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "PNG")
    return Image.open(io.BytesIO(buffer.getvalue()[:6000]))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Image.new("F", (2, 2)), "mode F, whose range is unknown; make it RGB"),
        (lambda: Image.new("I", (2, 2)), "mode I, whose range is unknown; make it RGB"),
        (lambda: Image.new("La", (2, 2)), "conversion from La"),
        (lambda: Image.new("RGB", (0, 2)), "not an RGB image of bytes but uint8 of shape"),
        (lambda: Image.new("1", (8193, 8192)), "8193x8192 is more than 67108864 pixels"),
        (cut_short, "a PIL image that cannot be read"),
    ],
)
def test_a_pil_image_that_is_no_picture_says_why(make, message):
    with pytest.raises(ValueError, match=message):
        images.pixels_of(make())


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_a_file_cut_anywhere_is_never_half_a_picture(form):
    data = saved(form)
    whole = images.decode_image(data, "x")
    refused = 0
    for cut in range(len(data)):
        try:
            # Without its last checksum and end mark a PNG still holds every pixel.
            assert np.array_equal(images.decode_image(data[:cut], "x"), whole)
        except InputError:
            refused += 1
    assert refused >= len(data) - 20


@pytest.mark.parametrize("side", [8200, 10_000, 30_000])
def test_a_bomb_is_refused_before_it_is_decoded(side):
    data = bytearray(saved("PNG"))
    data[16:24] = side.to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    with pytest.raises(InputError, match="pixels"):
        images.decode_image(bytes(data), "x")


def test_features_come_back_whole_or_not_at_all():
    array = np.linspace(0, 1, 9, dtype=np.float16).reshape(3, 3)
    data = images.pack_array(array)
    back = images.unpack_array(data)
    assert back is not None
    assert back.dtype == array.dtype
    assert np.array_equal(back, array)
    for place in range(len(data)):
        assert images.unpack_array(data[:place]) is None
        flipped = data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]
        assert images.unpack_array(flipped) is None
    with pytest.raises(ValueError, match="Object arrays"):
        images.pack_array(np.array([{}]))
    with io.BytesIO() as file:
        np.save(file, np.array([{}]), allow_pickle=True)
        pickled = file.getvalue()
    assert images.unpack_array(pickled + hashlib.sha256(pickled).digest()) is None


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt"])
def test_only_the_pixels_of_a_png_count(tmp_path, kind):
    from evalsuite.backends._pictures import read_picture

    # The last of it cannot be packed, so that the chunk itself is long too.
    text = "a" * 2_000_000 + "".join(random.Random(0).choices("0123456789", k=2_000_000))
    chunks, file = PngImagePlugin.PngInfo(), io.BytesIO()
    if kind == "iTXt":
        chunks.add_itxt("workflow", text, zip=True)
    else:
        chunks.add_text("workflow", text, zip=kind == "zTXt")
    picture = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    Image.fromarray(picture).save(file, "PNG", pnginfo=chunks)
    data = file.getvalue()
    assert kind.encode() in data and len(data) > 500_000
    assert images.decode_image(data, "x.png").tobytes() == picture.tobytes()
    (tmp_path / "x.png").write_bytes(data)
    assert read_picture(tmp_path / "x.png").tobytes() == picture.tobytes()


def test_taking_texts_out_leaves_every_other_byte(tmp_path):
    data = images.encode_png(np.zeros((3, 3, 3), np.uint8))
    assert images.without_texts(data) == data
    assert images.without_texts(b"\xff\xd8 tEXt") == b"\xff\xd8 tEXt"
    for end in range(len(data)):
        assert images.without_texts(data[:end]) == data[:end]


def test_an_odd_but_readable_file_is_read_without_a_warning(recwarn):
    palette = Image.new("RGB", (4, 4), "red").quantize(4)
    buffer = io.BytesIO()
    palette.save(buffer, "PNG", transparency=b"\x80\xff\xff\xff")
    assert images.decode_image(buffer.getvalue(), "x").shape == (4, 4, 3)
    assert not recwarn.list


def test_a_png_is_packed_by_the_quick_level():
    data = images.encode_png(PIXELS)
    # zlib's header says which of four levels: 0x7801 is the lowest.
    assert data[data.index(b"IDAT") + 4 :][:2] == b"\x78\x01"


def test_reading_a_picture_leaves_the_filters_of_warnings_as_they_were():
    before = list(warnings.filters)
    images.decode_image(images.encode_png(PIXELS), "it")
    assert list(warnings.filters) == before


def test_a_text_chunk_that_ends_the_file_is_taken_out_and_half_a_chunk_stays():
    sign = b"\x89PNG\r\n\x1a\n"
    empty = b"\0\0\0\0tEXt\0\0\0\0"
    assert images.without_texts(sign + empty) == sign
    assert images.without_texts(sign + empty + empty[:11]) == sign + empty[:11]
    assert images.without_texts(empty) == empty
    profile = (17).to_bytes(4, "big") + b"zTXtRaw profile type " + bytes(4)
    assert images.without_texts(sign + empty + profile) == sign + profile


def test_a_picture_of_just_so_many_pixels_is_one():
    assert images.check_pixels(np.broadcast_to(np.uint8(0), (8192, 8192, 3))).shape == (
        8192,
        8192,
        3,
    )
    assert images.check_pixels(np.broadcast_to(np.uint8(0), (67_108_864, 1, 3))).size == 3 * 2**26
