"""Read the front matter of Markdown cards: the YAML between `---` lines at the top of a file.

A model's directory, a folder of images and a prompt set each carry such a card. Values stay the
text that the card has (`no` is "no" and `1.10` is "1.10"); nothing in a card is executed.
"""

from pathlib import Path
from typing import Any

from evalsuite.records import InputError

CARD = "README.md"
DIALECTS = ("everyday", "scenes")
"""Whom prompt sets and models can speak to."""

MAX_DEPTH = 20
MAX_BYTES = 1 << 20
"""A longer card is refused: the longest front matter on the model hub is far shorter."""


def read_card(folder: Path) -> dict[str, str]:
    """The front matter of `folder`/README.md; empty where there is no such file or no front matter.

    Raises `InputError` if the card is no UTF-8 text, longer than a mebibyte, or no YAML.
    """
    path = folder / CARD
    if not path.is_file():
        return {}
    where = f"{folder.name}/{CARD}"
    if path.stat().st_size > MAX_BYTES:
        raise InputError(f"{where}: longer than {MAX_BYTES} bytes; shorten the card")
    try:
        return front_matter(path.read_text(encoding="utf-8-sig"), where)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{where}: byte {error.start} is not UTF-8; save the card as UTF-8"
        ) from error


def front_matter(text: str, where: str) -> dict[str, str]:
    """The fields of a card's front matter, as text; lists are joined with ", ", maps left out.

    `where` names the card in errors. Raises `InputError` for YAML that cannot be read, that is
    no map, that repeats a key, or that uses anchors (a small card with them can unfold to
    gigabytes).
    """
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        return {}
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), None)
    if end is None:
        raise InputError(f"{where}: line 1 opens a front matter that no second --- line closes")
    fields = _parse("\n".join(lines[1:end]), where)
    return {name: flat for name, value in fields.items() if (flat := _flat(value)) is not None}


def dialect_of(card: dict[str, str], where: str, default: str = "everyday") -> str:
    """The card's `dialect`, or `default`; raises `InputError` for a dialect that there is not."""
    dialect = card.get("dialect", default)
    if dialect not in DIALECTS:
        known = " or ".join(DIALECTS)
        raise InputError(f"{where}: dialect {dialect!r} is unknown; it is {known}")
    return dialect


def _flat(value: Any) -> str | None:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value.strip() if isinstance(value, str) else None


def _parse(text: str, where: str) -> dict[str, Any]:
    import yaml

    try:
        _refuse_excess(text, where)
        # BaseLoader builds text, lists and maps only: no tag in a card can make anything else.
        fields = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        # One line for the opening --- and one because marks count from 0.
        place = f"line {mark.line + 2}, column {mark.column + 1}" if mark else "the front matter"
        raise InputError(f"{where}: {place}: {error.problem or 'is not YAML'}") from error
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        # PyYAML hands any \\U escape to chr(), whatever its number.
        raise InputError(f"{where}: the front matter cannot be read as YAML") from error
    if fields is None or fields == "":
        return {}
    if not isinstance(fields, dict):
        raise InputError(f"{where}: the front matter is not a list of `name: value` lines")
    return {key: value for key, value in fields.items() if isinstance(key, str)}


def _refuse_excess(text: str, where: str) -> None:
    """Refuse what YAML allows and a card has no use for, before anything is unfolded.

    Deep nesting is among it: PyYAML takes seconds over some thousand open brackets.
    """
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise InputError(f"{where}: the front matter is nested too deeply; flatten it")
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 2 if event.start_mark else 1
            raise InputError(
                f"{where}: line {line}: YAML aliases are not read; write the value out"
            )
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    if not isinstance(root, yaml.MappingNode):
        return
    seen: set[str] = set()
    for key, _ in root.value:
        if isinstance(key.value, str) and key.value in seen:
            line = key.start_mark.line + 2
            raise InputError(f"{where}: line {line}: {key.value!r} is there twice; keep one")
        seen.add(str(key.value))
