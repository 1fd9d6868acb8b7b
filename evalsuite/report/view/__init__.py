"""A page over many runs: models by sets, how each went over time, and the runs that lack a report.

It is one file that needs no network, and its links lead to the runs' own reports beside it.
"""

from collections.abc import Sequence
from pathlib import Path

from evalsuite.files.atomic import write_text
from evalsuite.report import html
from evalsuite.report.view.content import Compared, Told, Untold
from evalsuite.report.view.page import compose

__all__ = ["Compared", "Told", "Untold", "write"]


def write(
    folder: Path, told: list[Told], untold: list[Untold], compared: Sequence[Compared] = ()
) -> Path:
    """Write `index.html` into a folder of runs; the same runs give the same bytes."""
    target = folder / "index.html"
    write_text(
        target,
        html.render(compose(folder.resolve().name, told, untold, compared), "view.html.jinja"),
    )
    return target
