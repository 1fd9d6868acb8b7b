"""Differences in words: a row for each, what changed, and what could not be measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalsuite.records import Difference, Estimate
from evalsuite.report.comparison.content import Comparison, Contrasted
from evalsuite.report.tables import Bar
from evalsuite.report.words import (
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

NOTABLE = 0.05
"""Rows with a q up to this are marked."""

PAIRED = {
    "seeds": "by prompt and seed",
    "prompts": "by prompt, other seeds",
    "none": "not paired",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One run's own estimate in words."""

    value: str
    interval: str
    coverage: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One difference in words. `mark` is "better", "worse", "differs" or empty."""

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
    return DifferenceRow(
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
        compared=_compared(found),
        paired=PAIRED[found.pairing],
        mark=mark(comparison, one),
        bar=_bar(one, text.unit),
    )


def _compared(found: Difference) -> str:
    """On how much a difference rests: pairs and prompts, or both sides' images."""
    if found.pairing == "seeds":
        return f"{plural(found.n, 'pair')} of {plural(found.prompts, 'prompt')}"
    if found.pairing == "prompts":
        return plural(found.n, "prompt")
    return plural(found.n, "image")


def mark(comparison: Comparison, one: Contrasted) -> str:
    """What a difference that is unlikely to be chance means."""
    value = one.difference.value
    if one.q is None or one.q > NOTABLE or not value:
        return ""
    better = comparison.text(one.difference.measure).higher_is_better
    return "differs" if better is None else "better" if (value > 0) is better else "worse"


def changes(comparison: Comparison, rows: Sequence[Contrasted], limit: int) -> list[Contrasted]:
    """The marked rows, those of whole sets before those of groups, least q and largest first."""
    found = [one for one in rows if mark(comparison, one)]
    found.sort(key=lambda one: (not is_overall(one), one.q or 0.0, -abs(one.difference.value or 0)))
    return found[:limit]


def is_overall(one: Contrasted) -> bool:
    """Of the whole set: no group, or only the label whose share it is (a band of tones)."""
    return set(one.difference.group) <= {"label", "tone"}


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
    """What could not be measured for one reason: the measures, and each run's count of all."""

    prompt_set: str
    reason: str
    measures: tuple[str, ...]
    counts: tuple[str, ...]
    differs: bool


def lost(comparison: Comparison, prompt_set: str) -> list[Lost]:
    """What is missing in a set, by reason; measures with the same counts share a line.

    Where runs differ comes first.
    """
    counts: dict[tuple[str, str], list[int]] = {}
    planned: dict[str, list[int]] = {}
    runs = len(comparison.candidates) + 1
    for place, against in enumerate(comparison.candidates, 1):
        for one in against.rows:
            found = one.difference
            if found.prompt_set != prompt_set or not is_overall(one):
                continue
            whole = planned.setdefault(found.measure, [0] * runs)
            whole[0], whole[place] = _planned(found.baseline), _planned(found.candidate)
            for reason, (before, after) in found.missing.items():
                line = counts.setdefault((found.measure, reason), [0] * runs)
                line[0], line[place] = before, after
    alike: dict[tuple[str, tuple[int, ...], tuple[int, ...]], list[str]] = {}
    for (measure, reason), line in counts.items():
        alike.setdefault((reason, tuple(line), tuple(planned[measure])), []).append(measure)
    rows = [
        Lost(
            prompt_set,
            reason,
            tuple(names),
            tuple(share(n, of) for n, of in zip(line, whole, strict=True)),
            len({n / of if of else 0.0 for n, of in zip(line, whole, strict=True)}) > 1,
        )
        for (reason, line, whole), names in alike.items()
    ]
    return sorted(rows, key=lambda one: (not one.differs, one.reason, one.measures))


def _planned(estimate: Estimate) -> int:
    return estimate.n + sum(estimate.missing.values())
