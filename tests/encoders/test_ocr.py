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
