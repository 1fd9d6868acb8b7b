"""Temporary files: those of the dead are swept, those that somebody still writes are not."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from evalsuite.runs import claims, leftovers
from evalsuite.runs.folder import create, discard
from evalsuite.runs.leftovers import sweep

HEX = "0123456789ab"
NAMES = (
    f".manifest.json.{HEX}.tmp",
    f"images/.{'a' * 64}.png.{HEX}.tmp",
    f"features/e/.{'a' * 64}.npy.{HEX}.tmp",
    f"report/.index.html.{HEX}.tmp",
)
OTHERS = (".mine.tmp", f"mine/.index.html.{HEX}.tmp", "images/a.tmp")
WRITER = """
import sys, time
with open(sys.argv[1], "xb") as file:
    print("open", flush=True)
    time.sleep(60)
"""


def put(folder, names, age=0.0):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
        os.utime(path, (time.time() - age,) * 2)


def there(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.tmp")}


@pytest.fixture
def local(monkeypatch):
    """The file system of the tests counts as this machine's own, whatever it is called."""
    monkeypatch.setattr(leftovers, "_is_local", lambda folder: True)


def test_old_ones_go_and_other_files_stay(tmp_path):
    put(tmp_path, (*NAMES, *OTHERS), age=2 * leftovers.OLD)

    sweep(tmp_path)

    assert there(tmp_path) == set(OTHERS)


def test_where_other_machines_write_too_a_file_is_old_after_an_hour(tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "_is_local", lambda folder: False)
    put(tmp_path, NAMES[:1], age=3600.5)
    put(tmp_path, NAMES[1:2], age=3590)

    sweep(tmp_path)

    assert there(tmp_path) == {NAMES[1]}


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="nobody can tell who writes")
def test_young_ones_go_unless_somebody_has_them_open(tmp_path, local):
    put(tmp_path, NAMES)
    own = tmp_path / f".estimates.json.{HEX}.tmp"
    with subprocess.Popen([sys.executable, "-c", WRITER, own], stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()

        sweep(tmp_path)

        writer.kill()  # before anything fails, which would wait for its end
        assert there(tmp_path) == {own.name}
    sweep(tmp_path)
    assert there(tmp_path) == set()


def test_young_ones_stay_where_other_machines_may_write(tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "LOCAL", frozenset())
    put(tmp_path, NAMES)

    sweep(tmp_path)

    assert there(tmp_path) == set(NAMES)


def test_starting_over_takes_them_all(tmp_path):
    create(tmp_path, {"seed": 0})
    put(tmp_path, (*NAMES, *OTHERS))

    discard(tmp_path)

    assert there(tmp_path) == set(OTHERS) - {"images/a.tmp"}


MOUNTS = r"""server:/x / nfs4 rw 0 0
/dev/a /data {kind} rw 0 0
server:/y /data/our\040files nfs rw 0 0
none /data/our\040files/own {kind} rw 0 0
/dev/b /over {kind} rw 0 0
server:/z /over nfs rw 0 0
"""


@pytest.mark.parametrize(
    "kind", ["apfs", "btrfs", "ext2", "ext3", "ext4", "overlay", "tmpfs", "xfs", "zfs"]
)
def test_a_file_system_is_this_machines_by_the_nearest_mount_above(monkeypatch, kind):
    monkeypatch.setattr(Path, "read_text", lambda *_: MOUNTS.format(kind=kind))
    local = ("/data", "/data/run", "/data/our", "/data/our files/own/run")
    shared = ("/", "/home", "/database", "/data/our files", "/data/our files/run", "/over/run")
    assert [leftovers._is_local(Path(place)) for place in (*local, *shared)] == (
        [True] * len(local) + [False] * len(shared)
    )


def test_what_lies_on_no_other_mount_lies_on_the_root(monkeypatch):
    mounts = "/dev/a / ext4 rw 0 0\nserver:/x /home nfs rw 0 0\n"
    monkeypatch.setattr(Path, "read_text", lambda *_: mounts)
    places = ("/", "/homes/run", "/home", "/home/run")
    assert [leftovers._is_local(Path(place)) for place in places] == [True, True, False, False]


def test_where_nobody_can_tell_who_has_files_open_somebody_may(tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "Path", lambda place: tmp_path / str(place).strip("/"))
    young = [tmp_path / "a.tmp", tmp_path / "b.tmp"]
    assert leftovers._open_files(young) == set(young)
    assert leftovers._open_files([]) == set()


def test_a_folder_of_such_a_name_is_nobodys_file_and_stays(tmp_path, local):
    folder = tmp_path / NAMES[0]
    folder.mkdir()
    os.utime(folder, (1_000_000, 1_000_000))
    put(tmp_path, NAMES[1:], age=7200)
    sweep(tmp_path)
    assert there(tmp_path) == {NAMES[0]}


def test_where_mounts_cannot_be_read_every_file_system_may_be_shared(monkeypatch):
    def refuse(*_):
        raise OSError

    monkeypatch.setattr(Path, "read_text", refuse)
    assert not leftovers._is_local(Path("/data"))


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="nobody can tell who writes")
def test_young_ones_of_another_user_stay_as_nobody_sees_who_has_them_open(
    tmp_path, local, monkeypatch
):
    put(tmp_path, NAMES)
    owner = tmp_path.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    sweep(tmp_path)
    assert there(tmp_path) == set(NAMES)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    sweep(tmp_path)
    assert there(tmp_path) == set()


def test_a_file_that_changes_between_the_looks_is_somebodys(tmp_path, local, monkeypatch):
    put(tmp_path, NAMES)
    written = tmp_path / NAMES[0]
    monkeypatch.setattr(time, "sleep", lambda _: written.write_bytes(b"more than half"))
    sweep(tmp_path)
    assert there(tmp_path) == {NAMES[0]}


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="nobody can tell who writes")
def test_a_handle_that_ends_meanwhile_hides_none_of_its_process(tmp_path, local, monkeypatch):
    own = tmp_path / f".estimates.json.{HEX}.tmp"
    readlink = os.readlink

    def gone(handle, *more):
        if str(handle).endswith("/0"):  # of every process the first
            raise FileNotFoundError(handle)
        return readlink(handle, *more)

    monkeypatch.setattr(os, "readlink", gone)
    with own.open("xb"):
        sweep(tmp_path)
        assert there(tmp_path) == {own.name}
    sweep(tmp_path)
    assert there(tmp_path) == set()


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="nobody can tell who writes")
def test_a_file_that_is_opened_between_the_looks_is_somebodys(tmp_path, local, monkeypatch):
    put(tmp_path, NAMES)
    opened = []
    monkeypatch.setattr(time, "sleep", lambda _: opened.append((tmp_path / NAMES[0]).open("rb")))
    sweep(tmp_path)
    opened[0].close()
    assert there(tmp_path) == {NAMES[0]}


def test_claims_of_the_dead_go_and_those_of_the_living_stay(tmp_path):
    dead, living = tmp_path / "dead", tmp_path / "living"
    for folder, began in ((dead, "1"), (living, claims._began(os.getpid()))):
        (folder / "claims").mkdir(parents=True)
        held = f"{claims._machine()} {os.getpid()} {began}"
        (folder / "claims" / "worker-w0-1").write_text(held)
        sweep(folder)

    assert not (dead / "claims").exists()
    assert (living / "claims" / "worker-w0-1").is_file()
