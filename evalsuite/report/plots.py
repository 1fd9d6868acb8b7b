"""Dot plots with intervals, drawn by matplotlib in the page's colours."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from evalsuite.report.format import interval, number, short, visible
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


LABEL = 22
"""How many characters of a lane's label are shown."""

LETTER = 0.57
"""Of its size: how wide a letter of the reader's font is taken to be."""

WORDS, LINE_HEIGHT = 10.5, 0.18
"""Points of an axis's words, and inches of each line of them."""

MANY = 24
"""More lanes than this lie closer together."""

TICKS: Mapping[str, Mapping[float, str]] = MappingProxyType(
    {
        "share": {0: "0", 0.25: "25", 0.5: "50", 0.75: "75", 1: "100%"},
        "difference": {
            -1: "\N{MINUS SIGN}100",
            -0.5: "\N{MINUS SIGN}50",
            0: "0",
            0.5: "50",
            1: "100",
        },
    }
)
"""The axes of units with ends of their own: what stands where."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A value with its interval; `null` is chance or fairness, `reference` what was taught.

    `band` is where most fair models would lie.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    null: float | None = None
    reference: float | None = None
    band: tuple[float, float] | None = None

    def words(self, unit: str = "share") -> str:
        """The dot as a clause of the plot's text alternative."""
        words = f"{self.label}: {number(self.value, unit)}"
        if self.value is not None and self.low is not None and self.high is not None:
            ends = f"{100 * self.low:.0f} to {100 * self.high:.0f}%"
            ends = ends if unit == "share" else interval(self.low, self.high, unit)
            words += f" (95% interval {ends})"
        if self.reference is not None:
            words += f", reference {number(self.reference, unit)}"
        return words


@dataclass(frozen=True, slots=True)
class Scale:
    """Where an axis begins and ends, and what stands at which of its places."""

    low: float
    high: float
    ticks: Mapping[float, str]

    def inset(self, share: float) -> float:
        """The place at that share of the axis, counted from its low end."""
        return self.low + share * (self.high - self.low)


def scale(unit: str, dots: Sequence[Dot]) -> Scale:
    """The whole of a unit that has ends; of any other as much as the dots need."""
    if unit in TICKS:
        return Scale(min(TICKS[unit]), max(TICKS[unit]), TICKS[unit])
    from matplotlib.ticker import MaxNLocator

    parts = [part for d in dots for part in (d.value, d.low, d.high, d.null, d.reference)]
    known = [part for part in parts if part is not None] or [0.0, 1.0]
    room = 0.05 * (max(known) - min(known)) or max(0.1 * abs(known[0]), 0.5)
    low, high = min(known) - room, max(known) + room
    places = [float(tick) for tick in MaxNLocator(4).tick_values(low, high)]
    return Scale(low, high, {t: number(t, unit) for t in places if low <= t <= high})


def columns(
    dots: Sequence[Dot], prefix: str, x_label: str, y_label: str, unit: str = "share"
) -> str:
    """Dots over an ordered axis, with a line through them."""
    below, above = (wrapped(text, 0.85 * WIDTH, WORDS) for text in (x_label, y_label))
    under, over = (LINE_HEIGHT * text.count("\n") for text in (below, above))
    height = 3.1 + under + over
    figure, axes = _axes(height, left=0.12, bottom=(0.59 + under) / height, top=0.32 + over)
    y = scale(unit, dots)
    for x, dot in enumerate(dots):
        draw_dot(axes, dot, x, y, upright=True)
    known = [(x, dot.value) for x, dot in enumerate(dots) if dot.value is not None]
    axes.plot([x for x, _ in known], [v for _, v in known], color=ACCENT, linewidth=1, alpha=0.5)
    axes.set_xticks(range(len(dots)), [short(dot.label, 12) for dot in dots])
    axes.set_xlim(-0.6, len(dots) - 0.4)
    axes.set_yticks(list(y.ticks), list(y.ticks.values()))
    axes.set_ylim(y.inset(-0.04), y.inset(1.04))
    axes.set_xlabel(below, color=MUTED, fontsize=WORDS)
    axes.set_title(above, color=MUTED, fontsize=WORDS, loc="left", pad=10)
    axes.grid(axis="y", color=LINE, linewidth=0.8)
    return to_svg(figure, prefix, f"{prefix}-alt")


def lanes(
    dots: Sequence[Dot],
    prefix: str,
    x_label: str,
    unit: str = "share",
    middle: float | None = None,
) -> str:
    """Dots in labelled lanes; `middle` draws a line across all of them."""
    labels = [short(dot.label, LABEL) for dot in dots]
    left = _margin(labels)
    x_label, under = _below(x_label, left)
    height = 0.1 + under + (0.36 if len(dots) <= MANY else 0.25) * max(len(dots), 1)
    figure, axes = _axes(height, left, bottom=under / height)
    x = scale(unit, dots)
    for y, dot in enumerate(dots):
        draw_dot(axes, dot, y, x, upright=False)
    _across(axes, labels, x, x_label)
    if middle is not None:
        axes.axvline(middle, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    return to_svg(figure, prefix, f"{prefix}-alt")


def together(
    series: Sequence[tuple[str, Sequence[Dot]]], prefix: str, x_label: str, unit: str = "share"
) -> str:
    """Several runs' dots in shared lanes, told apart by colour and by shape, with a key above."""
    labels = [short(dot.label, LABEL) for dot in series[0][1]] if series else []
    runs, keys = max(len(series), 1), [short(name, 28) for name, _ in series]
    step = 0.62 / runs
    above = 0.1 + 0.24 * runs
    left = _margin(labels)
    x_label, under = _below(x_label, left)
    height = above + under + max(0.36, 0.2 * runs) * max(len(labels), 1)
    figure, axes = _axes(height, left, bottom=under / height, top=above)
    x = scale(unit, [dot for _, dots in series for dot in dots])
    for place, (_, dots) in enumerate(series):
        color, marker = SERIES[place % len(SERIES)]
        for lane, dot in enumerate(dots):
            _mark(axes, dot, lane + step * (place - (runs - 1) / 2), x, color, marker)
    for place, key in enumerate(keys):
        color, marker = SERIES[place % len(SERIES)]
        y = 1 - (0.12 + 0.24 * place) / height
        figure.text(left + 0.045, y, key, color=INK, fontsize=10.5, va="center")
        figure.add_artist(_key(left + 0.02, y, color, marker))
    _across(axes, labels, x, x_label)
    return to_svg(figure, prefix, f"{prefix}-alt")


def wrapped(text: str, inches: float, size: float, lines: int = 2) -> str:
    """`text`, `size` points high, in so many lines; a long word is broken, and the rest cut."""
    room = max(int(72 * inches / (LETTER * size)), 4)
    return "\n".join(textwrap.wrap(visible(text), room, max_lines=lines, placeholder="…"))


def _below(x_label: str, left: float) -> tuple[str, float]:
    """The words below an axis that begins at `left`, and how many inches the foot takes."""
    words = wrapped(x_label, (0.97 - left) * WIDTH, WORDS)
    return words, 0.5 + LINE_HEIGHT * words.count("\n")


def _margin(labels: Sequence[str]) -> float:
    """The share of the width that the lanes' labels take."""
    return min(0.03 + 0.0145 * max(map(len, labels), default=0), 0.4)


def _across(axes: "Axes", labels: Sequence[str], x: Scale, x_label: str) -> None:
    """Lanes from top to bottom, and the scale below them."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xticks(list(x.ticks), list(x.ticks.values()))
    axes.set_xlim(x.inset(-0.03), x.inset(1.03))
    axes.set_xlabel(x_label, color=MUTED, fontsize=WORDS)
    axes.grid(axis="x", color=LINE, linewidth=0.8)


def _key(x: float, y: float, color: str, marker: str) -> "Line2D":
    from matplotlib.lines import Line2D

    return Line2D([x], [y], color=color, marker=marker, markersize=7, linestyle="none")


def _mark(axes: "Axes", dot: Dot, y: float, x: Scale, color: str, marker: str) -> None:
    if dot.value is None:
        at = (x.inset(0.01), y)
        axes.annotate("not measured", at, color=color, fontsize=8.5, ha="left", va="center")
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


def draw_dot(axes: "Axes", dot: Dot, place: int, along: Scale, *, upright: bool) -> None:
    """A filled dot for the value, a bar for its interval, a dash for chance, a diamond for truth.

    `place` is its column or lane, `along` the scale that the value is on.
    """

    def at(value: float) -> tuple[list[float], list[float]]:
        return ([place], [value]) if upright else ([value], [place])

    if dot.band is not None:
        draw = axes.vlines if upright else axes.hlines
        draw(place, *dot.band, color=LINE, linewidth=11)
    if dot.null is not None:
        axes.plot(*at(dot.null), marker="_" if upright else "|", color=MUTED, markersize=13)
    if dot.reference is not None:
        axes.plot(
            *at(dot.reference),
            marker="D",
            markersize=7,
            markerfacecolor="none",
            markeredgecolor=SECOND,
            markeredgewidth=1.6,
        )
    if dot.value is None:
        _say_not_measured(axes, place, along, upright=upright)
        return
    if dot.low is not None and dot.high is not None:
        draw = axes.vlines if upright else axes.hlines
        draw(place, dot.low, dot.high, color=ACCENT, linewidth=2.2)
    axes.plot(*at(dot.value), marker="o", color=ACCENT, markersize=7)


def _say_not_measured(axes: "Axes", place: int, along: Scale, *, upright: bool) -> None:
    where = (place, along.inset(0.02)) if upright else (along.inset(0.01), place)
    axes.annotate(
        "not measured",
        where,
        color=MUTED,
        fontsize=9.5,
        rotation=90 if upright else 0,
        ha="center" if upright else "left",
        va="bottom" if upright else "center",
    )
