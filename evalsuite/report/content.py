"""What a report is made from: one frozen record, with nothing left to look up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from evalsuite.audits.record import Audited, Place, place
from evalsuite.records import (
    Estimate,
    Json,
    Judgement,
    Key,
    Measure,
    Pixels,
    PromptSet,
    Sample,
)


class Described(Protocol):
    """Anything that says how to speak of a measure: a `MeasureText`, or a measure itself."""

    @property
    def title(self) -> str:
        """A few words in place of the measure's name."""

    @property
    def unit(self) -> str:
        """As in `MeasureText`."""

    @property
    def higher_is_better(self) -> bool | None:
        """As in `MeasureText`."""

    @property
    def cannot_show(self) -> str:
        """What the measure is blind to."""


@dataclass(frozen=True, slots=True)
class MeasureText:
    """How to speak of a measure.

    `unit` decides how its numbers are written: "share" (0 to 1, as a percentage), "difference"
    (-1 to 1, in signed percentage points), anything else as a plain number beside the unit's
    words. `higher_is_better` is None where neither direction is. `cannot_show` says what the
    measure is blind to.
    """

    title: str
    unit: str = "number"
    higher_is_better: bool | None = None
    cannot_show: str = ""


@dataclass(frozen=True, slots=True)
class BestOf:
    """What picking the best of `k` images by a score does; `score` is its title.

    Each row holds the estimate of all images, that of the picked ones, and picked minus all,
    paired by prompt. `prompts` have a pick, `unpicked` have none.
    """

    k: int
    score: str
    prompts: int
    unpicked: int
    rows: Sequence[tuple[Estimate, Estimate, Estimate]]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report says.

    `model` is the name to print, `command` the command line that repeats the run, `references` a
    phrase for where the estimates' references come from ("what the model was taught"). `planned`
    are the keys of all planned images (the samples' own keys where it is empty). `measures` are by
    full name, "<scorer>.<measure>"; `audit` is by the estimate's place. `load_image` takes
    an image's SHA-256 and raises `records.InputError` if it cannot be read.
    """

    title: str
    model: str
    manifest: Mapping[str, Json]
    prompt_sets: Sequence[PromptSet]
    samples: Mapping[Key, Sample]
    judgements: Mapping[tuple[str, Key], Judgement]
    estimates: Sequence[Estimate]
    load_image: Callable[[str], Pixels]
    measures: Mapping[str, Measure] = field(default_factory=dict)
    planned: Sequence[Key] = ()
    audit: Mapping[Place, Audited] = field(default_factory=dict)
    command: str = ""
    references: str = ""
    best_of: BestOf | None = None

    def images(self) -> tuple[Key, ...]:
        """All planned images, in planning order."""
        return tuple(self.planned or self.samples)

    def audited(self, estimate: Estimate) -> Audited | None:
        """How right the scorer is on the kind of prompts that an estimate is about, if audited."""
        return self.audit.get(place(estimate))

    def text(self, measure: str) -> Described:
        """How to speak of a measure; one that nobody described goes by its own name."""
        return self.measures.get(measure, MeasureText(measure))
