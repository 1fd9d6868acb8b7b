"""Read the prompt files of other benchmarks: one module per format, found by its name.

Each module has `fits(path) -> int`, which looks at the name and the beginning of a file and says
how specifically it reads it: 0 not at all, 1 by a shape that other formats share, 2 by a mark of
its own, such as a name or columns. And `rows(path, note) -> Iterator[Prompt]`, which reads it;
`note` is told of whatever had to be mended. `CITE` is what the benchmark is cited with, in BibTeX.
A module from elsewhere needs `rows` alone.
Files come from strangers: reading is bounded, and a refusal names the file and the line or row.
"""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from evalsuite.files.jsonlines import FILE_CAP, shown
from evalsuite.files.nearest import did_you_mean
from evalsuite.prompts.importers._columns import SUFFIXES, TAG, Columns, read_columns
from evalsuite.prompts.importers._reading import Note, made, refuse
from evalsuite.prompts.rows import row
from evalsuite.records import InputError, Prompt

__all__ = ["Columns", "cited", "detect", "formats", "read", "write"]


def formats() -> list[str]:
    """The names of the formats: the files of this folder, with hyphens."""
    found = (module.name for module in iter_modules(__path__))
    return sorted(name.replace("_", "-") for name in found if not name.startswith("_"))


def detect(path: Path) -> str:
    """The format that fits a file or folder most specifically.

    Raises `InputError` where none does, where several do equally, and where there is nothing to
    read.
    """
    if not path.exists():
        raise InputError(f"{shown(path)}: no such file or folder; give one that exists")
    fits = {name: int(_module(name).fits(path)) for name in formats()}
    best = max(fits.values())
    fitting = [name for name, how in fits.items() if best and how == best]
    if len(fitting) > 1:  # any table with prompts is one of `columns`; others know more of theirs
        fitting = [name for name in fitting if name != TAG]
    if len(fitting) == 1:
        return fitting[0]
    why = "fits no known format" if not fitting else f"fits {' and '.join(fitting)}"
    known = f"name one with --format: {', '.join(formats())}"
    if path.suffix in SUFFIXES:
        known += "; or a table's column of prompts with --column prompt=NAME"
    raise InputError(f"{shown(path)}: {why}; {known}")


def read(
    path: Path,
    importer: str | ModuleType = "auto",
    note: Note = lambda text: None,
    named: Columns | None = None,
) -> list[Prompt]:
    """The prompts of a file or folder, in its order.

    `importer` is the name of a format, or a module from elsewhere that has `rows`. `named` says
    which columns hold what; the format is then `columns`. Raises `InputError` for an unknown
    format, for what its reader refuses, for an id that comes twice, and where there is no prompt.
    """
    if named is not None:
        if importer not in ("auto", TAG):
            raise InputError(f"--format {importer}: its columns are known; leave --column out")
        name, rows = TAG, read_columns(path, note, named)
    elif isinstance(importer, str):
        if importer != "auto" and importer not in formats():
            known = ["auto", *formats()]
            raise InputError(f"no format {importer!r}{did_you_mean(importer, known)}")
        name = detect(path) if importer == "auto" else importer
        rows = _module(name).rows(path, note)
    else:
        name, rows = importer.__name__, _outside_rows(importer, path, note)
    found: dict[str, Prompt] = {}
    size = 0
    for prompt in rows:
        size += len(_line(prompt).encode())
        if prompt.id in found:
            refuse(path, f"id {prompt.id!r} comes twice; keep one")
        if size > FILE_CAP:
            refuse(path, f"more than {FILE_CAP} bytes of prompts; import it in parts")
        found[prompt.id] = prompt
    for prompt in found.values():
        twin = found.get(prompt.twin or prompt.id)
        if twin is None or prompt.twin == prompt.id or (prompt.twin and twin.twin):
            refuse(path, f"twin {prompt.twin!r} of {prompt.id!r} is no affirmative prompt; mend it")
    if not found:
        refuse(path, f"holds no prompts, read as {name}; check the file or name another --format")
    return list(found.values())


def cited(importer: str | ModuleType) -> str:
    """What a format's benchmark is cited with, in BibTeX; "" where its module has no `CITE`."""
    module = _module(importer) if isinstance(importer, str) else importer
    return str(getattr(module, "CITE", "")).strip()


def write(prompts: list[Prompt], path: Path, source: str, cite: str = "") -> None:
    """Write a prompt set and its card; `prompts.read` gives the same prompts back.

    `cite` is the BibTeX of what the prompts are from.

    Raises `InputError` where either file is there already.
    """
    card = path.with_suffix(".md")
    for entry in (path, card):
        if entry.exists():
            raise InputError(f"{shown(entry)}: is there already; choose another name for -o")
    path.parent.mkdir(parents=True, exist_ok=True)
    card.write_text(_card(path.stem, len(prompts), source, cite), encoding="utf-8", newline="\n")
    text = "".join(map(_line, prompts))
    path.write_text(text, encoding="utf-8", newline="\n")


def _line(prompt: Prompt) -> str:
    kept = {key: value for key, value in row(prompt).items() if value}
    for side in ("include", "exclude"):
        if side in kept:
            kept[side] = [{k: v for k, v in entry.items() if v is not None} for entry in kept[side]]
    return json.dumps(kept, ensure_ascii=False) + "\n"


def _card(name: str, count: int, source: str, cite: str) -> str:
    front = {
        "name": name,
        "version": "1",
        "dialect": "everyday",
        "topic": name,
        "licence": "as the source's",
        "source": f"Imported by evalsuite from {source}.",
        "not_measured": "Not said by the source; write it down before you publish figures.",
        **({"cite": cite} if cite else {}),
    }
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in front.items())
    return f"---\n{lines}---\n\n# {name}\n\n{count} prompts, imported.\n"


def _outside_rows(importer: ModuleType, path: Path, note: Note) -> Iterator[Prompt]:
    """What a module from elsewhere reads, each prompt checked as if it stood in a prompt file."""
    try:
        for number, prompt in enumerate(importer.rows(path, note), 1):
            if not isinstance(prompt, Prompt):
                given = type(prompt).__name__
                refuse(path, f"{importer.__name__} gave {given} where a Prompt is due", number)
            yield made(path, number, {**json.loads(_line(prompt)), "prompt": prompt.text})
    except InputError:
        raise
    except Exception as error:  # it may raise anything; one line says what
        what = " ".join(f"{type(error).__name__}: {error}".split())
        refuse(path, f"{importer.__name__} raised {what[:200]}; mend it, or the file")


def _module(name: str) -> ModuleType:
    return import_module(f"{__name__}.{name.replace('-', '_')}")
