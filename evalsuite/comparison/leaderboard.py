"""Three runs or more ranked by what stands for each prompt set, with the places each may have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalsuite import stats
from evalsuite.audits.record import Place
from evalsuite.comparison.differences import pairing_of
from evalsuite.comparison.pairing import Readings
from evalsuite.comparison.shared import mean_of, shared
from evalsuite.comparison.snapshot import Side, column_of, measure_of
from evalsuite.measures.estimating import sum_up
from evalsuite.measures.kinds import kind_of
from evalsuite.measures.reading import Reading
from evalsuite.records import Interval, Measure, Pairing
from evalsuite.report.comparison import Board, Standing
from evalsuite.report.tables import is_overall
from evalsuite.stats import Ranks

NOTHING = Interval(None, None, None, 0, 0, "undecided: no data")
FEWER = {0: "no run has it measured, so nobody is ranked", 1: "only one run can be ranked"}
"""What keeps fewer than two runs from being ranked."""


def boards(
    sides: Sequence[Side],
    places: Sequence[Place],
    judges: Mapping[Place, str],
    *,
    level: float = 0.95,
    seed: int,
) -> list[Board]:
    """A board for every headline that images have readings of, in the order of `places`.

    `sides` are runs that compete, the baseline first; `judges` the audits' words by place.
    """
    found = []
    for at in places:
        if any(at[1] in side.measures for side in sides):
            board = _board(_Asked(sides, at, level), seed)
            found.append(replace(board, judge=judges.get(at, board.judge)))
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a board is of: one measure of one group's images, in all sides."""

    sides: Sequence[Side]
    at: Place
    level: float

    @property
    def measure(self) -> Measure:
        return measure_of(self.at[1], *self.sides)

    @property
    def group(self) -> dict[str, str]:
        return dict(self.at[2])

    def readings(self, side: Side) -> Readings:
        """A side's readings of the images that the group's prompts have."""
        prompt_set, name, _ = self.at
        asked = {k: v for k, v in self.group.items() if not is_overall({k: v})}
        return column_of(side, name, prompt_set, asked)

    def is_measured(self, side: Side) -> bool:
        """Whether any image of a side has a value."""
        return any(each.value is not None for each in self.readings(side).values())

    def whys(self, measured: Sequence[Side]) -> dict[str, str]:
        """By side why it is not ranked; "" where it is, as are all that are like the first.

        The first is that of the `measured` ones: a baseline without the set, or the scorer, must
        not keep the others from being ranked among themselves.
        """
        return {side.name: self._why(side, [*measured, *self.sides][0]) for side in self.sides}

    def _why(self, side: Side, first: Side) -> str:
        prompt_set, name, _ = self.at
        scorer = self.measure.scorer
        if side.prompt_sets.get(prompt_set) != first.prompt_sets.get(prompt_set):
            return "other prompts"
        if side.scorers.get(scorer) != first.scorers.get(scorer):
            return "another judge" if name in side.measures else "not judged"
        return "" if self.is_measured(side) else "not measured"

    def interval(self, readings: Sequence[Reading], level: float) -> Interval:
        """The value with its interval, as the run's own report has it."""
        asked = {k: v for k, v in self.group.items() if not is_overall({k: v})}
        rows = sum_up(self.measure, asked, readings, {}, level) if readings else []
        found = [row.interval for row in rows if dict(row.group) == self.group]
        return found[0] if found else NOTHING


def _board(asked: _Asked, seed: int) -> Board:
    measured = [side for side in asked.sides if asked.is_measured(side)]
    whys = asked.whys(measured)
    ranked = [side for side in asked.sides if not whys[side.name]]
    # All intervals that are shown hold at once, those of unranked runs too: each is wrong in its
    # share of what may be wrong (Bonferroni).
    level = 1 - (1 - asked.level) / max(len(measured), 1)
    places, intervals, clusters, pairing = _ranked(asked, ranked, level, seed)
    limit = FEWER.get(len(ranked), places.limit)
    if asked.measure.higher_is_better is None:
        limit = "neither more nor less of it is better, so nobody is ranked"
    names = [side.name for side in ranked]
    standings = [
        Standing(
            run=side.name,
            interval=intervals[at],
            first=None if limit else places.first[at],
            last=None if limit else places.last[at],
            better_than=() if limit else _beaten(places, names, at),
            missing=_missing(asked, side),
            planned=len(asked.readings(side)),
        )
        for at, side in enumerate(ranked)
    ]
    lower_is_better = asked.measure.higher_is_better is False
    if asked.measure.higher_is_better is not None:
        standings.sort(key=lambda each: each.interval.value or 0.0, reverse=not lower_is_better)
    return Board(
        prompt_set=asked.at[0],
        measure=asked.at[1],
        group=asked.group,
        standings=[*standings, *_unranked(asked, whys, level)],
        pairing=pairing,
        shared=len(clusters),
        families=len(set(clusters)),
        limit=limit,
    )


def _ranked(
    asked: _Asked, ranked: Sequence[Side], level: float, seed: int
) -> tuple[Ranks, list[Interval], list[str], Pairing]:
    """The places of those that can be ranked, their intervals, and the shared entries' clusters."""
    measure, own = asked.measure, [asked.readings(side) for side in ranked]
    pairing = _pairing(ranked, asked.at[0], measure)
    sign = -1.0 if measure.higher_is_better is False else 1.0
    if pairing == "none":
        intervals = [asked.interval(list(side.values()), level) for side in own]
        upwards = intervals if sign > 0 else [_turned(each) for each in intervals]
        return stats.ranks_of_intervals(intervals=upwards), intervals, [], pairing
    found = shared(measure, asked.group, own, pairing)
    places = stats.paired_ranks(
        values=[[sign * value for value in row] for row in found.values],
        clusters=found.clusters,
        level=asked.level,
        seed=seed,
    )
    if found.means:
        intervals = [mean_of(measure, asked.group, each, level) for each in found.means]
        counts = [sum(each.value is not None for each in images) for images in found.own]
        intervals = [replace(i, n=n) for i, n in zip(intervals, counts, strict=True)]
    else:
        intervals = [asked.interval(each, level) for each in found.own]
    return places, intervals, found.clusters, pairing


def _pairing(ranked: Sequence[Side], prompt_set: str, measure: Measure) -> Pairing:
    """How all of them match: as the pair that matches least."""
    if kind_of(measure).paired_by is None or not ranked:
        return "none"
    found = {pairing_of(ranked[0], side, prompt_set) for side in ranked[1:]}
    return "none" if "none" in found else "prompts" if "prompts" in found else "seeds"


def _turned(interval: Interval) -> Interval:
    low, high = interval.low, interval.high
    if low is None or high is None:
        return interval
    return replace(interval, low=-high, high=-low)


def _beaten(places: Ranks, names: Sequence[str], at: int) -> tuple[str, ...]:
    return tuple(name for k, name in enumerate(names) if places.is_better[at, k])


def _missing(asked: _Asked, side: Side) -> int:
    return sum(each.value is None for each in asked.readings(side).values())


def _unranked(asked: _Asked, whys: Mapping[str, str], level: float) -> list[Standing]:
    return [
        Standing(
            run=side.name,
            interval=asked.interval(list(asked.readings(side).values()), level),
            missing=_missing(asked, side),
            planned=len(asked.readings(side)),
            why=whys[side.name],
        )
        for side in asked.sides
        if whys[side.name]
    ]
