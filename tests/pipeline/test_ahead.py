"""The next batch is opened by other threads meanwhile, one ahead, and no byte depends on it."""

import threading

import pytest

from evalsuite.pipeline import ahead, drawing, judging
from evalsuite.runs.images import read_image
from tests.pipeline.asked import DOTS, REQUESTS, Asked, breaking, rows


def test_one_item_is_made_ahead_and_no_more():
    made, again = [], threading.Semaphore(0)

    def making():
        for item in "abcd":
            made.append((item, threading.current_thread().name[:5]))
            again.release()
            yield item

    items, seen = ahead.ahead(making(), lambda: None), []
    for item in items:
        seen.append(item)
        # Two are made for the first, one for every other; the last has none to wait for.
        for _ in range(2 if item == "a" else 1 if item != "d" else 0):
            assert again.acquire(timeout=20)
        assert len(made) <= len(seen) + 1
    assert seen == [*"abcd"] and {thread for _, thread in made} == {"ahead"}


def test_what_is_made_ahead_ends_with_the_caller():
    over = threading.Event()

    def waiting():
        yield 1
        assert over.wait(20)
        yield 2

    items = ahead.ahead(waiting(), over.set)
    assert next(items) == 1
    items.close()
    assert over.is_set()


def test_an_error_of_the_making_is_the_callers():
    def broken():
        yield 1
        raise OSError("gone")

    items = ahead.ahead(broken(), lambda: None)
    assert next(items) == 1
    with pytest.raises(OSError, match="gone"):
        next(items)


class Preprocessing(Asked):
    """Notes in which thread each picture was looked at first."""

    def __init__(self, inner, trouble=None):
        super().__init__(inner, trouble)
        self.threads = {}

    def preprocess(self, case):
        self.threads[case.key] = threading.current_thread().name[:10]
        _ = case.picture.pixels
        if case.key.index == 1:
            raise RuntimeError("raised again when it judges, or not")


@pytest.mark.parametrize("spare", [0, 2])
def test_judgements_do_not_depend_on_it(tmp_path, outside, monkeypatch, spare):
    monkeypatch.setattr(ahead, "spare_cores", lambda: spare)
    drawing.generate(rows(tmp_path), outside("dots_backend"), REQUESTS)
    scorer = Preprocessing(outside("mean_scorer"))
    counts = judging.judge(rows(tmp_path), [scorer, outside("mean_scorer", name="b")], [DOTS])
    assert (counts.ended, counts.decoded, counts.failed) == (16, 8, 0)
    assert [len(keys) for keys in scorer.calls] == [3, 3, 2]
    judged = {key for keys in scorer.calls for key in keys}
    assert scorer.threads == ({} if spare == 0 else dict.fromkeys(judged, "preprocess"))
    level = rows(tmp_path).judgements["mean", REQUESTS[0].key].values["level"]
    assert level == rows(tmp_path).judgements["b", REQUESTS[0].key].values["level"]
    assert not (tmp_path / "claims").exists()
    again = judging.judge(rows(tmp_path), [scorer], [DOTS])
    assert (again.ended, len(scorer.calls)) == (0, 3)


def test_an_interrupt_leaves_no_thread_and_no_claim(tmp_path, outside, monkeypatch):
    monkeypatch.setattr(ahead, "spare_cores", lambda: 2)
    drawing.generate(rows(tmp_path), outside("dots_backend"), REQUESTS)
    before = threading.active_count()
    scorer = Preprocessing(outside("mean_scorer"), breaking(KeyboardInterrupt(), lambda *_: True))
    with pytest.raises(KeyboardInterrupt):
        judging.judge(rows(tmp_path), [scorer], [DOTS])
    assert threading.active_count() == before
    assert not (tmp_path / "claims").exists()
    image = rows(tmp_path).samples[REQUESTS[0].key].image
    assert read_image(tmp_path, image)
