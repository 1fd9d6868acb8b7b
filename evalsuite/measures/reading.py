"""One planned image seen through one measure: a value, or the reason why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evalsuite.records import Judgement, Key, Sample


class Reading(NamedTuple):
    """A value with its cluster, or None and the reason; exactly one per planned image.

    `chance` is what guessing would give here; None where the measure has no such number.
    """

    value: float | str | None
    reason: str
    cluster: str
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """A run's rows: what was planned, what was drawn, and what was judged."""

    planned: frozenset[Key]
    samples: Mapping[Key, Sample]
    judgements: Mapping[tuple[str, Key], Judgement]


def tag_of(cluster: str) -> str:
    """The tag in a cluster of a mean over tags; ids hold no slash."""
    return cluster.rpartition("/")[0]


def group_of(cluster: str) -> str:
    """The group in a cluster of a measure of groups; ids hold no slash."""
    return cluster.rpartition("/")[0]


def whole_prompts(readings: Sequence[Reading]) -> list[Reading]:
    """The readings, without a value where another image of the same prompt has none.

    For measures of prompts: whether any of four images is right does not follow from three.
    """
    broken = {reading.cluster for reading in readings if reading.value is None}
    why = "another image of its prompt is missing"
    return [
        reading._replace(value=None, reason=why)
        if reading.value is not None and reading.cluster in broken
        else reading
        for reading in readings
    ]


def missing(readings: Sequence[Reading]) -> dict[str, int]:
    """How many readings have no value, by reason, sorted; with the values they make up all."""
    reasons = sorted(reading.reason for reading in readings if reading.value is None)
    return {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}
