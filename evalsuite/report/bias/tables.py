"""The chapter's plain tables: numbers over all groups, and refusals by group."""

from collections.abc import Sequence

from evalsuite.bias.against import clopper_pearson
from evalsuite.bias.beside import Refusals, Varied
from evalsuite.bias.record import Overall
from evalsuite.records import Interval
from evalsuite.report.figures.record import Figure
from evalsuite.report.format import NOT_MEASURED, TOO_LITTLE, interval, number, p_value
from evalsuite.report.tables import Table, cells

MOST = 15
"""How many groups a table of refusals lists, the most refused first."""


def overall_table(title: str, found: Sequence[Overall], prefix: str) -> Figure:
    """Numbers over all groups, each beside what a fair model shows at these numbers of images."""
    body = [
        cells(
            f"{each.title} ({each.note})" if each.note else each.title,
            _value(each, each.interval.value),
            _ends(each),
            _value(each, each.null),
            f"{each.interval.n:,}",
        )
        for each in found
    ]
    return Figure(
        title=title,
        note=(
            "A fair model's value is not 0: it grows with the number of groups and falls with the "
            "number of images."
        ),
        prefix=prefix,
        table=Table(
            title,
            cells("over all groups", "value", "95% interval", "a fair model's", "images"),
            tuple(body),
        ),
    )


def _value(found: Overall, value: float | None) -> str:
    if value is not None and found.unit == "groups":
        return f"{value * found.interval.clusters:.1f} of {found.interval.clusters}"
    return "none" if value is None else number(value, found.unit)


def _ends(found: Overall) -> str:
    ends: Interval = found.interval
    if ends.low is None or ends.high is None:
        return TOO_LITTLE
    if found.unit == "groups":
        return f"{ends.low * ends.clusters:.1f} to {ends.high * ends.clusters:.1f}"
    return interval(ends.low, ends.high, found.unit)


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


def diversity_table(found: Varied, prefix: str) -> Figure:
    """How different each group's pictures are, the least different first."""
    values = [score.value for _, score in found.rows if score.value is not None]
    middle = number(sum(values) / len(values), "number") if values else NOT_MEASURED
    title = f"Diversity within each {found.over}, of {found.k} pictures each"
    ranked = sorted(found.rows, key=lambda row: (row[1].value or 0.0, row[0]))
    body = [
        cells(
            name,
            number(score.value, "number"),
            interval(score.low, score.high, "number"),
            f"{score.n:,}",
        )
        for name, score in ranked
    ]
    body += [
        cells(name, f"not measured: too few, {n}", TOO_LITTLE, f"{n:,}") for name, n in found.few
    ]
    note = (
        f"A Vendi score says how many wholly different pictures {found.k} are worth, from 1 to "
        f"{found.k}. It grows with the number of pictures, so each group's is the mean "
        f"over choices of {found.k} of its own. A model that is as varied for every group shows "
        f"the same score in each, here the mean of all, {middle}; which score is right nobody "
        "knows. It is of what CLIP sees, of seeds and sentences alike; intervals are over pictures."
    )
    head = cells(found.over, "Vendi score", "95% interval", "images")
    return Figure(title=title, note=note, prefix=prefix, table=Table(title, head, tuple(body)))
