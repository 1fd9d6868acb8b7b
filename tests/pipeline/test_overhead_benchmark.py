"""benchmarks/overhead.py: peers' files hold the same pixels; a wait is told from the rest."""

import pytest

from benchmarks import overhead


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(overhead, "SIDE", 64)


def test_the_quick_cut(monkeypatch):
    ours, plain, grid = overhead.png(1)
    assert all(len(rounds) == 1 and rounds[0] > 0 for rounds in (ours, plain, grid))
    monkeypatch.setattr(overhead, "SECONDS", {4: 0.005})
    ((share, cpu),) = overhead.waited(4, batches=2, rounds=1)
    assert 0 < share < 1 and cpu > 0


def test_a_grid_is_one_more_file():
    picture = overhead.natural.photographs(32)[0]
    *files, grid = overhead.geneval([picture] * 4)
    pixels = [overhead.decode_image(file, "f") for file in (files[0], grid)]
    assert len(files) == 4 and [each.shape for each in pixels] == [(32, 32, 3), (64, 64, 3)]
    assert (pixels[0] == picture).all() and (pixels[1][32:, :32] == picture).all()


def test_the_page_says_what_is_missed():
    costs = [[0.2, 0.3], [1.0, 1.0], [2.0, 2.0]]
    text = overhead.page(costs, {4: [(0.1, 0.02), (0.2, 0.02)]}, {4: [0.5, 0.6]})
    assert "| Pillow's default | 62.5 | 250.0 | 0.25 (0.20 to 0.30) | 0.3: met |" in text
    assert "| 4 | 17 | 15.0 (10.0 to 20.0) | 15 %: missed | 20.0 (20.0 to 20.0) |" in text
