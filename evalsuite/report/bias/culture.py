"""Culture: which region's pictures the unmarked ones resemble, with guessing beside it."""

from evalsuite.bias.beside import Resembled
from evalsuite.report.figures.record import Figure, alt
from evalsuite.report.format import interval, number
from evalsuite.report.plots import Dot, lanes
from evalsuite.report.tables import Table, cells


def culture(found: Resembled, prefix: str) -> Figure:
    """A lane per region that any unmarked picture resembles."""
    dots = [
        Dot(word, share.value, share.low, share.high, null=found.chance)
        for word, share in found.shares
    ]
    chance = "none" if found.chance is None else number(found.chance, "share")
    head = cells("resembles", "share", "95% interval", "images with an answer", "guessing")
    body = [
        cells(
            word,
            number(share.value, "share"),
            interval(share.low, share.high, "share"),
            f"{share.n:,}",
            chance,
        )
        for word, share in found.shares
    ]
    return Figure(
        title=f"{found.title} ({found.measure})",
        note=(
            f"Of unmarked pictures, {found.read:,} resemble one region more than any other and "
            f"{found.unknown:,} do not. Bars are 95% intervals; a dash is guessing."
        ),
        prefix=prefix,
        svg=lanes(dots, prefix, "share of unmarked images with an answer") if dots else "",
        alt=alt(found.title, dots),
        table=Table(found.title, head, tuple(body)),
        caution=found.cannot_show,
    )
