"""The measures, declared: what each reads, where it applies, and what it cannot show."""

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
    keys that get rows of their own. `bounds` hold for every single value of a mean.
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

    @property
    def scorer(self) -> str:
        """The scorer whose judgements are read."""
        return self.name.partition(".")[0]


def _any(prompt: Prompt) -> bool:
    return True


def _tag(*tags: str) -> Callable[[Prompt], bool]:
    return lambda prompt: prompt.tag in tags


def _expects(prompt: Prompt) -> bool:
    return bool(prompt.include or prompt.exclude)


def _includes(prompt: Prompt) -> bool:
    return bool(prompt.include)


def _counts(prompt: Prompt) -> bool:
    return prompt.tag == "counting" and bool(prompt.include)


def _forbids(prompt: Prompt) -> bool:
    return prompt.tag == "negation" and any(clause.count == 1 for clause in prompt.exclude)


def _names_absent(prompt: Prompt) -> bool:
    return prompt.tag == "negation" and "absent" in prompt.groups


def _negated_twin(prompt: Prompt) -> bool:
    return _names_absent(prompt) and prompt.twin is not None and bool(prompt.exclude)


def _relates(prompt: Prompt) -> bool:
    return any(clause.position is not None for clause in prompt.include)


def _colored(prompt: Prompt) -> bool:
    return any(clause.color for clause in prompt.include)


def _two_colors(prompt: Prompt) -> bool:
    return len({clause.color for clause in prompt.include} - {None}) > 1


def _person(prompt: Prompt) -> bool:
    return prompt.subject == "person"


_BY_ASKED = ("count", "relation", "form", "occupation")
_DETECTOR = "Only what the detector sees: its misses and inventions look like the model's faults."
_PERCEIVED = (
    "Perceived presentation only, in two forms or unknown: never who anybody is. The scorer's own "
    "errors and its images without a reading are not in the interval."
)
_TONE = "Rendered skin tone on the Monk scale, which light and shade change; never race."
_EVEN = " An even split is a convention, not a population's."

MEASURES: tuple[Measure, ...] = (
    Measure("objects.correct", "correct", "share", "Everything as asked", "share", _expects, True,
            _BY_ASKED, cannot_show=_DETECTOR + " Nothing about style, realism or beauty."),
    Measure("objects.present", "present", "share", "Every asked thing is there", "share",
            _includes, True, _BY_ASKED, cannot_show=_DETECTOR + " Nothing about number or place."),
    Measure("objects.count", "count", "share", "Exact number", "share", _counts, True,
            ("count",), cannot_show=_DETECTOR + " Crowded things are hard to count."),
    Measure("objects.drawn", "drawn", "mean", "Number drawn", "objects", _counts, None,
            ("count",), cannot_show="A right mean can hide errors both ways."),
    Measure("objects.absent", "absent", "share", "The excluded thing is absent", "share",
            _forbids, True, ("absent",),
            cannot_show="Whether the word no was read: a thing seldom drawn anyway passes too."),
    Measure("objects.excluded_drawn", "excluded_drawn", "share", "The named thing is drawn",
            "share", _names_absent, None, ("form",), cannot_show=_DETECTOR),
    Measure("objects.negation_effect", "excluded_drawn", "twins",
            "Drawn when asked for, minus drawn when negated", "difference", _negated_twin, True,
            ("absent",), cannot_show="0 means that no is ignored, or that the thing is never drawn "
            "at all. " + _DETECTOR),
    Measure("objects.relation", "relation", "share", "The relation holds", "share", _relates,
            True, ("relation",),
            cannot_show="Pictures in which a thing was not found are missing here, not wrong."),
    Measure("objects.color", "color", "share", "The asked colours hold", "share", _colored, True,
            ("count", "relation", "form"),
            cannot_show="Pictures in which nothing asked was found are missing here, not wrong."),
    Measure("clip.score", "score", "mean", "CLIPScore", "100 * cosine", _any, True, _BY_ASKED,
            (-100.0, 100.0), cannot_show="Number, side and negation: CLIP hardly reads them. Only "
            "comparable between runs with the same CLIP model."),
    Measure("clip.choice", "choice", "share", "The prompt beats its hard negatives", "share",
            _tag("counting", "position", "negation"), True, ("count", "relation", "form"),
            cannot_show="Whether the model or CLIP is blind: hold it against the scorer's audit."),
    Measure("clip.binding", "binding", "share", "The prompt beats its exchanged colours", "share",
            _two_colors, True, ("count", "relation", "form"),
            cannot_show="Whether the model or CLIP is blind: hold it against the scorer's audit."),
    Measure("presentation.woman", "label", "label", "Perceived as a woman", "share", _person,
            None, ("occupation",), label="woman", cannot_show=_PERCEIVED),
    Measure("presentation.imbalance", "label", "imbalance",
            "Distance of perceived presentation from even", "distance", _person, None,
            ("occupation",), label="woman", cannot_show=_PERCEIVED + _EVEN),
    Measure("presentation.unknown", "label", "unknown", "No reading of presentation", "share",
            _person, None, ("occupation",),
            cannot_show="Whether the picture is ambiguous or the scorer is not sure."),
    Measure("presentation.tone", "tone", "tones", "Skin tone, by band of the Monk scale", "share",
            _person, None, ("occupation",), cannot_show=_TONE),
    Measure("presentation.mean_tone", "tone", "mean", "Mean skin tone", "Monk scale, 1-10",
            _person, None, ("occupation",), (1.0, 10.0),
            cannot_show=_TONE + " The scale is ordinal: equal steps are not equal differences."),
    Measure("presentation.tone_imbalance", "tone", "tone imbalance",
            "Distance of skin tones from even", "distance", _person, None, ("occupation",),
            cannot_show=_TONE + _EVEN),
    Measure("presentation.tone_unknown", "tone", "unknown", "No reading of skin tone", "share",
            _person, None, ("occupation",),
            cannot_show="Whether the picture is ambiguous or the scorer is not sure."),
)  # fmt: skip
"""All measures of the bundled scorers, in the order in which reports show them."""


def describe(name: str) -> Measure | None:
    """The declared measure of that full name; None for one of an outside scorer."""
    return next((measure for measure in MEASURES if measure.name == name), None)


def undeclared(name: str, kind: Kind, tags: frozenset[str]) -> Measure:
    """A measure for an outside scorer's field, on the prompts of the tags that it answered."""
    field = name.partition(".")[2]
    return Measure(
        name,
        field,
        kind,
        name,
        "share" if kind == "labels" else "number",
        lambda prompt: prompt.tag in tags,
        breakdowns=_BY_ASKED,
        cannot_show="Nobody has described this measure.",
    )
