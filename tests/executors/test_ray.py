"""Workers in a real Ray of this machine: one is killed, the command is killed, nothing is lost."""

import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from executors_run import IMAGES, content, drawn, settings

from evalsuite.pipeline import stages
from evalsuite.records import InputError
from evalsuite.runs.rows import read_run

BATCH = 4


@pytest.fixture
def ray():
    """Skip without it; it is not imported, which the command does in its own way."""
    if importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed: pip install 'evalsuite[ray]'")


def workers(home):
    """The processes of the workers that drew something; each has named its own."""
    return [int(path.name.removeprefix("met-")) for path in home.glob("met-*")]


def written(folder):
    """Rows of samples; an image is there before its row."""
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("samples-*.jsonl"))


def is_there(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
def test_four_workers_of_which_one_is_killed_leave_what_one_process_leaves(
    tmp_path, alone, ray, capfd
):
    told, killed = [], []

    def progress(stage, done, total):
        told.append((stage, done, total))
        if stage == "generate" and done >= 16 and not killed:
            killed.append(workers(tmp_path)[0])
            os.kill(killed[0], signal.SIGKILL)

    folder = tmp_path / "run"
    more = {"workers": 4, "judge_workers": 1, "executor": "ray", "output_dir": str(folder)}
    pace = {"model_arg": {"meet": 4, "pause": 0.2, "log": str(tmp_path / "log")}}
    outcome = stages.evaluate(settings(tmp_path, **pace, **more), progress=progress)

    assert outcome.complete and killed
    assert content(folder) == alone
    assert len(drawn(tmp_path)) - IMAGES <= 2 * BATCH  # what it drew, and what it was writing
    assert len(list(folder.glob("samples-*.jsonl"))) >= 4
    assert told[-1] == ("judge", IMAGES, IMAGES)
    assert not (folder / "claims").exists()
    assert not any(map(is_there, workers(tmp_path)))
    out, err = capfd.readouterr()  # Ray says nothing of its own
    assert out == "" and all(line.startswith("evalsuite: ") for line in err.splitlines())


COMMAND = """
import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])
from executors_run import settings; from evalsuite.pipeline import stages
pace = {"model_arg": {"meet": 2, "pause": 0.02, "log": sys.argv[2] + "/log"}}
more = {"workers": 2, "executor": "ray", "output_dir": sys.argv[2] + "/run"}
stages.generate(settings(Path(sys.argv[2]), **pace, **more))
"""


@pytest.mark.slow
def test_ray_ends_with_a_command_that_is_killed_and_the_run_goes_on_without(tmp_path, alone, ray):
    tests = os.path.dirname(os.path.dirname(__file__))
    words = [sys.executable, "-c", COMMAND, tests, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    (tmp_path / "hold").touch()  # the workers outlive the command by seconds, and would draw all
    command = subprocess.Popen(words, env=environment)
    deadline = time.monotonic() + 180
    while written(tmp_path / "run") < 2 * BATCH and time.monotonic() < deadline:
        assert command.poll() is None
        time.sleep(0.05)
    command.send_signal(signal.SIGKILL)
    command.wait()
    deadline = time.monotonic() + 30
    while any(map(is_there, workers(tmp_path))) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(is_there, workers(tmp_path)))
    (tmp_path / "hold").unlink()
    folder = tmp_path / "run"
    assert 0 < len(read_run(folder).samples) < IMAGES
    pace = {"model_arg": {"meet": 2, "pause": 0.02, "log": str(tmp_path / "log")}}
    assert stages.evaluate(settings(tmp_path, **pace, output_dir=str(folder))).complete
    assert content(folder) == alone


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"ray_address": "ray://head:10001"}, "write HOST:PORT"),
        ({"ray_address": "nonsense"}, "write HOST:PORT"),
        ({"ray_address": f"127.0.0.1:{closed_port()}"}, "no Ray cluster answers there"),
        ({"ray_arg": {"judge": {"num_gpus": 1}}}, "no such workers.*--judge-workers"),
        ({"device": "cuda:1"}, "write cuda"),
        ({"executor": "processes", "ray_address": "auto"}, "are for --executor ray"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(tmp_path, ray, more, said):
    more = {"executor": "ray", "output_dir": str(tmp_path / "run"), **more}
    with pytest.raises(InputError, match=said) as refused:
        stages.generate(settings(tmp_path, **more))
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "run").exists()


def test_without_the_extra_the_error_names_it(tmp_path, monkeypatch):
    class Absent:
        def find_spec(self, name, *rest):
            if name == "ray":
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.delitem(sys.modules, "ray", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    with pytest.raises(InputError, match=r"needs ray.*pip install 'evalsuite\[ray\]'$"):
        stages.generate(settings(tmp_path, executor="ray", output_dir=str(tmp_path / "run")))
