"""Weights & Biases in its offline mode, read back from the file that `wandb sync` sends."""

import json
import struct

import pytest

from evalsuite import trackers

wandb = pytest.importorskip("wandb", reason="needs 'evalsuite[wandb]'")


def records(path):
    """The records of a `.wandb` file: LevelDB's log format behind a header of seven bytes.

    https://github.com/google/leveldb/blob/main/doc/log_format.md
    """
    from wandb.proto import wandb_internal_pb2

    data, at, whole = path.read_bytes(), 7, b""
    assert data[:4] == b":W&B"
    while at + 7 <= len(data):
        if (left := 32768 - at % 32768) < 7:  # no head fits: the block's end is filled up
            at += left
            continue
        size, kind = struct.unpack("<4xHB", data[at : at + 7])
        whole += data[at + 7 : at + 7 + size]
        at += 7 + size
        if kind in (1, 4):  # full, or the last part of one
            yield wandb_internal_pb2.Record.FromString(whole)
            whole = b""


def test_offline_it_keeps_settings_numbers_estimates_and_the_report(entry, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, value in {"MODE": "offline", "DATA_DIR": "data", "CACHE_DIR": "cache"}.items():
        monkeypatch.setenv(f"WANDB_{name}", value if name == "MODE" else str(tmp_path / value))
    [said] = trackers.tell(trackers.load(["wandb"]), entry)
    wandb.teardown()  # its own process writes the file, and is waited for at the end of ours
    [path] = tmp_path.glob("wandb/offline-run-*/*.wandb")
    assert said == f"wandb: offline, for `wandb sync`, run {path.stem[4:]} of the project evalsuite"
    found = list(records(path))
    config = {
        u.key: json.loads(u.value_json)
        for r in found
        for u in [*r.config.update, *r.run.config.update]
    }
    assert config["model"] == "m" and config["model_arg.k.j"] == 2 and "steps" not in config
    assert config["manifest"] == {"seed": 3}
    summary = {
        u.key or "/".join(u.nested_key): json.loads(u.value_json)
        for r in found
        for u in [*r.summary.update, *r.run.summary.update]
    }
    assert {name: summary[name] for name in entry.numbers} == entry.numbers
    [table] = path.parent.glob("files/media/table/*.json")
    assert json.loads(table.read_text())["data"] == [list(row.values()) for row in entry.rows]
    kept = [r.artifact for r in found if r.artifact.type == "report"]
    assert [e.path for r in kept for e in r.manifest.contents] == ["report/index.html"]
    # Nothing of the machine: neither its name nor its packages, nor what was typed.
    assert {f.name for f in (path.parent / "files").iterdir()} <= {"media", "config.yaml"}
    assert all(not r.run.host for r in found)


def test_one_that_is_switched_off_is_refused_before_a_run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "disabled")
    wandb.teardown()
    with pytest.raises(trackers.InputError, match=r"is switched off \(WANDB_MODE=disabled\)"):
        trackers.load(["wandb"])
    wandb.teardown()


def test_without_an_account_it_says_so_before_a_run(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("API_KEY", "MODE", "IDENTITY_TOKEN_FILE"):
        monkeypatch.delenv(f"WANDB_{name}", raising=False)
    monkeypatch.setenv("WANDB_CONFIG_DIR", str(tmp_path))
    wandb.teardown()
    with pytest.raises(trackers.InputError, match="no account is set up; run `wandb login`"):
        trackers.load(["wandb"])
    wandb.teardown()
