"""Dot plots with intervals, drawn by matplotlib in the page's colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.report.format import number, short
from evalsuite.report.svg import ACCENT, INK, LINE, MUTED, SECOND, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

WIDTH = 400 / 72
"""Inches: 400 units of SVG, which a phone shows at nearly their own size."""


SERIES = (
    *((ACCENT, "o"), (SECOND, "D"), (INK, "s"), (MUTED, "^")),
    *((ACCENT, "v"), (SECOND, "P"), (INK, "X"), (MUTED, "*")),
)
"""The colour and the shape of each run's dots."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One share with its interval; `null` is chance or fairness, `reference` what was taught."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    null: float | None = None
    reference: float | None = None

    def words(self) -> str:
        """The dot as a clause of the plot's text alternative."""
        said = f"{self.label}: {number(self.value, 'share')}"
        if self.value is not None and self.low is not None and self.high is not None:
            said += f" (95% interval {100 * self.low:.0f} to {100 * self.high:.0f}%)"
        if self.reference is not None:
            said += f", reference {number(self.reference, 'share')}"
        return said


def columns(dots: Sequence[Dot], prefix: str, x_label: str, y_label: str) -> str:
    """Dots over an ordered axis, with a line through them."""
    figure, axes = _axes(height=3.1, left=0.12, bottom=0.19, top=0.32)
    for x, dot in enumerate(dots):
        _dot(axes, dot, x, upright=True)
    known = [(x, dot.value) for x, dot in enumerate(dots) if dot.value is not None]
    axes.plot([x for x, _ in known], [y for _, y in known], color=ACCENT, linewidth=1, alpha=0.5)
    axes.set_xticks(range(len(dots)), [short(dot.label, 12) for dot in dots])
    axes.set_xlim(-0.6, len(dots) - 0.4)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100%"])
    axes.set_ylim(-0.04, 1.04)
    axes.set_xlabel(x_label, color=MUTED, fontsize=10.5)
    axes.set_title(y_label, color=MUTED, fontsize=10.5, loc="left", pad=10)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    return to_svg(figure, prefix, f"{prefix}-alt")


def lanes(dots: Sequence[Dot], prefix: str, x_label: str, middle: float | None = None) -> str:
    """Dots in labelled lanes; `middle` draws a line across all of them."""
    longest = max((len(short(dot.label, 22)) for dot in dots), default=0)
    height = 0.6 + 0.36 * max(len(dots), 1)
    figure, axes = _axes(height, left=min(0.03 + 0.0145 * longest, 0.4), bottom=0.5 / height)
    for y, dot in enumerate(dots):
        _dot(axes, dot, y, upright=False)
    axes.set_yticks(range(len(dots)), [short(dot.label, 22) for dot in dots])
    axes.set_ylim(len(dots) - 0.4, -0.6)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100%"])
    axes.set_xlim(-0.03, 1.03)
    axes.set_xlabel(x_label, color=MUTED, fontsize=10.5)
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    if middle is not None:
        axes.axvline(middle, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    return to_svg(figure, prefix, f"{prefix}-alt")


def together(series: Sequence[tuple[str, Sequence[Dot]]], prefix: str, x_label: str) -> str:
    """Several runs' dots in shared lanes, told apart by colour and by shape, with a key above."""
    labels = [short(dot.label, 22) for dot in series[0][1]] if series else []
    runs, keys = max(len(series), 1), [short(name, 28) for name, _ in series]
    step = 0.62 / runs
    above = 0.1 + 0.24 * runs
    height = above + 0.5 + max(0.36, 0.2 * runs) * max(len(labels), 1)
    left = min(0.03 + 0.0145 * max(map(len, labels), default=0), 0.4)
    figure, axes = _axes(height, left, bottom=0.5 / height, top=above)
    for place, (_, dots) in enumerate(series):
        color, marker = SERIES[place % len(SERIES)]
        for lane, dot in enumerate(dots):
            y = lane + step * (place - (runs - 1) / 2)
            _mark(axes, dot, y, color, marker)
    for place, key in enumerate(keys):
        color, marker = SERIES[place % len(SERIES)]
        y = 1 - (0.12 + 0.24 * place) / height
        figure.text(left + 0.045, y, key, color=INK, fontsize=10.5, va="center")
        figure.add_artist(_key(left + 0.02, y, color, marker))
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100%"])
    axes.set_xlim(-0.03, 1.03)
    axes.set_xlabel(x_label, color=MUTED, fontsize=10.5)
    axes.grid(axis="x", color=LINE, linewidth=0.8)
    return to_svg(figure, prefix, f"{prefix}-alt")


def _key(x: float, y: float, color: str, marker: str) -> "Line2D":
    from matplotlib.lines import Line2D

    return Line2D([x], [y], color=color, marker=marker, markersize=7, linestyle="none")


def _mark(axes: "Axes", dot: Dot, y: float, color: str, marker: str) -> None:
    if dot.value is None:
        axes.annotate("not measured", (0.01, y), color=color, fontsize=8.5, ha="left", va="center")
        return
    if dot.low is not None and dot.high is not None:
        axes.hlines(y, dot.low, dot.high, color=color, linewidth=1.8)
    axes.plot([dot.value], [y], marker=marker, color=color, markersize=6.5)


def _axes(height: float, left: float, bottom: float, top: float = 0.05) -> tuple["Figure", "Axes"]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height))
    axes = figure.add_axes((left, bottom, 0.97 - left, 1 - bottom - top / height))
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=10.5, labelcolor=INK)
    axes.set_axisbelow(True)
    return figure, axes


def _dot(axes: "Axes", dot: Dot, place: int, *, upright: bool) -> None:
    """One value: a filled dot, its interval as a bar, chance as a dash, reference as a diamond."""

    def at(value: float) -> tuple[list[float], list[float]]:
        return ([place], [value]) if upright else ([value], [place])

    if dot.null is not None:
        axes.plot(*at(dot.null), marker="_" if upright else "|", color=MUTED, markersize=13)
    if dot.reference is not None:
        axes.plot(
            *at(dot.reference), marker="D", markersize=7, markerfacecolor="none",
            markeredgecolor=SECOND, markeredgewidth=1.6,
        )  # fmt: skip
    if dot.value is None:
        where = (place, 0.02) if upright else (0.01, place)
        axes.annotate(
            "not measured", where, color=MUTED, fontsize=9.5, rotation=90 if upright else 0,
            ha="center" if upright else "left", va="bottom" if upright else "center",
        )  # fmt: skip
        return
    if dot.low is not None and dot.high is not None:
        draw = axes.vlines if upright else axes.hlines
        draw(place, dot.low, dot.high, color=ACCENT, linewidth=2.2)
    axes.plot(*at(dot.value), marker="o", color=ACCENT, markersize=7)
