"""What the comparison's page is made from, with nothing left to look up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from evalsuite.audits.record import Place
from evalsuite.records import Difference, Interval, Judgement, Key, Measure, Pairing, Pixels
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
class Standing:
    """One run on a board; `interval` is one of all runs' simultaneous ones.

    `first` and `last` are the places that the run may have, and `better_than` the runs that it is
    surely better than; None and empty for a run that is not ranked, as `why` says. `missing` of its
    `planned` images have no value.
    """

    run: str
    interval: Interval
    first: int | None = None
    last: int | None = None
    better_than: tuple[str, ...] = ()
    missing: int = 0
    planned: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What stands for a prompt set, with the runs that have it: best first, ranked ones first.

    `shared` counts what all ranked runs have a value of, of so many families: images, or prompts
    where `pairing` is "prompts"; 0 where nothing is paired. `limit` says why nobody is ranked; ""
    where somebody is. `judge` is the worst of the runs' audits' words.
    """

    prompt_set: str
    measure: str
    group: Mapping[str, str]
    standings: Sequence[Standing]
    pairing: Pairing
    shared: int = 0
    families: int = 0
    limit: str = ""
    judge: str = NOT_AUDITED

    @property
    def ranked(self) -> list[Standing]:
        """The runs that have places."""
        return [each for each in self.standings if each.first is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonReport:
    """Everything that the page says.

    `tested` counts the differences of whole sets that have a p-value, `tested_groups` those of
    groups; `command` makes the page anew, and `folder` is where it lies, as a command would name
    it. `headlines` are the places of what stands for the prompt sets; `boards` rank three runs or
    more by them.
    """

    baseline: ComparedRun
    candidates: Sequence[Against]
    prompt_sets: Sequence[str]
    measures: Mapping[str, Measure] = field(default_factory=dict)
    tested: int = 0
    tested_groups: int = 0
    command: str = ""
    folder: str = ""
    headlines: Sequence[Place] = ()
    boards: Sequence[Board] = ()

    @property
    def runs(self) -> Sequence[ComparedRun]:
        """The baseline and the candidates."""
        return [self.baseline, *(against.run for against in self.candidates)]

    def measure(self, name: str) -> Measure:
        """The measure of that name; one that nobody described goes by its name."""
        return described(self.measures, name)
