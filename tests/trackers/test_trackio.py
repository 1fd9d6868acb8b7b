"""Trackio with its own local database, where somebody has put it beside evalsuite."""

import json
import sqlite3

import pytest

from evalsuite import trackers


@pytest.mark.filterwarnings("default")  # those of its own packages
def test_its_database_keeps_settings_and_numbers(entry, monkeypatch, tmp_path):
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "kept"))
    pytest.importorskip("trackio", reason="needs Pillow below 13, and evalsuite 13 or newer")
    [said] = trackers.tell(trackers.load(["trackio"]), entry)
    assert said == "trackio: run run-7 of the project evalsuite"
    with sqlite3.connect(tmp_path / "kept" / "evalsuite.db") as database:
        [(numbers,)] = database.execute("SELECT metrics FROM metrics WHERE run_name = 'run-7'")
        [(config,)] = database.execute("SELECT config FROM configs WHERE run_name = 'run-7'")
    assert json.loads(numbers) == entry.numbers
    config = json.loads(config)
    assert config["model"] == "m" and config["manifest"] == {"seed": 3}
