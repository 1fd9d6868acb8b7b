"""`compare`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalsuite.commands import console
from evalsuite.commands.exit import INCOMPLETE
from evalsuite.commands.flags import AsJson, Verbose

if TYPE_CHECKING:
    from evalsuite.comparison.result import Comparison
    from evalsuite.report.comparison import Against


Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN_A RUN_B...", help="Folders; the first is the baseline.")
]
Anyway = Annotated[
    bool,
    typer.Option("--anyway", help="Compare runs of other prompts or scorers; the page says so."),
]
Prompts = Annotated[
    list[str] | None,
    typer.Option("--prompts", metavar="A,B", help="Prompt files that are not on record."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output-dir", metavar="DIR", help="Where to write; default: runs/compare-<a>-<b>."
    ),
]


def compare(
    runs: Runs,
    anyway: Anyway = False,
    prompts: Prompts = None,
    output_dir: Output = None,
    json: AsJson = False,
    verbose: Verbose = 0,
) -> None:
    """Set runs side by side: every measure, what flipped, and what could not be measured."""
    console.speak(verbose, True)
    from evalsuite.comparison.compare import compare as compare_runs

    named = [name for name in ",".join(prompts or []).split(",") if name]
    found = compare_runs(runs, prompts=named, anyway=anyway, output_dir=output_dir)
    if json:
        console.print_json(_summary(found))
    else:
        _print_text(found)
    if found.incomplete:
        names = ", ".join(found.incomplete)
        console.say(
            f"evalsuite: incomplete: images or judgements are missing in {names}; "
            "`evalsuite run` on the same folder finishes a run, then compare again"
        )
        raise typer.Exit(INCOMPLETE)


def _print_text(found: "Comparison") -> None:
    """The headlines, of three runs or more as a leaderboard; `-v` adds every measure."""
    from evalsuite.comparison.tables import HEADLINES, headline_rows
    from evalsuite.report.comparison.rows import NOTABLE

    _print_boards(found)
    for against in found.candidates:
        if console.verbosity:
            _print_measures(found, against)
        elif not found.boards:
            console.print_table(HEADLINES, headline_rows(against, found.headlines, found.measures))
            print()
    for against in found.candidates:
        _print_flips(found, against)
    print(
        f"q: p corrected (Benjamini-Hochberg) for {found.tested[0]} differences of whole prompt "
        f"sets; up to {NOTABLE} they are told apart"
    )
    print("every measure and group, with figures and images, is in the report:")
    print(found.report)


def _print_flips(found: "Comparison", against: "Against") -> None:
    from evalsuite.report.comparison.flips import in_a_line

    ceiling = "A ceiling, no competitor: no q, no flips."
    said = ceiling if against.run.is_ceiling else in_a_line(against)
    console.tell(f"{against.run.name} against {found.baseline}: {said}")
    for unlike in against.unlike:
        console.tell(f"not alike: {unlike.reason}")


def _print_measures(found: "Comparison", against: "Against") -> None:
    from evalsuite.comparison.tables import HEAD, short_rows

    for prompt_set in dict.fromkeys(row.difference.prompt_set for row in against.rows):
        console.tell(f"{prompt_set}: {against.run.name} against {found.baseline}")
        console.print_table(HEAD, short_rows(against, prompt_set, found.measures))
        print()


def _print_boards(found: "Comparison") -> None:
    """The leaderboard: a table of places a headline, and why nobody is ranked where that is so."""
    from evalsuite.report.comparison.standings import HEAD, board_table

    for board in found.boards:
        table = board_table(found.measures, board)
        why = f" ({board.limit})" if board.limit else ""
        console.tell(f"{board.prompt_set}: {table.caption}{why}")
        console.print_table(HEAD, [tuple(cell.text for cell in row) for row in table.rows])
        print()


def _summary(found: "Comparison") -> dict[str, Any]:
    from evalsuite.report.comparison.data import board_row, rows

    return {
        "baseline": found.baseline,
        "tested": list(found.tested),
        "incomplete": list(found.incomplete),
        "leaderboard": [board_row(board) for board in found.boards],
        "report": str(found.report),
        "differences": str(found.folder / "differences.json"),
        "candidates": [
            {
                "name": candidate.run.name,
                "is_ceiling": candidate.run.is_ceiling,
                "unlike": [each.reason for each in candidate.unlike],
                "seeds_not_kept_by": candidate.unkept,
                "lost": sum(1 for each in candidate.flips if each.lost),
                "gained": sum(1 for each in candidate.flips if not each.lost),
                "differences": rows([row for row in candidate.rows if not row.difference.group]),
                "missing": rows(candidate.losses),
            }
            for candidate in found.candidates
        ],
    }
