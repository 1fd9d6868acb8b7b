"""The command line: its commands. `commands/exit.py` has the exit codes and what they mean."""

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from evalsuite.commands import (
    auditing,
    comparing,
    console,
    downloading,
    exit,
    exporting,
    gate,
    importing,
    labelling,
    listing,
    planning,
    probing,
    stages,
    viewing,
)

app = typer.Typer(
    name="evalsuite",
    help="Text-to-image evaluation that you can defend.",
    epilog="Each flag has an EVALSUITE_* variable: --num-images is EVALSUITE_NUM_IMAGES.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
COMPLETION = "_EVALSUITE_COMPLETE"
"""Set by a shell that asks what may follow what was typed."""
COMMANDS = (
    stages.run,
    stages.generate,
    stages.judge,
    stages.report,
    comparing.compare,
    gate.gate,
    gate.baseline,
    planning.plan,
    auditing.audit,
    labelling.label,
    downloading.download,
    exporting.export,
    viewing.view,
)
for command in COMMANDS:
    app.command()(command)
listing.prompts.command("import")(importing.import_prompts)
app.add_typer(listing.prompts, name="prompts")
app.add_typer(probing.probe, name="probe")
for command in (listing.models, listing.scorers, listing.env):
    app.command()(command)


@app.callback(invoke_without_command=True)
def about(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Text-to-image evaluation that you can defend."""
    if version:
        from evalsuite.runs.manifest import version as own_version

        print(own_version())
    elif context.invoked_subcommand is None:
        print(context.get_help())


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code; an error is one line on stderr."""
    given = sys.argv[1:] if arguments is None else arguments
    if COMPLETION in os.environ or {*given[:1]} & {"--install-completion", "--show-completion"}:
        app(args=given, prog_name="evalsuite")  # typer's own, which exits by itself
    console.verbosity = 0
    sys.exit(exit.code_of(lambda: _run(arguments)))


def _run(arguments: Sequence[str] | None) -> object:
    # Rows have no cycles, and each search for some looks through all libraries as well.
    gc.set_threshold(50_000, 20, 20)
    # As `python -m` does, but last: a file here never stands in for an installed package.
    with contextlib.suppress(OSError):  # the folder that we stand in may be gone
        if (here := os.getcwd()) not in sys.path:
            sys.path.append(here)
    return app(args=arguments, prog_name="evalsuite", standalone_mode=False)


if __name__ == "__main__":
    main()
