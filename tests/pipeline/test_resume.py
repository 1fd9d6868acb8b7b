"""Kill a run with SIGKILL at random moments, finish it, and find the run that nobody killed."""

import importlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evalsuite.runs.rows import read_run

TESTS = Path(__file__).parents[1]
KILLS = 14


def start(folder, log, pause):
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    command = [
        sys.executable,
        str(TESTS / "outside" / "work.py"),
        str(folder),
        str(log),
        str(pause),
    ]
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)


def drawn(log):
    """The keys that the backend was asked for, once a batch."""
    return log.read_text().split("\n")[:-1] if log.exists() else []


def acknowledged(folder):
    return {f"{key.prompt_id} {key.index}" for key in read_run(folder, {}).samples}


def content(folder):
    images = {path.name: path.read_bytes() for path in folder.glob("images/*.png")}
    features = {path.name: path.read_bytes() for path in folder.glob("features/*/*.npy")}
    rows = read_run(folder, {})
    return rows.samples, rows.judged, images, features


@pytest.mark.slow
def test_killed_anywhere_a_run_finishes_as_if_nobody_had(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(TESTS)
    importlib.import_module("outside.work").main(tmp_path / "whole")
    expected = content(tmp_path / "whole")
    assert len(expected[0]) == 60
    assert len(expected[1]) == 2 * len(expected[2]) == 2 * 51

    chance = random.Random()
    kills = []  # (rows of samples, rows of judgements) found after each
    rounds = 0
    while len(kills) < KILLS:
        folder, finished = tmp_path / f"killed-{rounds}", False
        while not finished:
            done, before = acknowledged(folder), read_run(folder, {}).judged
            log = tmp_path / f"log-{rounds}-{len(kills)}"
            with start(folder, log, 0.01) as child:
                assert child.stdout is not None
                assert child.stdout.readline() == b"ready\n"
                if len(kills) < KILLS:
                    time.sleep(chance.uniform(0, 0.35))
                    child.kill()
                code = child.wait()
            finished = code == 0
            if not finished:
                assert code == -signal.SIGKILL
                kills.append((len(done), len(before)))
            again = drawn(log)
            assert not done & set(again), "drawn again after its row was acknowledged"
            assert len(again) == len(set(again))
            assert done <= acknowledged(folder)
            assert before.items() <= read_run(folder, {}).judged.items()
            log.unlink(missing_ok=True)
        assert content(folder) == expected
        rounds += 1
    assert len(set(kills)) > 3, f"the kills all fell at one place: {kills}"


def test_a_run_that_is_done_is_left_as_it_is(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(TESTS)
    work = importlib.import_module("outside.work")
    work.main(tmp_path)
    before = content(tmp_path)
    counts = work.main(tmp_path)
    assert [(c.planned, c.reused, c.calls, c.decoded) for c in counts] == [
        (60, 60, 0, 0),
        (102, 102, 0, 0),
    ]
    assert content(tmp_path) == before
