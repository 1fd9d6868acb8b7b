"""What a drawing is made from, and what comes out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from evalsuite.records import Estimate, Measure, PromptSet
from evalsuite.report.content import Report
from evalsuite.report.format import NOT_MEASURED
from evalsuite.report.plots import Dot
from evalsuite.report.tables import NOTHING, WHOLE, Estimates, Table, row

ASKED: Mapping[str, str] = MappingProxyType(
    {"count": "number asked for", "number": "number in words or digits", "template": "wording"}
)
"""What a group label stands for, where its own name does not say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A plot with its text alternative and its table; `svg` is empty where a table says it all.

    `note` is in our own words; those in `title`, in `caution` (what it cannot show) and in
    `source` (where references come from) may be anybody's.
    """

    title: str
    note: str
    prefix: str
    table: Table
    svg: str = ""
    alt: str = ""
    source: str = ""
    caution: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be drawn: a measure in one prompt set; the figures' ids start with `prefix`.

    `labels` are those to draw it by, where they are not the measure's own.
    """

    report: Report
    prompt_set: PromptSet
    estimates: Estimates
    measure: Measure
    prefix: str
    labels: tuple[str, ...] = ()

    def get(self, measure: Measure | None, group: Mapping[str, str] = WHOLE) -> Estimate | None:
        """The estimate of a measure in exactly this group of the prompt set."""
        return None if measure is None else self.estimates.get(measure.name, group)

    def plotted(self) -> list[tuple[str, list[str]]]:
        """The labels that the measure is plotted by, each with its values; not those without."""
        found = [(label, self.estimates.values(label, self.measure.name)) for label in self.plot]
        return [(label, values) for label, values in found if values]

    @property
    def plot(self) -> tuple[str, ...]:
        """The labels that are asked for, or those that the measure declares a figure for."""
        return self.labels or self.measure.plot

    def sibling(self, kind: str, *, same_label: bool = False) -> Measure | None:
        """The measure of another kind that reads the same field of the same scorer."""
        for other in self.report.measures.values():
            is_same_field = (other.scorer, other.field) == (self.measure.scorer, self.measure.field)
            is_same_label = other.label == self.measure.label or not same_label
            if other.kind == kind and is_same_field and is_same_label:
                return other
        return None

    def numbers(self, estimate: Estimate | None) -> tuple[str, str, str, str]:
        """Value, interval, images and coverage of an estimate; words where it has none."""
        if estimate is None:
            return (NOT_MEASURED,) * 2 + ("0", "0")
        words = row(self.report, estimate)
        return words.value, words.interval, f"{words.images:,}", words.coverage

    def null(self, estimate: Estimate | None) -> str:
        """What chance or a fair model would show, in words."""
        return NOTHING if estimate is None else row(self.report, estimate).null

    def reference(self, estimate: Estimate | None) -> str:
        """What is known to be true, in words."""
        return NOTHING if estimate is None else row(self.report, estimate).reference

    def source(self, is_known: bool) -> str:
        """Where the references of a figure come from; "" where it has none."""
        return (self.report.references or "the one given with the run") if is_known else ""


def asked(label: str) -> str:
    """A group label in words."""
    return ASKED.get(label, label)


def value_of(unit: str) -> str:
    """What the values of a unit are, as the words on an axis."""
    return "share of images" if unit == "share" else "value" if unit == "number" else unit


def dot(name: str, estimate: Estimate | None) -> Dot:
    """An estimate as a dot of a plot."""
    if estimate is None:
        return Dot(name, None)
    return Dot(name, estimate.value, estimate.low, estimate.high, estimate.null, estimate.reference)


def alt(title: str, dots: Sequence[Dot], unit: str = "share") -> str:
    """A plot's numbers in words."""
    return f"{title}. " + "; ".join(each.words(unit) for each in dots) + "."
