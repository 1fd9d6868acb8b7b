"""`plan`: how many prompts and images a question needs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalsuite.commands import console
from evalsuite.commands.flags import AsJson, Verbose, option
from evalsuite.records import InputError

if TYPE_CHECKING:
    from evalsuite.comparison.planning import Plan

Detect = Annotated[float | None, option("detect", "The difference that matters.", "D")]
Power = Annotated[float, option("power", "The chance to show it where it is there.", "SHARE")]
Alpha = Annotated[
    float | None, option("alpha", "The chance to show one that is not there; 0.01.", "SHARE")
]
Family = Annotated[
    int | None, option("family", "How many measures block, and share alpha; 1.", "N")
]
Pilot = Annotated[Path | None, option("from", "A pilot run.", "RUN")]
Against = Annotated[
    Path | None, option("against", "Another model's run on the same prompts and seeds.", "RUN")
]
MeasureName = Annotated[str | None, option("measure", "One measure of the pilot.", "NAME")]
Stated = Annotated[
    str | None,
    option("variance", "Variances instead of a pilot: prompt, prompt_model, seed, noise.", "K=V,"),
]
Policy = Annotated[str | None, option("policy", "Plan for what blocks in a gate's policy.", "FILE")]
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
    policy: Policy = None,
    prompts: Prompts = None,
    num_images: NumImages = None,
    alpha: Alpha = None,
    family: Family = None,
    json: AsJson = False,
    verbose: Verbose = 0,
) -> None:
    """Say how many prompts and images it takes to show a difference, and what that costs."""
    console.speak(verbose, True)
    from evalsuite.comparison.planning import HEAD, design_rows

    found = ask(
        policy,
        pilot=pilot,
        against=against,
        variance=variance,
        measure=measure,
        detect=detect,
        power=power,
        alpha=alpha,
        family=family,
        prompts=prompts,
        num_images=num_images,
    )
    if json:
        return console.print_json(
            {
                "power": power,
                "alpha": found.question.alpha,
                "family": found.question.family,
                "seconds_per_image": found.seconds_per_image,
                "designs": found.designs,
                "notes": found.notes,
            }
        )
    print(f"{found.line()}:\n" if found.designs else "")
    if found.designs:
        console.print_table(HEAD, design_rows(found))
        print()
    for line in found.notes:
        print(line)
    return None


def ask(
    policy: str | None,
    *,
    pilot: Path | None,
    against: Path | None,
    variance: str | None,
    measure: str | None,
    alpha: float | None,
    family: int | None,
    **asked: Any,
) -> "Plan":
    """The plan for a question, or for a policy, which says alpha, family and measures itself."""
    from evalsuite.comparison.designs import Question
    from evalsuite.comparison.planning import check, make_plan

    stated: dict[str, Any] = {"alpha": alpha, "family": family}
    question = Question(**asked, **{k: v for k, v in stated.items() if v is not None})
    if policy is None:
        return make_plan(question, pilot=pilot, against=against, variance=variance, measure=measure)
    from evalsuite.gating.planned import plan_policy

    for name, value in {**stated, "measure": measure, "variance": variance}.items():
        if value is not None:
            raise InputError(f"--{name} {value}: --policy says that itself; leave one of them out")
    if pilot is None:
        raise InputError("--policy: needs a pilot that it is about; name it with --from")
    check(question, for_policy=True)
    return plan_policy(question, policy, pilot=pilot, against=against)
