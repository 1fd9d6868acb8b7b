"""How far the scorers may be believed: their audits as a table."""

from collections.abc import Iterable

from evalsuite.audits.record import Audited, Share
from evalsuite.report.format import interval, number
from evalsuite.report.tables import NOT_EVIDENCE, NOTHING, Cell, Table, cells

HEAD = (
    "scorer and field", "asked about", "verdict", "right", "95% interval", "chance",
    "says yes when true", "says no when false", "no answer", "answers", "images",
)  # fmt: skip
CAPTION = "How often the scorers were right on images whose truth is known"
EVIDENCE = "evidence"
FEW = "too few images"
UNKNOWN = "unknown"
"""Chance, where the audit saw images of one truth alone."""


def reliability_table(audited: Iterable[Audited], *, grouped: bool = False) -> Table:
    """A row a field and kind of prompt; with `grouped`, of their groups instead."""
    rows = [_row(one) for one in audited if bool(one.group) == grouped]
    return Table(CAPTION, cells(*HEAD), tuple(rows))


def _row(one: Audited) -> tuple[Cell, ...]:
    about = ", ".join([one.tag, *(f"{name}: {label}" for name, label in one.group.items())])
    return cells(
        f"{one.scorer}.{one.field}",
        about,
        _worth(one),
        number(one.accuracy, "share"),
        interval(one.low, one.high, "share"),
        UNKNOWN if one.chance is None else number(one.chance, "share"),
        _share(one.sensitivity),
        _share(one.specificity),
        str(one.abstained),
        f"{one.n:,}",
        f"{one.images:,}",
    )


def _worth(one: Audited) -> str:
    if one.is_evidence:
        return EVIDENCE
    return NOT_EVIDENCE if one.is_guess else UNKNOWN if one.chance is None else FEW


def _share(share: Share | None) -> str:
    return NOTHING if share is None or share.value is None else number(share.value, "share")


def confusions(audited: Iterable[Audited]) -> list[Table]:
    """What was said where something else was true, for fields of more than two labels."""
    tables = []
    for one in audited:
        if one.group or one.form != "label":
            continue
        said = list(dict.fromkeys(label for row in one.confusion.values() for label in row))
        said.sort(key=_size)
        rows = [
            cells(truth, *(str(one.confusion[truth].get(label, 0)) for label in said))
            for truth in sorted(one.confusion, key=_size)
        ]
        caption = f"{one.scorer}.{one.field} on {one.tag}: said (columns) where true (rows)"
        tables.append(Table(caption, cells("true", *said), tuple(rows)))
    return tables


def _size(label: str) -> tuple[float, str]:
    return (float(label), "") if label.replace(".", "", 1).isdecimal() else (float("inf"), label)
