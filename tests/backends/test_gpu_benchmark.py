"""benchmarks/gpu.py runs to its end on a CPU at tiny sizes; its figures come from a GPU."""

import importlib
import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def gpu(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("gpu")


def test_rows_for_which_no_time_is_left_are_listed_as_not_run(gpu, tmp_path):
    found = gpu.run("cpu", tiny=False, budget=0, output=tmp_path / "gpu.json")
    assert len(found["rows"]) == len(gpu.ROWS) == 11
    assert all(set(figures) == {"not run"} for figures in found["rows"].values())
    assert json.loads((tmp_path / "gpu.json").read_text()) == found
    assert (tmp_path / "gpu.md").read_text().count("not run") == 11


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_every_row_runs_at_tiny_sizes(gpu, tmp_path):
    output = tmp_path / "gpu.json"
    rows = (*gpu.ROWS, gpu.VARIANTS[1])
    found = gpu.run("cpu", tiny=True, budget=600, output=output, rows=rows)["rows"]
    assert not [title for title, figures in found.items() if {"failed", "not run"} & set(figures)]
    by_function = {row.function.split(".")[1]: found[row.title] for row in rows}
    assert by_function["ours"]["images"] == by_function["ours"]["valid"] == 24
    assert by_function["ours"]["compiled"] is False
    for same in (by_function["same_bytes"], by_function["same_bytes_compiled"]):
        assert same["of one batch again"] == same["images"] == 8
        assert same["of a subset backwards"] == same["images there"] == 7
    for peer in ("geneval", "tuned"):
        assert by_function[peer]["images/s"] > 0 and by_function[peer]["ours / this"] > 0
    page = output.with_suffix(".md").read_text()
    assert page.count("\n| ") == len(rows) + 1 and "row took s" in page
