"""Skin tones as rendered: a strip of Monk colours per group, as wide as each tone is frequent."""

from typing import TYPE_CHECKING

from evalsuite.bias.record import ToneRow, Tones
from evalsuite.report.bias import words
from evalsuite.report.content import Report
from evalsuite.report.figures.record import Figure
from evalsuite.report.format import interval, number, short
from evalsuite.report.plots import LABEL, WIDTH
from evalsuite.report.svg import INK, LINE, MUTED, to_svg
from evalsuite.report.tables import Cell, Table, cells
from evalsuite.vocabulary.monk import BANDS, COLORS, EVEN_BANDS, TONES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CONVENTION = "Ten equally frequent tones are a convention, not a population."


def strips(report: Report, tones: Tones, prefix: str) -> list[Figure]:
    """The strips with the numbers of images, then the shares of bands with bounds."""
    measure = report.measure(tones.measure)
    title = f"Skin tones on the Monk scale, by {tones.over}"
    rows = [row for row in tones.rows if sum(row.tones) + row.unknown]
    if not rows:
        return []
    strip = Figure(
        title=title,
        note=(
            "Each strip holds a group's images, lightest tone first; hatched: the tone could not "
            f"be told. {CONVENTION} Neighbouring tones are told apart badly under unknown light: "
            "read the bands first."
        ),
        prefix=f"{prefix}-strips",
        svg=_draw(rows, f"{prefix}-strips"),
        alt=f"{title}. " + "; ".join(_words(row) for row in rows) + ".",
        table=_counts(title, tones.over, rows),
        caution=measure.cannot_show,
    )
    return [strip, _bands(tones, rows, f"{prefix}-bands")]


def _words(row: ToneRow) -> str:
    bands = ", ".join(f"{band} {_hits(row, band)}" for band in BANDS)
    return f"{row.name}: {bands}, unknown {row.unknown}"


def _hits(row: ToneRow, band: str) -> int:
    return sum(n for tone, n in zip(TONES, row.tones, strict=True) if tone in BANDS[band])


def _draw(rows: list[ToneRow], prefix: str) -> str:
    from matplotlib.figure import Figure as Canvas

    labels = [short(row.name, LABEL) for row in rows]
    height = 0.5 + 0.34 * len(rows)
    left = min(0.03 + 0.0145 * max(map(len, labels)), 0.4)
    canvas = Canvas(figsize=(WIDTH, height))
    axes = canvas.add_axes((left, 0.42 / height, 0.97 - left, 1 - 0.47 / height))
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=10.5, labelcolor=INK)
    for y, row in enumerate(rows):
        whole, at = sum(row.tones) + row.unknown, 0.0
        for n, color in zip(row.tones, COLORS, strict=True):
            if n:
                axes.barh(y, n / whole, left=at, height=0.74, color=color, edgecolor=MUTED, lw=0.5)
                at += n / whole
        if row.unknown:
            _untold(axes, y, at, row.unknown / whole)
    axes.set_yticks(range(len(rows)), labels)
    axes.set_ylim(len(rows) - 0.45, -0.55)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], ["0", "50", "100%"])
    axes.set_xlabel("images, unknown ones too", color=MUTED, fontsize=10.5)
    return to_svg(canvas, prefix, f"{prefix}-alt")


def _untold(axes: "Axes", y: int, at: float, width: float) -> None:
    """An open box with strokes across it; a hatch would need a pattern in the page."""
    axes.barh(y, width, left=at, height=0.74, fill=False, edgecolor=MUTED, lw=0.8)
    step, x = 0.012, at + 0.006
    while x < at + width:
        axes.plot([x, x], [y - 0.36, y + 0.36], color=LINE, linewidth=1)
        x += step


def _counts(title: str, over: str, rows: list[ToneRow]) -> Table:
    head = (Cell(over), *(Cell(tone, tone=int(tone)) for tone in TONES), Cell("unknown"))
    body = []
    for row in rows:
        whole = sum(row.tones)
        shaded = [Cell(str(n), heat=round(9 * n / whole) if whole else 0) for n in row.tones]
        body.append((Cell(row.name), *shaded, Cell(str(row.unknown))))
    return Table(title, head, tuple(body))


def _bands(tones: Tones, rows: list[ToneRow], prefix: str) -> Figure:
    title = f"Bands of the Monk scale, by {tones.over}"
    is_known = any(row.references for row in rows)
    has_audit = any(each.interval for row in rows for each in row.corrected.values())
    head = [tones.over, "tones", "share", "95% interval", "share if all not told had, or had not"]
    head[4:4] = ["corrected, of all judged (95%)"] * has_audit
    head += ["reference"] * is_known
    head += ["even tones"]
    body = []
    for row in rows:
        for band in BANDS:
            found, bounds = row.bands.get(band), row.bounds.get(band)
            value = None if found is None else found.value
            line = [row.name, band, number(value, "share")]
            line += [interval(found.low, found.high, "share") if found else "not measured"]
            line += [words.instead(row.corrected[band])] * has_audit
            line += [interval(*bounds, "share") if bounds else "not measured"]
            reference = row.references.get(band)
            line += ["none" if reference is None else number(reference, "share")] * is_known
            line += [number(EVEN_BANDS[band], "share")]
            body.append(cells(*line))
    note = "Shares of images with a readable tone. "
    if not has_audit:
        note += "No audit's errors are taken out of them. "
    return Figure(
        title=title,
        note=note + CONVENTION,
        prefix=prefix,
        table=Table(title, cells(*head), tuple(body)),
        source=tones.source.words if is_known else "",
    )
