"""Tables of a question a row, with parents, as DSG (Cho et al. 2024) and DPG-Bench have them."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from evalsuite.prompts.importers._reading import (
    Note,
    clean,
    made,
    name_of,
    refuse,
    telling_unread,
)
from evalsuite.records import Prompt

COLUMNS = ("item_id", "text", "proposition_id", "dependency", "question_natural_language")

KINDS = ("category_broad", "category_detailed", "tuple")
"""Columns that say what a question is about."""


class _Asked(NamedTuple):
    """A question on its way: its id in the item, its text, its parents' ids and its kind."""

    number: str
    text: str
    parents: list[str]
    kind: str


@dataclass
class _Item:
    """A prompt on its way: where it began, its text and its questions."""

    place: int
    text: str
    asked: list[_Asked] = field(default_factory=list)


def prompts(
    path: Path,
    rows: Iterable[tuple[int, dict[str, str]]],
    tag: str,
    note: Note,
    kind_of: Callable[[dict[str, str]], str],
) -> Iterator[Prompt]:
    """The prompts of such a table; rows of one item need not stand together.

    A parent that is no other question of the item is left out; where an id comes twice, both
    questions stay and parents are looked for among the first; `note` hears of either. Questions
    are put after their parents as far as that goes, else they keep their order: those that depend
    on one another in a circle are kept as published. `kind_of` says of a row what its question is
    about.
    """
    items: dict[str, _Item] = {}
    for place, row in telling_unread(rows, (*COLUMNS, *KINDS), note):
        name = row["item_id"].strip()
        item = items.setdefault(name, _Item(place, clean(row["text"])))
        if clean(row["text"]) != item.text:
            refuse(path, f"item {name!r} has two texts; give it one", place)
        number = row["proposition_id"].strip()
        if any(asked.number == number for asked in item.asked):
            note(f"{name}: two questions have the id {number!r}; both are kept")
        parents = [part.strip() for part in row["dependency"].split(",")]
        text = clean(row["question_natural_language"])
        item.asked.append(_Asked(number, text, parents, clean(kind_of(row))[:100]))
    for count, (name, item) in enumerate(items.items()):
        source = re.sub(r"_?[0-9]+$", "", name)
        fields = {
            "id": name_of(name, f"{tag}-{count:04d}"),
            "tag": tag,
            "prompt": item.text,
            "groups": {"source": source} if source != name else {},
            "questions": _ordered(name, item, note),
        }
        yield made(path, item.place, fields)


def _ordered(name: str, item: _Item, note: Note) -> list[dict[str, Any]]:
    """The questions, each after its parents, with the places of these."""
    by_number: dict[str, int] = {}
    for place, asked in enumerate(item.asked):
        by_number.setdefault(asked.number, place)
    needs: list[list[int]] = []
    for place, asked in enumerate(item.asked):
        known = [
            by_number[number] for number in dict.fromkeys(asked.parents) if number in by_number
        ]
        needs.append([parent for parent in known if parent != place])
        kept = {item.asked[parent].number for parent in needs[-1]}
        for lost in [parent for parent in asked.parents if parent not in (*kept, "0", "")]:
            note(f"{name}, question {asked.number}: parent {lost!r} left out: no other has that id")
    waiting, order = list(range(len(item.asked))), list[int]()
    while waiting:
        free = (place for place in waiting if set(needs[place]) <= set(order))
        order.append(next(free, waiting[0]))
        waiting.remove(order[-1])
    places = {old: new for new, old in enumerate(order)}
    return [
        {
            "question": item.asked[old].text,
            "depends": sorted(places[parent] for parent in needs[old]),
            **({"kind": item.asked[old].kind} if item.asked[old].kind else {}),
        }
        for old in order
    ]


def broad(row: dict[str, str]) -> str:
    """A question's category, of the five by which DPG-Bench sums up: entity, attribute, ..."""
    return row.get("category_broad", "") or tuple_type(row).split(" - ")[0]


def tuple_type(row: dict[str, str]) -> str:
    """The type of a question's tuple, as DSG has it: "attribute - color" of a cube's being red."""
    named = row.get("tuple", "").split("(")[0].strip()
    parts = [row.get(name, "").strip() for name in ("category_broad", "category_detailed")]
    return named or " - ".join(filter(None, parts))
