"""What picking the best of k images does, as a table."""

from collections.abc import Mapping

from evalsuite.records import Estimate
from evalsuite.report.content import Report
from evalsuite.report.figures import Figure
from evalsuite.report.format import interval, number, plural
from evalsuite.report.tables import NOTHING, Table, cells, row

HEAD = (
    *("prompt set", "measure", "group", "all images", "picked"),
    *("picked minus all", "95% interval", "prompts"),
)
OWN = ("label", "tone", "away from even")
"""Groups that are no part of a set, but what a row is about."""


def best_of_figure(report: Report) -> Figure | None:
    """One row per prompt set and measure; groups are left to best-of.json. None if nobody asked."""
    found = report.best_of
    if found is None:
        return None
    body = [
        cells(
            whole.prompt_set,
            report.measure(whole.measure).title,
            ", ".join(f"{name}: {label}" for name, label in difference.group.items())
            or "all prompts",
            _value(report, whole),
            _value(report, picked),
            *_difference(report, difference),
            f"{difference.n:,}",
        )
        for whole, picked, difference in found.rows
        if _is_overall(difference.group)
    ]
    title = f"Picking the best of {found.k} by {found.score}"
    note = (
        f"For each prompt the image with the highest score among its first {found.k}, beside "
        f"all {found.k}: {plural(found.prompts, 'prompt')}, and {found.unpicked:,} without a "
        "score. Picking at random gives a difference of 0 on average, so a difference is the "
        "score's doing. “Away from even” says whether picking moves groups further from one half. "
        "Distances from even grow as images get fewer and have no difference; beside them stands "
        "what a fair model would show. The similarity of a prompt's images is of two or more picks,"
        f" each the best of its own {found.k}. Every group is in best-of.json."
    )
    table = Table(title, cells(*HEAD), tuple(body))
    return Figure(title=title, note=note, prefix="best-of", table=table)


def _value(report: Report, estimate: Estimate) -> str:
    if estimate.value is None:
        return NOTHING
    words = row(report, estimate)
    is_distance = report.measure(estimate.measure).unit == "distance"
    return f"{words.value} (fair: {words.null})" if is_distance else words.value


def _difference(report: Report, estimate: Estimate) -> tuple[str, str]:
    unit = report.measure(estimate.measure).unit
    unit = "difference" if unit == "share" else unit
    if estimate.value is None:
        return NOTHING, NOTHING
    sign = "+" if unit != "difference" and estimate.value > 0 else ""
    return sign + number(estimate.value, unit), interval(estimate.low, estimate.high, unit)


def _is_overall(group: Mapping[str, str]) -> bool:
    return set(group) <= set(OWN)
