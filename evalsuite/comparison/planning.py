"""How many prompts and images a question needs: each design with what was left open filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite.comparison.designs import DESIGNS, Question, designs, too_few
from evalsuite.comparison.read_run import read_side
from evalsuite.comparison.sample_size import Spread, spreads, stated
from evalsuite.comparison.snapshot import Side
from evalsuite.records import InputError
from evalsuite.report.notebook import Result
from evalsuite.report.tables import Table, cells
from evalsuite.runs.timing import seconds_per_image

if TYPE_CHECKING:
    import pandas as pd

SEVERAL = (1, 2, 4, 8)
"""Numbers of images per prompt that are offered where none is asked for."""

HEAD = (
    *("measure", "design", "detects", "caught", "passes", "prompts", "images each"),
    *("images a model", "hours a model"),
)
"""`caught` is the chance to show such a loss, `passes` the chance to exclude it with no change."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Plan(Result):
    """The answer: one design per row, and what must be known before believing it.

    A row's `prompts`, `clusters`, `num_images` or `detect` is None where no number is enough.
    `seconds_per_image` is the pilot's, drawn and judged; None where it is not on record.
    """

    question: Question
    designs: Sequence[dict[str, Any]]
    notes: Sequence[str]
    seconds_per_image: float | None

    def to_pandas(self) -> "pd.DataFrame":
        """The designs as a table."""
        import pandas as pd

        return pd.DataFrame(list(self.designs))

    def line(self) -> str:
        """What is to be shown, and at which error."""
        family = self.question.family
        shared = f", shared by {family} measures" if family > 1 else ""
        return f"To show a difference, one-sided at alpha {self.question.alpha:g}{shared}"

    def tables(self) -> Sequence[Table]:
        """The designs, and the notes."""
        rows = tuple(cells(*row) for row in design_rows(self))
        notes = tuple(cells(note) for note in self.notes)
        return [
            Table("", cells(*HEAD), rows),
            *([Table("", cells("note"), notes)] if notes else []),
        ]


def make_plan(
    question: Question,
    *,
    pilot: Path | None = None,
    against: Path | None = None,
    variance: str | None = None,
    measure: str | None = None,
) -> Plan:
    """Answer a question from a pilot run, or from variances that are stated.

    `against` is another model's run on the pilot's prompts and seeds. Raises `InputError` for a
    question that is none, and for what `read_side`, `spreads` and `stated` refuse.
    """
    check(question)
    if (pilot is None) == (variance is None):
        raise InputError("plan: say how much scores vary, with --from RUN or with --variance")
    if against is not None and pilot is None:
        raise InputError("--against: needs a pilot to compare with; name it with --from")
    if pilot is None:
        return answer([(stated(str(variance)), question)], question)
    other = None if against is None else read_side(against, name=str(against))[0]
    side, _ = read_side(pilot, name=str(pilot))
    asked = [(found, question) for found in spreads(side, other, measure)]
    return answer(asked, question, pilot=pilot, is_paired=other is not None, side=side)


def answer(
    asked: Sequence[tuple[Spread, Question]],
    question: Question,
    *,
    pilot: Path | None = None,
    side: Side | None = None,
    is_paired: bool = False,
) -> Plan:
    """The designs for each spread and what is asked of it; `question` is what they share."""
    seconds = None
    if pilot is not None and side is not None:
        seconds = seconds_per_image(pilot, len(side.scorers))
    several = SEVERAL if len(asked) == 1 else (1,)
    found = [spread for spread, _ in asked]
    notes = [note for note in starmap(too_few, asked) if note]
    if pilot is not None and not is_paired:
        notes.append("One run does not say how much pairing saves: add a second with --against.")
    notes += [*_doubts(found), *([] if pilot is None else [_timing(pilot, seconds)])]
    return Plan(
        question=question,
        designs=[row for spread, q in asked for row in designs(spread, q, several, seconds)],
        notes=notes,
        seconds_per_image=seconds,
    )


def design_rows(plan: Plan) -> list[tuple[str, ...]]:
    """The designs in words, as `HEAD` names their cells."""
    return [
        (
            " ".join(filter(None, (row["measure"], row["prompt_set"], row["group"]))),
            DESIGNS[row["design"]],
            "" if row["detect"] is None else f"{row['detect']:.3g}",
            _chance(row["power"]),
            _chance(row["passes"]),
            _prompts(row["prompts"], row["clusters"]),
            _count(row["num_images"]),
            _count(row["images"]),
            "" if row["hours"] is None else f"{row['hours']:.2g}",
        )
        for row in plan.designs
    ]


def _count(value: int | None) -> str:
    return "no number is enough" if value is None else f"{value}"


def _chance(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f} %"


def _prompts(prompts: int | None, clusters: int | None) -> str:
    in_families = clusters is not None and clusters != prompts
    return _count(prompts) + (f" in {clusters} families" if in_families else "")


def _doubts(found: Sequence[Spread]) -> list[str]:
    """What the reader must know of a pilot's variances before believing the table."""
    notes = []
    single = sorted({spread.measure for spread in found if spread.note})
    if single:
        notes.append(f"One image per prompt, so more each are not counted on: {', '.join(single)}.")
    silent = sorted({spread.measure for spread in found if not spread.parts})
    if silent:
        notes.append(f"Too little measured, or no image unlike another: {', '.join(silent)}.")
    if fewest := min((spread.clusters for spread in found if spread.clusters), default=0):
        notes.append(
            f"The pilot's variances are themselves estimates, from {fewest} prompts or families."
        )
    if gaps := [spread for spread in found if spread.images < spread.planned]:
        worst = min(gaps, key=lambda entry: entry.images / entry.planned)
        notes.append(
            f"Counted are measured images; the pilot measured {worst.images} of {worst.planned} by "
            f"{worst.measure}."
        )
    return notes


def _timing(pilot: Path, seconds: float | None) -> str:
    timed = f"{seconds:.2f} seconds an image, drawn and judged" if seconds else "not on record"
    return f"Time in {pilot}: {timed}."


def check(question: Question, *, for_policy: bool = False) -> None:
    """Raises `InputError` for a question that is none; a policy says by itself what to detect."""
    detect, alpha, power = question.detect, question.alpha, question.power
    if detect is None and question.prompts is None and not for_policy:
        raise InputError("plan: say what to find out, --detect D, or --prompts N to ask what shows")
    for name in ("prompts", "num_images", "family"):
        value = getattr(question, name)
        if value is not None and value < 1:
            raise InputError(f"--{name.replace('_', '-')} {value}: must be 1 or more")
    if detect is not None and not 0 < detect < float("inf"):
        raise InputError(f"--detect {detect:g}: must be a positive number, in the measure's unit")
    if not 0 < alpha < 0.5 or not alpha < power < 1:
        raise InputError(
            f"--alpha {alpha:g}, --power {power:g}: needed is alpha below 0.5 and power between"
            " it and 1"
        )
