import io
import re

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from evalsuite.records import InputError
from evalsuite.report.exports import paper
from evalsuite.report.exports.contents import contents


def render(report, name: str, suffix: str, width: float = paper.TEXT_WIDTH) -> bytes:
    found = contents(report).figure(name)
    return paper.render(found.canvas, suffix, found.title, width)


@pytest.mark.parametrize("suffix", paper.SUFFIXES)
def test_the_same_report_gives_the_same_bytes(tiny, suffix):
    first = render(tiny, "headlines", suffix)
    assert first == render(tiny, "headlines", suffix)
    assert not re.search(rb"20[0-9]{2}-[01][0-9]-|D:20[0-9]{6}", first), "a date"


def test_pdf_is_as_wide_as_asked_and_embeds_truetype(tiny):
    data = render(tiny, "headlines", ".pdf", 3.25)
    with pypdfium2.PdfDocument(data) as document:
        page = document[0]
        assert round(page.get_width() / 72, 3) == 3.25
        text = page.get_textpage().get_text_range()
        picture = np.asarray(page.render(scale=2).to_pil().convert("RGB"))
    assert "counts" in text and "100%" in text
    assert b"/Type3" not in data and b"/FontFile2" in data and b"STIXGeneral" in data
    colours = {tuple(colour) for colour in picture.reshape(-1, 3).tolist()}
    assert (0x1D, 0x5F, 0x99) in colours and (4, 4, 4) not in colours, "the page's stand-in"


def test_every_figure_of_the_page_can_be_had(tiny):
    found = contents(tiny)
    assert next(iter(found.figures)) == next(iter(found.tables)) == "headlines"
    assert {"counts-exact-number-by-number-asked-for"} <= set(found.figures)
    for figure in found.figures.values():
        image = Image.open(io.BytesIO(paper.render(figure.canvas, ".png", figure.title)))
        assert image.width == round(paper.TEXT_WIDTH * paper.DPI)
        colours = image.convert("RGB").getcolors(1 << 24)
        assert colours is not None and len(colours) > 2


def test_a_misspelt_name_is_met_with_the_nearest(tiny):
    with pytest.raises(InputError, match=r"--table headline: .* did you mean 'headlines'"):
        contents(tiny).table("headline")


def test_a_report_without_estimates_has_tables_but_no_figure(empty):
    with pytest.raises(InputError, match="--figure: there is none here"):
        contents(empty).figure(None)
    assert contents(empty).table("how-every-planned-image-ended").table.rows
