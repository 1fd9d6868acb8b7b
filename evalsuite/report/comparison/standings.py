"""The leaderboard in words: who is ahead in what, by how much, and who cannot be told apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsuite.records import Interval, Measure
from evalsuite.report.comparison.content import Board, ComparisonReport, Standing
from evalsuite.report.content import described
from evalsuite.report.figures.record import Figure, value_of
from evalsuite.report.findings.words import Said, Sentence
from evalsuite.report.format import (
    DASH,
    NOT_MEASURED,
    TOO_LITTLE,
    group_words,
    interval,
    number,
    plural,
    share,
)
from evalsuite.report.plots import Dot, together
from evalsuite.report.tables import Table, cells, title_of

NOT_RANKED = "not ranked"
HEAD = ("run", "place", "value", "simultaneous 95% interval", "surely better than", "missing")
TOLD = (
    "A place is 1 plus the number of runs that are truly better. Ranges of places hold all true "
    "places at once in 95 of 100 such comparisons; runs whose ranges overlap cannot be told apart. "
    "Every board speaks for itself: there is no overall place."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardWords:
    """A board in words: a sentence on who leads, the facts that it rests on, and its table."""

    prompt_set: str
    title: str
    name: str
    claim: Sentence
    facts: str
    judge: str
    is_weak: bool
    table: Table


def board_words(comparison: ComparisonReport, board: Board) -> BoardWords:
    """A board's sentence and table."""
    title = _title(comparison.measures, board)
    return BoardWords(
        prompt_set=board.prompt_set,
        title=title,
        name=board.measure,
        claim=_claim(comparison, board),
        facts=_facts(board),
        judge=board.judge,
        is_weak=bool(board.limit),
        table=board_table(comparison.measures, board),
    )


def board_table(measures: Mapping[str, Measure], board: Board) -> Table:
    """A row a run: its place or why it has none, its value, and whom it is surely better than."""
    unit = described(measures, board.measure).unit
    rows = tuple(
        cells(
            each.run,
            each.why or place_words(each) or NOT_RANKED,
            *_value(each.interval, unit),
            ", ".join(each.better_than),
            share(each.missing, each.planned) if each.missing else "",
        )
        for each in board.standings
    )
    return Table(_title(measures, board), cells(*HEAD), rows)


def _title(measures: Mapping[str, Measure], board: Board) -> str:
    about = group_words(board.group)
    title = title_of(described(measures, board.measure), board.group)
    return f"{title}, {about}" if about else title


def place_words(standing: Standing) -> str:
    """'1', '2 to 4'; empty for a run without a place."""
    if standing.first is None or standing.last is None:
        return ""
    if standing.first == standing.last:
        return str(standing.first)
    return f"{standing.first} to {standing.last}"


def _value(found: Interval, unit: str) -> tuple[str, str]:
    if found.value is None:
        return (TOO_LITTLE if found.n else NOT_MEASURED), ""
    return number(found.value, unit), interval(found.low, found.high, unit)


def _facts(board: Board) -> str:
    """'on 48 images of 24 families that all runs drew; judge, audited: evidence'."""
    if board.pairing == "none":
        return "not paired: places by intervals that do not overlap"
    what = plural(board.shared, "prompt" if board.pairing == "prompts" else "value")
    who = "all ranked runs" if board.ranked else "all of these runs"
    return f"on {what} of {plural(board.families, 'family')} that {who} have"


def _claim(comparison: ComparisonReport, board: Board) -> Sentence:
    """'scenes draws exactly the number asked for best (97.9%); then ...'."""
    measure = comparison.measure(board.measure)
    title = Said(_title(comparison.measures, board), is_ours=False)
    ranked = board.ranked
    if not ranked:
        return (title, Said(f": {board.limit or 'nobody is ranked'}"))
    parts: list[Said] = [title, Said(": ")]
    for at, tie in enumerate(ties(ranked)):
        names = [Said(each.run, is_ours=False) for each in tie]
        parts += [Said("; ")] if at else []
        parts += _listed(names)
        if len(tie) > 1:
            span = f"{min(e.first or 0 for e in tie)} to {max(e.last or 0 for e in tie)}"
            apart = any(_beats(each, tie) for each in tie)
            words = " overlap, not all of them" if apart else " cannot be told apart"
            parts.append(Said(f"{words} (places {span})"))
        else:
            value = number(tie[0].interval.value, measure.unit)
            parts.append(Said(f" {_ordinal(tie[0].first or 0, len(ranked))} ({value})"))
    return tuple(parts)


def ties(ranked: Sequence[Standing]) -> list[list[Standing]]:
    """Runs, best first, in groups that are surely apart: in a group places overlap, one by one."""
    found: list[list[Standing]] = []
    reach = 0
    for each in sorted(ranked, key=lambda one: (one.first or 0, one.last or 0)):
        if found and (each.first or 0) <= reach:
            found[-1].append(each)
        else:
            found.append([each])
        reach = max(reach, each.last or 0)
    return found


def _beats(one: Standing, tie: Sequence[Standing]) -> bool:
    return any(each.run in one.better_than for each in tie)


def _listed(names: Sequence[Said]) -> list[Said]:
    parts: list[Said] = []
    for at, name in enumerate(names):
        joint = "" if not at else " and " if at == len(names) - 1 else ", "
        parts += [Said(joint), name] if joint else [name]
    return parts


def _ordinal(place: int, count: int) -> str:
    if place == 1:
        return "is first"
    if place == count:
        return "is last"
    return "is " + {2: "second", 3: "third"}.get(place, f"{place}th")


def overview(comparison: ComparisonReport) -> Table | None:
    """Places at a glance: a row a run, a column a board; None where nobody is ranked."""
    ranked = [board for board in comparison.boards if board.ranked]
    if not ranked:
        return None
    several = len({board.prompt_set for board in ranked}) < len(ranked)
    heads = [
        f"{board.prompt_set}: {_title(comparison.measures, board)}" if several else board.prompt_set
        for board in ranked
    ]
    rows = []
    for run in comparison.runs:
        own = [_of(board, run.name) for board in ranked]
        if any(own):
            rows.append(
                cells(
                    run.name, *(_placed(comparison, b, s) for b, s in zip(ranked, own, strict=True))
                )
            )
    return Table("Places at a glance, with values", cells("run", *heads), tuple(rows))


def _of(board: Board, run: str) -> Standing | None:
    return next((each for each in board.standings if each.run == run), None)


def _placed(comparison: ComparisonReport, board: Board, standing: Standing | None) -> str:
    if standing is None:
        return ""
    if standing.first is None:
        return standing.why or DASH
    unit = comparison.measure(board.measure).unit
    return f"{place_words(standing)} ({number(standing.interval.value, unit)})"


def figures(comparison: ComparisonReport) -> tuple[Figure, ...]:
    """All ranked boards' values with their simultaneous intervals: a figure a scale."""
    units: dict[str, list[Board]] = {}
    for board in comparison.boards:
        if board.ranked:
            units.setdefault(comparison.measure(board.measure).unit, []).append(board)
    return tuple(
        _figure(comparison, unit, found, f"leaderboard-{at}")
        for at, (unit, found) in enumerate(units.items(), 1)
    )


def _figure(comparison: ComparisonReport, unit: str, found: list[Board], prefix: str) -> Figure:
    several = len({board.prompt_set for board in found}) < len(found)
    names = [
        f"{b.prompt_set} {b.measure.partition('.')[2]}" if several else b.prompt_set for b in found
    ]
    series, lines = [], []
    for run in comparison.runs:
        own = [_of(board, run.name) for board in found]
        if not any(own):
            continue
        dots = [_dot(name, each) for name, each in zip(names, own, strict=True)]
        series.append((run.name, dots))
        values = [
            NOT_MEASURED if each is None else " ".join(_value(each.interval, unit)) for each in own
        ]
        lines.append(cells(run.name, *values))
    title = (
        "Every run's headlines" if unit == "share" else f"Every run's headlines: {value_of(unit)}"
    )
    said = ". ".join(f"{run}: " + "; ".join(d.words(unit) for d in dots) for run, dots in series)
    return Figure(
        title=title,
        note="Bars are simultaneous 95% intervals, one set of them a board.",
        prefix=prefix,
        svg=together(series, prefix, value_of(unit), unit),
        alt=f"{title}. {said}.",
        table=Table(title, cells("run", *names), tuple(lines)),
    )


def _dot(name: str, standing: Standing | None) -> Dot:
    if standing is None:
        return Dot(name, None)
    found = standing.interval
    return Dot(name, found.value, found.low, found.high)
