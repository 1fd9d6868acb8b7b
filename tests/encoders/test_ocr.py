import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from evalsuite.encoders import ocr
from evalsuite.plugins import find as plugins
from evalsuite.records import InputError, Picture

FONTS = ["DejaVuSans", "DejaVuSans-Bold", "DejaVuSerif", "DejaVuSerif-Italic", "DejaVuSansMono"]
FONTS += ["STIXGeneral", "STIXGeneralBol", "cmr10", "cmss10", "cmtt10"]


def sign(*lines: str, font: str = "DejaVuSans", size: int = 32) -> Picture:
    """Black lines of text, one below the other, on a white picture of 320 x 96 pixels."""
    picture = Image.new("RGB", (320, 96), "white")
    face = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/{font}.ttf", size)
    for place, line in enumerate(lines):
        ImageDraw.Draw(picture).text((16, 8 + 42 * place), line, font=face, fill="black")
    pixels = np.array(picture)
    return Picture(f"{lines} {font}", lambda: pixels)


@pytest.fixture(scope="module")
def reader() -> ocr.TextReader:
    return ocr.load()


def test_words_in_ten_fonts_are_read_exactly(reader: ocr.TextReader) -> None:
    wanted = [(font, text) for font in FONTS for text in ("OPEN", "Fresh bread", "glimp 24")]
    read = [[line.text for line in reader.lines(sign(text, font=font))] for font, text in wanted]
    right = [found == [text] for found, (_, text) in zip(read, wanted, strict=True)]
    assert sum(right) / len(right) >= 0.95, read


def test_lines_come_from_top_to_bottom_with_their_places(reader: ocr.TextReader) -> None:
    first, second = reader.lines(sign("Happy", "birthday"))
    assert (first.text, second.text) == ("Happy", "birthday")
    assert all(0 <= line.score <= 1 and len(line.corners) == 4 for line in (first, second))
    assert max(y for _, y in first.corners) < 55 < max(y for _, y in second.corners) < 96


def line(text: str, left: float, top: float, right: float, bottom: float) -> ocr.TextLine:
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return ocr.TextLine(text, 1.0, corners)


@pytest.mark.parametrize(
    ("lines", "read"),
    [
        # "now" is lower than "HI" beside it, and its upper edge is above that of "HI".
        ([("HI", 10, 20, 120, 130), ("now", 140, 18, 300, 98)], "HI now"),
        ([("now", 140, 50, 300, 130), ("HI", 10, 20, 120, 130)], "HI now"),
        ([("two", 10, 60, 90, 90), ("one", 10, 20, 90, 50)], "one two"),
        # Two lines beside one tall word, and a slope on which the ends do not overlap.
        ([("BIG", 0, 0, 90, 100), ("b", 100, 55, 150, 95), ("a", 100, 5, 150, 45)], "BIG a b"),
        ([("c", 200, 60, 290, 100), ("b", 100, 40, 190, 80), ("a", 0, 20, 90, 60)], "a b c"),
        # Lines that touch are two rows.
        ([("right", 100, 45, 190, 80), ("left", 0, 10, 90, 50)], "left right"),
        ([], ""),
    ],
)
def test_rows_are_told_by_overlap_and_read_from_left_to_right(
    lines: list[tuple[str, float, float, float, float]], read: str
) -> None:
    ordered = ocr.in_reading_order([line(*each) for each in lines])
    assert " ".join(each.text for each in ordered) == read


def test_a_large_word_beside_a_small_one_on_one_line(reader: ocr.TextReader) -> None:
    picture = Image.new("RGB", (560, 200), "white")
    draw = ImageDraw.Draw(picture)
    for text, size, left in (("now", 80, 20), ("HI", 110, 260)):
        face = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", size)
        draw.text((left, 150), text, font=face, fill="black", anchor="ls")
    pixels = np.array(picture)
    lines = reader.lines(Picture("now HI", lambda: pixels))
    assert " ".join(each.text for each in lines) == "now HI"


def test_a_picture_is_read_once_and_an_empty_one_has_no_lines(reader: ocr.TextReader) -> None:
    before, blank = reader.images_read, sign()
    assert reader.lines(blank) == reader.lines(blank) == []
    assert reader.images_read - before == 1


def test_the_colours_reach_the_models_in_their_order(reader: ocr.TextReader) -> None:
    given = []
    engine, reader._engine = reader._engine, lambda pixels: given.append(pixels) or engine(pixels)
    try:
        reader.lines(Picture("red", lambda: np.full((32, 32, 3), (200, 0, 0), dtype=np.uint8)))
    finally:
        reader._engine = engine
    assert given[0][0, 0].tolist() == [0, 0, 200]


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Absent:
        def find_spec(self, name: str, *rest: object) -> None:
            if name.partition(".")[0] == "rapidocr":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.delitem(sys.modules, "rapidocr", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    ocr.load.cache_clear()
    with pytest.raises(InputError, match=r"rapidocr.*pip install 'evalsuite\[text\]'$"):
        plugins.load_scorer("text")


def test_an_install_without_models_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import rapidocr

    monkeypatch.setattr(rapidocr, "__file__", f"{tmp_path}/__init__.py")
    ocr.load.cache_clear()
    with pytest.raises(InputError, match="no models in it"):
        ocr.load()
