"""GenEval's file, with sentences of our own."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from evalsuite.prompts import importers
from evalsuite.prompts import sets as prompts
from evalsuite.records import Clause, InputError, Prompt
from evalsuite.vocabulary.coco import NAMES

Imported = Callable[[Path], tuple[list[Prompt], list[str]]]
"""The fixture: the prompts and notes of a file."""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_it_is_known_by_its_keys(tmp_path: Path, imported: Imported) -> None:
    rows = [
        {
            "tag": "single_object",
            "include": [{"class": "bench", "count": 1}],
            "prompt": "one bench",
        },
        {
            "tag": "counting",
            "include": [{"class": "clock", "count": 2}],
            "exclude": [{"class": "clock", "count": 3}],
            "prompt": "clocks, two",
        },
        {
            "tag": "position",
            "include": [
                {"class": "bench", "count": 1},
                {"class": "dog", "count": 1, "position": ["right of", 0]},
            ],
            "prompt": "a dog, a bench on its left",
        },
        {
            "tag": "color_attr",
            "include": [
                {"class": "tv remote", "count": 1, "color": "pink"},
                {"class": "bus", "count": 1, "color": "red"},
            ],
            "prompt": "a pink remote and a bus in red",
        },
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path = write(tmp_path / "evaluation_metadata.jsonl", text)
    assert importers.detect(path) == "geneval"
    found, notes = imported(path)
    assert [prompt.tag for prompt in found] == [row["tag"] for row in rows]
    assert found[1].exclude == (Clause("clock", 3),)
    assert found[2].include[1] == Clause("dog", position=("right of", 0))
    assert found[3].include[0] == Clause("tv remote", color="pink")
    assert found[0].id == "evaluation_metadata-0000"
    assert notes == []
    # It also is a prompt set as it is.
    assert prompts.read(path).prompts == tuple(found)


GENEVAL_SIZES = {
    "single_object": 80,
    "two_object": 99,
    "counting": 80,
    "colors": 94,
    "position": 100,
    "color_attr": 100,
}
"""The published tasks and their numbers of prompts: 553 in all."""


def geneval_row(tag: str, number: int) -> dict[str, object]:
    """A row with the keys of the published file's rows of that task, and words of our own."""
    name, other = NAMES[number % 80], NAMES[(number + 7) % 80]
    include: list[dict[str, object]] = [{"class": name, "count": 1}]
    row: dict[str, object] = {"tag": tag, "include": include}
    if tag == "counting":
        include[0]["count"] = 2 + number % 3
        row["exclude"] = [{"class": name, "count": 3 + number % 3}]
    if tag in ("two_object", "position", "color_attr"):
        include.append({"class": other, "count": 1})
    if tag == "position":
        include[1]["position"] = [("left of", "right of", "above", "below")[number % 4], 0]
    if tag in ("colors", "color_attr"):
        include[0]["color"] = "red"
    if tag == "color_attr":
        include[1]["color"] = "blue"
    return {**row, "prompt": f"look-alike {tag} {number}: {name} and {other}"}


def test_all_553_rows_of_genevals_look_alike_load_unchanged(
    tmp_path: Path, imported: Imported
) -> None:
    rows = [geneval_row(tag, n) for tag, size in GENEVAL_SIZES.items() for n in range(size)]
    path = tmp_path / "evaluation_metadata.jsonl"
    write(path, "".join(json.dumps(row) + "\n" for row in rows))

    read = prompts.read(path).prompts
    found, _ = imported(path)

    assert len(read) == 553
    assert Counter(prompt.tag for prompt in read) == GENEVAL_SIZES
    assert tuple(found) == read
    for row, prompt in zip(rows, read, strict=True):
        back = json.loads(importers._line(prompt))
        assert {key: back[key] for key in row} == row


def test_genevals_ids_are_kept_and_twins_must_lead_somewhere(
    tmp_path: Path, imported: Imported
) -> None:
    path = write(tmp_path / "my set.jsonl", '{"tag": "t", "prompt": "x"}\n')
    assert [prompt.id for prompt in imported(path)[0]] == ["geneval-0000"]
    path = write(tmp_path / "b.jsonl", '{"id": "a", "tag": "t", "prompt": "x", "twin": "b"}\n')
    with pytest.raises(InputError, match="twin 'b' of 'a'"):
        importers.read(path)
