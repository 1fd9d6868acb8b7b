"""`baseline` and `gate`."""

import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalsuite.commands import bars, console, flags
from evalsuite.commands.exit import DONE, FAILED, INCOMPLETE, UNDECIDED
from evalsuite.commands.flags import AsJson, ConfigFile, Folder, NoProgress, Verbose, option
from evalsuite.files.atomic import write_bytes, write_text
from evalsuite.files.credentials import conceal
from evalsuite.files.jsonlines import shown
from evalsuite.pipeline.settings import FIELDS, flag, resolve
from evalsuite.records import InputError, flat

if TYPE_CHECKING:
    from evalsuite.pipeline.stages import Announce
    from evalsuite.records import Progress
    from evalsuite.report.verdicts import Gated


Baseline = Annotated[Path, option("baseline", "A baseline file, or a run's folder.", "FILE|RUN")]
PolicyName = Annotated[str, option("policy", "A policy in YAML, or a bundled one's name.", "FILE")]
JUnit = Annotated[Path | None, option("junit", "Write the JUnit XML here too.", "FILE")]
Markdown = Annotated[Path | None, option("markdown", "Write a comment's Markdown here.", "FILE")]
Sequential = Annotated[bool, option("sequential", "Draw images until the gate is decided.")]
MaxImages = Annotated[
    int | None, option("max-images", "With --sequential: draw no more than that.", "N")
]
Output = Annotated[Path, option("output", "The baseline file to write.", "FILE", "-o")]
DRAWS = tuple(name for name in FIELDS if name != "log_to")
"""The settings of a gate: all of a run's, but no tracker is told of what a gate draws."""
Anyway = Annotated[bool, option("anyway", "Bless the run even though it is incomplete.")]


@flags.takes_settings("prompts", helps=flags.AS_DRAWN)
def baseline(
    folder: Folder,
    given: Mapping[str, Any],
    output: Output,
    anyway: Anyway = False,
    verbose: Verbose = 0,
) -> None:
    """Bless a run: write what it measured into a file that later runs are gated against."""
    console.speak(verbose, True)
    from evalsuite.gating.run import bless

    side = bless(folder, output, given, anyway=anyway)
    images = len(side.planned)
    console.say(f"{side.name}: {images} images, {len(side.measures)} measures")
    print(output)


@flags.takes_settings(*DRAWS)
def gate(
    given: Mapping[str, Any],
    baseline: Baseline,
    policy: PolicyName,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[RUN]", help="The folder of an earlier run.")
    ] = None,
    sequential: Sequential = False,
    max_images: MaxImages = None,
    config: ConfigFile = None,
    junit: JUnit = None,
    markdown: Markdown = None,
    json: AsJson = False,
    no_progress: NoProgress = False,
    verbose: Verbose = 0,
) -> None:
    """Hold a run against a baseline: exit 0 passed, 1 failed, 3 undecided, 4 incomplete.

    With --sequential there is no RUN yet: images are drawn until the gate is decided.
    """
    console.speak(verbose, no_progress)
    with bars.progress(sequential and not no_progress) as tell:
        gated = hold(
            folder,
            baseline,
            policy,
            given,
            sequential=sequential,
            max_images=max_images,
            environ=os.environ,
            config=config,
            progress=tell,
            announce=lambda work: console.say(f"{work.folder}: draws until it is decided"),
        )
    show(gated, gated.folder, json)
    publish(gated, gated.folder, junit, markdown)
    raise typer.Exit(exit_code(gated))


def hold(
    folder: Path | None,
    baseline: Path,
    policy: str,
    given: Mapping[str, Any],
    *,
    sequential: bool = False,
    max_images: int | None = None,
    environ: Mapping[str, str] | None = None,
    config: Path | None = None,
    progress: "Progress | None" = None,
    announce: "Announce | None" = None,
) -> "Gated":
    """Gate the run in `folder`, or one that is drawn until it is decided; `given` are settings."""
    from evalsuite.gating.run import gate_run, read_baseline

    if sequential == (folder is not None):
        raise InputError("evalsuite gate: give either the folder of a RUN, or --sequential")
    if folder is not None:
        for name in given:
            if name != "prompts":
                raise InputError(f"{flag(name)}: draws images, so it goes with --sequential only")
        return gate_run(folder, baseline, policy, given)
    from evalsuite.gating.sequential import defaults, draw_until_decided

    side = read_baseline(baseline, {})
    return draw_until_decided(
        resolve(given, environ, config, recorded=defaults(side)),
        side,
        policy,
        max_images=max_images,
        progress=progress,
        announce=announce,
    ).gated


def exit_code(gated: "Gated") -> int:
    """A failure counts even in an incomplete run; whatever else it is, that run cannot pass."""
    if gated.word == "fail":
        return FAILED
    if not gated.complete:
        return INCOMPLETE
    return DONE if gated.word == "pass" else UNDECIDED


def publish(gated: "Gated", folder: Path, junit: Path | None, markdown: Path | None) -> None:
    """Write the files that were asked for, and what GitHub Actions reads where it is at work."""
    from evalsuite.report import verdicts

    if junit is not None:
        data = (folder / "report" / "junit.xml").read_bytes()
        write_bytes(junit, data, mend="choose another --junit")
        console.say(f"{shown(junit)}: written")
    if markdown is not None:
        write_text(markdown, verdicts.comment(gated), mend="choose another --markdown")
        console.say(f"{shown(markdown)}: written")
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            _append_summary(gated, Path(summary))
        except OSError as error:  # nobody asked for it by a flag, and the verdict stands
            why = error.strerror or error
            console.say(
                f"evalsuite: GITHUB_STEP_SUMMARY {shown(Path(summary))}: {why}; not written"
            )
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in verdicts.annotations(gated):
            console.say(line)


def _append_summary(gated: "Gated", path: Path) -> None:
    from evalsuite.report import verdicts

    with path.open("ab") as file:
        text = verdicts.comment(gated, cap=verdicts.SUMMARY_CAP - file.tell() - 1)
        # Earlier commands of the step may have left their last line open.
        data = b"\n" + conceal(text).encode()
        if file.tell() + len(data) <= verdicts.SUMMARY_CAP:
            file.write(data)


def show(gated: "Gated", folder: Path, as_json: bool) -> None:
    """The verdicts as a table, or as one JSON object; the JUnit file's path comes last."""
    from evalsuite.report import verdicts

    path = folder / "report" / "junit.xml"
    if as_json:
        console.print_json(_json(gated, path))
        return
    console.print_table(verdicts.SHORT, [verdicts.in_short(each) for each in gated.verdicts])
    print()
    for verdict in gated.verdicts:
        _, _, measure, where, *_, reason = verdicts.row(verdict)
        console.tell(f"{verdict.word}: {measure}, {where}: {reason}")
    print(f"\ngate: {gated.word}" + (f" ({gated.note})" if gated.note else ""))
    print(path)


def _json(gated: "Gated", path: Path) -> dict[str, Any]:
    said = {
        field.name: getattr(gated, field.name)
        for field in dataclasses.fields(gated)
        if field.name not in ("verdicts", "flips", "folder")
    }
    return {
        **said,
        "verdicts": [flat(verdict) for verdict in gated.verdicts],
        "flips": [
            {**flip.key._asdict(), "measure": flip.measure, "text": flip.prompt, "lost": flip.lost}
            for flip in gated.flips
        ],
        "junit": str(path),
    }
