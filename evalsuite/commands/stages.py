"""`run`, `generate`, `judge` and `report`."""

import os
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from evalsuite.commands import bars, console, flags
from evalsuite.commands.exit import INCOMPLETE, INTERRUPTED
from evalsuite.commands.flags import AsJson, BestOf, ConfigFile, DryRun, Folder, NoProgress, Verbose
from evalsuite.files.credentials import conceal
from evalsuite.pipeline.command_line import command
from evalsuite.pipeline.settings import FIELDS, Settings, resolve
from evalsuite.records import flat

if TYPE_CHECKING:
    from evalsuite.pipeline.dry_run import Ahead
    from evalsuite.pipeline.stages import Outcome
    from evalsuite.pipeline.work import Work
    from evalsuite.report.tables import Table

JUDGING = (
    *("scorers", "scorer_arg", "prompts", "device", "retry_failed"),
    *("workers", "executor", "ray_address", "ray_arg"),
)
NOT_DRAWING = ("scorers", "scorer_arg", "audit", "reference", "judge_workers", "log_to")
GUESS = (1024, 1024)
"""The size that current hub models draw where nobody says otherwise."""


@flags.takes_settings(*FIELDS)
def run(
    given: Mapping[str, Any],
    config: ConfigFile = None,
    best_of: BestOf = None,
    dry_run: DryRun = False,
    json: AsJson = False,
    no_progress: NoProgress = False,
    verbose: Verbose = 0,
) -> None:
    """Draw images, judge them and write a report; with no flag, the bundled demo."""
    console.speak(verbose, no_progress)
    settings = _with_candidates(resolve(given, os.environ, config), best_of)
    if dry_run:
        return _dry_run(settings, json, judged=True)
    from evalsuite.pipeline import stages

    with bars.progress(not no_progress) as tell:
        outcome = _resumable(
            lambda: stages.evaluate(settings, progress=tell, announce=_announce, best_of=best_of)
        )
    again = _again(outcome, settings, "run") + (f" --best-of {best_of}" if best_of else "")
    _finish(outcome, json, again=again)


def _with_candidates(settings: Settings, best_of: int | None) -> Settings:
    """At least as many images per prompt as one is picked from; all are kept and judged."""
    return replace(settings, num_images=max(settings.num_images, best_of or 0))


@flags.takes_settings(*(name for name in FIELDS if name not in NOT_DRAWING))
def generate(
    given: Mapping[str, Any],
    config: ConfigFile = None,
    dry_run: DryRun = False,
    json: AsJson = False,
    no_progress: NoProgress = False,
    verbose: Verbose = 0,
) -> None:
    """Draw images alone; `judge` and `report` go on from the run's folder."""
    console.speak(verbose, no_progress)
    settings = resolve(given, os.environ, config)
    if dry_run:
        return _dry_run(settings, json, judged=False)
    from evalsuite.pipeline import stages

    with bars.progress(not no_progress) as tell:
        outcome = _resumable(lambda: stages.generate(settings, progress=tell, announce=_announce))
    _finish(outcome, json, again=_again(outcome, settings, "generate"))


@flags.takes_settings(*JUDGING, helps=flags.AS_DRAWN)
def judge(
    folder: Folder,
    given: Mapping[str, Any],
    json: AsJson = False,
    no_progress: NoProgress = False,
    verbose: Verbose = 0,
) -> None:
    """Judge the images of an earlier run, with its own scorers or others."""
    console.speak(verbose, no_progress)
    from evalsuite.pipeline import stages
    from evalsuite.pipeline.work import open_work

    work, rows = open_work(folder, given, os.environ)
    with bars.progress(not no_progress) as tell:
        outcome = _resumable(lambda: stages.judge_work(work, rows, tell))
    _finish(outcome, json, again=_again(outcome, work.settings, "run"))


@flags.takes_settings("prompts", "audit", "reference", "log_to", helps=flags.AS_DRAWN)
def report(
    folder: Folder,
    given: Mapping[str, Any],
    best_of: BestOf = None,
    json: AsJson = False,
    verbose: Verbose = 0,
) -> None:
    """Write the report of an earlier run from its rows, complete or not."""
    console.speak(verbose, True)
    from evalsuite.pipeline import stages
    from evalsuite.pipeline.work import asked_settings, open_work

    work, rows = open_work(folder, given)
    outcome = stages.report_work(work, rows, best_of)
    _finish(outcome, json, again=_again(outcome, asked_settings(work, rows), "run"))


def _announce(work: "Work") -> None:
    from evalsuite.measures import limit_of_set

    images = len(work.requests)
    sets = ", ".join(prompt_set.name for prompt_set in work.prompt_sets)
    console.say(f"{work.folder}: {images} images of {len(work.prompts())} prompts ({sets})")
    for prompt_set in work.prompt_sets:
        if limit := limit_of_set(prompt_set):
            console.say(f"{prompt_set.name}: {limit}; more prompts help, more images do not")


def _resumable(stage: "Callable[[], Outcome]") -> "Outcome":
    """Run a stage; Ctrl-C says how to go on."""
    try:
        return stage()
    except KeyboardInterrupt:
        same = shlex.join(["evalsuite", *conceal(sys.argv[1:])])
        console.say(f"evalsuite: interrupted; what is done is kept, and this finishes it: {same}")
        raise typer.Exit(INTERRUPTED) from None


def _again(outcome: "Outcome", settings: Settings, verb: str) -> str:
    here = replace(settings, prompts=settings.prompts and tuple(map(_from_here, settings.prompts)))
    told = f" --log-to {shlex.quote(','.join(settings.log_to))}" if settings.log_to else ""
    return (
        f"{command(here, verb)} --output-dir {shlex.quote(_from_here(str(outcome.folder)))}{told}"
    )


def _from_here(path: str) -> str:
    """A path below the folder that we stand in, without what is above it; others as they are."""
    try:
        return str(Path(path).relative_to(Path.cwd())) if os.path.isabs(path) else path
    except (OSError, ValueError):
        return path


def _finish(outcome: "Outcome", as_json: bool, again: str) -> None:
    """Print how the run stands, its report's path last; exit with 4 if it is incomplete."""
    if as_json:
        console.print_json(_summary(outcome))
    else:
        _print_text(outcome)
    if outcome.complete:
        return
    mend = f"; this finishes it: {again} --retry-failed"
    if not outcome.failures:
        is_lacking = outcome.missing_images or outcome.missing_judgements
        mend = f"; this finishes it: {again}" if is_lacking else ""
    console.say(f"evalsuite: incomplete: {'; '.join(_lacking(outcome))}{mend}")
    raise typer.Exit(INCOMPLETE)


def _lacking(outcome: "Outcome") -> list[str]:
    found = []
    if outcome.missing_images:
        found.append(f"{outcome.missing_images} of {outcome.planned} images are missing")
    if outcome.missing_judgements:
        found.append(f"{outcome.missing_judgements} judgements are missing")
    if outcome.failures:
        reason, often = _commonest(outcome.failures)
        count = sum(outcome.failures.values())
        found.append(f"{count} failed ({often} times: {reason})")
    elif outcome.endings and not outcome.statuses.get("ok"):
        reason, often = _commonest(outcome.endings)
        found.append(f"no image is valid ({often} times {reason})")
    return found


def _commonest(counts: Mapping[str, int]) -> tuple[str, int]:
    return max(counts.items(), key=lambda item: item[1])


def _print_text(outcome: "Outcome") -> None:
    """The headlines, each with its interval, chance and its judge's mark; `-v` adds every row."""
    if console.verbosity:
        from evalsuite.commands.table import HEAD, tables

        for name, rows in tables(outcome.estimates, outcome.measures, outcome.audit):
            print(name)
            console.print_table(HEAD, rows)
            print()
    for table in outcome.tables():
        console.print_table([cell.text for cell in table.head], _texts(table))
        print()
    print(f"{outcome.planned} images planned: {console.counted(outcome.statuses)}")
    if outcome.cost:
        print(f"the service's images cost ${outcome.cost:,.4f} at most")
    for place in outcome.logged:
        console.tell(f"logged to {place}")
    if outcome.report:
        print("every measure and group, with figures and images, is in the report:")
    print(outcome.report or outcome.folder)


def _texts(table: "Table") -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def _summary(outcome: "Outcome") -> dict[str, Any]:
    return {
        "run": str(outcome.folder),
        "complete": outcome.complete,
        "planned": outcome.planned,
        "images": dict(outcome.statuses),
        "missing": {"images": outcome.missing_images, "judgements": outcome.missing_judgements},
        "failures": dict(outcome.failures),
        "cost_usd": outcome.cost,
        "report": str(outcome.report) if outcome.report else None,
        "logged": list(outcome.logged),
        "estimates": [flat(estimate) for estimate in outcome.estimates if not estimate.group],
    }


def _dry_run(settings: Settings, as_json: bool, *, judged: bool) -> None:
    from evalsuite.pipeline.dry_run import disk_bytes, look_ahead, picture_size

    ahead = look_ahead(settings, judged=judged)
    work = ahead.work
    size = picture_size(work)
    width, height = size or GUESS
    megabytes = disk_bytes(len(work.requests), (width, height)) / 1e6
    sets = {prompt_set.name: len(prompt_set.prompts) for prompt_set in work.prompt_sets}
    if as_json:
        return console.print_json(
            {
                "run": str(work.folder),
                "prompts": sets,
                "images": len(work.requests),
                "size": list(size) if size else None,
                "megabytes": round(megabytes, 1),
                "left": ahead.images,
                "hours": None if ahead.hours is None else round(ahead.hours, 3),
                "price_usd": None if ahead.price is None else round(ahead.price, 4),
            }
        )
    guess = "" if size else " (a guess: the model decides, unless --size does)"
    listed = ", ".join(f"{name} {count}" for name, count in sets.items())
    print(f"folder   {work.folder}")
    print(f"prompts  {sum(sets.values())}: {listed}")
    print(f"images   {len(work.requests)} of {width}x{height} pixels{guess}")
    print(f"disk     about {max(1, round(megabytes))} MB")
    print(f"time     {_hours(ahead)}")
    print(f"price    {_price(ahead)}")
    return None


def _hours(ahead: "Ahead") -> str:
    left = f" for the {ahead.images} that are left" * (ahead.images < len(ahead.work.requests))
    if ahead.hours is None:
        return "unknown: nothing was timed yet; a first part of the run (--limit 2) times it"
    if ahead.timed_in is None:
        how = "an assumption; services differ"
    elif ahead.timed_in == ahead.work.folder:
        how = "as this run went so far"
    else:
        how = f"as {ahead.timed_in} went here"
    return f"about {bars.clock(ahead.hours * 3600)}{left} ({how})"


def _price(ahead: "Ahead") -> str:
    if ahead.price is None:
        return "unknown: say what an image costs with --price"
    if not ahead.price:
        return "nothing that anybody charges for"
    each = ahead.price / ahead.images
    return f"${ahead.price:,.2f} at most, for {ahead.images} images at ${each:g}"
