"""Folders with truth rows: what is read, and what is refused, with its place."""

import json

import numpy as np
import pytest
from PIL import Image

from evalsuite.audits.from_folder import read
from evalsuite.records import InputError

PROMPT = {
    "id": "a",
    "tag": "counting",
    "prompt": "two cats",
    "include": [{"class": "cat", "count": 2}],
    "groups": {"count": "2"},
}
ROW = {"file": "one.png", "prompt": PROMPT, "truth": {"correct": 1, "drawn": 2, "label": "cat"}}


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(("one.png", "two.png")):
        pixels = np.full((4, 6, 3), 100 * number, np.uint8)
        Image.fromarray(pixels).save(tmp_path / name)

    def put(*rows):
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        (tmp_path / "truth.jsonl").write_text("\n".join(lines) + "\n")
        return tmp_path

    return put


def test_rows_become_questions(folder):
    other = {**ROW, "file": "two.png", "truth": {"correct": 0}}
    first, second = read(folder(ROW, other))

    assert first.truth == {"correct": 1.0, "drawn": 2.0, "label": "cat"}
    assert second.truth == {"correct": 0.0}
    assert first.case.prompt.text == "two cats"
    assert first.case.prompt == second.case.prompt
    assert first.case.key != second.case.key
    assert first.case.picture.pixels.shape == (4, 6, 3)
    assert int(second.case.picture.pixels.max()) == 100


def test_questions_about_one_file_share_its_picture(folder):
    first, second = read(folder(ROW, {**ROW, "truth": {"count": 1}}))

    assert first.case.picture is second.case.picture


def test_twins_are_found_in_both_directions(folder):
    yes = {**ROW, "prompt": {"id": "y", "tag": "negation", "prompt": "a cat and a dog"}}
    no = {**ROW, "prompt": {"id": "n", "tag": "negation", "prompt": "a cat, no dog", "twin": "y"}}
    first, second = read(folder(yes, no))

    assert (first.case.twin.id, second.case.twin.id) == ("n", "y")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("nonsense", r":1:1: bad JSON"),
        ("[1]", r":1:1: not a JSON object"),
        ({**ROW, "trut": {}}, r":1:\d+: unknown key 'trut'; did you mean 'truth'\?"),
        ({"file": "one.png", "prompt": PROMPT}, r":1:1: 'truth' is missing; add it"),
        ({**ROW, "truth": {}}, r":1:\d+: truth: dictionary should have at least 1 item"),
        ({**ROW, "truth": {"correct": True}}, r":1:\d+: truth of 'correct' must be a number"),
        ({**ROW, "truth": {"correct": None}}, r":1:\d+: truth of 'correct' must be a number"),
        ({**ROW, "truth": {"a b": 1}}, r":1:\d+: truth of 'a b' must be"),
        ({**ROW, "truth": {"correct": 0.5}}, r":1:\d+: correct is a verdict; its truth is 0 or 1"),
        ({**ROW, "truth": {"objects.count": 3}}, r":1:\d+: objects.count is a verdict"),
        ({**ROW, "file": "none.png"}, r":1:\d+: none.png: No such file.*put the picture there"),
        ({**ROW, "file": "../one.png"}, r":1:\d+: file must be a path within the folder"),
        ({**ROW, "file": "/etc/hostname"}, r":1:\d+: file must be a path within the folder"),
        ({**ROW, "file": 3}, r":1:\d+: file: input should be a valid string"),
        ({**ROW, "prompt": {"tag": "x"}}, r":1:\d+: 'prompt' is missing; add it"),
        ({**ROW, "prompt": {**PROMPT, "twin": "b"}}, r":1:\d+: no row has the prompt 'b'"),
        ({**ROW, "prompt": {**PROMPT, "includ": []}}, r":1:\d+: unknown key 'includ'; did you"),
    ],
)
def test_what_is_wrong_is_said_with_file_line_and_column(folder, row, said):
    with pytest.raises(InputError, match=rf"truth\.jsonl{said}") as error:
        read(folder(row))
    assert "\n" not in str(error.value)


def test_columns_within_the_prompt_are_those_of_the_file(folder):
    text = json.dumps({**ROW, "prompt": {**PROMPT, "wrong": 1}})

    with pytest.raises(InputError) as error:
        read(folder(ROW, text))

    column = text.index('"wrong"') + 1
    assert f":2:{column}: unknown key 'wrong'" in str(error.value)


def test_one_id_is_one_prompt(folder):
    other = {**ROW, "prompt": {**PROMPT, "prompt": "two dogs"}}

    with pytest.raises(InputError, match=r":2:\d+: 'a' is another prompt above"):
        read(folder(ROW, other))


def test_no_folder_no_list_and_no_row(tmp_path, folder):
    with pytest.raises(InputError, match="there is no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"truth\.jsonl: No such file"):
        read(tmp_path)
    with pytest.raises(InputError, match="holds no row"):
        read(folder(" "))


def test_a_damaged_picture_is_said_when_it_is_looked_at(folder, tmp_path):
    home = folder(ROW)
    (tmp_path / "one.png").write_bytes(b"no picture")
    (known,) = read(home)

    with pytest.raises(InputError, match=r"one\.png: cannot be read"):
        _ = known.case.picture.pixels
