"""`download`: everything that a later run without network reads."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evalsuite.commands import console, flags
from evalsuite.commands.flags import AsJson, NoProgress, Verbose
from evalsuite.pipeline.command_line import command
from evalsuite.pipeline.settings import resolve

if TYPE_CHECKING:
    from evalsuite.files.hub import Listing
    from evalsuite.pipeline.fetching import Needed

SETTINGS = ("model_arg", "revision", "variant", "scorers", "scorer_arg")
Model = Annotated[str, typer.Argument(metavar="MODEL", help="As --model of a run names it.")]
Look = Annotated[
    bool, flags.option("dry-run", "List the files and their sizes; fetch the index alone.")
]


@flags.takes_settings(*SETTINGS)
def download(
    model: Model,
    given: Mapping[str, Any],
    dry_run: Look = False,
    json: AsJson = False,
    no_progress: NoProgress = False,
    verbose: Verbose = 0,
) -> None:
    """Fetch a model and what its scorers read, so that a run needs no network."""
    console.speak(verbose, no_progress)
    from evalsuite.pipeline import fetching

    settings = replace(resolve(given, os.environ), model=model)
    needed = fetching.look(settings)
    if not dry_run:
        fetching.fetch(needed)
    at = settings if needed.revision is None else replace(settings, revision=needed.revision)
    # A cascade has several repositories and takes no revision.
    again = f"HF_HUB_OFFLINE=1 {command(at if _is_one(needed) else settings)}"
    if json:
        return console.print_json(_summary(needed, again, fetched=not dry_run))
    return _print_text(needed, again, fetched=not dry_run)


def _is_one(needed: "Needed") -> bool:
    return len(needed.needs[0].listings or ()) == 1


def _summary(needed: "Needed", again: str, *, fetched: bool) -> dict[str, Any]:
    return {
        "bytes": needed.bytes,
        "fetched" if fetched else "to_fetch": needed.missing,
        "repositories": [
            {
                "id": each.repository.id,
                "revision": each.commit,
                "folder": str(each.folder),
                "files": [
                    {"name": file.name, "bytes": file.bytes, "cached": fetched or file.is_cached}
                    for file in each.files
                ],
            }
            for each in needed.listings
        ],
        "unsaid": [need.reader for need in needed.needs if need.listings is None],
        "offline": again,
    }


def _print_text(needed: "Needed", again: str, *, fetched: bool) -> None:
    from evalsuite.files.hub import size

    for need in needed.needs:
        if need.listings is None:
            console.tell(
                f"{need.reader}: does not say what it reads from the hub (docs/plugins.md, needs)"
            )
        elif not need.listings:
            console.tell(f"{need.reader}: reads nothing from the hub")
        for each in need.listings or ():
            console.tell(f"{need.reader}: {_said(each)}")
            if not fetched:
                _list_files(each)
            console.tell(f"  in {each.folder}")
    if not needed.listings and all(need.listings is not None for need in needed.needs):
        print("nothing to download: all that is read is in the package, or on this disk")
    elif fetched:
        print(f"{size(needed.missing)} fetched, of {size(needed.bytes)} that are read")
    else:
        print(f"{size(needed.missing)} to fetch, of {size(needed.bytes)} that are read")
    if fetched:
        print(f"without network: {again}")


def _said(each: "Listing") -> str:
    from evalsuite.files.hub import size

    count = len(each.files)
    files = f"{count} file" + ("s" if count != 1 else "")
    return f"{each.repository.id} at {each.commit}: {files}, {size(each.bytes)}"


def _list_files(each: "Listing") -> None:
    rows = [
        (file.name, f"{file.bytes:,}", "in the cache" if file.is_cached else "")
        for file in each.files
    ]
    console.print_table(("file", "bytes", ""), rows)
