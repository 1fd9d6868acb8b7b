"""Differences in words: a row for each, what changed, and what could not be measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalsuite.records import Difference, Estimate
from evalsuite.report.comparison.content import Comparison, Contrasted
from evalsuite.report.format import (
    NOT_MEASURED,
    TOO_LITTLE,
    interval,
    number,
    p_value,
    plural,
    share,
    signed,
    signed_interval,
)
from evalsuite.report.tables import Bar

NOTABLE = 0.05
"""Rows with a q up to this are marked."""


@dataclass(frozen=True, slots=True)
class Told:
    """One run's own estimate in words."""

    value: str
    interval: str
    coverage: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One difference in words. `mark` is "better", "worse", "differs" or empty."""

    prompt_set: str
    title: str
    name: str
    unit: str
    group: str
    run: str
    before: Told
    after: Told
    value: str
    interval: str
    p: str
    q: str
    lost: str
    gained: str
    compared: str
    paired: str
    mark: str
    bar: Bar | None


def row(comparison: Comparison, run: str, one: Contrasted) -> DifferenceRow:
    """A difference as a row of a table."""
    found = one.difference
    text = comparison.text(found.measure)
    ends = found.low, found.high
    compared, paired = _compared(found)
    return DifferenceRow(
        prompt_set=found.prompt_set,
        title=text.title,
        name=found.measure,
        unit="" if text.unit in ("share", "difference", "number", text.title) else text.unit,
        group=", ".join(f"{name}: {label}" for name, label in found.group.items()),
        run=run,
        before=_told(found.baseline, text.unit),
        after=_told(found.candidate, text.unit),
        value=NOT_MEASURED if found.value is None else signed(found.value, text.unit),
        interval=NOT_MEASURED if found.value is None else signed_interval(*ends, text.unit),
        p=p_value(found.p),
        q=p_value(one.q),
        lost="" if found.lost is None else f"{found.lost:,}",
        gained="" if found.gained is None else f"{found.gained:,}",
        compared=compared,
        paired=paired,
        mark=mark(comparison, one),
        bar=_bar(one, text.unit),
    )


def _compared(found: Difference) -> tuple[str, str]:
    """On how much a difference rests, and how it is paired."""
    if found.pairing == "seeds":
        return plural(found.n, "pair"), f"of {plural(found.prompts, 'prompt')}, same seeds"
    if found.pairing == "prompts":
        return plural(found.n, "prompt"), "paired, other seeds"
    # A value is an image, or a prompt for measures of whole prompts.
    return plural(found.n, "value"), "not paired"


def mark(comparison: Comparison, one: Contrasted) -> str:
    """What a difference that is unlikely to be chance means."""
    value = one.difference.value
    if one.q is None or one.q > NOTABLE or not value:
        return ""
    better = comparison.text(one.difference.measure).higher_is_better
    return "differs" if better is None else "better" if (value > 0) is better else "worse"


def changes(comparison: Comparison, rows: Sequence[Contrasted]) -> list[Contrasted]:
    """The marked rows, those of whole sets before those of groups, then in the rows' order."""
    found = [one for one in rows if mark(comparison, one)]
    return sorted(found, key=lambda one: not is_overall(one.difference))


def is_overall(one: Difference) -> bool:
    """Of the whole set: no group, or only the label whose share it is (a band of tones)."""
    return set(one.group) <= {"label", "tone"}


def _told(estimate: Estimate, unit: str) -> Told:
    planned = estimate.n + sum(estimate.missing.values())
    if estimate.value is None:
        return Told(TOO_LITTLE if estimate.n else NOT_MEASURED, "", share(estimate.n, planned))
    return Told(
        number(estimate.value, unit),
        interval(estimate.low, estimate.high, unit),
        share(estimate.n, planned),
    )


def _bar(one: Contrasted, unit: str) -> Bar | None:
    found = one.difference
    if unit not in ("share", "difference") or found.value is None:
        return None
    span = 1.0 if unit == "share" else 2.0

    def at(value: float | None) -> float | None:
        return None if value is None else round(50 + 50 * min(max(value / span, -1.0), 1.0), 1)

    middle = at(found.value)
    assert middle is not None
    return Bar(middle, at(found.low), at(found.high), 50.0)


@dataclass(frozen=True, slots=True)
class Lost:
    """What could not be measured for one reason: the measures, and each run's count of all.

    `q_values` are the candidates', after an empty one for the baseline. `differs` says that the
    runs' shares are not the same, whether or not that may be chance.
    """

    prompt_set: str
    reason: str
    measures: tuple[str, ...]
    counts: tuple[str, ...]
    q_values: tuple[str, ...]
    differs: bool


def lost(comparison: Comparison, prompt_set: str) -> list[Lost]:
    """What is missing in a set, by reason; measures of which all is the same share a line.

    Where runs differ comes first.
    """
    lines: dict[tuple[str, str], dict[int, tuple[Estimate, str]]] = {}
    planned: dict[tuple[str, int], int] = {}
    for place, against in enumerate(comparison.candidates, 1):
        for found in (one.difference for one in against.rows):
            if found.prompt_set == prompt_set and is_overall(found):
                planned[found.measure, 0] = _planned(found.baseline)
                planned[found.measure, place] = _planned(found.candidate)
        for one in against.losses:
            found = one.difference
            if found.prompt_set == prompt_set:
                line = lines.setdefault((found.measure, found.group["missing"]), {})
                line[0] = found.baseline, ""
                line[place] = found.candidate, "" if one.q is None else p_value(one.q)
    alike: dict[tuple[str, tuple[tuple[int, int, str], ...]], list[str]] = {}
    for (measure, reason), line in lines.items():
        # A reason that one run never gave is no row there: none of its images.
        counts = tuple(
            (_count(line[place][0]), line[place][0].n, line[place][1])
            if place in line
            else (0, planned.get((measure, place), 0), "")
            for place in range(len(comparison.candidates) + 1)
        )
        alike.setdefault((reason, counts), []).append(measure)
    rows = [
        Lost(
            prompt_set,
            reason,
            tuple(names),
            tuple(share(n, of) for n, of, _ in counts),
            tuple(q for *_, q in counts),
            len({n / of if of else 0.0 for n, of, _ in counts}) > 1,
        )
        for (reason, counts), names in alike.items()
    ]
    return sorted(rows, key=lambda one: (not one.differs, one.reason, one.measures))


def _count(estimate: Estimate) -> int:
    """How many images are missing: the value is their share of all planned."""
    return round((estimate.value or 0.0) * estimate.n)


def _planned(estimate: Estimate) -> int:
    return estimate.n + sum(estimate.missing.values())
