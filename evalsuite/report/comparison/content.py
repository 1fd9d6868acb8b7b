"""What the comparison's page is made from, with nothing left to look up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from evalsuite.records import Difference, Judgement, Key, Measure, Pixels
from evalsuite.report.content import described
from evalsuite.report.marks import NOT_AUDITED


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRun:
    """One run. `load_image` takes an image's SHA-256, as in `Report`; `images` are by key.

    `is_ceiling`: its pictures are true ones, and tell what a model's own could reach at most.
    """

    name: str
    model: str
    seed: int
    planned: int
    drawn: int
    complete: bool
    images: Mapping[Key, str]
    judgements: Mapping[tuple[str, Key], Judgement]
    load_image: Callable[[str], Pixels]
    is_ceiling: bool = False


@dataclass(frozen=True, slots=True)
class FlippedImage:
    """An image of equal seed in two runs, and the measures that went to wrong and to right."""

    key: Key
    prompt: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contrasted:
    """A difference with its p-value adjusted for its family; None without one.

    `judge` is what the scorer's audits say of it, in both runs, the worse word (`report.marks`).
    """

    difference: Difference
    q: float | None
    judge: str = NOT_AUDITED


@dataclass(frozen=True, slots=True)
class Unlike:
    """A reason not to compare; it concerns a prompt set, or a scorer, or, with neither, all."""

    reason: str
    prompt_set: str = ""
    scorer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """A candidate against the baseline; `flips` come worst first.

    `losses` are differences in the share of images that are missing, one row per measure and
    reason, whose group is {"missing": reason}. `unkept` names the runs whose images nothing says to
    be drawn from their seeds, where that keeps images from being paired.
    """

    run: ComparedRun
    rows: Sequence[Contrasted]
    unkept: str = ""
    losses: Sequence[Contrasted] = ()
    flips: Sequence[FlippedImage] = ()
    unlike: Sequence[Unlike] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonReport:
    """Everything that the page says.

    `tested` counts the differences of whole sets that have a p-value, `tested_groups` those of
    groups; `command` makes the page anew.
    """

    baseline: ComparedRun
    candidates: Sequence[Against]
    prompt_sets: Sequence[str]
    measures: Mapping[str, Measure] = field(default_factory=dict)
    tested: int = 0
    tested_groups: int = 0
    command: str = ""

    def measure(self, name: str) -> Measure:
        """The measure of that name; one that nobody described goes by its name."""
        return described(self.measures, name)
