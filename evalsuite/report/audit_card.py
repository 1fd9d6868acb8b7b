"""An audit as Markdown: one card per scorer."""

import json
from collections.abc import Mapping, Sequence

from evalsuite.audits.boxes import AuditedBoxes
from evalsuite.audits.record import Audited, identity
from evalsuite.records import Json
from evalsuite.report.format import number
from evalsuite.report.markdown import code, fenced, table
from evalsuite.report.reliability import asked_about, box_table, confusions, reliability_table
from evalsuite.report.tables import Table, cells

HEAD = """# Audit of scorers

Each scorer was asked about images whose truth is known, with prompts that are true of them and
prompts that are not. "right" is, for verdicts and labels, the mean over the truths of the share
right, so that saying always the same reaches only chance; for choices the share of right choices;
for scores how often the true prompt is put above a false one. Intervals are 95% and clustered by
image. "evidence" stands where the scorer surely has half of the skill between guessing and never
erring (or what its measure declares), corrected for all rows of its audit (Holm), and again on a
second seed where there was one. "not evidence" stands where 30 images or more did not show that
skill, "undecided" where more images would tell. On other pictures a scorer may do worse.
"""


def card(
    audited: Sequence[Audited],
    scorers: Mapping[str, Mapping[str, Json]],
    source: Mapping[str, Json],
    boxes: Sequence[AuditedBoxes] = (),
    dialect: str = "",
) -> str:
    """The card of every scorer: what it was right on, by kind and group, and how sure it was."""
    origin = ", ".join(f"{name}: {value}" for name, value in source.items())
    parts = [HEAD, f"Source: {code(origin)}\n"]
    for name, entry in scorers.items():
        own = [each for each in audited if each.scorer == name]
        lie = [each for each in boxes if each.scorer == name]
        parts.append(_card(name, entry, own, lie, dialect))
    return "\n".join(parts)


def _card(
    name: str,
    entry: Mapping[str, Json],
    own: Sequence[Audited],
    boxes: Sequence[AuditedBoxes],
    dialect: str,
) -> str:
    parts = [f"## {code(name)}\n", f"Identity {identity(entry, dialect)}\n"]
    if not own:
        return "\n".join(
            [*parts, "It gave no answer that has a truth here: nothing was audited.\n"]
        )
    parts += [table(reliability_table(own)) + "\n"]
    if boxes:
        parts += ["### Boxes\n", table(box_table(boxes)) + "\n"]
    for confusion in confusions(own):
        parts += [f"### {confusion.caption.replace('_', ' ')}\n", table(confusion) + "\n"]
    calibrated = [each for each in own if each.calibration is not None]
    if calibrated:
        parts += ["### How sure it said it was\n", table(_calibration(calibrated)) + "\n"]
        parts += ["### Reliability, by bin of stated probability\n"]
        parts += [table(_bins(calibrated)) + "\n"]
    groups = reliability_table(own, grouped=True)
    if groups.rows:
        parts += ["### By group\n", table(groups) + "\n"]
    shown = json.dumps(entry, indent=1, sort_keys=True, default=str)
    return "\n".join([*parts, "### What it is\n", fenced(shown) + "\n"])


def _calibration(own: Sequence[Audited]) -> Table:
    head = (
        *("scorer and field", "pictures", "asked about", "expected calibration error"),
        *("Brier score", "Brier score of the mean", "answers"),
    )
    rows = []
    for audited in own:
        found = audited.calibration or {}
        numbers = [number(found[name], "number") for name in ("error", "brier", "base")]
        rows.append(
            cells(_field(audited), audited.kind, asked_about(audited), *numbers, f"{found['n']:,}")
        )
    return Table("Calibration", cells(*head), tuple(rows))


def _bins(own: Sequence[Audited]) -> Table:
    head = cells(
        *("scorer and field", "pictures", "asked about", "stated", "mean stated", "right"),
        "answers",
    )
    rows = [
        cells(
            _field(audited),
            audited.kind,
            asked_about(audited),
            f"{number(found['low'], 'share')} to {number(found['high'], 'share')}",
            number(found["confidence"], "share"),
            number(found["right"], "share"),
            f"{found['n']:,}",
        )
        for audited in own
        for found in (audited.calibration or {})["bins"]
    ]
    return Table("Reliability", head, tuple(rows))


def _field(audited: Audited) -> str:
    return f"{audited.scorer}.{audited.field}"
