"""TIFA's JSON: a question a row (id, caption, question, choices, answer), or texts alone.

Source: github.com/Yushi-Hu/tifa, tifa_v1.0/tifa_v1.0_question_answers.json and
tifa_v1.0_text_inputs.json (4,081 texts, Hu et al. 2023).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evalsuite.prompts.importers._reading import (
    GENERAL,
    NO,
    Note,
    clean,
    head_of,
    json_of,
    made,
    name_of,
    objects,
    refuse,
    telling_unread,
)
from evalsuite.prompts.references import TIFA
from evalsuite.records import Prompt
from evalsuite.vocabulary.english import number_forms

CITE = TIFA

TAG = "tifa"
YES_NO = {"yes", "no"}
READ = ("id", "caption", "question", "choices", "answer", "element_type")


def fits(path: Path) -> int:
    """In general, a JSON list of objects with captions."""
    head = head_of(path) if path.suffix == ".json" else ""
    return GENERAL if head.lstrip().startswith("[") and '"caption"' in head else NO


def rows(path: Path, note: Note) -> Iterator[Prompt]:
    """A prompt an id, in the order of first mention, with the group `source`.

    A question whose answer is not among its choices is left out, and `note` hears of it.
    """
    items: dict[str, tuple[int, str, list[dict[str, Any]]]] = {}
    found = objects(path, json_of(path), ("id", "caption"))
    for place, row in telling_unread(found, READ, note):
        _, caption, asked = items.setdefault(row["id"], (place, clean(row["caption"]), []))
        if clean(row["caption"]) != caption:
            refuse(path, f"row {place}: id {row['id']!r} has two captions; give it one")
        if "question" in row and (question := _question(path, place, row, note)):
            asked.append(question)
    for number, (name, (place, caption, asked)) in enumerate(items.items()):
        source = re.sub(r"_?[0-9]+$", "", name)
        fields = {
            "id": name_of(name, f"{TAG}-{number:04d}"),
            "tag": TAG,
            "prompt": caption,
            "groups": {"source": source} if source != name else {},
            "questions": asked,
        }
        yield made(path, place, fields)


def _question(path: Path, place: int, row: dict[str, Any], note: Note) -> dict[str, Any] | None:
    choices, answer = row.get("choices", []), row.get("answer")
    texts = isinstance(choices, list) and all(isinstance(choice, str) for choice in choices)
    if not isinstance(row["question"], str) or not isinstance(answer, str) or not texts:
        refuse(path, f"row {place} needs a question, a list of choices and an answer; mend it")
    known = list(dict.fromkeys(map(clean, choices)))
    given = clean(answer)
    # "2" among "one", "two" and "three" is "two".
    given = next((choice for choice in known if choice in number_forms(given)), given)
    if known and given not in known:
        note(f"{row['id']}: question {row['question']!r} left out: {given!r} is not a choice")
        return None
    asked = {"question": clean(row["question"]), "answer": given}
    if isinstance(row.get("element_type"), str) and clean(row["element_type"]):
        asked["kind"] = clean(row["element_type"])[:100]
    # Yes or no is what a question without choices asks for.
    return asked if set(known) == YES_NO else {**asked, "choices": known}
