"""The chapter's plain tables: refusals by group, and the wording's share of the variance."""

from evalsuite.bias.against import clopper_pearson
from evalsuite.bias.record import Refusals
from evalsuite.report.figures.record import Figure
from evalsuite.report.format import interval, number, p_value
from evalsuite.report.tables import Table, cells

MOST = 15
"""How many groups a table of refusals lists, the most refused first."""


def refusal_table(found: Refusals, prefix: str) -> Figure:
    """Images kept back by group, with exact intervals of images; most first."""
    rows = sorted(found.rows, key=lambda row: (-row[1] / max(1, row[2]), row[0]))
    title = f"Kept back by the model or service, by {found.over}"
    body = [
        cells(
            name,
            f"{kept:,} of {planned:,}",
            number(kept / planned if planned else None, "share"),
            interval(*clopper_pearson(kept, planned, 0.05), "share"),
        )
        for name, kept, planned, _ in rows[:MOST]
    ]
    more = len(rows) - len(body)
    note = (
        f"Equal rates in all groups: p {p_value(found.p)} (prompts, not images, change places). "
        "Refused or blocked images are in no share above."
    )
    note += f" {more} more groups are in bias.json." if more > 0 else ""
    head = cells(found.over, "refused or blocked", "share", "95% interval, of images")
    return Figure(title=title, note=note, prefix=prefix, table=Table(title, head, tuple(body)))
