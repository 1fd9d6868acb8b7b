"""The record of a measure, and the bands of skin tone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from evalsuite.records import Prompt

Kind = Literal[
    "share",  # of 1 among 1.0/0.0 verdicts
    "mean",  # of numbers
    "label",  # share of one label among the labelled
    "labels",  # the share of every label, a row each
    "tones",  # the share of every band of Monk tones, a row each
    "unknown",  # share of abstentions among the judged
    "imbalance",  # |share of one label - 0.5|
    "tone imbalance",  # total variation between the tone bands and ten equally frequent tones
    "twins",  # share in affirmative twins minus share in negated prompts
    "prompts",  # share of prompts with at least so many images right
    "mean of tags",  # unweighted mean of the shares in the prompts of each tag
]

TONE_BANDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "1-4": frozenset("1234"),
        "5-7": frozenset("567"),
        "8-10": frozenset(("8", "9", "10")),
    }
)
"""Light, medium and dark thirds of the Monk Skin Tone scale (Monk 2019, skintone.google)."""

EVEN_TONES: Mapping[str, float] = MappingProxyType(
    {band: len(tones) / 10 for band, tones in TONE_BANDS.items()}
)
"""The bands' shares where all ten tones are equally frequent: a convention, not a population."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its full name "<scorer>.<name>", the judgement's `field` and how to sum it up.

    `unit` is "share" (0 to 1), "difference" (-1 to 1), "distance", or a scale in words.
    `higher_is_better` is None where neither direction is. `breakdowns` are the prompts' group
    keys that get rows of their own. `bounds` hold for every single value of a mean. `least` is how
    many of a prompt's images must be right, for the kind "prompts".
    """

    name: str
    field: str
    kind: Kind
    title: str
    unit: str
    applies: Callable[[Prompt], bool]
    higher_is_better: bool | None = None
    breakdowns: tuple[str, ...] = ()
    bounds: tuple[float, float] | None = None
    label: str = ""
    cannot_show: str = ""
    least: int = 1

    @property
    def scorer(self) -> str:
        """The scorer whose judgements are read."""
        return self.name.partition(".")[0]
