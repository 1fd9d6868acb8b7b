import gc
import os
import random
import resource
import signal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalsuite.files.segments import Segment, canonical, read_rows
from evalsuite.records import InputError

ROWS = [{"n": n, "text": "été\n\u2028", "x": 0.5} for n in range(4)]

names = st.text(max_size=6).filter(lambda key: key != "checksum")
plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    plain | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
rows = st.dictionaries(names, values, min_size=1, max_size=4)


def read(folder):
    return read_rows(folder, "samples-*.jsonl", lambda row: row)


def write(folder, *written):
    with Segment(folder, "samples-w0") as segment:
        segment.append_all(written)
    return folder / "samples-w0.jsonl"


@settings(max_examples=60, deadline=None)
@given(st.lists(rows, min_size=1, max_size=5))
def test_any_row_comes_back_as_it_went_in(tmp_path_factory, written):
    folder = tmp_path_factory.mktemp("run")
    write(folder, *written)
    assert read(folder) == (written, 0)


def test_rows_that_are_no_json_are_refused(tmp_path):
    for row in ({"x": float("nan")}, {"x": {1, 2}}, {}, {"checksum": "mine"}):
        with pytest.raises((ValueError, TypeError)):
            write(tmp_path, row)
    assert read(tmp_path) == ([], 0)
    assert canonical({"b": 1, "a": [0.1]}) == '{"a":[0.1],"b":1}'


def test_a_segment_cut_at_any_byte_keeps_its_whole_rows(tmp_path):
    path = write(tmp_path, *ROWS)
    whole = path.read_bytes()
    ends = [n for n, byte in enumerate(whole) if byte == ord("\n")]
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        kept = sum(end <= cut for end in ends)  # a row is whole with or without its line's end
        torn = cut not in (0, *ends) and whole[cut - 1] != ord("\n")
        assert read(tmp_path) == (ROWS[:kept], int(torn))


def test_appending_after_a_cut_at_any_byte_loses_nothing_new(tmp_path):
    path = write(tmp_path, *ROWS[:2])
    whole = path.read_bytes()
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        before, _ = read(tmp_path)
        write(tmp_path, ROWS[3])
        write(tmp_path, ROWS[2])
        assert read(tmp_path)[0] == [*before, ROWS[3], ROWS[2]]


def test_a_flipped_bit_never_makes_another_row(tmp_path):
    path = write(tmp_path, *ROWS)
    whole = path.read_bytes()
    for place in range(len(whole) - 1):
        for bit in (0, 2, 5):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
            kept, damaged = read(tmp_path)
            assert damaged >= 1
            assert len(kept) in (2, 3)
            assert all(row in ROWS for row in kept)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_garbage_anywhere_is_never_a_row(tmp_path_factory, garbage, place):
    folder = tmp_path_factory.mktemp("run")
    path = write(folder, *ROWS)
    whole = path.read_bytes()
    path.write_bytes(whole[:place] + garbage + whole[place:])
    assert all(row in ROWS for row in read(folder)[0])


def test_kills_and_appends_in_any_order(tmp_path):
    """What has been acknowledged and not torn away is there, in order, after 200 random steps."""
    chance = random.Random(5)
    path = tmp_path / "samples-w0.jsonl"
    known = []
    torn = False
    for step in range(200):
        if chance.random() < 0.6 or torn or not known:
            write(tmp_path, {"step": step})
            known.append({"step": step})
            torn = False
        else:
            data = path.read_bytes()
            start = data.rindex(b"\n", 0, len(data) - 1) + 1 if len(known) > 1 else 0
            path.write_bytes(data[: chance.randint(start, len(data) - 3)])
            known.pop()
            torn = True
        assert read(tmp_path)[0] == known


def test_deep_nesting_with_a_good_checksum_is_a_damaged_row(tmp_path):
    from evalsuite.files import segments

    body = b'{"a":' + b"[" * 200_000 + b"}"
    seal = segments._checksum(body)
    line = body[:-1] + b',"checksum":"' + seal + b'"}\n'
    (tmp_path / "samples-w0.jsonl").write_bytes(line)
    assert read(tmp_path) == ([], 1)


def test_segments_are_read_in_the_order_of_their_names(tmp_path):
    for worker, number in (("w1", 1), ("w0", 0)):
        with Segment(tmp_path, f"samples-{worker}") as segment:
            segment.append({"n": number})
    assert [row["n"] for row in read(tmp_path)[0]] == [0, 1]


def test_a_full_disk_is_one_plain_error_and_the_next_append_is_whole(tmp_path):
    path = tmp_path / "samples-w0.jsonl"
    path.symlink_to("/dev/full")
    with Segment(tmp_path, "samples-w0") as segment:
        with pytest.raises(InputError, match=r"samples-w0\.jsonl: No space left.*free some space"):
            segment.append(ROWS[0])
        path.unlink()
    write(tmp_path, ROWS[1])
    assert read(tmp_path) == ([ROWS[1]], 0)


def test_names_that_would_leave_the_folder_are_refused(tmp_path):
    for stem in ("../samples-w0", "samples-a/b", "rows", "samples-", "samples-w\n"):
        with pytest.raises(InputError, match="no name for a segment"):
            Segment(tmp_path, stem)


def test_a_segment_that_was_left_whole_goes_on_at_once(tmp_path):
    path = write(tmp_path, ROWS[0])
    write(tmp_path, ROWS[1])
    assert path.read_bytes().count(b"\n") == 2 and read(tmp_path) == (ROWS[:2], 0)
    path.write_bytes(path.read_bytes()[:-1])  # the end of a line alone was lost
    write(tmp_path, ROWS[2])
    assert read(tmp_path) == (ROWS[:3], 0)


def test_the_collector_is_left_as_it_was(tmp_path):
    write(tmp_path, *ROWS)
    assert gc.isenabled()
    seen = []
    read_rows(tmp_path, "samples-*.jsonl", lambda row: seen.append(gc.isenabled()))
    assert gc.isenabled() and seen == [False] * len(ROWS)
    gc.disable()
    try:
        read(tmp_path)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_rows_are_synced_once_they_are_written_and_before_they_count(tmp_path, monkeypatch):
    synced, fsync = [], os.fsync

    def note(handle):
        if os.path.samestat(os.fstat(handle), path.stat()):
            synced.append(path.read_bytes())
        fsync(handle)

    path = tmp_path / "samples-w0.jsonl"
    monkeypatch.setattr(os, "fsync", note)
    with Segment(tmp_path, "samples-w0") as segment:
        segment.append_all([{"n": 1}, {"n": 2}])
        assert synced == [path.read_bytes()] and synced[0].count(b"\n") == 2
        segment.append({"n": 3})
        assert synced[1:] == [path.read_bytes()] and synced[1].count(b"\n") == 3


def test_the_name_of_a_new_segment_is_synced_with_its_folder(tmp_path, monkeypatch):
    synced, fsync = [], os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: synced.append(os.fstat(handle)) or fsync(handle)
    )
    with Segment(tmp_path, "samples-w0") as segment:
        segment.append({"n": 1})
    assert any(os.path.samestat(one, tmp_path.stat()) for one in synced)
    synced.clear()
    write(tmp_path, {"n": 2})
    assert not any(os.path.samestat(one, tmp_path.stat()) for one in synced), "it is there already"


def test_after_a_write_that_broke_off_the_same_segment_goes_on_with_whole_rows(tmp_path):
    """The file may grow by half a row and no further: then the disk has room again."""
    with Segment(tmp_path, "samples-w0") as segment:
        segment.append({"n": 1})
        path = tmp_path / "samples-w0.jsonl"
        most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, hard))
        try:
            with pytest.raises(InputError, match="File too large"):
                segment.append({"n": 2})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
            signal.signal(signal.SIGXFSZ, before)
        segment.append({"n": 3})
    assert read(tmp_path) == ([{"n": 1}, {"n": 3}], 1)
