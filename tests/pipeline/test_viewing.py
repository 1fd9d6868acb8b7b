"""A page over many runs, from one drawn run and copies of it."""

import json
import shutil
from dataclasses import replace

import pytest

from evalsuite.files.summed import write_summed
from evalsuite.pipeline.settings import resolve
from evalsuite.pipeline.stages import evaluate
from evalsuite.pipeline.viewing import read_told, write_view
from evalsuite.records import InputError
from evalsuite.report.view.page import compose
from evalsuite.runs.folder import read_manifest, write_manifest


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("viewed") / "one"
    flags = {"model": "scenes", "prompts": "counts", "limit": 3, "num_images": 2}
    flags |= {"scorers": "objects", "output_dir": str(folder)}
    evaluate(resolve({name: str(value) for name, value in flags.items()}))
    return folder


@pytest.fixture
def runs(drawn, tmp_path):
    """An old run, a newer one of another value, one without a report, and a broken one."""
    for name, created, commit in (("old", "2026-01-01", "a" * 40), ("new", "2026-02-01", "b" * 40)):
        shutil.copytree(drawn, tmp_path / name)
        manifest = read_manifest(tmp_path / name)
        write_manifest(tmp_path / name, {**manifest, "created": created, "git": commit})
    estimates = json.loads((tmp_path / "new" / "estimates.json").read_text())
    for row in estimates:
        if row["measure"] == "objects.count" and not row["group"]:
            row |= {"value": 0.25, "low": 0.125, "high": 0.5, "missing": {"not drawn": 4}}
    write_summed(tmp_path / "new" / "estimates.json", json.dumps(estimates))
    shutil.copytree(drawn, tmp_path / "silent")
    (tmp_path / "silent" / "estimates.json").unlink()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("{")
    return tmp_path


def test_runs_are_told_of_or_listed_with_the_reason(runs):
    path, told, untold = write_view(runs)
    assert path == runs / "index.html"
    assert [run.folder for run in told] == ["new", "old"]
    assert [(run.folder, run.model) for run in untold] == [("broken", ""), ("silent", "scenes")]
    assert "evalsuite report makes one" in untold[1].reason
    text = path.read_text("utf-8")
    assert 'href="old/report/index.html"' in text and 'href="new/report/index.html"' in text
    assert text.index("old/report") < text.index("new/report"), "by date"
    assert "25.0%" in text and "12.5 to 50.0%" in text and "4 missing" in text
    assert "unfinished: 4 images" in text and "aaaaaaa" in text and "Over time" in text
    assert "<script" not in text and write_view(runs)[0].read_text("utf-8") == text


def test_rows_newer_than_the_report_are_said(runs):
    (runs / "old" / "samples-w9.jsonl").write_text("")
    assert read_told(runs / "old").note == "newer than its report"


def test_a_gate_and_comparisons_are_found(runs):
    (runs / "old" / "report" / "gate.md").write_text("## Gate: fail\n")
    (runs / "new" / "report" / "gate.md").write_text("## Gate: <b>\n")
    for name, text in {
        "both": '{"baseline": "old", "candidates": [{"name": "<b>"}]}',
        "x": "{",
    }.items():
        (runs / name).mkdir()
        (runs / name / "differences.json").write_text(text)
    path, told, untold = write_view(runs)
    assert [run.gate for run in told] == ["", "fail"]
    assert [run.folder for run in untold] == ["broken", "silent", "x"]
    text = path.read_text("utf-8")
    assert 'href="old/report/index.html#changed">gate: fail' in text and "<b>" not in text
    assert 'href="both/compare/index.html"' in text


def test_runs_of_other_prompts_are_no_line_through_time(runs):
    one = read_told(runs / "old")
    assert one.part == "limit 3"
    whole = replace(one, folder="whole", created="2026-03-01", part="")
    assert compose("t", [one, whole], []).trends == ()
    assert compose("t", [one, replace(one, folder="again")], []).trends


def test_a_damaged_file_is_a_reason_and_no_crash(runs):
    write_summed(runs / "old" / "estimates.json", '[{"value": 1}]')
    assert "cannot be read (KeyError" in read_told(runs / "old").reason
    whole = (runs / "new" / "estimates.json").read_text()
    (runs / "new" / "estimates.json").write_text(whole.replace("0.25", "0.35"))
    assert "its checksum is wrong); evalsuite report" in read_told(runs / "new").reason


def test_a_folder_without_runs_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no run; name the folder above"):
        write_view(tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        write_view(tmp_path / "none")
