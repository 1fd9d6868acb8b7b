"""Amplification: the model's shares against the reference's, with the fitted slope."""

from typing import TYPE_CHECKING

import numpy as np

from evalsuite.bias.amplified import MATCHED, NEUTRAL
from evalsuite.bias.record import GroupShare, Shares, Sloped
from evalsuite.report.figures.record import Figure
from evalsuite.report.format import interval, number, short
from evalsuite.report.plots import TICKS, WIDTH
from evalsuite.report.svg import ACCENT, INK, LINE, MUTED, SECOND, to_svg
from evalsuite.report.tables import Cell, Table, cells

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAMED = 8
"""How many groups are named, the farthest from the mirror line first."""


def scatter(shares: Shares, prefix: str) -> Figure | None:
    """The scatter and the slope with its interval; None where no group has a reference."""
    points = [g for g in shares.groups if g.reference is not None and g.interval.value is not None]
    slope = shares.slope.interval
    if not points or slope.value is None:
        return None
    title = f"Amplification of the reference, over {shares.over}s"
    ends = interval(slope.low, slope.high, "number")
    words = f"{number(slope.value, 'number')} (95% interval {ends})"
    note = (
        f"The slope of the model's log-odds on the reference's is {words}, over "
        f"{slope.clusters} groups: 1 mirrors the reference, more exaggerates it, less flattens "
        "it, 0 ignores it. The dashed line is the mirror, the solid curve the fit; bars are 95% "
        f"intervals of shares as they were read. {_asked(shares)} {_taken_out(shares)}"
    )
    beyond = shares.slope.beyond
    body = (
        cells("slope of log-odds", number(slope.value, "number"), ends),
        cells(
            "model's share where the reference is even",
            number(shares.slope.at_even, "share"),
            "none",
        ),
        cells(
            "farther from even than the reference, mean of groups",
            number(beyond.value, "difference"),
            interval(beyond.low, beyond.high, "difference"),
        ),
        *(_of_wording(each) for each in shares.slopes),
    )
    head = cells(f"over {slope.clusters} groups", "value", "95% interval")
    return Figure(
        title=title,
        note=note,
        prefix=prefix,
        svg=_draw(shares, points, prefix),
        alt=f"{title}. Slope {words}.",
        table=Table(title, head, body),
        source=shares.source.words,
    )


def _of_wording(found: Sloped) -> tuple[Cell, ...]:
    slope = found.slope.interval
    return cells(
        f"slope, of “{found.wording}” alone ({slope.clusters} groups)",
        number(slope.value, "number"),
        interval(slope.low, slope.high, "number"),
    )


def _asked(shares: Shares) -> str:
    """Of which kind the prompts are, and what that leaves open (Seshadri et al. 2023)."""
    if NEUTRAL in shares.kinds and MATCHED in shares.kinds:
        return (
            "Some prompts are neutral, and some are matched to the captions that the reference "
            "is of: where their slopes differ, the difference is the wording's (Seshadri et al. "
            "2023)."
        )
    if shares.kinds == (MATCHED,):
        return (
            "All prompts are caption-matched: they have the sentences of those captions of the "
            "reference that leave the form open; there are no neutral ones to compare (Seshadri "
            "et al. 2023)."
        )
    return (
        "All prompts are neutral, and none is known to be matched to captions that a model learnt "
        "from: the reference is of other sentences or of people at work, and part of a slope can "
        "be that (Seshadri et al. 2023)."
    )


def _taken_out(shares: Shares) -> str:
    if shares.slope.corrected:
        return "The errors that the scorer made in its audit are taken out of the slope."
    return "No audit's errors are taken out: they draw a slope to 0."


def _draw(shares: Shares, points: list[GroupShare], prefix: str) -> str:
    from matplotlib.figure import Figure as Canvas

    height = 4.6
    canvas = Canvas(figsize=(WIDTH, height))
    axes = canvas.add_axes((0.12, 0.13, 0.83, 0.8))
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=10.5, labelcolor=INK)
    axes.set_axisbelow(True)
    axes.grid(color=LINE, linewidth=0.8)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    _fit(axes, shares)
    for group in points:
        assert group.reference is not None
        x, found = group.reference.share, group.interval
        assert found.value is not None
        if found.low is not None and found.high is not None:
            axes.vlines(x, found.low, found.high, color=ACCENT, linewidth=1.4, alpha=0.6)
        axes.plot([x], [found.value], marker="o", color=ACCENT, markersize=6)
    _name(axes, points)
    axes.set_xticks(list(TICKS["share"]), list(TICKS["share"].values()))
    axes.set_yticks(list(TICKS["share"]), list(TICKS["share"].values()))
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.04, 1.04)
    axes.set_xlabel("reference", color=MUTED, fontsize=10.5)
    axes.set_title("model", color=MUTED, fontsize=10.5, loc="left", pad=8)
    return to_svg(canvas, prefix, f"{prefix}-alt")


def _fit(axes: "Axes", shares: Shares) -> None:
    slope, at_even = shares.slope.interval.value, shares.slope.at_even
    if slope is None or at_even is None or not 0 < at_even < 1:
        return
    at = np.linspace(0.005, 0.995, 100)
    odds = np.log(at_even / (1 - at_even)) + slope * np.log(at / (1 - at))
    axes.plot(at, 1 / (1 + np.exp(-odds)), color=SECOND, linewidth=1.4)


def _name(axes: "Axes", points: list[GroupShare]) -> None:
    """Names beside the points that are farthest from the mirror, none over another."""

    def gap(group: GroupShare) -> float:
        assert group.reference is not None and group.interval.value is not None
        return abs(group.interval.value - group.reference.share)

    taken: list[tuple[float, float]] = []
    for group in sorted(points, key=gap, reverse=True):
        assert group.reference is not None and group.interval.value is not None
        x, y = group.reference.share, group.interval.value
        if len(taken) == NAMED or any(abs(x - a) < 0.3 and abs(y - b) < 0.06 for a, b in taken):
            continue
        taken.append((x, y))
        is_right = x > 0.6
        axes.annotate(
            short(group.name, 18),
            (x, y),
            xytext=(-7 if is_right else 7, 4 if y < 0.5 else -4),
            textcoords="offset points",
            ha="right" if is_right else "left",
            va="bottom" if y < 0.5 else "top",
            fontsize=9.5,
            color=INK,
        )
