"""Where a share changes with what the prompts ask for: its first and last numbers, or extremes."""

from itertools import groupby

from evalsuite.records import Estimate
from evalsuite.report.figures.record import Subject, asked
from evalsuite.report.findings.words import Said, Sentence, fraction, listed
from evalsuite.report.format import number

MANY = 24
"""Of more values a label is no question that a set asks."""


def labels(subject: Subject) -> list[str]:
    """The labels that a measure is shown by, with two values or more and no more than `MANY`.

    First what the set fixes by design, then what the measure plots, then all that it has rows of.
    """
    card = subject.prompt_set.card.get("strata", "")
    found = [e for e in subject.estimates.all if e.measure == subject.measure.name]
    named = [
        *(label.strip(" []") for label in card.split(",")),
        *subject.plot,
        *(label for estimate in found if len(estimate.group) == 1 for label in estimate.group),
    ]
    return [
        label
        for label in dict.fromkeys(named)
        if 2 <= len(subject.estimates.values(label, subject.measure.name)) <= MANY
    ]


def by_group(subject: Subject) -> Sentence:
    """What the first of the labels adds to a share; nothing where no two groups have a value."""
    for label in labels(subject):
        values = subject.estimates.values(label, subject.measure.name)
        found = [(value, subject.get(subject.measure, {label: value})) for value in values]
        known = [(value, e) for value, e in found if e is not None and e.value is not None]
        if len(known) < 2:
            continue
        if all(value.isdecimal() for value in values):
            return _in_order(label, known)
        return _extremes(label, known)
    return ()


def wholly(subject: Subject) -> Sentence:
    """The groups of which every image has the label, or none has, by name."""
    share, over = subject.sibling("label", same_label=True), subject.measure.over
    if share is None:
        return ()
    found = [
        (value, subject.get(share, {over: value}))
        for value in subject.estimates.values(over, share.name)
    ]
    named = [value for value, e in found if e is not None and e.value in (0.0, 1.0)]
    *first, last = named or [""]
    words = f"{', '.join(first)} and {last}" if first else last
    return (Said(words, is_ours=False),) if named and len(named) <= MANY else ()


def _in_order(label: str, known: list[tuple[str, Estimate]]) -> Sentence:
    """The numbers at both ends, each with its neighbours that are told by the same words."""
    runs = [list(run) for _, run in groupby(known, key=lambda pair: fraction(pair[1].value or 0.0))]
    if len(runs) == 1:
        ends = f" {known[0][0]} to {known[-1][0]}: {fraction(known[0][1].value or 0.0)} throughout"
        return (Said(_upper(asked(label)), is_ours=False), Said(ends))
    told = "; ".join(
        f"{listed([value for value, _ in run], are_in_order=True)}: "
        f"{fraction(run[0][1].value or 0.0)} ({_range(run)})"
        for run in (runs[0], runs[-1])
    )
    unsure = "" if _differ(known[0][1], known[-1][1]) else "; the ends' intervals overlap"
    return (Said(_upper(asked(label)), is_ours=False), Said(f" {told}{unsure}"))


def _extremes(label: str, known: list[tuple[str, Estimate]]) -> Sentence:
    ordered = sorted(known, key=lambda pair: pair[1].value or 0.0)
    (worst, low), (best, high) = ordered[0], ordered[-1]
    if not _differ(low, high):
        return (
            Said("No "),
            Said(asked(label), is_ours=False),
            Said(f" surely differs from another ({_range([ordered[0], ordered[-1]])})"),
        )
    return (
        Said("Most for "),
        Said(f"{asked(label)} {best}", is_ours=False),
        Said(f" ({number(high.value, 'share')}), least for "),
        Said(worst, is_ours=False),
        Said(f" ({number(low.value, 'share')})"),
    )


def _range(run: list[tuple[str, Estimate]]) -> str:
    """'96.9%', or the least and the greatest of several."""
    values = sorted(e.value for _, e in run if e.value is not None)
    first, last = number(values[0], "share"), number(values[-1], "share")
    return first if first == last else f"{first.removesuffix('%')} to {last}"


def _differ(one: Estimate, other: Estimate) -> bool:
    """Whether two intervals have nothing in common; not where either has no ends."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
