"""Lanes with their names written above them, so that long names fit on a phone; panels by scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.report.plots import TICKS, WIDTH, Dot, Scale, draw_dot, scale, wrapped
from evalsuite.report.svg import INK, LINE, MUTED, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LANE, FOOT, GAP = 0.42, 0.44, 0.04
"""Inches: of a lane with its name, of an axis below, and between two panels."""

ACROSS = 0.93
"""Of the width: what the lanes take, and their names may."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Dots on one scale; `bounds` are the least and the greatest value, where they are known."""

    dots: tuple[Dot, ...]
    unit: str
    label: str
    bounds: tuple[float, float] | None


def panels(drawn: Sequence[Panel], prefix: str) -> str:
    """The panels, one below the other, as one drawing."""
    from matplotlib.figure import Figure

    heights = [LANE * len(panel.dots) + FOOT for panel in drawn]
    whole = sum(heights) + GAP * (len(drawn) - 1)
    figure = Figure(figsize=(WIDTH, whole))
    top = whole
    for panel, height in zip(drawn, heights, strict=True):
        lanes = LANE * len(panel.dots)
        box = (0.035, (top - lanes) / whole, ACROSS, lanes / whole)
        _panel(figure.add_axes(box), panel)
        top -= height + GAP
    return to_svg(figure, prefix, f"{prefix}-alt")


def _panel(axes: "Axes", panel: Panel) -> None:
    x = _scale(panel)
    for lane, dot in enumerate(panel.dots):
        draw_dot(axes, dot, lane, x, upright=False)
        name = wrapped(dot.label, ACROSS * WIDTH, 9, lines=1)
        axes.text(x.low, lane - 0.48, name, color=INK, fontsize=9, va="center")
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=9.5, labelcolor=INK)
    axes.set_axisbelow(True)
    axes.set_yticks([])
    axes.set_ylim(len(panel.dots) - 0.6, -0.75)
    axes.set_xticks(list(x.ticks), list(x.ticks.values()))
    axes.set_xlim(x.inset(-0.02), x.inset(1.02))
    label = wrapped(panel.label, ACROSS * WIDTH, 9.5, lines=1)
    axes.set_xlabel(label, color=MUTED, fontsize=9.5, loc="left")
    axes.grid(axis="x", color=LINE, linewidth=0.8)


def _scale(panel: Panel) -> Scale:
    """The unit's own ends, or the measure's bounds; of a scale without ends what the dots need."""
    if panel.unit in TICKS or panel.bounds is None:
        return scale(panel.unit, panel.dots)
    low, high = panel.bounds
    places = [low + (high - low) * part for part in (0, 0.25, 0.5, 0.75, 1)]
    return Scale(low, high, {place: f"{place:.3g}" for place in places})
