import importlib
import os
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evalsuite.pipeline import loops
from evalsuite.pipeline.loops import Counts
from evalsuite.plugins import call
from evalsuite.records import InputError, Judgement, Key, NoImage, Prompt, PromptSet
from evalsuite.runs.claims import Claims
from evalsuite.runs.images import Images
from evalsuite.runs.rows import missing, read_run
from evalsuite.runs.seeds import plan


@pytest.fixture
def outside(monkeypatch):
    """The plug-ins of `tests/outside`, found as any outside package is: by dotted path."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1])
    return lambda plugin, /, **options: importlib.import_module(f"outside.{plugin}").load(**options)


def prompt_set(*tags, name="dots"):
    prompts = (Prompt(f"p{n}", f"dots {n}", tag) for n, tag in enumerate(tags))
    return PromptSet(
        name=name, version="1", digest="digest", dialect="scenes", prompts=tuple(prompts)
    )


class Asked:
    """Wraps a backend or scorer, notes the keys of each call, and breaks down as told to."""

    def __init__(self, inner, trouble=None):
        self.inner = inner
        self.trouble = trouble or (lambda keys, call: None)
        self.calls = []

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def noted(self, answer, things):
        self.calls.append([thing.key for thing in things])
        changed = self.trouble(self.calls[-1], len(self.calls))
        return answer(things) if changed is None else changed

    def render(self, requests):
        return self.noted(self.inner.render, requests)

    def judge(self, cases):
        return self.noted(self.inner.judge, cases)


def breaking(error, when):
    def trouble(keys, call):
        if when(keys, call):
            raise error

    return trouble


DOTS = prompt_set("plain", "abstain", "plain", "refuse", "plain")
REQUESTS = plan([DOTS], 2, 0)
P2 = Key("dots", "p2", 0)


def rows(folder):
    """What a folder without a manifest says; one that is not there yet is made."""
    folder.mkdir(exist_ok=True)
    return read_run(folder, {})


def statuses(folder):
    return Counter(sample.status for sample in rows(folder).samples.values())


def test_a_run_from_end_to_end_and_again(tmp_path, outside):
    told = []
    backend = Asked(outside("dots_backend"))
    drawn = loops.generate(
        rows(tmp_path), backend, REQUESTS, progress=lambda *now: told.append(now)
    )
    assert drawn == Counts(planned=10, ended=10, calls=3)
    assert told == [("generate", done, 10) for done in (0, 4, 8, 10)]
    assert [len(call) for call in backend.calls] == [4, 4, 4]
    assert backend.calls[2] == [Key("dots", "p4", n) for n in (0, 1, 1, 1)]
    samples = rows(tmp_path).samples
    assert [samples[request.key].seed for request in REQUESTS] == [r.seed for r in REQUESTS]
    assert statuses(tmp_path) == {"ok": 8, "refused": 2}
    assert missing(rows(tmp_path), REQUESTS, ["mean"]) == (0, 8)

    scorers = [outside("mean_scorer"), outside("mean_scorer", name="again")]
    told.clear()
    judged = loops.judge(rows(tmp_path), scorers, [DOTS], progress=lambda *now: told.append(now))
    assert judged == Counts(planned=16, ended=16, calls=6, decoded=8, encoded=8)
    assert told == [("judge", done, 16) for done in (0, 6, 12, 16)]
    assert missing(rows(tmp_path), REQUESTS, ["mean", "again"]) == (0, 0)
    judgements = rows(tmp_path).judgements
    level = Images(tmp_path).load(samples[P2].image).mean(axis=(0, 1)).astype(np.float32).mean()
    assert judgements["mean", P2].values == {"level": pytest.approx(float(level))}
    assert judgements["again", P2].values == judgements["mean", P2].values
    abstained = judgements["mean", Key("dots", "p1", 0)]
    assert abstained.values == {"level": None}
    assert abstained.reasons == {"level": "not asked"}

    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert loops.generate(rows(tmp_path), backend, REQUESTS) == Counts(10, reused=10)
    assert loops.judge(rows(tmp_path), scorers, [DOTS]) == Counts(16, reused=16)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == files


def test_another_scorer_later_takes_features_from_the_folder(tmp_path, outside):
    loops.generate(rows(tmp_path), outside("dots_backend"), REQUESTS)
    loops.judge(rows(tmp_path), [outside("mean_scorer")], [DOTS])
    lost = next((tmp_path / "features").glob("*/*.npy"))
    lost.write_bytes(lost.read_bytes()[:-1])
    later = loops.judge(rows(tmp_path), [outside("mean_scorer", name="later")], [DOTS])
    assert (later.decoded, later.encoded, later.loaded) == (1, 1, 7)


def test_workers_share_a_folder(tmp_path, outside):
    backend = outside("dots_backend")
    two = rows(tmp_path / "two").folder
    halves = [replace(DOTS, prompts=part) for part in (DOTS.prompts[:2], DOTS.prompts[2:])]
    with Claims(two) as first, Claims(two) as second:
        loops.generate(rows(two), backend, REQUESTS[:5], claims=first)
        loops.generate(rows(two), backend, REQUESTS[5:], claims=second)
        for worker, half in zip((first, second), halves, strict=True):
            loops.judge(rows(two), [outside("mean_scorer")], [half], claims=worker)
    loops.generate(rows(tmp_path / "one"), backend, REQUESTS)
    assert rows(two).samples == rows(tmp_path / "one").samples
    loops.judge(rows(tmp_path / "one"), [outside("mean_scorer")], [DOTS])
    assert rows(two).judgements == rows(tmp_path / "one").judgements
    assert sorted(path.name for path in two.glob("*-w1.jsonl")) == [
        "judgements-mean-w1.jsonl",
        "samples-w1.jsonl",
    ]
    assert not (two / "claims").exists()


def test_a_batch_that_raises_is_asked_for_again(tmp_path, outside):
    trouble = breaking(RuntimeError("flaky"), lambda keys, call: call in (1, 2))
    backend = Asked(outside("dots_backend"), trouble)
    counts = loops.generate(rows(tmp_path), backend, REQUESTS)
    assert (counts.calls, counts.retried, counts.failed) == (5, 2, 0)
    assert statuses(tmp_path) == {"ok": 8, "refused": 2}


def test_what_keeps_raising_fails_alone_and_for_good(tmp_path, outside):
    home = os.path.expanduser("~")
    error = RuntimeError(f"cannot\n  read {home}/models/x.bin, {'x' * 400}")
    backend = Asked(outside("dots_backend"), breaking(error, lambda keys, call: P2 in keys))
    counts = loops.generate(rows(tmp_path), backend, REQUESTS, max_retries=1)
    assert (counts.calls, counts.retried, counts.failed) == (3 + 1 + 4, 1 + 4, 1)
    assert all(len(call) == 4 for call in backend.calls)
    assert statuses(tmp_path) == {"ok": 7, "refused": 2, "failed": 1}
    reason = rows(tmp_path).samples[P2].reason
    assert reason.startswith("RuntimeError: cannot read <path>/x.bin, xxx")
    assert len(reason) <= 300
    assert loops.generate(rows(tmp_path), backend, REQUESTS).reused == 10
    loops.judge(rows(tmp_path), [outside("mean_scorer")], [DOTS])
    assert ("mean", P2) not in rows(tmp_path).judgements
    assert missing(rows(tmp_path), REQUESTS, ["mean"]) == (0, 0)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory. Tried 2 GiB")])
def test_running_out_of_memory_says_what_to_turn(tmp_path, outside, error):
    backend = Asked(outside("dots_backend"), breaking(error, lambda keys, call: True))
    loops.generate(rows(tmp_path), backend, REQUESTS[:1], max_retries=0)
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
    loops.generate(rows(tmp_path), backend, REQUESTS[:2])
    samples = rows(tmp_path).samples
    assert {sample.status for sample in samples.values()} == {status}
    assert all(reason in sample.reason for sample in samples.values())
    counts = loops.judge(rows(tmp_path), [outside("mean_scorer")], [DOTS])
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
    loops.generate(rows(tmp_path), backend, REQUESTS[:1], max_retries=0)
    sample = rows(tmp_path).samples[REQUESTS[0].key]
    assert (sample.status, sample.reason) == ("failed", "ValueError: 0 answers to 4 requests")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), InputError("no such model")])
def test_interrupts_and_input_errors_pass_and_what_was_drawn_stays(tmp_path, outside, error):
    backend = Asked(outside("dots_backend"), breaking(error, lambda keys, call: call == 3))
    with pytest.raises(type(error)):
        loops.generate(rows(tmp_path), backend, REQUESTS)
    assert len(rows(tmp_path).samples) == 8
    scorer = Asked(outside("mean_scorer"), breaking(KeyboardInterrupt(), lambda k, call: call == 2))
    with pytest.raises(KeyboardInterrupt):
        loops.judge(rows(tmp_path), [scorer], [DOTS])
    assert len(rows(tmp_path).judgements) == 3


def test_a_plan_with_other_seeds_is_refused(tmp_path, outside):
    loops.generate(rows(tmp_path), outside("dots_backend"), REQUESTS)
    with pytest.raises(InputError, match="but the plan says"):
        loops.generate(rows(tmp_path), outside("dots_backend"), plan([DOTS], 2, 1))


def test_a_full_disk_stops_the_run_with_one_line(tmp_path, outside):
    def fill(keys, call):
        # Only now, for the read before would find no end in it.
        if call == 1:
            (tmp_path / "samples-w0.jsonl").symlink_to("/dev/full")

    backend = Asked(outside("dots_backend"), fill)
    with pytest.raises(InputError, match=r"samples-w0\.jsonl: No space left.*same command again"):
        loops.generate(rows(tmp_path), backend, REQUESTS)
    (tmp_path / "samples-w0.jsonl").unlink()
    assert loops.generate(rows(tmp_path), outside("dots_backend"), REQUESTS).ended == 10


def test_lost_images_are_drawn_anew_and_lost_ones_are_judged_as_failures(tmp_path, outside):
    backend = outside("dots_backend")
    loops.generate(rows(tmp_path), backend, REQUESTS)
    before = rows(tmp_path).samples
    (tmp_path / "images" / f"{before[P2].image}.png").unlink()
    other = Key("dots", "p4", 1)
    damaged = tmp_path / "images" / f"{before[other].image}.png"
    damaged.write_bytes(damaged.read_bytes()[:-30])
    scorer = outside("mean_scorer")
    first = loops.judge(rows(tmp_path), [scorer], [DOTS])
    assert (first.ended, first.failed, first.decoded) == (8, 2, 6)
    judgements = rows(tmp_path).judgements
    for key, why in ((P2, "missing"), (other, "damaged")):
        assert judgements["mean", key].values == {}
        assert f".png: the image is {why}" in judgements["mean", key].failure
        assert str(tmp_path) not in judgements["mean", key].failure
    assert missing(rows(tmp_path), REQUESTS, ["mean"]) == (2, 2)
    before_again = (tmp_path / "judgements-mean-w0.jsonl").read_bytes()
    loops.judge(rows(tmp_path), [scorer], [DOTS])
    assert (tmp_path / "judgements-mean-w0.jsonl").read_bytes() == before_again

    assert loops.generate(rows(tmp_path), backend, REQUESTS).ended == 2
    assert rows(tmp_path).samples == before
    assert loops.judge(rows(tmp_path), [scorer], [DOTS]).ended == 2
    assert missing(rows(tmp_path), REQUESTS, ["mean"]) == (0, 0)
    assert all(j.failure is None for j in rows(tmp_path).judgements.values())


def test_a_repaired_image_of_other_bytes_is_judged_again(tmp_path, outside):
    loops.generate(rows(tmp_path), outside("dots_backend"), REQUESTS)
    loops.judge(rows(tmp_path), [outside("mean_scorer")], [DOTS])
    old = rows(tmp_path).judgements["mean", P2]
    (tmp_path / "images" / f"{rows(tmp_path).samples[P2].image}.png").unlink()
    # Another machine draws the same request a little differently.
    drift = Asked(outside("dots_backend"), lambda keys, call: [np.full((4, 4, 3), 9, np.uint8)] * 4)
    loops.generate(rows(tmp_path), drift, REQUESTS)
    assert ("mean", P2) not in rows(tmp_path).judgements
    assert missing(rows(tmp_path), REQUESTS, ["mean"]) == (0, 1)
    assert loops.judge(rows(tmp_path), [outside("mean_scorer")], [DOTS]).ended == 1
    assert rows(tmp_path).judgements["mean", P2].values == {"level": 9.0}
    assert old.values != {"level": 9.0}


def test_a_scorer_that_raises_fails_on_those_cases_alone(tmp_path, outside):
    loops.generate(rows(tmp_path), outside("dots_backend"), REQUESTS)
    scorer = Asked(outside("mean_scorer"), breaking(ValueError("odd"), lambda keys, _: P2 in keys))
    counts = loops.judge(rows(tmp_path), [scorer, outside("mean_scorer", name="well")], [DOTS])
    assert (counts.failed, counts.retried, counts.decoded) == (1, 3, 8)
    judgements = rows(tmp_path).judgements
    assert judgements["mean", P2] == Judgement("mean", P2, failure="ValueError: odd")
    assert sum(j.failure is None for j in judgements.values()) == 15
    assert loops.judge(rows(tmp_path), [scorer], [DOTS]).reused == 8


def answered(keys, **fields):
    return [Judgement("mean", key, **fields) for key in keys]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda keys: answered(keys, values={"v": float("nan")}), "v is nan"),
        (lambda keys: answered(keys, values={"v": np.float32("inf")}), "v is inf"),
        (lambda keys: answered(keys, values={"v": [1]}), "v is of type list"),
        (lambda keys: answered(keys, evidence={"v": float("nan")}), "not JSON compliant"),
        (lambda keys: answered(keys, evidence={"v": np.zeros(1)}), "not JSON serializable"),
        (lambda keys: answered([P2._replace(index=9)] * len(keys)), "judged mean"),
        (lambda keys: [], "0 judgements of"),
        (lambda keys: [None] * len(keys), "NoneType"),
    ],
)
def test_a_judgement_that_cannot_be_is_a_failure(tmp_path, outside, wrong, why):
    loops.generate(rows(tmp_path), outside("dots_backend"), REQUESTS[4:5])
    scorer = Asked(outside("mean_scorer"), lambda keys, call: wrong(keys))
    loops.judge(rows(tmp_path), [scorer], [DOTS])
    judgement = rows(tmp_path).judgements["mean", P2]
    assert why in judgement.failure
    assert judgement.values == {}


def test_numbers_of_other_kinds_become_floats(tmp_path, outside):
    loops.generate(rows(tmp_path), outside("dots_backend"), REQUESTS[4:5])
    values = {"a": True, "b": np.bool_(False), "c": np.float32(0.5), "d": 3, "e": "x", "f": None}
    scorer = Asked(outside("mean_scorer"), lambda keys, call: answered(keys, values=values))
    loops.judge(rows(tmp_path), [scorer], [DOTS])
    kept = rows(tmp_path).judgements["mean", P2].values
    assert kept == {"a": 1.0, "b": 0.0, "c": 0.5, "d": 3.0, "e": "x", "f": None}
    assert all(type(kept[name]) is float for name in "abcd")


def test_a_scorer_named_twice_is_refused(tmp_path, outside):
    with pytest.raises(InputError, match="named twice"):
        loops.judge(rows(tmp_path), [outside("mean_scorer"), outside("mean_scorer")], [DOTS])


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
    whole = loops.generate(rows(tmp_path / "a"), outside("dots_backend"), REQUESTS)
    late = Late(outside("dots_backend"))
    counts = loops.generate(rows(tmp_path / "b"), late, REQUESTS)
    assert counts == whole
    assert rows(tmp_path / "b").samples == rows(tmp_path / "a").samples
    assert {what for what, _ in late.events} == {"start"}


@pytest.mark.parametrize("retries", [0, 2])
def test_a_batch_that_does_not_come_is_asked_for_again(tmp_path, outside, retries):
    loops.generate(rows(tmp_path / "a"), outside("dots_backend"), REQUESTS)
    broken = [REQUESTS[0].key, REQUESTS[5].key]

    def lost(keys):
        if set(keys) & set(broken):
            raise RuntimeError("the device went away")

    late = Late(outside("dots_backend"), lost)
    counts = loops.generate(rows(tmp_path / "b"), late, REQUESTS, max_retries=retries)
    assert rows(tmp_path / "b").samples == rows(tmp_path / "a").samples
    assert counts.failed == 0 and counts.retried > 0
    assert ("render", REQUESTS[0].key) in late.events


def test_an_error_for_the_user_passes_through_when_a_batch_comes(tmp_path, outside):
    def unusable(keys):
        raise InputError("m: gave no images")

    with pytest.raises(InputError, match="gave no images"):
        loops.generate(rows(tmp_path), Late(outside("dots_backend"), unusable), REQUESTS)
    assert not rows(tmp_path).samples
