"""How many prompts and images a question needs: each design with what was left open filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalsuite import stats
from evalsuite.comparison.read_run import read_side
from evalsuite.comparison.sample_size import Spread, spreads, stated
from evalsuite.records import InputError
from evalsuite.report.notebook import Result
from evalsuite.report.tables import Table, cells
from evalsuite.runs.timing import seconds_per_image
from evalsuite.stats import Pairing

if TYPE_CHECKING:
    import pandas as pd

DESIGNS: dict[Pairing, str] = {
    "seeds": "same prompts and seeds",
    "prompts": "same prompts, other seeds",
    "none": "other prompts",
}
SEVERAL = (1, 2, 4, 8)
"""Numbers of images per prompt that are offered where none is asked for."""

HEAD = (
    *("measure", "design", "detects", "power", "prompts", "images each"),
    *("images a model", "hours a model"),
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: of `detect`, `prompts` and `num_images`, what is None is to be found.

    `detect` is a difference in the measure's unit; `alpha` is shared by a `family` of measures.
    """

    detect: float | None = None
    power: float = 0.9
    alpha: float = 0.01
    family: int = 1
    prompts: int | None = None
    num_images: int | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Plan(Result):
    """The answer: one design per row, and what must be known before believing it.

    A row's `prompts`, `num_images` or `detect` is None where no number is enough.
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
    _check(question)
    if (pilot is None) == (variance is None):
        raise InputError("plan: say how much scores vary, with --from RUN or with --variance")
    if against is not None and pilot is None:
        raise InputError("--against: needs a pilot to compare with; name it with --from")
    seconds = None
    if pilot is None:
        found = [stated(str(variance))]
    else:
        other = None if against is None else read_side(against, name=str(against))[0]
        side, _ = read_side(pilot, name=str(pilot))
        found = spreads(side, other, measure)
        seconds = seconds_per_image(pilot, len(side.scorers))
    several = SEVERAL if len(found) == 1 else (1,)
    return Plan(
        question=question,
        designs=[row for spread in found for row in _designs(spread, question, several, seconds)],
        notes=_notes(found, pilot, against, seconds),
        seconds_per_image=seconds,
    )


def design_rows(plan: Plan) -> list[tuple[str, ...]]:
    """The designs in words, as `HEAD` names their cells."""
    return [
        (
            " ".join(filter(None, (row["measure"], row["prompt_set"]))),
            DESIGNS[row["design"]],
            "" if row["detect"] is None else f"{row['detect']:.3g}",
            f"{row['power']:.3g}",
            _count(row["prompts"]),
            _count(row["num_images"]),
            _count(row["images"]),
            "" if row["hours"] is None else f"{row['hours']:.2g}",
        )
        for row in plan.designs
    ]


def _count(value: int | None) -> str:
    return "no number is enough" if value is None else f"{value}"


def _designs(
    spread: Spread, question: Question, several: Sequence[int], seconds: float | None
) -> list[dict[str, Any]]:
    """One row per design: what was given, with what was left open filled in; None where none can.

    `several` are the numbers of images per prompt that are offered where none is asked for.
    """
    rows = []
    for pairing, (between, within) in spread.parts.items():
        variances = {"between": between, "within": within, "step": spread.step}
        for detect, prompts, each, power in _filled_in(question, several, variances):
            images = None if prompts is None or each is None else prompts * each
            rows.append(
                {
                    "measure": spread.measure,
                    "prompt_set": spread.prompt_set,
                    "design": pairing,
                    "detect": detect,
                    "power": power,
                    "prompts": prompts,
                    "num_images": each,
                    "images": images,
                    "hours": None if images is None or seconds is None else images * seconds / 3600,
                }
            )
    return rows


Filled = tuple[float | None, int | None, int | None, float]
"""The difference, prompts, images each, and the power."""


def _filled_in(
    question: Question, several: Sequence[int], variances: dict[str, float]
) -> list[Filled]:
    detect, prompts, power = question.detect, question.prompts, question.power
    alpha = question.alpha
    images = (question.num_images,) if question.num_images else several
    options = {**variances, "alpha": alpha / question.family}
    if detect is not None and prompts is not None and question.num_images is not None:
        each = question.num_images
        shown = stats.power(effect=detect, prompts=prompts, num_images=each, **options)
        return [(detect, prompts, each, max(0.0, shown - alpha))]
    # The gate passes a regression of just this size with a chance of up to alpha, shown or not.
    options["power"] = min(power + alpha, (1 + power) / 2)
    if detect is None:
        known = prompts or 0
        return [
            (stats.detectable(prompts=known, num_images=k, **options), prompts, k, power)
            for k in images
        ]
    if prompts is None:
        return [
            (detect, stats.prompts_needed(effect=detect, num_images=k, **options), k, power)
            for k in images
        ]
    needed = stats.images_needed(effect=detect, prompts=prompts, **options)
    return [(detect, prompts, needed, power)]


def _notes(
    spreads: Sequence[Spread], pilot: Path | None, against: Path | None, seconds: float | None
) -> list[str]:
    """What the reader must know before believing the table."""
    notes = []
    if pilot is not None and against is None:
        notes.append("One run does not say how much pairing saves: add a second with --against.")
    single = sorted({spread.measure for spread in spreads if spread.note})
    if single:
        notes.append(f"One image per prompt, so more each are not counted on: {', '.join(single)}.")
    silent = sorted({spread.measure for spread in spreads if not spread.parts})
    if silent:
        notes.append(f"Too little measured, or no image unlike another: {', '.join(silent)}.")
    if fewest := min((spread.prompts for spread in spreads if spread.prompts), default=0):
        notes.append(f"The pilot's variances are themselves estimates, from {fewest} prompts.")
    if gaps := [spread for spread in spreads if spread.images < spread.planned]:
        worst = min(gaps, key=lambda entry: entry.images / entry.planned)
        notes.append(
            f"Counted are measured images; the pilot measured {worst.images} of {worst.planned} by "
            f"{worst.measure}."
        )
    if pilot is not None:
        timed = f"{seconds:.2f} seconds an image, drawn and judged" if seconds else "not on record"
        notes.append(f"Time in {pilot}: {timed}.")
    return notes


def _check(question: Question) -> None:
    detect, alpha, power = question.detect, question.alpha, question.power
    if detect is None and question.prompts is None:
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
