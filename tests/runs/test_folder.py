import json
import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from evalsuite.files.segments import Segment
from evalsuite.records import InputError, Key, Sample
from evalsuite.runs import folder as folder_module
from evalsuite.runs.folder import create, discard, read_manifest, write_text
from evalsuite.runs.images import save_features, save_image
from evalsuite.runs.rows import write_sample

KEY = Key("counts", "c-1", 0)
PIXELS = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3)
MANIFEST = {
    "backend": {"model": "scenes-ldm", "steps": 25, "size": [64, 64]},
    "prompts": {"counts": "abc"},
    "seed": 0,
    "packages": {"torch": "2.15.0", "rich": "14.0"},
    "git": "aaaa",
}


def add(folder, *samples, worker="w0"):
    with Segment(folder, f"samples-{worker}") as segment:
        write_sample(segment, *samples)


def test_the_manifest_is_written_first_and_the_same_run_resumes(tmp_path):
    folder = tmp_path / "deep" / "run"
    create(folder, MANIFEST)
    assert os.listdir(folder) == ["manifest.json"]
    assert read_manifest(folder) == MANIFEST
    written = (folder / "manifest.json").read_bytes()
    also = {**MANIFEST, "git": "bbbb", "packages": {"torch": "2.15.0", "rich": "15.0"}}
    create(folder, also)
    assert (folder / "manifest.json").read_bytes() == written


def test_a_manifest_is_json_that_people_can_read_and_compare(tmp_path):
    create(tmp_path, {"seed": 0, "backend": {"model": "m"}})
    first, *lines = (tmp_path / "manifest.json").read_text().splitlines()
    assert (first, lines[0]) == ("{", '  "backend": {')
    assert lines[1:3] == ['    "model": "m"', "  },"] and lines[3].startswith('  "checksum": "')
    assert lines[4:] == ['  "seed": 0', "}"]


def test_what_no_folder_can_be_is_a_line(tmp_path):
    for ask in (read_manifest, folder_module.is_begun, lambda folder: create(folder, MANIFEST)):
        with pytest.raises(InputError, match=r"a{300}.*: File name too long"):
            ask(tmp_path / ("a" * 300))


def test_another_run_is_refused_with_each_key_in_one_line(tmp_path):
    create(tmp_path, MANIFEST)
    other = {**MANIFEST, "backend": {"model": "sdxl", "steps": 25, "size": [64, 64]}, "new": 1}
    with pytest.raises(InputError) as caught:
        create(tmp_path, {**other, "packages": {"torch": "2.16.0"}})
    message = str(caught.value)
    assert '"scenes-ldm" there, "sdxl" here' in message
    assert "new (nothing there, 1 here)" in message
    assert 'packages.torch ("2.15.0" there, "2.16.0" here)' in message
    assert "steps" not in message
    assert "rich" not in message
    assert "another --output-dir" in message
    assert "--no-resume" not in message, "what is printed as the mend throws no work away"
    assert "\n" not in message


def test_the_manifest_names_no_path_user_host_or_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("USER", "wilhelmina")
    monkeypatch.setenv("HF_TOKEN", "canary-0123456789")
    secret = {"cache": "/home/wilhelmina/hub", "by": "wilhelmina", "url": "x canary-0123456789"}
    create(tmp_path, {**MANIFEST, "configuration": secret})
    text = (tmp_path / "manifest.json").read_text()
    assert "wilhelmina" not in text
    assert "canary" not in text
    assert "/home" not in text
    create(tmp_path, {**MANIFEST, "configuration": secret})


def test_a_run_that_another_process_begins_just_now_is_joined(tmp_path, monkeypatch):
    def begun_meanwhile(path):
        monkeypatch.undo()
        create(path, MANIFEST)
        add(path, Sample(KEY, 1, "failed", image=None, reason="why"))

    monkeypatch.setattr(folder_module, "make_folder", begun_meanwhile)
    assert create(tmp_path, MANIFEST) == MANIFEST


def test_a_damaged_or_missing_manifest_is_said(tmp_path):
    with pytest.raises(InputError, match=r"manifest\.json: is missing"):
        read_manifest(tmp_path)
    for text in ("{", "[]", "[" * 100_000, '{"seed": NaN}'):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(InputError, match=r"manifest\.json: is damaged"):
            create(tmp_path, MANIFEST)
    (tmp_path / "manifest.json").unlink()
    add(tmp_path, Sample(KEY, 1, "failed", reason="why"))
    with pytest.raises(InputError, match="is missing though the run has rows"):
        create(tmp_path, MANIFEST)


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest["backend"].update(steps=26),
        lambda manifest: manifest.update(seed=True),
        lambda manifest: manifest.update(more=1),
        lambda manifest: manifest.pop("git"),
        lambda manifest: manifest.pop("checksum"),
    ],
)
def test_a_changed_manifest_is_refused_in_one_line(tmp_path, change):
    create(tmp_path, MANIFEST)
    path = tmp_path / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest, sort_keys=True, indent=2) + "\n")

    with pytest.raises(InputError, match=r"manifest\.json: was changed since.*put back") as caught:
        read_manifest(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_manifest_that_was_only_laid_out_anew_is_the_same(tmp_path):
    create(tmp_path, MANIFEST)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text())))
    assert read_manifest(tmp_path) == MANIFEST


def test_folders_that_cannot_be_used_are_said_in_one_line(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    for folder in (file, file / "below"):
        with pytest.raises(InputError, match=r"file.*; a file stands where a folder should be"):
            create(folder, MANIFEST)
    shut = tmp_path / "shut"
    shut.mkdir()
    shut.chmod(stat.S_IRUSR | stat.S_IXUSR)
    save_image(tmp_path, PIXELS)  # brings in Pillow while this user may still read it
    user = os.geteuid()
    if user == 0:  # permissions do not bind root: be nobody for a moment
        tmp_path.chmod(0o700)
        os.seteuid(65534)
    try:
        with pytest.raises(InputError, match="Permission denied; make it writable"):
            create(shut / "run", MANIFEST)
        with pytest.raises(InputError, match="Permission denied; make it writable"):
            save_image(shut, PIXELS)
    finally:
        if user == 0:
            os.seteuid(0)
        shut.chmod(stat.S_IRWXU)


def test_discard_takes_a_runs_own_files_only(tmp_path):
    create(tmp_path, MANIFEST)
    image = save_image(tmp_path, PIXELS)
    add(tmp_path, Sample(KEY, 1, "ok", image=image))
    save_features(tmp_path, "e", image, np.zeros(2))
    for name in (
        *("report/index.html", "estimates.json", "estimates.json.sha256", "bias.json"),
        *("best-of.json", "judgements.parquet", "sequential.json", "claims/worker-w0-1"),
    ):
        write_text(tmp_path / name, "{}")
    (tmp_path / "mine.txt").write_text("keep")
    discard(tmp_path)
    assert os.listdir(tmp_path) == ["mine.txt"]
    discard(tmp_path)


def test_text_is_replaced_whole_and_no_temporary_file_stays(tmp_path):
    path = tmp_path / "report" / "report.md"
    write_text(path, "old")
    write_text(path, "néw\n")
    assert path.read_bytes() == "néw\n".encode()
    assert os.listdir(path.parent) == ["report.md"]
    with pytest.raises(InputError, match="Is a directory"):
        write_text(Path(tmp_path / "report"), "x")
    assert os.listdir(tmp_path) == ["report"]


def test_of_two_runs_begun_at_once_one_is_refused(tmp_path, monkeypatch):
    other = {**MANIFEST, "seed": 99}

    def begin_meanwhile(path, text):
        monkeypatch.undo()
        create(tmp_path, other)
        return folder_module.write_new(path, text)

    monkeypatch.setattr(folder_module, "write_new", begin_meanwhile)
    with pytest.raises(InputError, match=r"holds another run, for these differ: seed \(99 there"):
        create(tmp_path, MANIFEST)
    assert read_manifest(tmp_path)["seed"] == 99


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="Path.is_file raises nothing there")
def test_a_folder_that_may_not_be_entered_is_said_in_one_line(tmp_path):
    shut = tmp_path / "shut"
    shut.mkdir()
    user = os.geteuid()
    tmp_path.chmod(0o755)
    shut.chmod(0)
    if user == 0:  # permissions do not bind root: be nobody for a moment
        os.seteuid(65534)
    try:
        with pytest.raises(InputError, match="Permission denied; make it writable"):
            folder_module.is_begun(shut / "run")
    finally:
        if user == 0:
            os.seteuid(0)
        shut.chmod(stat.S_IRWXU)
