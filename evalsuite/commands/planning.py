"""`plan`: how many prompts and images a question needs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalsuite.commands import console
from evalsuite.commands.flags import AsJson, Verbose, option
from evalsuite.records import InputError

if TYPE_CHECKING:
    from evalsuite.comparison.sample_size import Spread
    from evalsuite.stats import Pairing

DESIGNS: "dict[Pairing, str]" = {
    "seeds": "same prompts and seeds",
    "prompts": "same prompts, other seeds",
    "none": "other prompts",
}
SEVERAL = (1, 2, 4, 8)
"""Numbers of images a prompt that are offered where none is asked for."""

HEAD = (
    "measure",
    "design",
    "detects",
    "power",
    "prompts",
    "images each",
    "images a model",
    "hours a model",
)


Detect = Annotated[float | None, option("detect", "The difference that matters.", "D")]
Power = Annotated[float, option("power", "The chance to show it where it is there.", "SHARE")]
Alpha = Annotated[float, option("alpha", "The chance to show one that is not there.", "SHARE")]
Family = Annotated[int, option("family", "How many measures block; alpha is shared.", "N")]
Pilot = Annotated[Path | None, option("from", "A pilot run.", "RUN")]
Against = Annotated[
    Path | None, option("against", "Another model's run on the same prompts and seeds.", "RUN")
]
MeasureName = Annotated[str | None, option("measure", "One measure of the pilot.", "NAME")]
Stated = Annotated[
    str | None,
    option("variance", "Variances instead of a pilot: prompt, prompt_model, seed, noise.", "K=V,"),
]
# Not EVALSUITE_PROMPTS, which names prompt sets.
Prompts = Annotated[int | None, typer.Option("--prompts", help="So many prompts.", metavar="N")]
NumImages = Annotated[int | None, option("num-images", "So many images a prompt.", "N")]


def plan(
    detect: Detect = None,
    power: Power = 0.9,
    pilot: Pilot = None,
    against: Against = None,
    variance: Stated = None,
    measure: MeasureName = None,
    prompts: Prompts = None,
    num_images: NumImages = None,
    alpha: Alpha = 0.01,
    family: Family = 1,
    json: AsJson = False,
    verbose: Verbose = 0,
) -> None:
    """Say how many prompts and images it takes to show a difference, and what that costs."""
    console.speak(verbose, True)
    _check(detect, power, alpha, family, prompts, num_images)
    if (pilot is None) == (variance is None):
        raise InputError("plan: say how much scores vary, with --from RUN or with --variance")
    if against is not None and pilot is None:
        raise InputError("--against: needs a pilot to compare with; name it with --from")
    from evalsuite.comparison.read_run import read_side
    from evalsuite.comparison.sample_size import spreads, stated
    from evalsuite.runs.timing import seconds_per_image

    seconds = None
    if pilot is None:
        found = [stated(str(variance))]
    else:
        other = None if against is None else read_side(against, name=str(against))[0]
        side, _ = read_side(pilot, name=str(pilot))
        found = spreads(side, other, measure)
        seconds = seconds_per_image(pilot, len(side.scorers))
    images: tuple[int, ...] = (
        (num_images,) if num_images else (SEVERAL if len(found) == 1 else (1,))
    )
    if detect is not None and prompts is not None and num_images is None:
        images = ()  # it is what is asked
    rows = [
        row
        for spread in found
        for row in _rows(spread, detect, power, (alpha, family), prompts, images, seconds)
    ]
    if json:
        return console.print_json(
            {
                "power": power,
                "alpha": alpha,
                "family": family,
                "seconds_per_image": seconds,
                "designs": rows,
            }
        )
    _show(rows, alpha, family)
    for line in _notes(found, pilot, against, seconds):
        print(line)
    return None


def _rows(
    spread: "Spread",
    detect: float | None,
    power: float,
    error: tuple[float, int],
    prompts: int | None,
    images: Sequence[int],
    seconds: float | None,
) -> list[dict[str, Any]]:
    """A row a design: what was given, with what was left open filled in; None where none can."""
    from evalsuite import stats

    rows = []
    alpha, family = error
    # The gate passes a regression of just this size with a chance of up to alpha, shown or not.
    aim = min(power + alpha, (1 + power) / 2)
    for pairing, (between, within) in spread.parts.items():
        options = {"power": aim, "between": between, "within": within}
        options |= {"alpha": alpha / family, "step": spread.step}
        counts: list[tuple[float | None, int | None, int | None]]
        reached = power
        if detect is not None and prompts is not None and len(images) == 1:
            counts = [(detect, prompts, images[0])]
            given = {k: v for k, v in options.items() if k != "power"}
            shown = stats.power(effect=detect, prompts=prompts, num_images=images[0], **given)
            reached = max(0.0, shown - alpha)
        elif detect is None:
            found = [
                stats.detectable(prompts=prompts or 0, num_images=k, **options) for k in images
            ]
            counts = [(one, prompts, k) for one, k in zip(found, images, strict=True)]
        elif prompts is None:
            needed = [stats.prompts_needed(effect=detect, num_images=k, **options) for k in images]
            counts = [(detect, n, k) for n, k in zip(needed, images, strict=True)]
        else:
            k = stats.images_needed(effect=detect, prompts=prompts, **options)
            counts = [(detect, prompts, k)]
        for effect, n, k in counts:
            total = None if n is None or k is None else n * k
            rows.append(
                {
                    "measure": spread.measure,
                    "prompt_set": spread.prompt_set,
                    "design": pairing,
                    "detect": effect,
                    "power": reached,
                    "prompts": n,
                    "num_images": k,
                    "images": total,
                    "hours": None if total is None or seconds is None else total * seconds / 3600,
                }
            )
    return rows


def _show(rows: Sequence[dict[str, Any]], alpha: float, family: int) -> None:
    shared = f", shared by {family} measures" if family > 1 else ""
    print(f"To show a difference, one-sided at alpha {alpha:g}{shared}:\n" if rows else "")
    if not rows:
        return
    table = [
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
        for row in rows
    ]
    console.print_table(HEAD, table)
    print()


def _count(value: int | None) -> str:
    return "no number is enough" if value is None else f"{value}"


def _notes(
    spreads: "Sequence[Spread]", pilot: Path | None, against: Path | None, seconds: float | None
) -> list[str]:
    """What the reader must know before believing the table."""
    notes = []
    if pilot is not None and against is None:
        notes.append("One run does not say how much pairing saves: add a second with --against.")
    single = sorted({one.measure for one in spreads if one.note})
    if single:
        notes.append(f"One image a prompt, so more each are not counted on: {', '.join(single)}.")
    silent = sorted({one.measure for one in spreads if not one.parts})
    if silent:
        notes.append(f"Too little measured, or no image unlike another: {', '.join(silent)}.")
    if fewest := min((one.prompts for one in spreads if one.prompts), default=0):
        notes.append(f"The pilot's variances are themselves estimates, from {fewest} prompts.")
    if gaps := [one for one in spreads if one.images < one.planned]:
        worst = min(gaps, key=lambda one: one.images / one.planned)
        notes.append(
            f"Counted are measured images; the pilot measured {worst.images} of {worst.planned} by "
            f"{worst.measure}."
        )
    if pilot is not None:
        timed = f"{seconds:.2f} seconds an image, drawn and judged" if seconds else "not on record"
        notes.append(f"Time in {pilot}: {timed}.")
    return notes


def _check(
    detect: float | None,
    power: float,
    alpha: float,
    family: int,
    prompts: int | None,
    num_images: int | None,
) -> None:
    if detect is None and prompts is None:
        raise InputError("plan: say what to find out, --detect D, or --prompts N to ask what shows")
    for name, value in (("prompts", prompts), ("num-images", num_images), ("family", family)):
        if value is not None and value < 1:
            raise InputError(f"--{name} {value}: must be 1 or more")
    if detect is not None and not 0 < detect < float("inf"):
        raise InputError(f"--detect {detect:g}: must be a positive number, in the measure's unit")
    if not 0 < alpha < 0.5 or not alpha < power < 1:
        raise InputError(
            f"--alpha {alpha:g}, --power {power:g}: needed is alpha below 0.5 and power between"
            " it and 1"
        )
