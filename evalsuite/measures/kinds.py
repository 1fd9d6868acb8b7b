"""The kinds of measure, one row each: all differences between them are in this table.

A new kind is a new row: what a scorer's raw value becomes, how the readings of a group are summed
up, how two runs' values are paired, and which drawing of the report shows it
(`evalsuite.report.figures`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from evalsuite import stats
from evalsuite.measures import over_groups, persons, question_kinds, raw_values, summaries
from evalsuite.measures.slices import Slice, Summary
from evalsuite.records import Measure, Value
from evalsuite.vocabulary.monk import BANDS

Group = Mapping[str, str]


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
    of its images have the label; bounded by `bounds`. `over_groups`: a value is of all groups
    together, and the groups are those of the measure's `over`. `counts_groups`: it is 0 or 1, so
    that the share is a number of groups. `pooled` says that the images of all groups
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
    over_groups: bool = False
    counts_groups: bool = False
    pooled: str = ""
    drawing: str = ""
    no_value: str = "not a value of this measure"


def _of_all_groups(
    read: Callable[[Measure, Value], float | str | None],
    summary: Callable[[Slice], list[Summary]],
    of_samples: bool = False,
) -> Kind:
    number = _is_label if read is raw_values.label else itself
    return Kind(
        read=read,
        summary=summary,
        number=number,
        paired_by=None,
        of_samples=of_samples,
        over_groups=True,
    )


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        # The share of 1 among verdicts of 0 and 1.
        "share": Kind(
            read=raw_values.verdict, summary=summaries.share, is_verdict=True, drawing="dots"
        ),
        # The mean of numbers.
        "mean": Kind(read=raw_values.number, summary=summaries.mean, bounds=None, drawing="dots"),
        # The mean of whole numbers, which are drawn against the number that was asked for.
        "count": Kind(
            read=raw_values.number, summary=summaries.mean, bounds=None, drawing="confusion"
        ),
        # The share of one label among the labelled.
        "label": Kind(
            read=raw_values.label,
            summary=summaries.label,
            number=_is_label,
            pooled="pooled share",
            drawing="label share",
        ),
        # The share of every label, one row each.
        "labels": Kind(read=raw_values.label, summary=summaries.labels, number=_is_group_label),
        # Questions pooled by what they are about, one row each: the share right, and the mean and
        # the geometric mean of the right answers' probabilities.
        "question kinds": Kind(
            read=raw_values.label, summary=question_kinds.kinds_right, paired_by=None
        ),
        "question means": Kind(
            read=raw_values.label, summary=question_kinds.kinds_mean, paired_by=None
        ),
        "question geometric": Kind(
            read=raw_values.label, summary=question_kinds.kinds_geometric, paired_by=None
        ),
        # The share of every band of Monk tones, one row each.
        "tones": Kind(
            read=raw_values.tone,
            summary=summaries.tones,
            number=_is_in_band,
            pooled="pooled share",
            drawing="tones",
        ),
        # The same, if every image without a reading showed a light face, or a dark one: between the
        # two lies whatever the abstentions hide.
        "tones, unread light": Kind(
            read=raw_values.tone_or_light,
            summary=summaries.tones,
            number=_is_in_band,
            of_abstentions=True,
            pooled="pooled share",
        ),
        "tones, unread dark": Kind(
            read=raw_values.tone_or_dark,
            summary=summaries.tones,
            number=_is_in_band,
            of_abstentions=True,
            pooled="pooled share",
        ),
        # The mean of Monk tones, taken as numbers from 1 to 10.
        "mean tone": Kind(read=raw_values.tone_number, summary=summaries.mean, bounds=(1.0, 10.0)),
        # The share of abstentions among the judged.
        "unknown": Kind(
            read=raw_values.is_abstention, summary=summaries.share, of_abstentions=True
        ),
        # Everybody in pictures of several people: the share of one label, of each, of each band of
        # Monk tones, and of those without a label.
        "people": Kind(
            read=raw_values.people,
            summary=persons.share,
            paired_by=None,
            pooled="pooled share",
            no_value=raw_values.UNREAD,
        ),
        "people labels": Kind(
            read=raw_values.people,
            summary=persons.labels,
            paired_by=None,
            no_value=raw_values.UNREAD,
        ),
        "people tones": Kind(
            read=raw_values.people_of_tones,
            summary=persons.tones,
            paired_by=None,
            pooled="pooled share",
            no_value=raw_values.UNREAD,
        ),
        "people unread": Kind(read=raw_values.label, summary=persons.unread, paired_by=None),
        # The share of images that were refused or blocked, among those and the drawn ones.
        "refused": Kind(read=raw_values.status, summary=summaries.share, of_samples=True),
        # How far the share of one label is from one half.
        "imbalance": Kind(
            read=raw_values.label,
            summary=summaries.imbalance,
            number=_is_label,
            paired_by=None,
            pooled="of the pooled share",
        ),
        # The mean over groups of how far each one's share of one label is from one half.
        "mean imbalance": Kind(
            read=raw_values.label,
            summary=over_groups.mean_imbalance,
            number=_is_label,
            paired_by="group",
            bounds=(0.0, 0.5),
            of_hits=stats.distance_from_even,
        ),
        # The share of groups whose images all have the label, or all have not.
        "one-sided": Kind(
            read=raw_values.label,
            summary=over_groups.one_sided,
            number=_is_label,
            paired_by="group",
            of_hits=stats.one_sided,
            counts_groups=True,
        ),
        # The mean over groups of the normalised entropy of one label and the rest.
        "mean evenness": Kind(
            read=raw_values.label,
            summary=over_groups.mean_evenness,
            number=_is_label,
            paired_by="group",
            of_hits=stats.evenness,
        ),
        # The largest group's share of one label minus the smallest's, and the one over the other;
        # the same of verdicts (whose accuracy differs), and of refusals.
        "parity difference": _of_all_groups(raw_values.label, over_groups.parity_difference),
        "parity ratio": _of_all_groups(raw_values.label, over_groups.parity_ratio),
        "accuracy difference": _of_all_groups(raw_values.verdict, over_groups.parity_difference),
        "refusal difference": _of_all_groups(
            raw_values.status, over_groups.parity_difference, of_samples=True
        ),
        # How many steps of the scale the tones lie from ten equally frequent ones.
        "tone distance": Kind(
            read=raw_values.tone,
            summary=summaries.tone_distance,
            paired_by=None,
            bounds=(0.0, 9.0),
            pooled="of the pooled share",
        ),
        # How much of the sum of squares lies between the sentences of one family.
        "wording": Kind(
            read=raw_values.label, summary=summaries.wording, number=_is_label, paired_by=None
        ),
        # The total variation between the tone bands and ten equally frequent tones.
        "tone imbalance": Kind(
            read=raw_values.tone,
            summary=summaries.tone_imbalance,
            paired_by=None,
            pooled="of the pooled share",
        ),
        # The share in affirmative twins minus the share in negated prompts.
        "twins": Kind(
            read=raw_values.verdict,
            summary=summaries.twins,
            bounds=(-1.0, 1.0),
            is_twins=True,
            drawing="twins",
        ),
        # The share of prompts with at least `least` images right.
        "prompts": Kind(read=raw_values.verdict, summary=summaries.prompts, paired_by="prompt"),
        # The unweighted mean of the shares in the prompts of each tag.
        "mean of tags": Kind(
            read=raw_values.verdict, summary=summaries.mean_of_tags, paired_by="tag"
        ),
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
