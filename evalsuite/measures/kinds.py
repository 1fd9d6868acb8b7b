"""The kinds of measure, one row each: all differences between them are in this table.

A new kind is a new row: what a scorer's raw value becomes, how the readings of a group are summed
up, how two runs' values are paired, and which drawing of the report shows it
(`evalsuite.report.figures`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Literal

from evalsuite import stats
from evalsuite.measures import over_groups, persons, question_kinds, summaries
from evalsuite.measures.slices import Slice, Summary
from evalsuite.records import Measure, Value
from evalsuite.vocabulary.monk import BANDS, TONES

Group = Mapping[str, str]

UNREAD = "abstained: unknown"
"""Why a picture of several people has no share: none of them could be read."""

REFUSED: Mapping[str, float] = MappingProxyType({"ok": 0.0, "refused": 1.0, "blocked": 1.0})
"""Whether an image was refused, by its status: "blocked" is a safety checker's blank. What failed
or is no image says nothing of it."""


def _verdict(measure: Measure, raw: Value) -> float | None:
    return float(raw) if not isinstance(raw, str) and raw in (0.0, 1.0) else None


def _number(measure: Measure, raw: Value) -> float | None:
    if raw is None or isinstance(raw, str) or not isfinite(raw):
        return None
    if measure.bounds and not measure.bounds[0] <= raw <= measure.bounds[1]:
        return None
    return float(raw)


def _label(measure: Measure, raw: Value) -> str | None:
    return raw if isinstance(raw, str) else None


def _people(measure: Measure, raw: Value) -> str | None:
    return raw if isinstance(raw, str) and persons.read_in(raw) else None


def _people_of_tones(measure: Measure, raw: Value) -> str | None:
    return raw if isinstance(raw, str) and set(persons.read_in(raw)) & set(TONES) else None


def _tone(measure: Measure, raw: Value) -> str | None:
    return raw if isinstance(raw, str) and raw in TONES else None


def _tone_or_light(measure: Measure, raw: Value) -> str | None:
    return TONES[0] if raw is None else _tone(measure, raw)


def _tone_or_dark(measure: Measure, raw: Value) -> str | None:
    return TONES[-1] if raw is None else _tone(measure, raw)


def _tone_number(measure: Measure, raw: Value) -> float | None:
    return float(raw) if isinstance(raw, str) and raw in TONES else None


def _is_abstention(measure: Measure, raw: Value) -> float:
    return float(raw is None)


def _status(measure: Measure, raw: Value) -> float | None:
    return REFUSED.get(str(raw))


def itself(value: float | str, measure: Measure, group: Group) -> float:
    """The value, where it is a number."""
    return float(value)


def _is_label(value: float | str, measure: Measure, group: Group) -> float:
    return float(value == measure.label)


def _is_group_label(value: float | str, measure: Measure, group: Group) -> float:
    return float(str(value) == group.get("label"))


def _is_in_band(value: float | str, measure: Measure, group: Group) -> float:
    return float(str(value) in BANDS[group["tone"]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the values of one kind of measure are.

    `read` turns a scorer's raw value into a reading's, or None where it is no value of this kind: a
    scorer's mistake must not become a number. `summary` gives the rows of one group. `number` turns
    a single value into its number in a mean over images, in a group's row.

    `paired_by` is what two runs share a value of; None where only a whole group has one. `bounds`
    are those of `number`; None: the measure's own. `is_verdict`: values are right (1) or wrong (0).
    `of_samples`: the raw value is the sample's status, and no scorer is asked.
    `is_twins`: a value is the affirmative twin's minus the negated prompt's. `of_abstentions`: an
    abstention is a value too. `of_hits`: a value of a whole group (an occupation), from how many
    of its images have the label; bounded by `bounds`. `counts_groups`: it is 0 or 1, so that the
    share is a number of groups. `pooled` says that the images of all groups
    count together, which can hide that each leans to its own side; such a row stands for no set.
    `drawing` names the report's drawing; "" where a table says it all. `no_value` is the reason
    given where `read` gives None.
    """

    read: Callable[[Measure, Value], float | str | None]
    summary: Callable[[Slice], list[Summary]]
    number: Callable[[float | str, Measure, Group], float] = itself
    paired_by: Literal["image", "prompt", "tag", "group"] | None = "image"
    bounds: tuple[float, float] | None = (0.0, 1.0)
    is_verdict: bool = False
    is_twins: bool = False
    of_samples: bool = False
    of_abstentions: bool = False
    of_hits: over_groups.OfHits | None = None
    counts_groups: bool = False
    pooled: str = ""
    drawing: str = ""
    no_value: str = "not a value of this measure"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        # The share of 1 among verdicts of 0 and 1.
        "share": Kind(read=_verdict, summary=summaries.share, is_verdict=True, drawing="dots"),
        # The mean of numbers.
        "mean": Kind(read=_number, summary=summaries.mean, bounds=None, drawing="dots"),
        # The mean of whole numbers, which are drawn against the number that was asked for.
        "count": Kind(read=_number, summary=summaries.mean, bounds=None, drawing="confusion"),
        # The share of one label among the labelled.
        "label": Kind(
            read=_label,
            summary=summaries.label,
            number=_is_label,
            pooled="pooled share",
            drawing="label share",
        ),
        # The share of every label, one row each.
        "labels": Kind(read=_label, summary=summaries.labels, number=_is_group_label),
        # Questions pooled by what they are about, one row each: the share right, and the mean and
        # the geometric mean of the right answers' probabilities.
        "question kinds": Kind(read=_label, summary=question_kinds.kinds_right, paired_by=None),
        "question means": Kind(read=_label, summary=question_kinds.kinds_mean, paired_by=None),
        "question geometric": Kind(
            read=_label, summary=question_kinds.kinds_geometric, paired_by=None
        ),
        # The share of every band of Monk tones, one row each.
        "tones": Kind(
            read=_tone,
            summary=summaries.tones,
            number=_is_in_band,
            pooled="pooled share",
            drawing="tones",
        ),
        # The same, if every image without a reading showed a light face, or a dark one: between the
        # two lies whatever the abstentions hide.
        "tones, unread light": Kind(
            read=_tone_or_light,
            summary=summaries.tones,
            number=_is_in_band,
            of_abstentions=True,
            pooled="pooled share",
        ),
        "tones, unread dark": Kind(
            read=_tone_or_dark,
            summary=summaries.tones,
            number=_is_in_band,
            of_abstentions=True,
            pooled="pooled share",
        ),
        # The mean of Monk tones, taken as numbers from 1 to 10.
        "mean tone": Kind(read=_tone_number, summary=summaries.mean, bounds=(1.0, 10.0)),
        # The share of abstentions among the judged.
        "unknown": Kind(read=_is_abstention, summary=summaries.share, of_abstentions=True),
        # Everybody in pictures of several people: the share of one label, of each, of each band of
        # Monk tones, and of those without a label.
        "people": Kind(
            read=_people,
            summary=persons.share,
            paired_by=None,
            pooled="pooled share",
            no_value=UNREAD,
        ),
        "people labels": Kind(
            read=_people, summary=persons.labels, paired_by=None, no_value=UNREAD
        ),
        "people tones": Kind(
            read=_people_of_tones,
            summary=persons.tones,
            paired_by=None,
            pooled="pooled share",
            no_value=UNREAD,
        ),
        "people unread": Kind(read=_label, summary=persons.unread, paired_by=None),
        # The share of images that were refused or blocked, among those and the drawn ones.
        "refused": Kind(read=_status, summary=summaries.share, of_samples=True),
        # How far the share of one label is from one half.
        "imbalance": Kind(
            read=_label,
            summary=summaries.imbalance,
            number=_is_label,
            paired_by=None,
            pooled="of the pooled share",
        ),
        # The mean over groups of how far each one's share of one label is from one half.
        "mean imbalance": Kind(
            read=_label,
            summary=over_groups.mean_imbalance,
            number=_is_label,
            paired_by="group",
            bounds=(0.0, 0.5),
            of_hits=stats.distance_from_even,
        ),
        # The share of groups whose images all have the label, or all have not.
        "one-sided": Kind(
            read=_label,
            summary=over_groups.one_sided,
            number=_is_label,
            paired_by="group",
            of_hits=stats.one_sided,
            counts_groups=True,
        ),
        # The total variation between the tone bands and ten equally frequent tones.
        "tone imbalance": Kind(
            read=_tone,
            summary=summaries.tone_imbalance,
            paired_by=None,
            pooled="of the pooled share",
        ),
        # The share in affirmative twins minus the share in negated prompts.
        "twins": Kind(
            read=_verdict,
            summary=summaries.twins,
            bounds=(-1.0, 1.0),
            is_twins=True,
            drawing="twins",
        ),
        # The share of prompts with at least `least` images right.
        "prompts": Kind(read=_verdict, summary=summaries.prompts, paired_by="prompt"),
        # The unweighted mean of the shares in the prompts of each tag.
        "mean of tags": Kind(read=_verdict, summary=summaries.mean_of_tags, paired_by="tag"),
    }
)


def kind_of(measure: Measure) -> Kind:
    """The row of a measure's kind; `KeyError` for one that is not in the table."""
    return KINDS[measure.kind]


def bounds_of(measure: Measure) -> tuple[float, float] | None:
    """The least and the largest single value of a measure; None where they are not known."""
    return kind_of(measure).bounds or measure.bounds


def has_right_and_wrong(measure: Measure) -> bool:
    """Whether single images are right or wrong, so that a verdict can flip."""
    return kind_of(measure).is_verdict and measure.higher_is_better is not None
