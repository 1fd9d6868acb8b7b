"""How far the scorers may be believed: their audits as a table."""

from collections.abc import Iterable

from evalsuite.audits.boxes import AuditedBoxes
from evalsuite.audits.record import Audited, Share
from evalsuite.report.format import interval, number
from evalsuite.report.marks import UNKNOWN
from evalsuite.report.tables import NOTHING, Cell, Table, cells

HEAD = (
    *("scorer and field", "pictures", "asked about", "verdict", "right", "95% interval", "chance"),
    *("says yes when true", "says no when false", "no answer", "answers", "images"),
)
CAPTION = "How often the scorers were right on images whose truth is known"
GIVEN = "given"
"""The kind of pictures that somebody gave."""
BOXES = "How well the scorers' boxes lie on things whose place is known"
BOX_HEAD = (
    *("scorer", "pictures", "mean overlap", "95% interval", "a tenth overlap less than"),
    *("centres apart, pixels", "boxes", "missed", "surplus", "images"),
)


def reliability_table(audited: Iterable[Audited], *, grouped: bool | None = False) -> Table:
    """One row per field, kind of pictures and of prompt; with `grouped`, of their groups instead.

    With None of both.
    """
    rows = [_row(each) for each in audited if grouped in (None, bool(each.group))]
    return Table(CAPTION, cells(*HEAD), tuple(rows))


def asked_about(audited: Audited) -> str:
    """The tag of the prompts that a row is of; a probe is asked about pictures, whatever prompt."""
    return audited.tag or "any prompt"


def _row(audited: Audited) -> tuple[Cell, ...]:
    about = ", ".join(
        [asked_about(audited), *(f"{name}: {label}" for name, label in audited.group.items())]
    )
    return cells(
        f"{audited.scorer}.{audited.field}",
        audited.kind or GIVEN,
        about,
        audited.verdict,
        number(audited.accuracy, "share"),
        interval(audited.low, audited.high, "share"),
        UNKNOWN if audited.chance is None else number(audited.chance, "share"),
        _share(audited.sensitivity),
        _share(audited.specificity),
        str(audited.abstained),
        f"{audited.n:,}",
        f"{audited.images:,}",
    )


def box_table(boxes: Iterable[AuditedBoxes]) -> Table:
    """One row per scorer and kind of pictures; overlap is intersection over union."""
    return Table(BOXES, cells(*BOX_HEAD), tuple(_box_row(each) for each in boxes))


def _box_row(audited: AuditedBoxes) -> tuple[Cell, ...]:
    errors, overlap = audited.errors, audited.errors.overlap
    return cells(
        audited.scorer,
        audited.kind or GIVEN,
        number(overlap.value, "number"),
        interval(overlap.low, overlap.high, "number"),
        number(errors.tenth, "number"),
        number(errors.centre, "number"),
        f"{overlap.n:,}",
        f"{errors.missed:,}",
        f"{errors.surplus:,}",
        f"{overlap.clusters:,}",
    )


def _share(share: Share | None) -> str:
    return NOTHING if share is None or share.value is None else number(share.value, "share")


def confusions(audited: Iterable[Audited]) -> list[Table]:
    """What was said where something else was true, for fields of more than two labels."""
    tables = []
    for each in audited:
        if each.group or each.form != "label":
            continue
        answers = list(dict.fromkeys(label for row in each.confusion.values() for label in row))
        answers.sort(key=_size)
        rows = [
            cells(truth, *(str(each.confusion[truth].get(label, 0)) for label in answers))
            for truth in sorted(each.confusion, key=_size)
        ]
        tag = asked_about(each)
        on = f"{tag}, {each.kind}" if each.kind else tag
        caption = f"{each.scorer}.{each.field} on {on}: said (columns) where true (rows)"
        tables.append(Table(caption, cells("true", *answers), tuple(rows)))
    return tables


def _size(label: str) -> tuple[float, str]:
    return (float(label), "") if label.replace(".", "", 1).isdecimal() else (float("inf"), label)
