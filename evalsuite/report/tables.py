"""Tables of estimates: every number beside its interval, what is missing, and what chance gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from evalsuite.audits.record import DIFFERS, Audited, Form
from evalsuite.files.values import as_key, natural
from evalsuite.measures.kinds import kind_of
from evalsuite.records import LIKE_THESE, Estimate, Measure
from evalsuite.report.content import Report
from evalsuite.report.format import (
    NOT_MEASURED,
    TOO_FEW,
    TOO_LITTLE,
    group_words,
    interval,
    number,
    share,
)
from evalsuite.report.marks import NO_SCORER, NOT_EVIDENCE, mark_of

NOTHING = "none"
WORDS: Mapping[Form, tuple[str, str]] = {
    "verdict": ("right on", ""),
    "label": ("right on", ""),
    "choice": ("chose rightly in", ""),
    "pairs": ("put the true prompt first in", " pairs"),
}
"""How an audit is quoted: before the accuracy, and after the number of answers."""
SHORT = 5
"""Characters of a matrix's cell at most, such as "[192]"."""
WHOLE: Mapping[str, str] = MappingProxyType({})
"""The group of a whole prompt set."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell. `heat` 0-9 shades it; `tone` 1-10 puts a Monk swatch beside the text."""

    text: str
    heat: int = 0
    tone: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A plain table; the first cell of every row is its heading."""

    caption: str
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def is_matrix(self) -> bool:
        """Whether every cell but a row's heading is so short that many fit beside each other."""
        return len(self.head) > 7 and all(
            len(cell.text) <= SHORT for row in self.rows for cell in row[1:]
        )


def cells(*texts: str) -> tuple[Cell, ...]:
    """Plain cells."""
    return tuple(Cell(text) for text in texts)


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval on a scale of 0 to 100; None where there is nothing to draw."""

    value: float
    low: float | None
    high: float | None
    null: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateRow:
    """One estimate in words. `judge` is the audit's word; `warning` is "not evidence", or empty."""

    title: str
    name: str
    unit: str
    group: str
    value: str
    interval: str
    images: int
    prompts: int
    coverage: str
    missing: tuple[tuple[str, int], ...]
    null: str
    reference: str
    audited: str
    judge: str
    warning: str
    bar: Bar | None


def row(report: Report, estimate: Estimate) -> EstimateRow:
    """An estimate as a row of a table."""
    measure, audited = report.measure(estimate.measure), report.audited(estimate)
    unit, judge = measure.unit, mark_of(measure, audited)
    planned = estimate.n + sum(estimate.missing.values())
    return EstimateRow(
        title=title_of(measure, estimate.group),
        name=estimate.measure,
        unit="" if unit in ("share", "difference", "number", measure.title) else unit,
        group=group_words(estimate.group, estimate.estimand),
        value=value_words(measure, estimate),
        interval=interval_words(measure, estimate),
        images=estimate.n,
        prompts=estimate.prompts,
        coverage=share(estimate.n, planned),
        missing=tuple(sorted((reason, n) for reason, n in estimate.missing.items() if n)),
        null=null_words(measure, estimate),
        reference=NOTHING if estimate.reference is None else number(estimate.reference, unit),
        audited=judge if judge == NO_SCORER else audited_words(audited),
        judge=judge,
        warning=NOT_EVIDENCE if judge == NOT_EVIDENCE else "",
        bar=_bar(estimate, unit),
    )


def title_of(measure: Measure, group: Mapping[str, str]) -> str:
    """A measure's title; where images of all groups count together, it says that they are pooled.

    A pooled share can be even although every group leans to a side.
    """
    pooled = kind_of(measure).pooled if is_overall(group) else ""
    return f"{measure.title}, {pooled}" if pooled else measure.title


def value_words(measure: Measure, estimate: Estimate) -> str:
    """An estimate's value; of a share of groups, how many of how many groups."""
    if estimate.value is None:
        return TOO_LITTLE if estimate.n else NOT_MEASURED
    if kind_of(measure).counts_groups:
        return f"{round(estimate.value * estimate.prompts)} of {estimate.prompts}"
    return number(estimate.value, measure.unit)


def interval_words(measure: Measure, estimate: Estimate) -> str:
    """An estimate's interval; of a share of groups, in numbers of groups."""
    if not estimate.n:
        return NOT_MEASURED
    if estimate.low is None and estimate.estimand == LIKE_THESE and "prompt" in estimate.method:
        return TOO_FEW
    low, high, groups = estimate.low, estimate.high, estimate.prompts
    if kind_of(measure).counts_groups and low is not None and high is not None:
        return f"{low * groups:.1f} to {high * groups:.1f}"
    return interval(low, high, measure.unit)


def null_words(measure: Measure, estimate: Estimate) -> str:
    """What chance, or a perfectly fair model, would show; of groups, how many on average."""
    if estimate.null is None:
        return NOTHING
    if kind_of(measure).counts_groups:
        groups = estimate.null * estimate.prompts
        return "under 0.1" if groups < 0.05 else f"{groups:.1f}"
    return number(estimate.null, measure.unit)


def audited_words(audited: Audited | None) -> str:
    """The scorer's audited accuracy beside chance, and on which kind of pictures, in words."""
    if audited is None or audited.is_lacking:
        return "not audited"
    verb, noun = WORDS[audited.form]
    words = f"{verb} {number(audited.accuracy, 'share')}"
    if audited.low is not None and audited.high is not None:
        words += f" ({interval(audited.low, audited.high, 'share')})"
    if audited.n:
        words += f" of {audited.n:,}{noun}"
    chance = "unknown" if audited.chance is None else number(audited.chance, "share")
    if sort := audited.group.get(DIFFERS):
        words += f" where the {sort} differs"
    if audited.kind:
        words += f", on {audited.kind}"
    few = ", too few to tell" if audited.verdict == "undecided" else ""
    return f"{words}{few}; chance {chance}"


def _bar(estimate: Estimate, unit: str) -> Bar | None:
    if unit not in ("share", "difference") or estimate.value is None:
        return None

    def at(value: float | None) -> float | None:
        if value is None:
            return None
        place = value if unit == "share" else (value + 1) / 2
        return round(100 * min(max(place, 0.0), 1.0), 1)

    middle = at(estimate.value)
    assert middle is not None
    return Bar(middle, at(estimate.low), at(estimate.high), at(estimate.null))


@dataclass(frozen=True, slots=True)
class Estimates:
    """The estimates of one prompt set, found by measure and group."""

    all: tuple[Estimate, ...]
    by_group: Mapping[tuple[str, tuple[tuple[str, str], ...]], Estimate] = field(
        default_factory=dict
    )

    def overall(self) -> list[Estimate]:
        """Those of the whole set."""
        return [estimate for estimate in self.all if not estimate.group]

    def get(self, measure: str, group: Mapping[str, str] = WHOLE) -> Estimate | None:
        """The estimate of exactly this group."""
        return self.by_group.get((measure, as_key(group)))

    def values(self, label: str, measure: str) -> list[str]:
        """The values of a group label that a measure has rows of, in natural order."""
        rows = [estimate for estimate in self.all if estimate.measure == measure]
        return sorted({row.group[label] for row in rows if label in row.group}, key=natural)


def estimates_of(estimates: Sequence[Estimate], prompt_set: str) -> Estimates:
    """The estimates of one prompt set."""
    chosen = tuple(estimate for estimate in estimates if estimate.prompt_set == prompt_set)
    return Estimates(chosen, {(e.measure, as_key(e.group)): e for e in chosen})


def is_overall(group: Mapping[str, str]) -> bool:
    """Of the whole set: no group, or only what the row is of (a label, a band, a k of images)."""
    return set(group) <= {"label", "tone", "images per prompt"}
