"""benchmarks/workers.py: what it counts, on few kills and batches."""

from benchmarks import workers
from benchmarks.promises._tiny import workplace
from benchmarks.workers_bytes import VARIANTS, Variant


def test_a_kill_loses_little_and_the_run_ends_the_same():
    with workplace() as place:
        gone = workers.lost(place, 2)
    assert 2 <= len(gone) <= 4
    assert {each.differs for each in gone} == {""}
    assert all(each.drawn <= 4 and each.judged <= 3 for each in gone)  # two batches, and one


def test_both_ways_draw_the_same(monkeypatch):
    monkeypatch.setattr(workers, "SPEEDS", (0.01, 0.02))
    (ratio,) = workers.unequal(1, 6)
    assert ratio > 0


def test_a_static_split_is_accelerates():
    parts = workers.split(list("abcdefg"), 3)
    assert [*map("".join, parts)] == ["abc", "de", "fg"]


def test_the_page_counts_what_was_lost():
    gone = [workers.Lost(2, 0, ""), workers.Lost(0, 4, "")]
    text = workers.page(gone, [1.4, 1.2], {"rounds": 1}, [Variant("rerun", 4, 4, 4)])
    assert (
        "2 in 1 drawn; 0 in 1, 4 in 1 judged" in text
        and "The bar of one batch a worker is missed" in text
    )
    assert "1.30 (1.20 to 1.40); bar 1.3: missed" in text
    assert "| rerun | 4 | 4 | 4 |" in text
    assert {name for name, *_ in VARIANTS} >= {"rerun", "two workers"}
