"""Drawing what the rows lack: batches, second chances, and what is no picture."""

import os
import threading
from collections import Counter

import numpy as np
import pytest

from evalsuite.pipeline import drawing, judging
from evalsuite.pipeline.counts import Counts
from evalsuite.plugins import call
from evalsuite.records import InputError, NoImage
from evalsuite.runs.rows import missing
from evalsuite.runs.seeds import plan
from tests.pipeline.asked import DOTS, P2, REQUESTS, Asked, breaking, rows, statuses


def test_a_batch_that_raises_is_asked_for_again(tmp_path, outside):
    trouble = breaking(RuntimeError("flaky"), lambda keys, call: call in (1, 2))
    backend = Asked(outside("dots_backend"), trouble)
    counts = drawing.generate(rows(tmp_path), backend, REQUESTS)
    assert (counts.calls, counts.retried, counts.failed) == (5, 2, 0)
    assert statuses(tmp_path) == {"ok": 8, "refused": 2}


def test_what_keeps_raising_fails_alone_and_for_good(tmp_path, outside):
    home = os.path.expanduser("~")
    error = RuntimeError(f"cannot\n  read {home}/models/x.bin, {'x' * 400}")
    backend = Asked(outside("dots_backend"), breaking(error, lambda keys, call: P2 in keys))
    counts = drawing.generate(rows(tmp_path), backend, REQUESTS, max_retries=1)
    assert (counts.calls, counts.retried, counts.failed) == (3 + 1 + 4, 1 + 4, 1)
    assert all(len(call) == 4 for call in backend.calls)
    assert statuses(tmp_path) == {"ok": 7, "refused": 2, "failed": 1}
    reason = rows(tmp_path).samples[P2].reason
    assert reason.startswith("RuntimeError: cannot read <path>/x.bin, xxx")
    assert len(reason) <= 300
    assert drawing.generate(rows(tmp_path), backend, REQUESTS).reused == 10
    judging.judge(rows(tmp_path), [outside("mean_scorer")], [DOTS])
    assert ("mean", P2) not in rows(tmp_path).judgements
    assert missing(rows(tmp_path), REQUESTS, ["mean"]) == (0, 0)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory. Tried 2 GiB")])
def test_running_out_of_memory_says_what_to_turn(tmp_path, outside, error):
    backend = Asked(outside("dots_backend"), breaking(error, lambda keys, call: True))
    drawing.generate(rows(tmp_path), backend, REQUESTS[:1], max_retries=0)
    assert rows(tmp_path).samples[REQUESTS[0].key].reason.endswith("try a smaller --batch-size")


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        (np.full((4, 4, 3), np.nan), "invalid", "float64 of shape"),
        (np.zeros((4, 4), np.uint8), "invalid", "uint8 of shape"),
        ("a picture", "invalid", "not an image but str"),
        (NoImage("ok", ""), "invalid", "ok without an image"),
        (NoImage("blocked", "the safety checker"), "blocked", "the safety checker"),
    ],
)
def test_what_is_no_picture_has_a_status_and_is_never_judged(
    tmp_path, outside, answer, status, reason
):
    backend = Asked(outside("dots_backend"), lambda keys, call: [answer] * 4)
    drawing.generate(rows(tmp_path), backend, REQUESTS[:2])
    samples = rows(tmp_path).samples
    assert {sample.status for sample in samples.values()} == {status}
    assert all(reason in sample.reason for sample in samples.values())
    counts = judging.judge(rows(tmp_path), [outside("mean_scorer")], [DOTS])
    assert counts == Counts()
    assert rows(tmp_path).judgements == {}


def test_a_backend_may_draw_its_next_batch_into_the_same_array(outside):
    canvas = np.zeros((4, 4, 3), np.uint8)
    backend = Asked(outside("dots_backend"), lambda keys, call: [canvas] * 4)
    kept = call.render(backend, REQUESTS[:2], 0, Counter())
    canvas[:] = 9
    assert [image.max() for image in kept] == [0, 0]


def test_too_few_answers_are_a_failure(tmp_path, outside):
    backend = Asked(outside("dots_backend"), lambda keys, call: [])
    drawing.generate(rows(tmp_path), backend, REQUESTS[:1], max_retries=0)
    sample = rows(tmp_path).samples[REQUESTS[0].key]
    assert (sample.status, sample.reason) == ("failed", "ValueError: 0 answers to 4 requests")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InputError("no such model")])
def test_interrupts_and_input_errors_pass_and_what_was_drawn_stays(tmp_path, outside, error):
    backend = Asked(outside("dots_backend"), breaking(error, lambda keys, call: call == 3))
    with pytest.raises(type(error)):
        drawing.generate(rows(tmp_path), backend, REQUESTS)
    assert len(rows(tmp_path).samples) == 8
    scorer = Asked(outside("mean_scorer"), breaking(KeyboardInterrupt(), lambda k, call: call == 2))
    with pytest.raises(KeyboardInterrupt):
        judging.judge(rows(tmp_path), [scorer], [DOTS])
    assert len(rows(tmp_path).judgements) == 3


def test_a_plan_with_other_seeds_is_refused(tmp_path, outside):
    drawing.generate(rows(tmp_path), outside("dots_backend"), REQUESTS)
    with pytest.raises(InputError, match="but the plan says"):
        drawing.generate(rows(tmp_path), outside("dots_backend"), plan([DOTS], 2, 1))


def test_a_full_disk_stops_the_run_with_one_line(tmp_path, outside):
    def fill(keys, call):
        # Only now, for the read before would find no end in it.
        if call == 1:
            (tmp_path / "samples-w0.jsonl").symlink_to("/dev/full")

    backend = Asked(outside("dots_backend"), fill)
    with pytest.raises(InputError, match=r"samples-w0\.jsonl: No space left.*same command again"):
        drawing.generate(rows(tmp_path), backend, REQUESTS)
    (tmp_path / "samples-w0.jsonl").unlink()
    assert drawing.generate(rows(tmp_path), outside("dots_backend"), REQUESTS).ended == 10


class Late:
    """Answers when it is waited for, and notes when each batch is begun and when it comes."""

    def __init__(self, inner, trouble=None):
        self.inner, self.trouble, self.events = inner, trouble or (lambda keys: None), []
        self.both = threading.Event()

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def start(self, requests):
        keys = [request.key for request in requests]
        self.events.append(("start", keys[0]))
        if sum(what == "start" for what, _ in self.events) == 2:
            self.both.set()

        def wait():
            # The first comes only once the second is begun: a loop that waited would stop here.
            assert self.both.wait(20)
            self.trouble(keys)
            return self.inner.render(requests)

        return wait

    def render(self, requests):
        self.events.append(("render", requests[0].key))
        return self.inner.render(requests)


def test_a_batch_is_begun_before_the_last_has_come_and_nothing_else_changes(tmp_path, outside):
    whole = drawing.generate(rows(tmp_path / "a"), outside("dots_backend"), REQUESTS)
    late = Late(outside("dots_backend"))
    counts = drawing.generate(rows(tmp_path / "b"), late, REQUESTS)
    assert counts == whole
    assert rows(tmp_path / "b").samples == rows(tmp_path / "a").samples
    assert {what for what, _ in late.events} == {"start"}


@pytest.mark.parametrize("retries", [0, 2])
def test_a_batch_that_does_not_come_is_asked_for_again(tmp_path, outside, retries):
    drawing.generate(rows(tmp_path / "a"), outside("dots_backend"), REQUESTS)
    broken = [REQUESTS[0].key, REQUESTS[5].key]

    def lost(keys):
        if set(keys) & set(broken):
            raise RuntimeError("the device went away")

    late = Late(outside("dots_backend"), lost)
    counts = drawing.generate(rows(tmp_path / "b"), late, REQUESTS, max_retries=retries)
    assert rows(tmp_path / "b").samples == rows(tmp_path / "a").samples
    assert counts.failed == 0 and counts.retried > 0
    assert ("render", REQUESTS[0].key) in late.events


def test_an_error_for_the_user_passes_through_when_a_batch_comes(tmp_path, outside):
    def unusable(keys):
        raise InputError("m: gave no images")

    with pytest.raises(InputError, match="gave no images"):
        drawing.generate(rows(tmp_path), Late(outside("dots_backend"), unusable), REQUESTS)
    assert not rows(tmp_path).samples
