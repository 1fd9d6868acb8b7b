"""`plan`: how many prompts and images a question needs."""

from pathlib import Path
from typing import Annotated

import typer

from evalsuite.commands import console
from evalsuite.commands.flags import AsJson, Verbose, option

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
NumImages = Annotated[int | None, option("num-images", "So many images per prompt.", "N")]


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
    from evalsuite.comparison.planning import HEAD, Question, design_rows, make_plan

    question = Question(
        detect=detect,
        power=power,
        alpha=alpha,
        family=family,
        prompts=prompts,
        num_images=num_images,
    )
    found = make_plan(question, pilot=pilot, against=against, variance=variance, measure=measure)
    if json:
        return console.print_json(
            {
                "power": power,
                "alpha": alpha,
                "family": family,
                "seconds_per_image": found.seconds_per_image,
                "designs": found.designs,
            }
        )
    print(f"{found.line()}:\n" if found.designs else "")
    if found.designs:
        console.print_table(HEAD, design_rows(found))
        print()
    for line in found.notes:
        print(line)
    return None
