"""Other instruments of people: their estimates with interval, coverage and null, a table each."""

import re

from evalsuite.bias.record import Other
from evalsuite.report.content import Report
from evalsuite.report.figures.record import Figure
from evalsuite.report.format import DASH, interval, number
from evalsuite.report.tables import Table, cells, row

MOST = 40
"""How many rows a table lists."""
ALL = "all together"
_P = re.compile(r"\bp = ([0-9.e-]+)")
"""A test's p-value, in the words of an estimate's method."""


def other(report: Report, found: Other, prefix: str) -> Figure:
    """One measure of one prompt set: all of it, then by group."""
    listed = found.rows[:MOST]
    ps = [_P.search(each.method) for each in listed]
    has_test = any(ps)
    body = []
    for each, p in zip(listed, ps, strict=True):
        shown = row(report, each)
        line = [shown.group or ALL, shown.value, shown.interval, shown.coverage, shown.null]
        line += [p[1] if p else DASH] * has_test
        body.append(cells(*line, shown.judge))
    judge = row(report, listed[0]).judge
    body += [
        cells(
            f"largest minus smallest by {over}" + (f" ({apart.note})" if apart.note else ""),
            number(apart.interval.value, apart.unit),
            interval(apart.interval.low, apart.interval.high, apart.unit),
            f"{apart.interval.n:,}",
            number(apart.null, apart.unit),
            *[DASH] * has_test,
            judge,
        )
        for over, apart in found.apart
    ]
    head = ["group", row(report, listed[0]).unit or "value", "95% interval", "images with a value"]
    head += ["chance, or a fair model's", *["p"] * has_test, "audit of the scorer"]
    more = len(found.rows) - len(listed)
    note = (
        "Intervals are over families of prompts, of “these prompts” over seeds, and the scorer's "
        "own errors are not in them. "
        "Nothing of it is in the shares above, nor among the findings."
    )
    if found.apart:
        note += " Largest minus smallest is not 0 in a model that treats all groups alike either."
    note += " p is of no association; prompts, not images, change places." if has_test else ""
    note += f" {more:,} more groups are in bias.json." if more > 0 else ""
    return Figure(
        title=f"{found.title} ({found.measure}; {found.prompt_set})",
        note=note,
        prefix=prefix,
        table=Table(found.title, cells(*head), tuple(body)),
        caution=found.cannot_show,
    )
