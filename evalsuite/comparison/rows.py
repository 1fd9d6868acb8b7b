"""The differences of one measure in one group: a row, or one a label for shares of labels."""

from collections.abc import Mapping
from functools import partial

from evalsuite.comparison.paired import paired
from evalsuite.comparison.pairing import Readings
from evalsuite.comparison.unpaired import at_equal_n, unpaired
from evalsuite.measures.estimating import sum_up, to_estimate
from evalsuite.measures.reading import missing
from evalsuite.measures.slices import Summary
from evalsuite.records import THESE, Difference, Interval, Measure, Pairing


def rows(
    prompt_set: str,
    measure: Measure,
    group: Mapping[str, str],
    before: Readings,
    after: Readings,
    *,
    pairing: Pairing,
    level: float,
    seed: int,
) -> list[Difference]:
    """What tells `after`, the candidate's readings, from `before`, the baseline's."""
    labels = sorted({str(r.value) for r in [*before.values(), *after.values()]} - {"None"})
    first, second = list(before.values()), list(after.values())
    gone = missing(first), missing(second)
    lost = {
        reason: (gone[0].get(reason, 0), gone[1].get(reason, 0))
        for reason in sorted({*gone[0], *gone[1]})
    }

    def intervals(place: int, at: float) -> tuple[Interval, Interval]:
        candidate = _lines(measure, group, after, labels, at)[place]
        return candidate.interval, _lines(measure, group, before, labels, at)[place].interval

    found = []
    was = _lines(measure, group, before, labels, level)
    now = _lines(measure, group, after, labels, level)
    for place, line in enumerate(was):
        if pairing == "none" or (pairing == "prompts" and line.interval.estimand == THESE):
            # Of these prompts alone only the seeds vary, and here no two are the same.
            own = partial(intervals, place), "not paired"
            alone, words = at_equal_n(measure, before, after) or own
            contrast = unpaired(alone, words, level)
        else:
            contrast = paired(
                measure, line.group, before, after, pairing=pairing, level=level, seed=seed
            )
        found.append(
            Difference(
                prompt_set=prompt_set,
                measure=measure.name,
                group=line.group,
                baseline=to_estimate(prompt_set, measure, line, first),
                candidate=to_estimate(prompt_set, measure, now[place], second),
                interval=contrast.interval,
                p=contrast.p,
                pairing=contrast.pairing,
                gained=contrast.gained,
                lost=contrast.lost,
                missing=lost,
            )
        )
    return found


def _lines(
    measure: Measure,
    group: Mapping[str, str],
    readings: Readings,
    labels: list[str],
    level: float,
) -> list[Summary]:
    """As `sum_up`, with a line for each of `labels` where a measure has one per label."""
    return sum_up(measure, group, list(readings.values()), {}, level, labels)
