"""What every importer must keep; the importers are found, so that a new file needs no edit here."""

import inspect
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalsuite.prompts import importers
from evalsuite.prompts import sets as prompts
from evalsuite.records import InputError

QUICK = settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
NAMES = importers.formats()
SUFFIXES = (".arrow", ".csv", ".json", ".jsonl", ".parquet", ".tsv", ".txt", "")
PLAIN = {
    ".csv": "prompt,prompts,category\na dog,a dog,animals\n",
    ".json": json.dumps([{"id": "a", "caption": "a dog", "prompt": "a dog", "text": "a dog"}]),
    ".jsonl": json.dumps({"tag": "t", "prompt": "a dog"}) + "\n",
    ".tsv": "Prompt\tCategory\tChallenge\na dog\tanimals\tbasic\n",
    ".txt": "a dog\n",
}


@pytest.fixture(params=NAMES)
def importer(request: pytest.FixtureRequest):
    return importers._module(request.param)


def answered(importer, path: Path) -> None:
    """`fits` is 0, 1 or 2; reading gives prompts that read back, or one line about this path."""
    assert importer.fits(path) in (0, 1, 2)
    name = importer.__name__.rpartition(".")[2].replace("_", "-")
    try:
        found = importers.read(path, name)
    except InputError as error:
        assert path.name in str(error)
        assert "\n" not in str(error)
        return
    out = path.parent / "written" / "out.jsonl"
    for file in (out, out.with_suffix(".md")):
        file.unlink(missing_ok=True)
    importers.write(found, out, path.name)
    assert prompts.read(out).prompts == tuple(found)


def test_an_importer_is_every_file_without_an_underscore() -> None:
    folder = Path(importers.__file__).parent
    files = {file.stem.replace("_", "-") for file in folder.glob("[!_]*.py")}
    assert set(NAMES) == files
    assert {"geneval", "text", "t2i-compbench"} <= files


def test_it_says_what_it_reads_and_has_both_functions(importer) -> None:
    assert inspect.getdoc(importer).partition("\n")[0].endswith(".")
    assert list(inspect.signature(importer.fits).parameters) == ["path"]
    assert list(inspect.signature(importer.rows).parameters) == ["path", "note"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@QUICK
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(importer, tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"hostile{suffix}"
    path.write_bytes(data)
    answered(importer, path)


@pytest.mark.parametrize("suffix", sorted(PLAIN))
def test_a_file_of_another_format_is_read_or_refused(importer, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"plain{suffix}"
    path.write_text(PLAIN[suffix])
    answered(importer, path)
    (tmp_path / "folder").mkdir()
    path.rename(tmp_path / "folder" / path.name)
    answered(importer, tmp_path / "folder")


def test_an_empty_folder_and_a_missing_file_fit_nothing(importer, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "missing.txt", tmp_path / "missing.jsonl"):
        assert importer.fits(path) in ((0,) if path.is_dir() else (0, 1, 2))
        with pytest.raises(InputError, match=path.name):
            importers.read(path, importer.__name__.rpartition(".")[2].replace("_", "-"))
