"""Folders of Hugging Face `datasets`: Parquet, Arrow, JSON lines and CSV."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evalsuite.prompts import importers
from evalsuite.records import Prompt

Imported = Callable[[Path], tuple[list[Prompt], list[str]]]
"""The fixture: the prompts and notes of a file."""


def parquet(path: Path, columns: dict[str, list[object]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), path)


def arrow_stream(path: Path, columns: dict[str, list[object]]) -> None:
    import pyarrow as pa

    table = pa.table(columns)
    with pa.ipc.new_stream(str(path), table.schema) as stream:
        stream.write_table(table)


def arrow_file(path: Path, columns: dict[str, list[object]]) -> None:
    import pyarrow as pa

    table = pa.table(columns)
    with pa.ipc.new_file(str(path), table.schema) as stream:
        stream.write_table(table)


@pytest.mark.parametrize(
    ("name", "save", "split"),
    [
        ("data/train-00000-of-00001.parquet", parquet, "train"),
        ("test/data-00000-of-00001.arrow", arrow_stream, "test"),
        ("validation.arrow", arrow_file, "validation"),
    ],
)
def test_datasets_folders(
    tmp_path: Path,
    imported: Imported,
    name: str,
    save: Callable[[Path, dict[str, list[object]]], None],
    split: str,
) -> None:
    file = tmp_path / "mine" / name
    file.parent.mkdir(parents=True)
    columns = {
        "image": [b"\xff\xd8", b"\xff\xd8"],
        "Prompt": ["a dog", "a cat"],
        "Category": ["animals", None],
    }
    save(file, columns)
    assert importers.detect(tmp_path / "mine") == "datasets"
    found, _ = imported(tmp_path / "mine")
    assert [(p.id, p.text, p.groups) for p in found] == [
        ("dataset-00000", "a dog", {"category": "animals", "split": split}),
        ("dataset-00001", "a cat", {"split": split}),
    ]


def test_datasets_of_text_files(tmp_path: Path, imported: Imported) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "dataset_info.json").write_text("{}")
    (folder / "a.jsonl").write_text('{"caption": "a dog", "type": 3}\n\n{"caption": "a cat"}\n')
    (folder / "b.csv").write_text("text,source\na bird,web\n")
    found, _ = imported(folder)
    assert [(p.text, p.groups) for p in found] == [
        ("a dog", {"type": "3", "split": "a"}),
        ("a cat", {"split": "a"}),
        ("a bird", {"source": "web", "split": "b"}),
    ]
