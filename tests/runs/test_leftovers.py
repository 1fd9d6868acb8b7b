"""Temporary files: those of the dead are swept, those that somebody still writes are not."""

import os
import subprocess
import sys
import time

import pytest

from evalsuite.runs import leftovers
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


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="nobody can tell who writes")
def test_young_ones_go_unless_somebody_has_them_open(tmp_path, local):
    put(tmp_path, NAMES)
    own = tmp_path / f".estimates.json.{HEX}.tmp"
    with subprocess.Popen([sys.executable, "-c", WRITER, own], stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()

        sweep(tmp_path)

        assert there(tmp_path) == {own.name}
        writer.kill()
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
