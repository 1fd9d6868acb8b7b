"""The flags: those of settings, made from their table, and those of speaking."""

import functools
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer

from evalsuite.commands import complete
from evalsuite.pipeline.settings import FIELDS, flag, variable

LISTS = ("prompts", "scorers", "sample_id", "log_to")
"""Settings of names between commas; given twice, both lists count."""
REPEATED = (*LISTS, "model_arg", "scorer_arg", "ray_arg")


def option(name: str, help: str, metavar: str | None = None, short: str | None = None) -> Any:
    """A flag of one command, with its variable; a switch where nothing is to be given."""
    names = [f"--{name}", *([short] if short else [])]
    twin = variable(name.replace("-", "_"))
    return typer.Option(*names, help=help, metavar=metavar, envvar=twin, show_envvar=False)


ConfigFile = Annotated[
    Path | None,
    option(
        "config", "A YAML file of settings; flags and EVALSUITE_* variables win over it.", "FILE"
    ),
]
DryRun = Annotated[bool, option("dry-run", "Say what would be drawn; load and write nothing.")]
AsJson = Annotated[bool, option("json", "Print one JSON object instead of text.")]
NoProgress = Annotated[bool, option("no-progress", "Show no progress.")]
Verbose = Annotated[
    int,
    typer.Option(
        "-v",
        "--verbose",
        count=True,
        envvar="EVALSUITE_VERBOSE",
        show_envvar=False,
        show_default=False,
        help="Show what libraries say; twice: tracebacks of errors too.",
    ),
]
BestOf = Annotated[
    int | None,
    option(
        "best-of", "Also say what picking the best of K images by CLIPScore does to measures.", "K"
    ),
]
AS_DRAWN = {
    "prompts": "Files of the sets that the run was drawn from; default: those on its record."
}
"""What --prompts means to a command that reads a run and draws nothing."""
Folder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of an earlier run.")]


def takes_settings(
    *names: str, helps: Mapping[str, str] = MappingProxyType({})
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the flags of the settings `names`; it gets what was given as `given`.

    `helps` says what a setting means to this command, where that is not what it means to a run.
    Values stay text here, for `settings.resolve` reads flags, environment and files alike.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        by_name = inspect.Parameter.KEYWORD_ONLY
        own = inspect.signature(command).parameters
        speaking = [
            parameter.replace(kind=by_name)
            for parameter in own.values()
            if parameter.name != "given"
        ]

        @functools.wraps(command)
        def told(**arguments: Any) -> None:
            given = {name: arguments.pop(name) for name in names}
            command(given=_given(given), **arguments)

        # Arguments first, then settings, then how to speak: the order of the help.
        parameters = sorted(speaking, key=lambda p: p.default is not p.empty)
        place = sum(parameter.default is parameter.empty for parameter in speaking)
        parameters[place:place] = [_parameter(name, helps.get(name)) for name in names]
        told.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        told.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return told

    return decorate


def _parameter(name: str, help: str | None = None) -> inspect.Parameter:
    about = FIELDS[name].metadata
    default = FIELDS[name].default
    shown = ",".join(default) if isinstance(default, tuple) else default
    is_default_shown = isinstance(shown, (str, int)) and not isinstance(shown, bool)
    text = (help or about["help"]) + (f" Default: {shown}." if is_default_shown else "")
    if name in ("compile", "resume"):
        kind: Any = bool | None
        option = typer.Option(f"--{name}/--no-{name}", help=text)
    elif name == "retry_failed":
        kind, option = bool | None, typer.Option(flag(name), help=text)
    else:
        kind = list[str] | None if name in REPEATED else str | None
        names = complete.values_of(name)
        option = typer.Option(flag(name), help=text, metavar=about["metavar"], autocompletion=names)
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, option]
    )


def _given(flags: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in flags.items() if value not in (None, [])}
    listed = {name: ",".join(value) for name, value in given.items() if name in LISTS}
    return {**given, **listed}
