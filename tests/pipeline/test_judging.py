"""Judging what the rows lack: once each, by all scorers, whatever they answer."""

from dataclasses import replace

import numpy as np
import pytest

from evalsuite.pipeline import drawing, judging
from evalsuite.pipeline.counts import Counts
from evalsuite.records import InputError, Judgement, Key
from evalsuite.runs.claims import Claims
from evalsuite.runs.images import Images
from evalsuite.runs.rows import missing, undrawn
from tests.pipeline.asked import DOTS, P2, REQUESTS, Asked, breaking, rows, statuses


def test_a_run_from_end_to_end_and_again(tmp_path, outside):
    told = []
    backend = Asked(outside("dots_backend"))
    drawn = drawing.generate(
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
    judged = judging.judge(rows(tmp_path), scorers, [DOTS], progress=lambda *now: told.append(now))
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
    assert drawing.generate(rows(tmp_path), backend, REQUESTS) == Counts(10, reused=10)
    assert judging.judge(rows(tmp_path), scorers, [DOTS]) == Counts(16, reused=16)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == files


def test_another_scorer_later_takes_features_from_the_folder(tmp_path, outside):
    drawing.generate(rows(tmp_path), outside("dots_backend"), REQUESTS)
    judging.judge(rows(tmp_path), [outside("mean_scorer")], [DOTS])
    lost = next((tmp_path / "features").glob("*/*.npy"))
    lost.write_bytes(lost.read_bytes()[:-1])
    later = judging.judge(rows(tmp_path), [outside("mean_scorer", name="later")], [DOTS])
    assert (later.decoded, later.encoded, later.loaded) == (1, 1, 7)


def test_workers_share_a_folder(tmp_path, outside):
    backend = outside("dots_backend")
    two = rows(tmp_path / "two").folder
    halves = [replace(DOTS, prompts=part) for part in (DOTS.prompts[:2], DOTS.prompts[2:])]
    with Claims(two) as first, Claims(two) as second:
        drawing.generate(rows(two), backend, REQUESTS[:5], claims=first)
        drawing.generate(rows(two), backend, REQUESTS[5:], claims=second)
        for worker, half in zip((first, second), halves, strict=True):
            judging.judge(rows(two), [outside("mean_scorer")], [half], claims=worker)
    drawing.generate(rows(tmp_path / "one"), backend, REQUESTS)
    assert rows(two).samples == rows(tmp_path / "one").samples
    judging.judge(rows(tmp_path / "one"), [outside("mean_scorer")], [DOTS])
    assert rows(two).judgements == rows(tmp_path / "one").judgements
    assert sorted(path.name for path in two.glob("*-w1.jsonl")) == [
        "judgements-mean-w1.jsonl",
        "samples-w1.jsonl",
    ]
    assert not (two / "claims").exists()


def test_lost_images_are_drawn_anew_and_lost_ones_are_judged_as_failures(tmp_path, outside):
    backend = outside("dots_backend")
    drawing.generate(rows(tmp_path), backend, REQUESTS)
    before = rows(tmp_path).samples
    (tmp_path / "images" / f"{before[P2].image}.png").unlink()
    other = Key("dots", "p4", 1)
    damaged = tmp_path / "images" / f"{before[other].image}.png"
    damaged.write_bytes(damaged.read_bytes()[:-30])
    scorer = outside("mean_scorer")
    first = judging.judge(rows(tmp_path), [scorer], [DOTS])
    assert (first.ended, first.failed, first.decoded) == (8, 2, 6)
    judgements = rows(tmp_path).judgements
    for key, why in ((P2, "missing"), (other, "damaged")):
        assert judgements["mean", key].values == {}
        assert f".png: the image is {why}" in judgements["mean", key].failure
        assert str(tmp_path) not in judgements["mean", key].failure
    # The damaged one has its failure, and is found by who reads it.
    assert missing(rows(tmp_path), REQUESTS, ["mean"]) == (1, 1)
    assert {request.key for request in undrawn(rows(tmp_path), REQUESTS)} == {P2, other}
    before_again = (tmp_path / "judgements-mean-w0.jsonl").read_bytes()
    judging.judge(rows(tmp_path), [scorer], [DOTS])
    assert (tmp_path / "judgements-mean-w0.jsonl").read_bytes() == before_again

    assert drawing.generate(rows(tmp_path), backend, REQUESTS).ended == 2
    assert rows(tmp_path).samples == before
    assert judging.judge(rows(tmp_path), [scorer], [DOTS]).ended == 2
    assert missing(rows(tmp_path), REQUESTS, ["mean"]) == (0, 0)
    assert all(j.failure is None for j in rows(tmp_path).judgements.values())


def test_a_repaired_image_of_other_bytes_is_judged_again(tmp_path, outside):
    drawing.generate(rows(tmp_path), outside("dots_backend"), REQUESTS)
    judging.judge(rows(tmp_path), [outside("mean_scorer")], [DOTS])
    old = rows(tmp_path).judgements["mean", P2]
    (tmp_path / "images" / f"{rows(tmp_path).samples[P2].image}.png").unlink()
    # Another machine draws the same request a little differently.
    drift = Asked(outside("dots_backend"), lambda keys, call: [np.full((4, 4, 3), 9, np.uint8)] * 4)
    drawing.generate(rows(tmp_path), drift, REQUESTS)
    assert ("mean", P2) not in rows(tmp_path).judgements
    assert missing(rows(tmp_path), REQUESTS, ["mean"]) == (0, 1)
    assert judging.judge(rows(tmp_path), [outside("mean_scorer")], [DOTS]).ended == 1
    assert rows(tmp_path).judgements["mean", P2].values == {"level": 9.0}
    assert old.values != {"level": 9.0}


def test_a_scorer_that_raises_fails_on_those_cases_alone(tmp_path, outside):
    drawing.generate(rows(tmp_path), outside("dots_backend"), REQUESTS)
    scorer = Asked(outside("mean_scorer"), breaking(ValueError("odd"), lambda keys, _: P2 in keys))
    counts = judging.judge(rows(tmp_path), [scorer, outside("mean_scorer", name="well")], [DOTS])
    assert (counts.failed, counts.retried, counts.decoded) == (1, 3, 8)
    judgements = rows(tmp_path).judgements
    assert judgements["mean", P2] == Judgement("mean", P2, failure="ValueError: odd")
    assert sum(j.failure is None for j in judgements.values()) == 15
    assert judging.judge(rows(tmp_path), [scorer], [DOTS]).reused == 8


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
    drawing.generate(rows(tmp_path), outside("dots_backend"), REQUESTS[4:5])
    scorer = Asked(outside("mean_scorer"), lambda keys, call: wrong(keys))
    judging.judge(rows(tmp_path), [scorer], [DOTS])
    judgement = rows(tmp_path).judgements["mean", P2]
    assert why in judgement.failure
    assert judgement.values == {}


def test_numbers_of_other_kinds_become_floats(tmp_path, outside):
    drawing.generate(rows(tmp_path), outside("dots_backend"), REQUESTS[4:5])
    values = {"a": True, "b": np.bool_(False), "c": np.float32(0.5), "d": 3, "e": "x", "f": None}
    scorer = Asked(outside("mean_scorer"), lambda keys, call: answered(keys, values=values))
    judging.judge(rows(tmp_path), [scorer], [DOTS])
    kept = rows(tmp_path).judgements["mean", P2].values
    assert kept == {"a": 1.0, "b": 0.0, "c": 0.5, "d": 3.0, "e": "x", "f": None}
    assert all(type(kept[name]) is float for name in "abcd")


def test_a_scorer_named_twice_is_refused(tmp_path, outside):
    with pytest.raises(InputError, match="named twice"):
        judging.judge(rows(tmp_path), [outside("mean_scorer"), outside("mean_scorer")], [DOTS])
