"""The report: one HTML file that opens anywhere, and its Markdown twin."""

from dataclasses import replace
from pathlib import Path

from evalsuite.audits.record import Audited
from evalsuite.files.atomic import write_text
from evalsuite.report import gated, html, markdown, pictures, taken
from evalsuite.report.content import BestOf, Report
from evalsuite.report.page import compose

__all__ = ["Audited", "BestOf", "Report", "write"]


def write(folder: Path, data: Report) -> Path:
    """Write `report/index.html`, `report/images.html` with what it loads, and `report/report.md`.

    Into a run's folder; returns the first. A gate's verdict on an earlier report is taken away.

    Each file is put in place whole or not at all; the same data gives the same bytes. Raises
    `InputError` where the folder cannot be written. An image that cannot be read is said to be
    so in its place.
    """
    target = folder / "report" / "index.html"
    gated.withdraw(folder)
    page = replace(compose(data), files=taken.beside(folder))
    write_text(folder / "report" / "report.md", markdown.render(page))
    pictures.write(target.parent, data)
    write_text(target, html.render(page))
    return target
