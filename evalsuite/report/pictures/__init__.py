"""Every picture of a run on one page that needs no server: data files and thumbnails beside it."""

from pathlib import Path
from typing import NamedTuple

from evalsuite.files.atomic import write_text
from evalsuite.report.content import Report
from evalsuite.report.pictures.columns import Columns
from evalsuite.report.pictures.html import render
from evalsuite.report.pictures.rows import Rows
from evalsuite.report.pictures.scripts import Scripts
from evalsuite.report.pictures.thumbnails import Thumbnails
from evalsuite.report.pictures.walk import walk

__all__ = ["write"]

CHUNK = 500
"""Images of which one data file tells what is shown of them one by one."""
SCRIPTS = ("data.js", "picture.js", "grid.js", "index.js", "address.js", "images.js")


class Page(NamedTuple):
    """What the page's template says; everything else is in the data files."""

    title: str
    own_files: int


def write(folder: Path, report: Report) -> Path:
    """Write `images.html` and what it loads, `pictures/`, into a report's folder.

    A picture's file is read only where its thumbnail lacks. The same run gives the same bytes, and
    what an earlier report left over is removed. Raises `InputError` where the folder cannot be
    written.
    """
    thumbnails = Thumbnails(
        folder / "pictures" / "thumbnails", report.load_image, report.image_folder
    )
    scripts = Scripts(folder / "pictures")
    columns, rows = Columns(report), Rows(report.measures)
    for number, images in enumerate(walk(report, CHUNK)):
        sizes = thumbnails.of([image.sha256 for image in images if image.sha256])
        for image in images:
            columns.add(image)
        scripts.write(str(number), rows.of(images, sizes))
    scripts.write("index", columns.told(CHUNK, folder, report.image_folder))
    scripts.remove_others()
    thumbnails.remove_others()
    target = folder / "images.html"
    page = Page(report.title, thumbnails.own_files)
    write_text(target, render(page, "images.html.jinja", SCRIPTS))
    return target
