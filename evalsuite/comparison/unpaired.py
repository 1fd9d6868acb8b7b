"""What tells two runs' values of one measure apart where nothing is paired."""

import math
from collections.abc import Callable, Mapping

from evalsuite import stats
from evalsuite.comparison.paired import Contrast, said
from evalsuite.comparison.pairing import Readings
from evalsuite.measures.kinds import kind_of
from evalsuite.measures.over_groups import Tally, tallies
from evalsuite.records import Interval, Measure

SMALLEST_P = 1e-9
"""Where inverting an interval stops."""


Intervals = Callable[[float], tuple[Interval, Interval]]
"""Gives the candidate's interval and the baseline's at a level."""


def at_equal_n(
    measure: Measure, baseline: Readings, candidate: Readings
) -> tuple[Intervals, str] | None:
    """For `unpaired`: both runs' means over groups, of equally many images of every group.

    A group's value grows as its images get fewer, whatever the model: so each group counts with
    what as many images as the smallest group of either run has would show on average; undecided
    where that is one, of which every model shows the same. None where no group has a value of its
    own.
    """
    of_hits, bounds = kind_of(measure).of_hits, kind_of(measure).bounds
    if of_hits is None:
        return None
    sides = [tallies(side.values(), measure.label) for side in (candidate, baseline)]
    sides = [{name: tally for name, tally in side.items() if tally.n} for side in sides]
    least = min((tally.n for side in sides for tally in side.values()), default=0)

    def interval(side: Mapping[str, Tally], level: float) -> Interval:
        if least < 2:
            return Interval(None, None, None, 0, 0, "undecided: a group has one image")
        values = [of_hits(hits=tally.hits, n=tally.n, k=least) for tally in side.values()]
        return stats.mean(values=values, clusters=list(side), level=level, bounds=bounds)

    words = f"not paired, over groups at equal n, {least} images of each"
    return lambda level: (interval(sides[0], level), interval(sides[1], level)), words


def unpaired(intervals: Intervals, words: str, level: float) -> Contrast:
    """The difference of two intervals taken as independent; `words` stand in its method.

    `p` is one minus the highest level whose interval of the difference leaves out 0.
    """
    candidate, baseline = intervals(level)
    found = stats.difference(a=candidate, b=baseline)
    found = said(found, words)
    if found.value is None or found.low is None:
        return Contrast(found, None, "none")

    def leaves_out_zero(p: float) -> bool:
        a, b = intervals(1 - p)
        result = stats.difference(a=a, b=b)
        return (
            result.low is not None
            and result.high is not None
            and (result.low > 0 or result.high < 0)
        )

    return Contrast(found, _smallest(leaves_out_zero), "none")


def _smallest(holds: Callable[[float], bool]) -> float:
    """The smallest p at which `holds`, by bisection of its logarithm; `holds` is monotone."""
    if holds(SMALLEST_P):
        return SMALLEST_P
    low, high = math.log(SMALLEST_P), 0.0
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(math.exp(middle)) else (middle, high)
    return math.exp(high)
