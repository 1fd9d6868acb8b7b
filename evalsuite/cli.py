"""The command line. Exit codes: 0 done, 1 gate failed, 2 bad input, 3 undecided, 4 incomplete."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from evalsuite.commands import (
    auditing,
    comparing,
    console,
    gate,
    importing,
    listing,
    planning,
    stages,
)
from evalsuite.records import InputError

app = typer.Typer(
    name="evalsuite",
    help="Text-to-image evaluation that you can defend.",
    epilog="Each flag has an EVALSUITE_* variable: --num-images is EVALSUITE_NUM_IMAGES.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
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
)
for command in COMMANDS:
    app.command()(command)
listing.prompts.command("import")(importing.import_prompts)
app.add_typer(listing.prompts, name="prompts")
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
    # As `python -m` does, but last: a file here never stands in for an installed package.
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    console.verbosity = 0
    try:
        sys.exit(app(args=arguments, prog_name="evalsuite", standalone_mode=False) or 0)
    except InputError as error:
        _tell(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.filename is None or error.strerror is None:  # a bug of ours, not a file's fault
            raise
        _tell(f"{error.filename}: {error.strerror}")
    except Exception as error:
        # typer keeps the class of usage errors to itself; these two names are its interface.
        if not hasattr(error, "format_message") or not hasattr(error, "exit_code"):
            raise
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "evalsuite"
        _tell(f"{error.format_message().rstrip('.')}; see {command} --help")
    sys.exit(2)


def _tell(message: str) -> None:
    if console.verbosity > 1:
        import traceback

        traceback.print_exc()
    console.say(f"evalsuite: {message}")


if __name__ == "__main__":
    main()
