"""Claims: one holder, given back at the end, taken over from the dead, and never a lock."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from evalsuite.records import InputError
from evalsuite.runs import claims
from evalsuite.runs.claims import BEAT, EXPIRY, Claims, is_stale


def test_one_of_two_gets_a_claim_and_the_other_once_it_is_given_back(tmp_path):
    with Claims(tmp_path) as one, Claims(tmp_path) as two:
        assert one.take("b") and not two.take("b") and not one.take("b")
        assert two.take("c")
        one.release("b")
        assert two.take("b")
    assert list(tmp_path.iterdir()) == []


def test_workers_get_the_first_free_names(tmp_path):
    with Claims(tmp_path) as one:
        with Claims(tmp_path) as two:
            assert (one.worker, two.worker, one.worker) == ("w0", "w1", "w0")
        with Claims(tmp_path) as three:
            assert three.worker == "w1"


def test_nothing_is_made_where_nothing_is_claimed(tmp_path):
    with Claims(tmp_path):
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", [b"", b"\xff\xfe garbage", b"x 1 2", b"a b c d"])
def test_a_claim_that_says_nothing_holds_until_it_is_old(tmp_path, text):
    path = tmp_path / "claims" / "b-7"
    path.parent.mkdir()
    path.write_bytes(text)
    with Claims(tmp_path, expiry=60) as one:
        assert not one.take("b")
        os.utime(path, (time.time() - 61,) * 2)
        assert one.take("b")
        assert sorted(p.name for p in path.parent.iterdir()) == ["b-7", "b-8"]
    assert not path.parent.exists()


def test_a_living_worker_is_not_taken_over(tmp_path):
    with Claims(tmp_path, expiry=0.5, beat=0.05) as one, Claims(tmp_path, expiry=0.5) as two:
        assert one.take("b")
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            assert not two.take("b")
            time.sleep(0.1)


@pytest.mark.skipif(not claims._machine(), reason="no /proc: only age says that a worker is gone")
def test_a_killed_worker_is_taken_over_at_once(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from evalsuite.runs.claims import Claims\n"
        "Claims(Path(sys.argv[1])).take('b'); print('held', flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout.readline() == b"held\n"
        with Claims(tmp_path) as one:
            assert not one.take("b")
            child.kill()
            while b"Z" not in (state := _state(child.pid)) and state:
                time.sleep(0.01)
            assert one.take("b")  # a zombie is dead, too


def _state(process):
    with open(f"/proc/{process}/stat", "rb") as file:
        return file.read().rpartition(b")")[2].split()[0]


def test_what_a_process_held_is_given_back_by_who_saw_it_end(tmp_path):
    one = Claims(tmp_path)
    assert one.take("b")
    claims.abandon(tmp_path, os.getpid() + 1)
    assert (tmp_path / "claims" / "b-1").exists()
    claims.abandon(tmp_path, os.getpid())
    assert not (tmp_path / "claims" / "b-1").exists()
    one.__exit__()


def test_a_file_in_the_folders_place_is_one_line(tmp_path):
    (tmp_path / "claims").write_text("")
    with Claims(tmp_path) as one, pytest.raises(InputError, match="claims"):
        one.take("b")


def test_a_claim_that_a_kill_left_empty_is_anybodys_after_a_beat(tmp_path):
    path = tmp_path / "worker-w0-1"
    path.touch()
    now = path.stat().st_mtime
    assert not is_stale(path, now + BEAT - 1, EXPIRY) and is_stale(path, now + BEAT + 1, EXPIRY)
    path.write_bytes(b"another machine's")
    now = path.stat().st_mtime
    assert not is_stale(path, now + BEAT + 1, EXPIRY) and is_stale(path, now + EXPIRY + 1, EXPIRY)


def test_a_claim_is_stale_after_its_time_and_not_with_it(tmp_path):
    path = tmp_path / "b-1"
    path.write_bytes(b"another machine's")
    os.utime(path, (1_000, 1_000))
    assert not is_stale(path, 1_060.0, 60.0) and is_stale(path, 1_060.5, 60.0)


def test_a_claim_that_nobody_touched_for_two_minutes_is_anybodys(tmp_path):
    path = tmp_path / "claims" / "b-1"
    path.parent.mkdir()
    path.write_bytes(b"another machine's")
    with Claims(tmp_path) as one:
        os.utime(path, (time.time() - 119,) * 2)
        assert not one.take("b")
        os.utime(path, (time.time() - 120.5,) * 2)
        assert one.take("b")
    # One that says nothing yet is nobody's after a sign of life that did not come.
    path.parent.mkdir()
    path.touch()
    now = path.stat().st_mtime
    assert not is_stale(path, now + 15.0, EXPIRY) and is_stale(path, now + 15.5, EXPIRY)
    assert is_stale(path, now + 3.0, 2.0)


@pytest.mark.skipif(not claims._machine(), reason="no /proc: only age says that a worker is gone")
def test_a_claim_says_on_which_boot_which_process_began_when(tmp_path):
    """The 22nd field of proc(5)'s stat, and no name of the machine or its user."""
    machine, process, began = claims.owner().split(" ")
    assert len(machine) == 16 and int(machine, 16) >= 0
    stat = (Path("/proc/self/stat").read_text().rpartition(")")[2]).split()
    assert (process, began) == (str(os.getpid()), stat[22 - 3])

    def is_gone(*words):
        return claims.is_gone(" ".join(words).encode())

    assert not is_gone(machine, process, began)
    assert is_gone(machine, process, "1") and is_gone(machine, "999999999", began)
    # What nobody can tell is not gone: another machine's, or words of another kind.
    assert not is_gone("0" * 16, process, "1")
    assert not is_gone(machine, "9999999999", "1") and not is_gone(machine, "x", "1")
    assert not is_gone(machine, process, "") and not is_gone("", process, "1")


@pytest.mark.skipif(not claims._machine(), reason="no /proc: only age says that a worker is gone")
def test_a_process_has_begun_whatever_it_is_called(tmp_path):
    """A blank, a bracket and a letter that is not ASCII stand in its name."""
    named = tmp_path / "\u00df) Z"
    named.symlink_to(shutil.which("sleep"))
    with subprocess.Popen([named, "60"]) as child:
        assert claims._began(child.pid).isdigit()
        child.kill()
    assert claims._began(child.pid) == ""


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="nobody can tell what is open")
def test_a_claim_keeps_nothing_open(tmp_path):
    with Claims(tmp_path) as one:
        one.take("a")
        before = len(os.listdir("/proc/self/fd"))
        assert all(one.take(f"b{n}") for n in range(5))
        assert len(os.listdir("/proc/self/fd")) == before


def test_the_time_is_that_of_the_folders_file_system(tmp_path):
    os.utime(tmp_path, (1_000, 1_000))
    assert abs(claims._now(tmp_path) - time.time()) < 60
    assert claims._now(tmp_path / "nowhere") == 0.0, "nothing is old, then"


def test_no_heart_keeps_its_process(tmp_path):
    with Claims(tmp_path) as one:
        one.take("b")
        hearts = [thread for thread in threading.enumerate() if thread.name == "claims"]
        assert hearts and all(heart.daemon for heart in hearts)


def test_a_claim_is_a_file_that_others_of_a_group_may_give_back(tmp_path):
    before = os.umask(0)
    try:
        with Claims(tmp_path) as one:
            one.take("b")
            assert (tmp_path / "claims" / "b-1").stat().st_mode & 0o777 == 0o666
    finally:
        os.umask(before)
