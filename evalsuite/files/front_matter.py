"""Read the front matter of Markdown cards: the YAML between `---` lines at the top of a file.

A model's directory, a folder of images and a prompt set each carry such a card. Values stay the
text that the card has (`no` is "no" and `1.10` is "1.10"); nothing in a card is executed.
"""

from pathlib import Path
from typing import Any

from evalsuite.files.strict_yaml import parse, read_text
from evalsuite.records import InputError

CARD = "README.md"
DIALECTS = ("everyday", "scenes")
"""Whom prompt sets and models can speak to."""


def read_card(folder: Path) -> dict[str, str]:
    """The front matter of `folder`/README.md; empty where there is no such file or no front matter.

    Raises `InputError` if the card is no UTF-8 text, longer than a mebibyte, or no YAML.
    """
    path = folder / CARD
    if not path.is_file():
        return {}
    where = f"{folder.name}/{CARD}"
    return front_matter(read_text(path, where), where)


def front_matter(text: str, where: str) -> dict[str, str]:
    """The fields of a card's front matter, as text; lists are joined with ", ", maps left out.

    `where` names the card in errors. Raises `InputError` for a front matter that is not closed,
    and for what `strict_yaml.parse` refuses.
    """
    lines = text.split("\n")
    if lines[0].strip() != "---":
        return {}
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        raise InputError(f"{where}:1: opens a front matter that no second --- line closes; add it")
    fields = parse("\n".join(lines[1:end]), where, above=1).texts
    return {name: flat for name, value in fields.items() if (flat := _flat(value)) is not None}


def dialect_of(card: dict[str, str], where: str) -> str:
    """The card's `dialect`, or "everyday"; raises `InputError` for a dialect that there is not."""
    dialect = card.get("dialect", DIALECTS[0])
    if dialect not in DIALECTS:
        known = " or ".join(DIALECTS)
        raise InputError(f"{where}: dialect {dialect!r} is unknown; it is {known}")
    return dialect


def _flat(value: Any) -> str | None:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value.strip() if isinstance(value, str) else None
