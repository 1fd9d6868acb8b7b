"""The page that shows runs side by side, and its Markdown twin."""

from pathlib import Path

from evalsuite.files.atomic import write_text
from evalsuite.report import html, markdown
from evalsuite.report.comparison.content import (
    Against,
    Board,
    ComparedRun,
    ComparisonReport,
    Contrasted,
    FlippedImage,
    Standing,
    Unlike,
)
from evalsuite.report.comparison.data import to_json
from evalsuite.report.comparison.page import compose
from evalsuite.report.pictures.flips import FlipGallery

__all__ = [
    "Against",
    "Board",
    "ComparedRun",
    "ComparisonReport",
    "Contrasted",
    "FlippedImage",
    "Standing",
    "Unlike",
    "write",
]


def write(folder: Path, data: ComparisonReport) -> Path:
    """Write `compare/index.html`, `compare/compare.md` and `differences.json` into `folder`.

    And `compare/flips.html` with what it loads; returns the first. Each file is put in place whole
    or not at all; the same data gives the same bytes. Raises `InputError` where the folder cannot
    be written.
    """
    gallery = FlipGallery(folder / "compare", data)
    page = compose(gallery.keeping(data))
    target = folder / "compare" / "index.html"
    text = markdown.render(page, "comparison.md.jinja")
    write_text(folder / "differences.json", to_json(data))
    write_text(folder / "compare" / "compare.md", text)
    gallery.write(data, page.title)
    write_text(target, html.render(page, "comparison.html.jinja"))
    return target
