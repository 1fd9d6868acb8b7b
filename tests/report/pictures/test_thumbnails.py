"""Thumbnails: made once, small, and only where a picture's own file is large."""

import io

import numpy as np
import pytest
from PIL import Image

from evalsuite.files.images import encode_png
from evalsuite.records import InputError
from evalsuite.report import pictures
from evalsuite.report.pictures import thumbnails
from evalsuite.report.pictures.thumbnails import Thumbnails


def test_a_second_report_reads_no_picture(tmp_path, many):
    report, files = many(tmp_path)
    pictures.write(tmp_path / "report", report)
    assert files.read == 2  # of three pictures one is its own thumbnail
    pictures.write(tmp_path / "report", report)
    assert files.read == 2


def test_its_size_and_the_pictures_own(tmp_path, many):
    report, _ = many(tmp_path)
    pictures.write(tmp_path / "report", report)
    for path in (tmp_path / "report/pictures/thumbnails").iterdir():
        assert path.name.endswith("-360x300.webp")
        with Image.open(path) as image:
            assert (image.format, image.size) == ("WEBP", (256, 213))


def test_beyond_the_limit_pictures_show_their_own_files(tmp_path, many, monkeypatch):
    monkeypatch.setattr(thumbnails, "MOST", 1)
    report, files = many(tmp_path)
    page = pictures.write(tmp_path / "report", report)
    assert files.read == 1
    assert "Of 1 pictures no thumbnail was made" in page.read_text()
    assert len([*(tmp_path / "report/pictures/thumbnails").iterdir()]) == 1


def test_a_picture_that_is_gone_takes_its_thumbnail_along(tmp_path):
    folder, images = tmp_path / "t", tmp_path / "images"
    images.mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (2, 300, 300, 3), np.uint8)
    names = ["a" * 64, "b" * 64]
    for name, pixels in zip(names, noise, strict=True):
        (images / f"{name}.png").write_bytes(encode_png(pixels))
    both = Thumbnails(folder, lambda name: noise[names.index(name)], images)
    assert both.of(names) == {name: (300, 300) for name in names}
    one = Thumbnails(folder, lambda name: noise[0], images)
    one.of(names[:1])
    one.remove_others()
    assert [path.name for path in folder.iterdir()] == [f"{names[0]}-300x300.webp"]


def test_a_damaged_picture_is_said_to_be(tmp_path):
    def damaged(name):
        raise InputError("damaged")

    found = Thumbnails(tmp_path / "t", damaged, tmp_path).of(["a"])
    assert isinstance(found["a"], InputError)


@pytest.mark.parametrize("side", [8, 256])
def test_what_is_small_loses_nothing(side):
    pixels = np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8)
    with Image.open(io.BytesIO(thumbnails.webp(pixels))) as image:
        assert np.array_equal(np.asarray(image.convert("RGB")), pixels)
