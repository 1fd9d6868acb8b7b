"""One planned image seen through one measure: a value, or the reason why there is none."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evalsuite.records import Judgement, Key, PromptSet, Sample


class Reading(NamedTuple):
    """A value with its cluster, or None and the reason; exactly one per planned image.

    `cluster` is the family of prompts that vary together (`PromptSet.family`), and `prompt` the id
    of the one that was drawn; empty where the cluster is a single prompt. `chance` is what guessing
    would give here; None where the measure has no such number. `stratum` is the part of the set
    that its design fixes (`PromptSet.stratum`); for a mean over tags it is the tag.
    """

    value: float | str | None
    reason: str
    cluster: str
    chance: float | None = None
    prompt: str = ""
    stratum: str = ""

    @property
    def asked(self) -> str:
        """The prompt that was drawn, by its id."""
        return self.prompt or self.cluster


@dataclass(frozen=True, slots=True)
class Rows:
    """A run's rows: what was drawn and what was judged, in sets by name.

    `planned` are the planned images, or those among them whose prompts are somebody's twin.
    """

    planned: Container[Key]
    samples: Mapping[Key, Sample]
    judgements: Mapping[tuple[str, Key], Judgement]
    prompt_sets: Mapping[str, PromptSet]


def whole_prompts(readings: Sequence[Reading | None]) -> list[Reading | None]:
    """The readings, without a value where another image of the same prompt has none.

    For measures of prompts: whether any of four images is right does not follow from three.
    """
    known = [reading for reading in readings if reading is not None]
    broken = {reading.asked for reading in known if reading.value is None}
    why = "another image of its prompt is missing"
    lost = {
        reading: reading._replace(value=None, reason=why)
        for reading in known
        if reading.value is not None and reading.asked in broken
    }
    return [None if reading is None else lost.get(reading, reading) for reading in readings]


def missing(readings: Sequence[Reading]) -> dict[str, int]:
    """How many readings have no value, by reason, sorted; with the values they make up all."""
    counts = Counter(reading.reason for reading in readings if reading.value is None)
    return dict(sorted(counts.items()))
