"""What the comparison's page is made from, with nothing left to look up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from evalsuite.records import Difference, Judgement, Key, Measure, Pixels
from evalsuite.report.content import Described, MeasureText


@dataclass(frozen=True, slots=True)
class Compared:
    """One run. `load_image` takes an image's SHA-256, as in `Report`; `images` are by key."""

    name: str
    model: str
    seed: int
    planned: int
    drawn: int
    complete: bool
    images: Mapping[Key, str]
    judgements: Mapping[tuple[str, Key], Judgement]
    load_image: Callable[[str], Pixels]


@dataclass(frozen=True, slots=True)
class Flipped:
    """An image of equal seed in two runs, and the measures that went to wrong and to right."""

    key: Key
    prompt: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contrasted:
    """A difference with its p-value adjusted for its family; None without one."""

    difference: Difference
    q: float | None


@dataclass(frozen=True, slots=True)
class Unalike:
    """Why a table should be read with care; it concerns a prompt set, a scorer, or everything."""

    reason: str
    prompt_set: str = ""
    scorer: str = ""


@dataclass(frozen=True, slots=True)
class Against:
    """A candidate against the baseline; `flips` come worst first.

    `losses` are differences in the share of images that are missing, a row a measure and reason,
    whose group is {"missing": reason}.
    """

    run: Compared
    rows: Sequence[Contrasted]
    losses: Sequence[Contrasted] = ()
    flips: Sequence[Flipped] = ()
    unalike: Sequence[Unalike] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that the page says.

    `tested` counts the differences of whole sets that have a p-value, `tested_groups` those of
    groups; `command` makes the page anew.
    """

    baseline: Compared
    candidates: Sequence[Against]
    prompt_sets: Sequence[str]
    measures: Mapping[str, Measure] = field(default_factory=dict)
    tested: int = 0
    tested_groups: int = 0
    command: str = ""

    def text(self, measure: str) -> Described:
        """How to speak of a measure; one that nobody described goes by its own name."""
        return self.measures.get(measure, MeasureText(measure))
