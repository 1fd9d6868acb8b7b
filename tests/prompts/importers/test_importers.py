import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalsuite.prompts import importers
from evalsuite.prompts import sets as prompts
from evalsuite.records import InputError, Prompt

QUICK = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])

QUESTIONS = "item_id,text,proposition_id,dependency,question_natural_language\n"
HEADS = {
    "dpg-bench": QUESTIONS,
    "drawbench": "Prompts,Category\n",
    "dsg": QUESTIONS,
    "partiprompts": "Prompt\tCategory\tChallenge\tNote\n",
}

FIELDS = ["a dog", "", "1", "2,1", "0", '"', "\u202e", "e\u0301", "x" * 5000, "a,b", "\x00", "\r"]
TABLE = st.lists(st.lists(st.sampled_from(FIELDS), min_size=1, max_size=6), max_size=6)
KEYS = ["id", "caption", "question", "choices", "answer", "prompt", "models", "tag", "text", "0"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([*FIELDS, "yes"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)
    ),
    max_leaves=20,
)


def survives(path: Path, name: str) -> None:
    """Reading gives prompts that can be written and read back, or one line about this file."""
    try:
        found = importers.read(path, name)
    except InputError as error:
        assert path.name in str(error)
        assert "\n" not in str(error)
        return
    out = path.with_name("out.jsonl")
    for written in (out, out.with_suffix(".md")):
        written.unlink(missing_ok=True)
    importers.write(found, out, path.name)
    assert prompts.read(out).prompts == tuple(found)


@pytest.mark.parametrize("name", sorted(HEADS))
@QUICK
@given(st.binary(max_size=200))
def test_no_bytes_below_a_header_raise_anything_else(
    tmp_path: Path, name: str, data: bytes
) -> None:
    path = tmp_path / f"hostile{'.tsv' if name == 'partiprompts' else '.csv'}"
    path.write_bytes(HEADS[name].encode() + data)
    survives(path, name)


@pytest.mark.parametrize("name", sorted(HEADS))
@QUICK
@given(TABLE)
def test_no_table_raises_anything_else(tmp_path: Path, name: str, rows: list[list[str]]) -> None:
    path = tmp_path / f"hostile{'.tsv' if name == 'partiprompts' else '.csv'}"
    mark = "\t" if name == "partiprompts" else ","
    text = HEADS[name] + "".join(mark.join(row) + "\n" for row in rows)
    path.write_bytes(text.encode())
    survives(path, name)


@pytest.mark.parametrize("name", ["dsg", "genai-bench", "geneval", "tifa"])
@QUICK
@given(VALUES)
def test_no_json_raises_anything_else(tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / ("hostile.jsonl" if name == "geneval" else "hostile.json")
    path.write_text(json.dumps(value))
    survives(path, name)


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
@QUICK
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=12))
def test_no_damaged_table_raises_anything_else(
    tmp_path: Path, suffix: str, damage: list[tuple[float, int]]
) -> None:
    path = tmp_path / f"hostile{suffix}"
    table = pa.table({"prompt": ["a dog", "two cats", "a\u00e9"], "category": ["x", None, "y"]})
    if suffix == ".parquet":
        pq.write_table(table, path)
    else:
        with pa.ipc.new_stream(str(path), table.schema) as stream:
            stream.write_table(table)
    data = bytearray(path.read_bytes())
    for place, value in damage:
        data[int(place * len(data))] = value
    path.write_bytes(data)
    survives(path, "datasets")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a": ' + "9" * 6000 + "}", '"\\ud800"', ""])
@pytest.mark.parametrize("name", ["dsg", "genai-bench", "tifa"])
def test_json_bombs_are_refused(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / "hostile.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"hostile\.json:"):
        importers.read(path, name)


def test_huge_files_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as stream:
        stream.truncate(1 << 30)  # a hole: no disk is used
    with pytest.raises(InputError, match=r"huge\.txt: over 67108864 bytes"):
        importers.read(path)


def test_what_is_missing_unknown_or_ambiguous_is_said(tmp_path: Path) -> None:
    odd = tmp_path / "picture.png"
    odd.write_bytes(b"\x89PNG")
    with pytest.raises(InputError, match="no such file"):
        importers.detect(tmp_path / "nothing")
    with pytest.raises(
        InputError, match="fits no known format; name one with --format: columns, dat"
    ):
        importers.detect(odd)
    with pytest.raises(InputError, match="did you mean 'partiprompts'"):
        importers.read(odd, "partiprompt")
    (tmp_path / "a.txt").write_text("a dog\n")
    (tmp_path / "b.parquet").write_bytes(b"")
    with pytest.raises(InputError, match="fits datasets and dpg-bench; name one with --format"):
        importers.detect(tmp_path)


@pytest.mark.parametrize(
    ("names", "format_name"),
    [
        (["a.txt"], "dpg-bench"),
        (["a.txt", "color_val.txt"], "t2i-compbench"),
        (["a.txt", "dataset_info.json"], "datasets"),
    ],
)
def test_a_mark_of_its_own_wins_over_a_shape_that_others_share(
    tmp_path: Path, names: list[str], format_name: str
) -> None:
    for name in names:
        (tmp_path / name).write_text("a dog\n")
    assert importers.detect(tmp_path) == format_name
    assert importers.detect(tmp_path / "a.txt") == "text"


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    found = [Prompt("a", "a dog", "t")]
    importers.write(found, tmp_path / "new" / "mine.jsonl", "x")
    with pytest.raises(InputError, match=r"mine\.jsonl: is there already"):
        importers.write(found, tmp_path / "new" / "mine.jsonl", "x")
    (tmp_path / "new" / "mine.jsonl").unlink()
    with pytest.raises(InputError, match=r"mine\.md: is there already"):
        importers.write(found, tmp_path / "new" / "mine.jsonl", "x")


def test_the_card_says_where_the_prompts_come_from(tmp_path: Path) -> None:
    importers.write([Prompt("a", "a dog", "t")], tmp_path / "mine.jsonl", 'x "y": #z.csv')
    read = prompts.read(tmp_path / "mine.jsonl")
    assert read.card["source"] == 'Imported by evalsuite from x "y": #z.csv.'
    assert read.version == "1"
