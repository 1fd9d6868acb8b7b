import os
import stat
from pathlib import Path

import numpy as np
import pytest

from evalsuite.records import InputError, Judgement, Key, Sample
from evalsuite.runs import folder as run

KEY = Key("counts", "c-1", 0)
OTHER = Key("counts", "c-1", 1)
PIXELS = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3)
MANIFEST = {
    "backend": {"model": "scenes-ldm", "steps": 25, "size": [64, 64]},
    "prompts": {"counts": "abc"},
    "seed": 0,
    "packages": {"torch": "2.15.0", "rich": "14.0"},
    "git": "aaaa",
}


def add(folder, *samples, worker="w0"):
    with run.Segment(folder, f"samples-{worker}") as segment:
        run.write_sample(segment, *samples)


def add_judgement(folder, image, judgement, worker="w0"):
    with run.Segment(folder, f"judgements-{judgement.scorer}-{worker}") as segment:
        run.write_judgement(segment, (judgement, image))


def test_the_manifest_is_written_first_and_the_same_run_resumes(tmp_path):
    folder = tmp_path / "deep" / "run"
    run.create(folder, MANIFEST)
    assert os.listdir(folder) == ["manifest.json"]
    assert run.read_manifest(folder) == MANIFEST
    written = (folder / "manifest.json").read_bytes()
    also = {**MANIFEST, "git": "bbbb", "packages": {"torch": "2.15.0", "rich": "15.0"}}
    run.create(folder, also)
    assert (folder / "manifest.json").read_bytes() == written


def test_another_run_is_refused_with_each_key_in_one_line(tmp_path):
    run.create(tmp_path, MANIFEST)
    other = {**MANIFEST, "backend": {"model": "sdxl", "steps": 25, "size": [64, 64]}, "new": 1}
    with pytest.raises(InputError) as caught:
        run.create(tmp_path, {**other, "packages": {"torch": "2.16.0"}})
    told = str(caught.value)
    assert '"scenes-ldm" there, "sdxl" here' in told
    assert "new (nothing there, 1 here)" in told
    assert 'packages.torch ("2.15.0" there, "2.16.0" here)' in told
    assert "steps" not in told
    assert "rich" not in told
    assert "another --output-dir" in told
    assert "--no-resume" in told
    assert "\n" not in told


def test_the_manifest_names_no_path_user_host_or_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("USER", "wilhelmina")
    monkeypatch.setenv("HF_TOKEN", "canary-0123456789")
    secret = {"cache": "/home/wilhelmina/hub", "by": "wilhelmina", "url": "x canary-0123456789"}
    run.create(tmp_path, {**MANIFEST, "configuration": secret})
    text = (tmp_path / "manifest.json").read_text()
    assert "wilhelmina" not in text
    assert "canary" not in text
    assert "/home" not in text
    run.create(tmp_path, {**MANIFEST, "configuration": secret})


def test_a_damaged_or_missing_manifest_is_said(tmp_path):
    with pytest.raises(InputError, match=r"manifest\.json: is missing"):
        run.read_manifest(tmp_path)
    for text in ("{", "[]", "[" * 100_000):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(InputError, match=r"manifest\.json: is damaged"):
            run.create(tmp_path, MANIFEST)
    (tmp_path / "manifest.json").unlink()
    add(tmp_path, Sample(KEY, 1, "failed", None, "why"))
    with pytest.raises(InputError, match="is missing though the run has rows"):
        run.create(tmp_path, MANIFEST)


def test_folders_that_cannot_be_used_are_said_in_one_line(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    for folder in (file, file / "below"):
        with pytest.raises(InputError, match=r"file.*; a file stands where a folder should be"):
            run.create(folder, MANIFEST)
    shut = tmp_path / "shut"
    shut.mkdir()
    shut.chmod(stat.S_IRUSR | stat.S_IXUSR)
    run.save_image(tmp_path, PIXELS)  # brings in Pillow while this user may still read it
    user = os.geteuid()
    if user == 0:  # permissions do not bind root: be nobody for a moment
        tmp_path.chmod(0o700)
        os.seteuid(65534)
    try:
        with pytest.raises(InputError, match="Permission denied; make it writable"):
            run.create(shut / "run", MANIFEST)
        with pytest.raises(InputError, match="Permission denied; make it writable"):
            run.save_image(shut, PIXELS)
    finally:
        if user == 0:
            os.seteuid(0)
        shut.chmod(stat.S_IRWXU)


def test_discard_takes_a_runs_own_files_only(tmp_path):
    run.create(tmp_path, MANIFEST)
    image = run.save_image(tmp_path, PIXELS)
    add(tmp_path, Sample(KEY, 1, "ok", image))
    run.save_features(tmp_path, "e", image, np.zeros(2))
    run.write_text(tmp_path / "report" / "index.html", "x")
    (tmp_path / "mine.txt").write_text("keep")
    run.discard(tmp_path)
    assert os.listdir(tmp_path) == ["mine.txt"]
    run.discard(tmp_path)


def test_samples_and_judgements_come_back(tmp_path):
    image = run.save_image(tmp_path, PIXELS)
    good = Sample(KEY, 4_294_967_295, "ok", image)
    bad = Sample(OTHER, 2, "refused", None, "the service said no: «not that»")
    add(tmp_path, good)
    add(tmp_path, bad, worker="w1")
    assert run.read_samples(tmp_path) == {KEY: good, OTHER: bad}
    clip = Judgement("clip", KEY, {"score": 0.1, "choice": None}, {"choice": "none"}, {"a": [1]})
    late = Judgement("clip-2", KEY, failure="ValueError: no")
    add_judgement(tmp_path, image, clip)
    add_judgement(tmp_path, image, late)
    assert run.read_judgements(tmp_path) == {("clip", KEY): clip, ("clip-2", KEY): late}
    assert run.read_judgements(tmp_path, "clip") == {("clip", KEY): clip}
    assert run.damaged_rows(tmp_path) == 0
    (tmp_path / "samples-w1.jsonl").write_text("{}\n")
    assert run.damaged_rows(tmp_path) == 1
    assert run.read_samples(tmp_path) == {KEY: good}


def test_an_image_that_is_there_beats_one_that_is_lost(tmp_path):
    first = run.save_image(tmp_path, PIXELS)
    second = run.save_image(tmp_path, PIXELS + 1)
    gave_up = Sample(KEY, 1, "failed", None, "no")
    add(tmp_path, Sample(KEY, 1, "ok", first), worker="w1")
    add(tmp_path, gave_up, Sample(KEY, 1, "ok", second))
    assert run.read_samples(tmp_path)[KEY].image == first
    (tmp_path / "images" / f"{first}.png").write_bytes(b"damaged")
    assert run.read_samples(tmp_path)[KEY].image == second
    (tmp_path / "images" / f"{second}.png").unlink()
    assert run.read_samples(tmp_path)[KEY] == gave_up


def test_a_judgement_counts_for_its_image_only(tmp_path):
    old = run.save_image(tmp_path, PIXELS)
    new = run.save_image(tmp_path, PIXELS + 1)
    add(tmp_path, Sample(KEY, 1, "ok", old))
    add_judgement(tmp_path, old, Judgement("s", KEY, {"v": 1.0}))
    add(tmp_path, Sample(KEY, 1, "ok", new))
    assert run.read_judgements(tmp_path) == {}
    lost = Judgement("s", KEY, failure="missing")
    add_judgement(tmp_path, None, lost)
    assert run.read_judged(tmp_path) == {("s", KEY): (lost, None)}
    judged = Judgement("s", KEY, {"v": 2.0})
    add_judgement(tmp_path, new, judged)
    add_judgement(tmp_path, None, lost)
    assert run.read_judgements(tmp_path) == {("s", KEY): judged}


def test_rows_that_name_files_elsewhere_are_damaged(tmp_path):
    row = {"prompt_set": "a", "prompt_id": "b", "index": 0, "seed": 1, "reason": None}
    with run.Segment(tmp_path, "samples-w0") as segment:
        segment.append({**row, "status": "ok", "image": "../../x"})
        segment.append({**row, "status": "ok", "image": None})
        segment.append({**row, "status": "fine", "image": None})
        segment.append({**row, "status": "failed", "image": "a" * 64})
    assert run.read_samples(tmp_path) == {}
    assert run.damaged_rows(tmp_path) == 4
    for name in ("../../x", "", "A" * 64):
        with pytest.raises(InputError, match="no SHA-256"):
            run.load_image(tmp_path, name)


def test_images_are_named_by_their_bytes_and_a_good_one_is_left_alone(tmp_path):
    sha256 = run.save_image(tmp_path, PIXELS)
    path = tmp_path / "images" / f"{sha256}.png"
    before = path.stat()
    assert run.save_image(tmp_path, PIXELS) == sha256
    assert path.stat().st_ino == before.st_ino
    assert np.array_equal(run.load_image(tmp_path, sha256), PIXELS)
    assert os.listdir(tmp_path / "images") == [path.name]
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        with pytest.raises(InputError, match=r"\.png: the image is damaged.*generate"):
            run.load_image(tmp_path, sha256)
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not run.has_image(tmp_path, sha256)
    run.save_image(tmp_path, PIXELS)
    assert path.read_bytes() == whole
    path.unlink()
    with pytest.raises(InputError, match=r"\.png: the image is missing.*generate"):
        run.load_image(tmp_path, sha256)


def test_features_are_kept_by_encoder_and_damaged_ones_are_none(tmp_path):
    sha256 = "a" * 64
    for encoder in ("open_clip:ViT-B/32@x", "..", "plain"):
        run.save_features(tmp_path, encoder, sha256, np.arange(3.0))
        loaded = run.load_features(tmp_path, encoder, sha256)
        assert loaded is not None
        assert loaded.tolist() == [0.0, 1.0, 2.0]
    assert run.encoders(tmp_path) == ["..", "open_clip:ViT-B/32@x", "plain"]
    assert all(path.parent.parent == tmp_path / "features" for path in tmp_path.rglob("*.npy"))
    path = tmp_path / "features" / "plain" / f"{sha256}.npy"
    assert np.load(path).tolist() == [0.0, 1.0, 2.0]
    path.write_bytes(path.read_bytes()[:-1])
    assert run.load_features(tmp_path, "plain", sha256) is None
    assert run.load_features(tmp_path, "never", sha256) is None
    with pytest.raises(InputError, match="encoder's id"):
        run.save_features(tmp_path, "x" * 300, sha256, np.zeros(1))


def test_text_is_replaced_whole_and_no_temporary_file_stays(tmp_path):
    path = tmp_path / "report" / "report.md"
    run.write_text(path, "old")
    run.write_text(path, "néw\n")
    assert path.read_bytes() == "néw\n".encode()
    assert os.listdir(path.parent) == ["report.md"]
    with pytest.raises(InputError, match="Is a directory"):
        run.write_text(Path(tmp_path / "report"), "x")
    assert os.listdir(tmp_path) == ["report"]
