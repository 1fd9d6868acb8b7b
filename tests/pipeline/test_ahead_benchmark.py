"""benchmarks/ahead.py: both ways write the same rows, and both are timed."""

import torch

from benchmarks import ahead


def test_the_quick_cut(monkeypatch):
    monkeypatch.setattr(ahead, "SIDE", 64)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    found = ahead.measured(images=40, rounds=1)
    torch.set_num_threads(threads)
    assert list(found) == ["the bundled CLIP on one thread", "a device"]
    for ((without, ahead_of),) in found.values():
        assert without.rows == ahead_of.rows and without.rows.count(b"\n") == 40
        assert without.thread > 0 and ahead_of.thread > 0
    assert "| a device | " in ahead.page(40, found)
