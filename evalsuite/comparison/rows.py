"""The differences of one measure in one group: a row, or one a label for shares of labels."""

from collections.abc import Mapping
from functools import partial

from evalsuite import stats
from evalsuite.comparison.paired import Readings, paired, unpaired
from evalsuite.measures.estimating import to_estimate
from evalsuite.measures.measure import Measure
from evalsuite.measures.reading import missing
from evalsuite.measures.summing import Line, sum_up
from evalsuite.records import Difference, Pairing
from evalsuite.stats import Interval


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
        if pairing == "none":
            contrast = unpaired(partial(intervals, place), level)
        else:
            contrast = paired(
                measure, line.group, before, after, pairing=pairing, level=level, seed=seed
            )
        interval = contrast.interval
        found.append(
            Difference(
                prompt_set,
                measure.name,
                line.group,
                to_estimate(prompt_set, measure, line, first),
                to_estimate(prompt_set, measure, now[place], second),
                interval.value,
                interval.low,
                interval.high,
                contrast.p,
                interval.n,
                interval.clusters,
                contrast.pairing,
                contrast.gained,
                contrast.lost,
                lost,
                interval.method,
            )
        )
    return found


def _lines(
    measure: Measure,
    group: Mapping[str, str],
    readings: Readings,
    labels: list[str],
    level: float,
) -> list[Line]:
    """As `sum_up`, but with a line for each of `labels`, whether or not these readings have it."""
    if measure.kind != "labels":
        return sum_up(measure, group, list(readings.values()), {}, level)
    measured = [r for r in readings.values() if r.value is not None]
    said, clusters = [str(r.value) for r in measured], [r.cluster for r in measured]
    return [
        Line(
            {**group, "label": x},
            stats.share(labels=said, label=x, clusters=clusters, level=level),
            None,
            None,
        )
        for x in labels or ["none"]
    ]
