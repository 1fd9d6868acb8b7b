"""An audit as Markdown: a card a scorer."""

import json
from collections.abc import Mapping, Sequence

from evalsuite.audits.record import Audited, identity
from evalsuite.records import Json
from evalsuite.report.format import number
from evalsuite.report.markdown import code, fenced, table
from evalsuite.report.reliability import confusions, reliability_table
from evalsuite.report.tables import Table, cells

HEAD = """# Audit of scorers

Each scorer was asked about images whose truth is known, with prompts that are true of them and
prompts that are not. "right" is, for verdicts and labels, the mean over the truths of the share
right, so that saying always the same reaches only chance; for choices the share of right choices;
for scores how often the true prompt is put above a false one. Intervals are 95% and clustered by
image. "not evidence" stands where the interval does not lie above chance. On other pictures a
scorer may do worse.
"""


def card(
    audited: Sequence[Audited],
    scorers: Mapping[str, Mapping[str, Json]],
    source: Mapping[str, Json],
) -> str:
    """The card of every scorer: what it was right on, by kind and group, and how sure it was."""
    told = ", ".join(f"{name}: {value}" for name, value in source.items())
    parts = [HEAD, f"Source: {code(told)}\n"]
    for name, said in scorers.items():
        parts.append(_card(name, said, [one for one in audited if one.scorer == name]))
    return "\n".join(parts)


def _card(name: str, said: Mapping[str, Json], own: Sequence[Audited]) -> str:
    parts = [f"## {code(name)}\n", f"Identity {identity(said)}\n"]
    if not own:
        return "\n".join(
            [*parts, "It gave no answer that has a truth here: nothing was audited.\n"]
        )
    parts += [table(reliability_table(own)) + "\n"]
    for one in confusions(own):
        parts += [f"### {one.caption.replace('_', ' ')}\n", table(one) + "\n"]
    sure = [one for one in own if one.calibration is not None]
    if sure:
        parts += ["### How sure it said it was\n", table(_calibration(sure)) + "\n"]
        parts += ["### Reliability, by bin of stated probability\n", table(_bins(sure)) + "\n"]
    groups = reliability_table(own, grouped=True)
    if groups.rows:
        parts += ["### By group\n", table(groups) + "\n"]
    shown = json.dumps(said, indent=1, sort_keys=True, default=str)
    return "\n".join([*parts, "### What it is\n", fenced(shown) + "\n"])


def _calibration(own: Sequence[Audited]) -> Table:
    head = cells("scorer and field", "asked about", "expected calibration error", "Brier score",
                 "Brier score of the mean", "answers")  # fmt: skip
    rows = []
    for one in own:
        found = one.calibration or {}
        numbers = [number(found[name], "number") for name in ("error", "brier", "base")]
        rows.append(cells(f"{one.scorer}.{one.field}", one.tag, *numbers, f"{found['n']:,}"))
    return Table("Calibration", head, tuple(rows))


def _bins(own: Sequence[Audited]) -> Table:
    head = cells("scorer and field", "asked about", "stated", "mean stated", "right", "answers")
    rows = [
        cells(
            f"{one.scorer}.{one.field}",
            one.tag,
            f"{number(held['low'], 'share')} to {number(held['high'], 'share')}",
            number(held["confidence"], "share"),
            number(held["right"], "share"),
            f"{held['n']:,}",
        )
        for one in own
        for held in (one.calibration or {})["bins"]
    ]
    return Table("Reliability", head, tuple(rows))
