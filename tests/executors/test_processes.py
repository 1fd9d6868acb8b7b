"""Helpers in real processes: the same bytes with any number, and what a death costs."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from executors_run import IMAGES, content, drawn, settings

from evalsuite.executors import processes
from evalsuite.executors.ending import HelperBroke
from evalsuite.pipeline import stages
from evalsuite.records import InputError
from evalsuite.runs.rows import read_run

TESTS = Path(__file__).parents[1]


def test_two_workers_and_a_judge_do_nothing_twice_and_leave_the_same(tmp_path, alone):
    folder = tmp_path / "run"
    more = {"workers": 2, "judge_workers": 1}
    outcome = stages.evaluate(settings(tmp_path, 2, output_dir=str(folder), **more))
    assert outcome.complete
    seen = drawn(tmp_path)
    assert len(seen) == len(set(seen)) == IMAGES
    assert len(list(folder.glob("samples-*.jsonl"))) == 2
    assert content(folder) == alone
    assert not (folder / "claims").exists()


def command(home, folder):
    work = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from executors_run import settings; from evalsuite.pipeline import stages\n"
        "found = settings(Path(sys.argv[2]), 2, output_dir=sys.argv[3])\n"
        "sys.exit(0 if stages.evaluate(found).complete else 4)"
    )
    words = [sys.executable, "-c", work, str(TESTS), str(home), str(folder)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(words, env=environment)


def test_commands_started_apart_share_a_run_and_a_killed_one_loses_a_batch(tmp_path, alone):
    folder = tmp_path / "run"
    children = [command(tmp_path, folder) for _ in range(2)]
    while sum(path.read_bytes().count(b"\n") for path in folder.glob("samples-*")) < 16:
        time.sleep(0.02)
    children[0].send_signal(signal.SIGKILL)
    assert [child.wait(120) for child in children] == [-signal.SIGKILL, 0]
    seen = drawn(tmp_path)
    assert set(seen) == {f"{key.prompt_id} {key.index}" for key in read_run(folder).samples}
    assert len(seen) - IMAGES <= 2 * 4  # the batch that it drew, and one that it was writing
    found = content(folder)
    assert found == alone  # a claim that was being written says nothing, and stays until it is old


def test_a_helper_that_is_killed_is_replaced_and_one_that_breaks_ends_the_command(tmp_path):
    helpers = processes.Helpers(tmp_path)
    path = str(tmp_path / "seen")
    helpers.start(processes.Part("executors_child:twice", path, {}))
    helpers.join()
    helpers.check()
    assert Path(path).read_text() == "12"
    helpers.start(processes.Part("executors_child:refused", path, {}))
    helpers.join()
    with pytest.raises(InputError, match="no such thing"):
        helpers.check()
    broken = processes.Helpers(tmp_path)
    broken.start(processes.Part("executors_child:breaks", path, {}))
    broken.join()
    with pytest.raises(HelperBroke, match="ZeroDivisionError"):
        broken.watched(None)("generate", 0, 1)


def test_helpers_end_with_the_command(tmp_path):
    path = tmp_path / "seen"
    part = processes.Part("executors_child:forever", str(path), {})
    with (
        pytest.raises(KeyboardInterrupt),
        processes.helping(tmp_path, [part, part]),
    ):
        while not path.exists() or len(path.read_text().split()) < 2:
            time.sleep(0.02)
        raise KeyboardInterrupt
    for process in map(int, path.read_text().split()):
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    assert threading.active_count() < 20


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"executor": "inline", "workers": 2}, "--executor inline"),
        ({"executor": "inline", "judge_workers": 1}, "--executor inline"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(tmp_path, more, said):
    with pytest.raises(InputError, match=said):
        stages.evaluate(settings(tmp_path, output_dir=str(tmp_path / "run"), **more))
    assert not (tmp_path / "run").exists()
