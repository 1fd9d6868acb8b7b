"""A file with a checksum beside it: read back as it was written, or refused."""

import hashlib

import pytest

from evalsuite.files import summed
from evalsuite.files.summed import read_summed, sum_of, write_summed
from evalsuite.records import InputError


def test_the_checksum_is_that_of_sha256sum(tmp_path):
    path = tmp_path / "a.json"
    write_summed(path, "[1]\n")
    assert read_summed(path, "write it anew") == b"[1]\n"
    digest = hashlib.sha256(b"[1]\n").hexdigest()
    assert (tmp_path / "a.json.sha256").read_text() == f"{digest}  a.json\n"


def test_every_flipped_bit_of_both_files_is_found(tmp_path):
    path = tmp_path / "a.json"
    write_summed(path, "[1]\n")
    for flipped in (path, sum_of(path)):
        whole = flipped.read_bytes()
        for bit in range(8 * len(whole)):
            data = bytearray(whole)
            data[bit // 8] ^= 1 << bit % 8
            flipped.write_bytes(data)
            with pytest.raises(InputError, match=r"a.json: was changed .* wrong.; write it anew"):
                read_summed(path, "write it anew")
        flipped.write_bytes(whole)


def test_one_without_a_checksum_is_read(tmp_path):
    (tmp_path / "a.json").write_bytes(b"[2]")
    assert read_summed(tmp_path / "a.json", "") == b"[2]"


@pytest.mark.parametrize("writes", [0, 1])
def test_a_kill_between_the_two_leaves_a_file_that_is_read(tmp_path, monkeypatch, writes):
    path, left = tmp_path / "a.json", [writes]
    write_summed(path, "[1]\n")
    real, synced = summed.write_text, []

    def write(place, text):
        assert not sum_of(path).exists() and synced == [tmp_path]  # gone, whatever comes
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        real(place, text)

    monkeypatch.setattr(summed, "sync_folder", synced.append)
    monkeypatch.setattr(summed, "write_text", write)
    with pytest.raises(KeyboardInterrupt):
        write_summed(path, "[2]\n")
    assert read_summed(path, "") == (b"[2]\n" if writes else b"[1]\n")
