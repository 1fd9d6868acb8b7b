"""A figure for a paper: its size in inches, a serif face, embedded fonts, the same bytes always."""

import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from evalsuite.report.svg import ACCENT, INK, LINE, MUTED, SECOND

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".pdf", ".svg", ".png")
TEXT_WIDTH = 5.5
"""Inches: the width of the text in the styles of NeurIPS and ICLR; a column of ICML is 3.25."""

NARROWEST, WIDEST = 2.0, 20.0
"""Inches between which a figure of these can be read."""

LARGEST = 9.0
"""Points: the text of a caption; figures are not set larger."""

DPI = 300
"""Dots an inch of a PNG, which is what publishers ask of pictures with text at the least."""

FACES = ("STIXGeneral", "DejaVu Sans")
"""A face like Times, and one for the signs that it lacks; matplotlib ships both."""

PRINTED: Mapping[str, str] = MappingProxyType(
    {INK: "#000000", MUTED: "#4d4d4d", LINE: "#d0d0d0", ACCENT: "#1d5f99", SECOND: "#a4420b"}
)
"""What the page's stand-in colours are on paper: the colours of its light scheme."""

_NO_DATE: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        ".pdf": {"CreationDate": None, "Producer": None, "Creator": "evalsuite"},
        ".svg": {"Date": None, "Creator": "evalsuite"},
        ".png": {"Software": None},
    }
)


def render(canvas: "Figure", suffix: str, title: str, width: float = TEXT_WIDTH) -> bytes:
    """The figure's bytes as PDF (Type 42 fonts), SVG (text as outlines) or PNG, `width` inches.

    `canvas` is changed: its colours become those of paper, and all of it is scaled alike.
    """
    import matplotlib

    _scale(canvas, width)
    _paint(canvas)
    settings: dict[Any, Any] = {
        "pdf.fonttype": 42,
        "svg.fonttype": "path",
        "svg.hashsalt": "evalsuite",
    }
    target = io.BytesIO()
    with matplotlib.rc_context({**settings, "font.family": list(FACES)}):
        canvas.savefig(
            target,
            format=suffix[1:],
            dpi=DPI,
            facecolor="white",
            metadata={"Title": title, **_NO_DATE[suffix]},
        )
    return target.getvalue()


def _scale(canvas: "Figure", width: float) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.lines import Line2D
    from matplotlib.text import Text

    factor = width / canvas.get_figwidth()
    canvas.set_size_inches(width, canvas.get_figheight() * factor)
    largest = max((float(text.get_fontsize()) for text in canvas.findobj(Text)), default=LARGEST)
    words = min(factor, LARGEST / largest)
    for text in canvas.findobj(Text):
        text.set_fontfamily(list(FACES))
        text.set_fontsize(float(text.get_fontsize()) * words)
    for line in canvas.findobj(Line2D):
        line.set_linewidth(line.get_linewidth() * factor)
        line.set_markersize(line.get_markersize() * factor)
    for lines in canvas.findobj(LineCollection):
        lines.set_linewidth([each * factor for each in np.atleast_1d(lines.get_linewidth())])


def _paint(canvas: "Figure") -> None:
    from matplotlib.collections import Collection
    from matplotlib.colors import to_hex
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text

    def printed(color: Any) -> Any:
        return (
            color if isinstance(color, str) and color == "none" else _printed(to_hex(color), color)
        )

    for text in canvas.findobj(Text):
        text.set_color(printed(text.get_color()))
    for line in canvas.findobj(Line2D):
        edge, face = line.get_markeredgecolor(), line.get_markerfacecolor()
        line.set_color(printed(line.get_color()))
        line.set_markeredgecolor(printed(edge))
        line.set_markerfacecolor(printed(face))
    for shape in [*canvas.findobj(Patch), *canvas.findobj(Collection)]:
        _shape(shape, printed)


def _shape(shape: Any, printed: Callable[[Any], Any]) -> None:
    """The colours of a patch or of a collection, which has one of each for every member."""
    for name in ("facecolor", "edgecolor"):
        color = getattr(shape, f"get_{name}")()
        several = getattr(color, "ndim", 1) == 2
        if several and not len(color):
            continue
        changed = [printed(each) for each in color] if several else printed(color)
        getattr(shape, f"set_{name}")(changed)


def _printed(code: str, color: Any) -> Any:
    return PRINTED.get(code, color)
