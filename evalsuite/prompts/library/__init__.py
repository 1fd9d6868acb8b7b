"""The everyday prompt library: one file per set, each with `rows() -> list[Row]`.

`python -m evalsuite.prompts.library prompts` writes `prompts/<set>.jsonl`; the cards are written by
hand. Rows that follow from lists are generated, without chance: change a list and write anew. Rows
that no pattern gives are in the file as they are.

A row's id is its place in its set and keeps what it asks for ever. A mended judgement (`include`,
`exclude`, `groups`) or a wording that asks the same keeps its id. A prompt that must ask something
else is retired: its place joins the module's `RETIRED`, is written no more, and the new prompt is
added at the end. Either needs a new version in the card.
"""

import json
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from evalsuite.prompts.library._rows import Row

__all__ = ["Row", "names", "rows", "write"]


def names() -> list[str]:
    """The names of the sets: the files of this folder, with hyphens."""
    modules = (module.name for module in iter_modules(__path__))
    return sorted(name.replace("_", "-") for name in modules if not name.startswith("_"))


def rows(name: str) -> list[Row]:
    """The rows of a set with their ids, `<set>-<place>`, as JSON objects; retired ones left out."""
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    retired: frozenset[int] = getattr(module, "RETIRED", frozenset())
    named: list[Row] = []
    for place, row in enumerate(module.rows()):
        if place in retired:
            continue
        twin = {"twin": f"{name}-{row['twin']:04d}"} if "twin" in row else {}
        named.append({"id": f"{name}-{place:04d}", **row, **twin})
    return named


def write(folder: Path) -> None:
    """Write every set into an existing folder."""
    for name in names():
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(name))
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8", newline="\n")
