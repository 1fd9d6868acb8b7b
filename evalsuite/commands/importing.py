"""`prompts import`: what researchers already have on disk, as a prompt set."""

import hashlib
import re
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated

import typer

from evalsuite.commands import console
from evalsuite.commands.flags import AsJson
from evalsuite.records import InputError

if TYPE_CHECKING:
    from evalsuite.prompts.importers import Columns

ROLES = ("prompt", "id", "words", "question", "group")
SHOWN = 5
"""How many of the mended places are said; the rest is counted."""

_FOLDER = Path(__file__).parents[1] / "prompts" / "importers"
FORMATS = sorted(
    module.name.replace("_", "-")
    for module in iter_modules([str(_FOLDER)])
    if not module.name.startswith("_")
)
"""The formats by name, for the help; nothing of them is imported."""

Source = Annotated[Path, typer.Argument(metavar="FILE|DIR", help="What to import.")]
Format = Annotated[
    str,
    typer.Option(
        "--format",
        help=f"auto; {', '.join(FORMATS)}; or the dotted path of a module that reads the file.",
    ),
]
Column = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        metavar="WHAT=NAME",
        help="Which column is the prompt (prompt=NAME), id, words, question or group.",
    ),
]
Id = Annotated[str | None, typer.Option("--id", metavar="NAME", help="The column of ids.")]
Group = Annotated[
    list[str] | None,
    typer.Option("--group", metavar="NAME", help="A column of labels; may be given more often."),
]
Words = Annotated[
    str | None,
    typer.Option("--words", metavar="NAME", help="The column of what is written in the picture."),
]
Question = Annotated[
    str | None,
    typer.Option("--question", metavar="NAME", help="The column of questions, answered with yes."),
]
Output = Annotated[Path, typer.Option("--output", "-o", help="The set to write: a .jsonl file.")]


def import_prompts(
    source: Source,
    output: Output,
    format_name: Format = "auto",
    column: Column = None,
    id_column: Id = None,
    group: Group = None,
    words: Words = None,
    question: Question = None,
    json: AsJson = False,
) -> None:
    """Import another benchmark's prompts, or any table of prompts, as a prompt set with a card."""
    from evalsuite.files.jsonlines import shown
    from evalsuite.plugins.find import load_importer
    from evalsuite.prompts import importers
    from evalsuite.prompts import sets as prompts
    from evalsuite.prompts.rows import NAME
    from evalsuite.report.format import visible

    if output.suffix != ".jsonl" or not re.fullmatch(NAME, output.stem):
        raise InputError(f"-o {shown(output)}: name it <set>.jsonl, <set> in letters, digits, -._")
    notes: list[str] = []
    named = _named(column or [], group or [], id=id_column, words=words, question=question)
    detected = importers.detect if named is None else lambda path: "columns"
    name = detected(source) if format_name == "auto" else format_name
    importer = load_importer(name) if "." in name else name
    found = importers.read(source, importer, notes.append, named)
    said_source = f"{shown(Path(source.resolve().name))} ({name}{_hash(source)})"
    importers.write(found, output, said_source, importers.cited(importer))
    written = prompts.read(output)
    if json:
        said = {"format": name, "prompts": len(found), "digest": written.digest, "notes": notes}
        return console.print_json(said)
    for note in notes[:SHOWN]:
        console.say(visible(note))
    if len(notes) > SHOWN:
        console.say(f"and {len(notes) - SHOWN} more such notes; --json lists them")
    print(f"{output}: {len(found)} prompts, read as {name}, digest {written.digest[:12]}")
    print(f"Complete its card, {output.with_suffix('.md')}, then: evalsuite prompts check {output}")


def _named(column: list[str], group: list[str], **single: str | None) -> "Columns | None":
    """Which columns the flags name; None where none of them is given."""
    from evalsuite.prompts.importers import Columns

    given = {name: value for name, value in single.items() if value is not None}
    groups = list(group)
    for pair in column:
        what, _, name = pair.partition("=")
        if what not in ROLES or not name:
            known = ", ".join(ROLES)
            raise InputError(f"--column {pair!r}: write what=name, what being one of {known}")
        if what == "group":
            groups.append(name)
        elif what in given:
            raise InputError(f"--column {pair!r}: {what} is {given[what]!r} already; name one")
        else:
            given[what] = name
    return Columns(groups=tuple(groups), **given) if given or groups else None


def _hash(source: Path) -> str:
    if not source.is_file():
        return ""
    with source.open("rb") as stream:
        return f", SHA-256 {hashlib.file_digest(stream, 'sha256').hexdigest()}"
