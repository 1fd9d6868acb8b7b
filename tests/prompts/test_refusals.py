"""Prompt files that are refused: in one line, with file, line and column."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalsuite.files.jsonlines import FILE_CAP, LINE_CAP, LINES_CAP
from evalsuite.prompts import importers
from evalsuite.prompts import sets as prompts
from evalsuite.records import InputError

HEAD = '{"tag": "t", "prompt": "x"'
DOG = '{"class": "dog"}'
QUICK = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


# The mark § stands where the refusal must point, and is taken out before the file is written.
REFUSED = {
    "§": "the file holds no prompts",
    "§\n \n": "the file holds no prompts",
    "§[]": "not a JSON object",
    '{"tag" §"t"}': "bad JSON: Expecting ':' delimiter",
    f"{HEAD}}} §x": "bad JSON: Extra data",
    f'\n{HEAD}, §"incldue": []}}': "unknown key 'incldue'; did you mean 'include'?",
    f'{HEAD}, "include": [{DOG}, {{§"clas": "cat"}}]}}': "unknown key 'clas'; did you mean",
    '§{"tag": "t"}': "'prompt' is missing",
    f'{HEAD}, "include": [{DOG}, §{{"count": 2}}]}}': "'class' is missing",
    f'{HEAD}, §"tag": "u"}}': "key 'tag' is there twice",
    f'{HEAD}, "include": [{{"class": "dog", §"count": "3"}}]}}': "include.0.count: input should be",
    f'{HEAD}, "include": [{{"class": "dog", §"count": {"9" * 5000}}}]}}': "include.0.count:",
    f'{HEAD}, "include": [{{"class": "dog", §"count": NaN}}]}}': "include.0.count:",
    f'{HEAD}, "include": [{{"class": "dog", §"count": 0}}]}}': "include.0.count:",
    f'{HEAD}, "include": [{{"class": "a", "position": ["above", §0]}}]}}': "position must point",
    f'{HEAD}, "include": [{DOG}, {{"class": "a", "position": ["above", §1]}}]}}': "position must",
    f'{HEAD}, "include": [{DOG}, {{"class": "a", "position": ["above", §-1]}}]}}': "position must",
    f'{HEAD}, "include": [{DOG}, {{"class": "a", "position": ["above", §true]}}]}}': "include.1.p",
    f'{HEAD}, "include": [{DOG}, {{"class": "a", "position": [§"atop", 0]}}]}}': "include.1.p",
    f'{HEAD}, "exclude": [{{"class": "a", §"position": ["above", 0]}}]}}': "position belongs in",
    f'{HEAD}, "include": [{DOG}], "exclude": [§{DOG}]}}': "no picture has 1 'dog' and fewer than 1",
    f'{HEAD}, §"subject": "dog"}}': "subject: input should be 'person'",
    f'{HEAD}, §"id": "a b"}}': "id: string should match",
    f'{HEAD}, §"twin": "a"}}': "twin 'a' is not in this set",
    f'{HEAD}, "id": "a", §"twin": "a"}}': "twin 'a' is not another",
    f'{HEAD}, "id": "a"}}\n{HEAD}, §"id": "a"}}': "id 'a' is taken by line 1",
    '{"tag": "t", "prompt": "a§\u202eb"}': "control, bidi or broken character U+202E",
    '{"tag": "t", §"prompt": "a\\u202eb"}': "control, bidi or broken character U+202E",
    '{"tag": "t", §"prompt": "a\\ud800b"}': "control, bidi or broken character U+D800",
    '{"tag": "t", §"prompt": "a\\u0007b"}': "control, bidi or broken character U+0007",
    '{"tag": "t", "prompt": "a§\x00b"}': "control, bidi or broken character U+0000",
    '{"tag": "t", §"\\udfff": "b"}': "control, bidi or broken character U+DFFF",
    f"{HEAD}}}\n§\ufeff{HEAD}}}": "control, bidi or broken character U+FEFF",
    '{"tag": "t", §"prompt": "cafe\u0301"}': "text is not in Unicode normal form C",
    "§" + "[" * 60_000: "brackets nested too deeply",
    "§" + '{"a":' * 9_000: "brackets nested too deeply",
    " " * LINE_CAP + "§ ": f"line over {LINE_CAP} bytes",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=range(len(REFUSED)))
def test_refusals_name_file_line_and_column(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "mine.jsonl"
    before, after = text.split("§")
    path.write_bytes((before + after).encode())
    with pytest.raises(InputError) as caught:
        prompts.read(path)
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    assert f"mine.jsonl:{line}:{column}: {message}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_not_utf8_are_refused_where_they_are(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes('{"tag": "t", "prompt": "ä'.encode() + b'\xe9"}')
    with pytest.raises(InputError, match=r"mine.jsonl:1:26: byte 0xe9 is not UTF-8"):
        prompts.read(path)


def test_files_over_the_cap_are_refused_before_they_are_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    line = b" " * (LINE_CAP - 1) + b"\n"
    path.write_bytes(line * (FILE_CAP // LINE_CAP) + b"\n")
    with pytest.raises(InputError, match=rf":{FILE_CAP // LINE_CAP + 1}:1: file over"):
        prompts.read(path)


def test_a_line_of_a_gigabyte_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    with path.open("wb") as stream:
        stream.truncate(1 << 30)  # a hole: no disk is used
    with pytest.raises(InputError, match="line over"):
        prompts.read(path)


@pytest.mark.parametrize("name", ["none.jsonl", "folder.jsonl", "set.txt", "my set.jsonl", "a\nb"])
def test_what_is_no_prompt_file_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(InputError) as caught:
        prompts.read(tmp_path / name)
    assert "\n" not in str(caught.value)


@QUICK
@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(data)
    with pytest.raises(InputError):
        prompts.read(path)


@QUICK
@given(st.binary(max_size=300))
def test_no_card_raises_anything_else(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(f"{HEAD}}}\n")
    path.with_suffix(".md").write_bytes(b"---\n" + data + b"\n---\n")
    with pytest.raises(InputError):
        prompts.read(path)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["id", "tag", "prompt", "include", "exclude", "groups", "twin", "class", "x"]
)


@QUICK
@given(st.dictionaries(KEYS, TREES | st.lists(st.dictionaries(KEYS, TREES)), min_size=1))
def test_no_json_raises_anything_else(tmp_path: Path, row: dict[str, object]) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(json.dumps(row))
    try:
        assert len(prompts.read(path).prompts) == 1
    except InputError as error:
        assert "mine.jsonl:1:" in str(error)
        assert "\n" not in str(error)


def test_a_file_of_blank_lines_without_end_is_refused(tmp_path):
    (tmp_path / "x.jsonl").write_bytes(b"\n" * (LINES_CAP + 1))
    with pytest.raises(InputError, match=r"x.jsonl:500001:1: file over 500000 lines; split it"):
        prompts.read(tmp_path / "x.jsonl")
    (tmp_path / "x.csv").write_bytes(b"prompt\n" + b"\n" * 2_000_000)
    with pytest.raises(InputError, match=r"x.csv: over 2000000 lines; split it"):
        importers.read(tmp_path / "x.csv", "columns")
