"""Tables of a question a row, with parents, as DSG (Cho et al. 2024) and DPG-Bench have them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evalsuite.prompts.importers._reading import Note, clean, made, name_of, refuse
from evalsuite.records import Prompt

COLUMNS = ("item_id", "text", "proposition_id", "dependency", "question_natural_language")


@dataclass
class _Item:
    """A prompt on its way: where it began, its text, its questions and their parents by id."""

    place: int
    text: str
    asked: dict[str, str] = field(default_factory=dict)
    parents: dict[str, list[str]] = field(default_factory=dict)


def prompts(
    path: Path, rows: Iterable[tuple[int, dict[str, str]]], tag: str, note: Note
) -> Iterator[Prompt]:
    """The prompts of such a table; rows of one item need not stand together.

    A parent that is no question of the item, or is its own descendant, is left out, and `note`
    hears of it. Questions are put after their parents; else they keep their order.
    """
    items: dict[str, _Item] = {}
    for place, row in rows:
        name = row["item_id"].strip()
        item = items.setdefault(name, _Item(place, clean(row["text"])))
        if clean(row["text"]) != item.text:
            refuse(path, f"item {name!r} has two texts; give it one", place)
        number = row["proposition_id"].strip()
        if number in item.asked:
            refuse(path, f"proposition {number!r} of {name!r} comes twice; keep one", place)
        item.asked[number] = clean(row["question_natural_language"])
        item.parents[number] = [part.strip() for part in row["dependency"].split(",")]
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
    waiting: dict[str, list[str]] = {}
    for number, parents in item.parents.items():
        known = [one for one in dict.fromkeys(parents) if one in item.asked and one != number]
        for lost in [one for one in parents if one not in (*known, "0", "")]:
            note(f"{name}, question {number}: parent {lost!r} left out: no other has that id")
        waiting[number] = known
    places: dict[str, int] = {}
    asked = []
    while waiting:
        free = next((n for n, needs in waiting.items() if all(p in places for p in needs)), None)
        number = next(iter(waiting)) if free is None else free
        needs = waiting.pop(number)
        for lost in [one for one in needs if one not in places]:
            note(f"{name}, question {number}: parent {lost!r} left out: each depends on the other")
        places[number] = len(places)
        depends = sorted(places[one] for one in needs if one in places)
        asked.append({"question": item.asked[number], **({"depends": depends} if depends else {})})
    return asked
