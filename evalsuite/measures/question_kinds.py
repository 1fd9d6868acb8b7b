"""Summaries of answers, pooled by what their questions are about."""

import math
from dataclasses import replace

from evalsuite import stats
from evalsuite.measures.slices import Slice, Summary
from evalsuite.prompts.questions import kinds_in
from evalsuite.records import Interval

LEAST = 1e-6
"""The least probability in a geometric mean: one answer that is called impossible would be all."""


def kinds_right(part: Slice) -> list[Summary]:
    """The share of questions of each kind that are answered rightly, pooled over images."""
    return [
        _pooled(part, kind, stats.proportion(values=right, clusters=clusters, level=part.level))
        for kind, right, _, clusters in _by_kind(part)
    ]


def kinds_mean(part: Slice) -> list[Summary]:
    """The mean probability of the right answers to each kind of question, pooled over images."""
    return [
        _pooled(
            part,
            kind,
            stats.mean(values=chances, clusters=clusters, level=part.level, bounds=(0.0, 1.0)),
        )
        for kind, _, chances, clusters in _by_kind(part)
    ]


def kinds_geometric(part: Slice) -> list[Summary]:
    """The geometric mean of these probabilities: its logarithm's mean, and that mean's interval."""
    found = []
    for kind, _, chances, clusters in _by_kind(part):
        logs = [math.log(max(chance, LEAST)) for chance in chances]
        bounds = (math.log(LEAST), 0.0)
        mean = stats.mean(values=logs, clusters=clusters, level=part.level, bounds=bounds)
        value, low, high = (
            None if at is None else math.exp(at) for at in (mean.value, mean.low, mean.high)
        )
        found.append(_pooled(part, kind, replace(mean, value=value, low=low, high=high)))
    return found


def _by_kind(part: Slice) -> list[tuple[str, list[float], list[float], list[str]]]:
    """Each kind with its questions' rightness, probabilities and clusters."""
    # In a comparison the labels are both runs' values, so that both have the same rows.
    pooled: dict[str, tuple[list[float], list[float], list[str]]] = {
        kind: ([], [], []) for written in part.labels or () for kind in kinds_in(written)
    }
    for reading in part.measured:
        for kind, pairs in kinds_in(str(reading.value)).items():
            rights, chances, clusters = pooled.setdefault(kind, ([], [], []))
            rights += [right for right, _ in pairs]
            chances += [chance for _, chance in pairs]
            clusters += [reading.cluster] * len(pairs)
    return [(kind, *pooled[kind]) for kind in sorted(pooled)] or [("none", [], [], [])]


def _pooled(part: Slice, kind: str, interval: Interval) -> Summary:
    """A kind's row, whose n are images, as in every row, and not questions."""
    group = {**part.group, "label": kind}
    return Summary(group, replace(interval, n=len(part.measured)), None, part.reference("", group))
