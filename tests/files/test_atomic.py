import errno
import html
import os
import threading

import pytest

from evalsuite.files import atomic
from evalsuite.files.atomic import make_folder, sync_folder, write_bytes, write_new, write_text
from evalsuite.files.redact import MARK
from evalsuite.records import InputError


def test_a_new_file_is_written_once(tmp_path):
    path = tmp_path / "deep" / "a.json"
    assert write_new(path, '{"a": 1}\n')
    assert not write_new(path, '{"a": 2}\n')
    assert path.read_text() == '{"a": 1}\n'
    assert os.listdir(path.parent) == ["a.json"], "no temporary file stays"


def test_of_many_writers_at_once_one_wins_and_the_file_is_its(tmp_path):
    start, won = threading.Barrier(8), []

    def write(number):
        start.wait()
        if write_new(tmp_path / "a.txt", str(number)):
            won.append(str(number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won == [(tmp_path / "a.txt").read_text()]
    assert os.listdir(tmp_path) == ["a.txt"]


def test_where_there_are_no_hard_links_a_new_file_is_renamed_into_place(tmp_path, monkeypatch):
    def refuse(source, target):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert write_new(tmp_path / "a.txt", "a")
    assert (tmp_path / "a.txt").read_text() == "a"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_new_file_has_no_credential_either(tmp_path, monkeypatch):
    monkeypatch.setenv("FAL_KEY", "CANARY-123")
    assert write_new(tmp_path / "a.json", '{"a": "is CANARY-123"}')
    assert "CANARY" not in (tmp_path / "a.json").read_text()


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.ENOSPC, "free some space and run the same command again"),
        (errno.EDQUOT, "free some space and run the same command again"),
        (errno.EACCES, "make it writable or choose another --output-dir"),
        (errno.EPERM, "make it writable or choose another --output-dir"),
        (errno.EROFS, "make it writable or choose another --output-dir"),
        (errno.EEXIST, "a file stands where a folder should be, so choose another --output-dir"),
        (errno.ENOTDIR, "a file stands where a folder should be, so choose another --output-dir"),
        (errno.EIO, "choose another --output-dir"),
    ],
)
def test_a_failed_write_says_where_why_and_what_mends_it(tmp_path, monkeypatch, number, mend):
    def fail(source, target):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", fail)
    path = tmp_path / "a.txt"
    with pytest.raises(InputError) as caught:
        write_text(path, "a")
    assert str(caught.value) == f"{path}: {os.strerror(number)}; {mend}"
    assert os.listdir(tmp_path) == [], "no temporary file stays"
    with pytest.raises(InputError, match=r"; mine$"):
        write_bytes(path, b"a", mend="mine")


def test_files_are_synced_before_they_are_named_and_their_names_after(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: done.append("sync") or fsync(handle))
    monkeypatch.setattr(os, "replace", lambda *names: done.append("rename") or replace(*names))
    write_bytes(tmp_path / "a", b"a")
    assert done == ["sync", "rename", "sync"]
    done.clear()
    write_bytes(tmp_path / "b", b"b", durable=False)
    assert done == ["rename"]
    done.clear()
    assert write_new(tmp_path / "e", "e")
    assert done == ["sync", "sync"], "a link is no rename"
    done.clear()
    make_folder(tmp_path / "c" / "d")
    assert done == ["sync", "sync"], "the name of each new folder is synced"
    make_folder(tmp_path / "c" / "d")
    assert done == ["sync", "sync"]


@pytest.mark.parametrize(
    ("number", "raises"), [(errno.EINVAL, 0), (errno.ENOTSUP, 0), (errno.EIO, 1)]
)
def test_only_what_a_file_system_cannot_do_is_forgiven(tmp_path, monkeypatch, number, raises):
    def fail(handle):
        raise OSError(number, "x")

    closed = []
    close = os.close
    monkeypatch.setattr(os, "close", lambda handle: closed.append(handle) or close(handle))
    monkeypatch.setattr(atomic.os, "fsync", fail)
    if raises:
        with pytest.raises(OSError, match="x"):
            sync_folder(tmp_path)
    else:
        sync_folder(tmp_path)
    assert len(closed) == 1


def test_a_new_file_that_cannot_be_written_is_not_taken_for_one_that_is_there(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="a file stands where a folder should be"):
        write_new(tmp_path / "file" / "new.txt", "x")
    with pytest.raises(InputError, match="File name too long"):
        write_new(tmp_path / ("x" * 250), "x")
    assert os.listdir(tmp_path) == ["file"]


def test_json_that_was_concealed_keeps_its_letters_and_has_its_keys_in_order(tmp_path):
    path = tmp_path / "a.json"
    write_text(path, '{"z": "é", "api_key": "abc12345"}')
    assert path.read_text("utf-8") == '{\n "api_key": "<secret>",\n "z": "é"\n}\n'


@pytest.mark.parametrize("name", ["a.html", "a.xml"])
def test_the_mark_of_what_was_concealed_is_no_tag_in_a_page(tmp_path, monkeypatch, name):
    monkeypatch.setenv("FAL_KEY", "CANARY-123")
    write_text(tmp_path / name, "<p>CANARY-123</p>")
    write_text(tmp_path / "a.md", "CANARY-123")
    assert (tmp_path / "a.md").read_text() == MARK
    assert (tmp_path / name).read_text() == f"<p>{html.escape(MARK)}</p>" != f"<p>{MARK}</p>"
