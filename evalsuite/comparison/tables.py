"""A comparison in short: whole prompt sets in words, and every difference as a flat table."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evalsuite.audits.record import Place, place
from evalsuite.records import Difference, Measure
from evalsuite.report.comparison import Against, Board, Contrasted
from evalsuite.report.comparison.data import COPIED, board_row
from evalsuite.report.comparison.rows import is_overall, mark
from evalsuite.report.content import described
from evalsuite.report.format import number, p_value, signed, signed_interval
from evalsuite.report.notebook import group_words
from evalsuite.report.tables import title_of

if TYPE_CHECKING:
    import pandas as pd

HEAD = (
    *("measure", "baseline", "candidate", "difference", "95 % interval"),
    *("p", "q", "lost", "gained", "judge, audited"),
)
HEADLINES = (
    *("prompt set", "measure", "baseline", "candidate", "difference, 95 % interval"),
    *("q", "judge, audited"),
)


def short_rows(
    against: Against, prompt_set: str, measures: Mapping[str, Measure]
) -> list[tuple[str, ...]]:
    """A candidate's differences over one whole prompt set, as `HEAD` names their cells."""
    return [
        (*_in_words(row.difference, row.q, measures), row.judge)
        for row in against.rows
        if row.difference.prompt_set == prompt_set and is_overall(row.difference)
    ]


def headline_rows(
    against: Against, headlines: Sequence[Place], measures: Mapping[str, Measure]
) -> list[tuple[str, ...]]:
    """A candidate's differences of what stands for each prompt set, as `HEADLINES` names them."""
    by_place = {place(row.difference.candidate): row for row in against.rows}
    return [_headline(by_place[at], measures) for at in headlines if at in by_place]


def _headline(row: Contrasted, measures: Mapping[str, Measure]) -> tuple[str, ...]:
    found = row.difference
    measure = described(measures, found.measure)
    title = ", ".join(filter(None, [title_of(measure, found.group), group_words(found.group)]))
    _, before, after, difference, ends, _, q, *_ = _in_words(found, row.q, measures)
    if found.value is not None:
        meant = mark(measure, row) or "not told apart"
        difference = f"{meant if row.q is not None else ''}: {difference} ({ends})".lstrip(": ")
    return (found.prompt_set, title, before, after, difference, q, row.judge)


def standing_table(boards: Sequence[Board]) -> "pd.DataFrame":
    """One row per board and run: the places that it may have, and its value's simultaneous ends."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                **{name: board[name] for name in ("prompt_set", "measure")},
                "group": group_words(board["group"]),
                **{k: v for k, v in each.items() if k != "better_than"},
                "better_than": ", ".join(each["better_than"]),
                **{
                    name: board[name]
                    for name in ("pairing", "shared", "families", "limit", "judge")
                },
            }
            for board in map(board_row, boards)
            for each in board["standings"]
        ]
    )


def difference_table(
    candidates: Sequence[Against], measures: Mapping[str, Measure]
) -> "pd.DataFrame":
    """One row per candidate, measure and group: candidate minus baseline, in the measure's unit.

    `group` is "" for a whole prompt set; `baseline` and `candidate` are each run's own values.
    """
    import pandas as pd

    return pd.DataFrame(
        [_flat(each.run.name, row, measures) for each in candidates for row in each.rows]
    )


def _in_words(
    difference: Difference, q: float | None, measures: Mapping[str, Measure]
) -> tuple[str, ...]:
    unit = measures[difference.measure].unit if difference.measure in measures else "number"
    return (
        " ".join([difference.measure, *difference.group.values()]),
        number(difference.baseline.value, unit),
        number(difference.candidate.value, unit),
        signed(difference.value, unit),
        signed_interval(difference.low, difference.high, unit, difference.method),
        p_value(difference.p),
        p_value(q),
        "" if difference.lost is None else str(difference.lost),
        "" if difference.gained is None else str(difference.gained),
    )


def _flat(run: str, row: Contrasted, measures: Mapping[str, Measure]) -> dict[str, Any]:
    difference = row.difference
    measure = measures.get(difference.measure)
    return {
        "run": run,
        "prompt_set": difference.prompt_set,
        "measure": difference.measure,
        "title": measure.title if measure else difference.measure,
        "unit": measure.unit if measure else None,
        "group": group_words(difference.group),
        "baseline": difference.baseline.value,
        "candidate": difference.candidate.value,
        **{name: getattr(difference, name) for name in COPIED},
        "q": row.q,
        "judge": row.judge,
    }
