"""`prompts import`: what researchers already have on disk, as a prompt set."""

import hashlib
import re
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated

import typer

from evalsuite.commands import console
from evalsuite.commands.flags import AsJson
from evalsuite.records import InputError

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
Output = Annotated[Path, typer.Option("--output", "-o", help="The set to write: a .jsonl file.")]


def import_prompts(
    source: Source, output: Output, format_name: Format = "auto", json: AsJson = False
) -> None:
    """Import another benchmark's prompts as a prompt set with a card."""
    from evalsuite.files.jsonlines import shown
    from evalsuite.plugins.find import load_importer
    from evalsuite.prompts import importers
    from evalsuite.prompts import sets as prompts
    from evalsuite.prompts.rows import NAME
    from evalsuite.report.format import visible

    if output.suffix != ".jsonl" or not re.fullmatch(NAME, output.stem):
        raise InputError(f"-o {shown(output)}: name it <set>.jsonl, <set> in letters, digits, -._")
    notes: list[str] = []
    name = importers.detect(source) if format_name == "auto" else format_name
    importer = load_importer(name) if "." in name else name
    found = importers.read(source, importer, notes.append)
    importers.write(found, output, f"{shown(Path(source.resolve().name))} ({name}{_hash(source)})")
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


def _hash(source: Path) -> str:
    if not source.is_file():
        return ""
    with source.open("rb") as stream:
        return f", SHA-256 {hashlib.file_digest(stream, 'sha256').hexdigest()}"
