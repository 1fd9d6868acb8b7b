import copy
import pickle

import numpy as np
import pytest

from evalsuite.files.segments import Segment
from evalsuite.records import InputError, Judgement, Key, Prompt, Request, Sample
from evalsuite.runs import judgement_rows
from evalsuite.runs.images import Images, save_image
from evalsuite.runs.rows import (
    JudgementRow,
    missing,
    planned_rows,
    read_run,
    refreshed,
    undrawn,
    with_manifest,
    write_judgement,
    write_sample,
)

KEY = Key("counts", "c-1", 0)
OTHER = Key("counts", "c-1", 1)
PIXELS = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(4, 4, 3)


def rows(folder):
    return read_run(folder, {})


def add(folder, *samples, worker="w0"):
    with Segment(folder, f"samples-{worker}") as segment:
        write_sample(segment, *samples)


def add_judgement(folder, image, judgement, worker="w0"):
    with Segment(folder, f"judgements-{judgement.scorer}-{worker}") as segment:
        write_judgement(segment, JudgementRow(judgement, image))


def test_samples_and_judgements_come_back(tmp_path):
    image = save_image(tmp_path, PIXELS)
    good = Sample(KEY, 4_294_967_295, "ok", image=image)
    bad = Sample(OTHER, 2, "refused", reason="the service said no: «not that»")
    add(tmp_path, good)
    add(tmp_path, bad, worker="w1")
    assert rows(tmp_path).samples == {KEY: good, OTHER: bad}
    clip = Judgement(
        "clip", KEY, {"score": 0.1, "choice": None}, reasons={"choice": "none"}, evidence={"a": [1]}
    )
    late = Judgement("clip-2", KEY, failure="ValueError: no")
    add_judgement(tmp_path, image, clip)
    add_judgement(tmp_path, image, late)
    assert rows(tmp_path).judgements == {("clip", KEY): clip, ("clip-2", KEY): late}
    assert rows(tmp_path).damaged == 0
    (tmp_path / "samples-w1.jsonl").write_text("{}\n")
    assert rows(tmp_path).damaged == 1
    assert rows(tmp_path).samples == {KEY: good}


def test_what_a_run_cost_is_a_sum_to_a_millionth_of_a_dollar(tmp_path):
    assert rows(tmp_path).cost is None
    add(tmp_path, Sample(KEY, 1, "failed", reason="no", facts={"cost_usd": 0.1}))
    add(tmp_path, Sample(OTHER, 2, "refused", reason="no"))
    assert rows(tmp_path).cost == 0.1
    add(tmp_path, Sample(OTHER, 2, "ok", image="a" * 64, facts={"cost_usd": 0.2000014}), worker="b")
    assert rows(tmp_path).cost == 0.300001


def test_a_file_holds_no_rows(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file: Not a directory"):
        rows(tmp_path / "file")


def test_an_image_that_is_there_beats_one_that_is_lost(tmp_path):
    first = save_image(tmp_path, PIXELS)
    second = save_image(tmp_path, PIXELS + 1)
    gave_up = Sample(KEY, 1, "failed", reason="no")
    add(tmp_path, Sample(KEY, 1, "ok", image=first), worker="w1")
    add(tmp_path, gave_up, Sample(KEY, 1, "ok", image=second))
    assert rows(tmp_path).samples[KEY].image == first
    (tmp_path / "images" / f"{first}.png").write_bytes(b"damaged")
    assert rows(tmp_path).samples[KEY].image == second
    (tmp_path / "images" / f"{second}.png").unlink()
    assert rows(tmp_path).samples[KEY] == gave_up


def test_a_judgement_counts_for_its_image_only(tmp_path):
    old = save_image(tmp_path, PIXELS)
    new = save_image(tmp_path, PIXELS + 1)
    add(tmp_path, Sample(KEY, 1, "ok", image=old))
    add_judgement(tmp_path, old, Judgement("s", KEY, {"v": 1.0}))
    add(tmp_path, Sample(KEY, 1, "ok", image=new))
    assert rows(tmp_path).judgements == {}
    lost = Judgement("s", KEY, failure="missing")
    add_judgement(tmp_path, None, lost)
    assert rows(tmp_path).judged == {("s", KEY): JudgementRow(lost, None)}
    judged = Judgement("s", KEY, {"v": 2.0})
    add_judgement(tmp_path, new, judged)
    add_judgement(tmp_path, None, lost)
    assert rows(tmp_path).judgements == {("s", KEY): judged}


def test_rows_that_name_files_elsewhere_are_damaged(tmp_path):
    row = {"prompt_set": "a", "prompt_id": "b", "index": 0, "seed": 1, "reason": None}
    with Segment(tmp_path, "samples-w0") as segment:
        segment.append({**row, "status": "ok", "image": "../../x"})
        segment.append({**row, "status": "ok", "image": None})
        segment.append({**row, "status": "fine", "image": None})
        segment.append({**row, "status": "failed", "image": "a" * 64})
    assert rows(tmp_path).samples == {}
    assert rows(tmp_path).damaged == 4
    for name in ("../../x", "", "A" * 64):
        with pytest.raises(InputError, match="no SHA-256"):
            Images(tmp_path).load(name)


def test_judgements_that_were_read_can_be_copied_and_sent_to_another_process():
    rows = judgement_rows.JudgementRows()
    rows.add(judgement_rows.to_row(Judgement("s", Key("a", "p", 0))))
    judgement = rows.judgement(0)

    assert pickle.loads(pickle.dumps(judgement)) == copy.deepcopy(judgement) == judgement


def manifest(**more):
    return {"scorers": {"s": {"model": "v"}, "t": {"model": "t"}}, **more}


def failed(key, why="no", status="failed"):
    return Sample(key, 1, status, reason=why)


def test_of_equal_rows_the_last_counts_and_a_refusal_beats_a_failure(tmp_path):
    add(tmp_path, failed(KEY, "a"), failed(KEY, "b"), failed(KEY, "c"))
    add(tmp_path, failed(OTHER, "a", "refused"), failed(OTHER, "b", "invalid"), failed(OTHER, "c"))
    found = rows(tmp_path).samples
    assert (found[KEY].reason, found[OTHER].reason) == ("c", "b")


def test_an_image_beats_a_refusal_that_beats_a_lost_image(tmp_path):
    image = save_image(tmp_path, PIXELS)
    good, lost = (Sample(KEY, 1, "ok", image=name) for name in (image, "0f" * 32))
    add(tmp_path, good, failed(KEY, status="refused"), lost)
    assert rows(tmp_path).samples == {KEY: good}
    add(tmp_path, lost, failed(OTHER, status="blocked"))
    (tmp_path / "images" / f"{image}.png").unlink()
    assert rows(tmp_path).samples[KEY].reason == "no"


def test_an_answer_beats_a_failure_that_beats_an_unread_image(tmp_path):
    image = save_image(tmp_path, PIXELS)
    add(tmp_path, Sample(KEY, 1, "ok", image=image), Sample(OTHER, 1, "ok", image=image))
    unread, broke = (Judgement("s", KEY, failure=why) for why in ("unread", "broke"))
    answers = [Judgement("s", KEY, {"v": value}) for value in (1.0, 2.0)]

    def counting():
        return rows(tmp_path).judgements["s", KEY]

    for judgement, taken, expected in (
        (broke, image, broke),
        (unread, None, broke),
        (Judgement("s", KEY, failure="again"), image, Judgement("s", KEY, failure="again")),
        (answers[0], image, answers[0]),
        (broke, image, answers[0]),
        (unread, None, answers[0]),
        (answers[1], image, answers[1]),
    ):
        add_judgement(tmp_path, taken, judgement)
        assert counting() == expected
    assert rows(tmp_path).answers["s", KEY].values == {"v": 2.0}
    # Of an image that was not drawn, or of another one, nobody is asked.
    add_judgement(tmp_path, image, Judgement("s", Key("counts", "c-9", 0), {"v": 1.0}))
    add_judgement(tmp_path, "0f" * 32, Judgement("s", OTHER, {"v": 1.0}))
    assert rows(tmp_path).judgements.keys() == {("s", KEY)}


def test_a_judgement_counts_for_the_scorer_that_the_manifest_names(tmp_path):
    image = save_image(tmp_path, PIXELS)
    add(tmp_path, Sample(KEY, 1, "ok", image=image))
    found = read_run(tmp_path, manifest())
    assert found.fingerprints.keys() == {"s", "t"}
    with Segment(tmp_path, "judgements-s-w0") as segment:
        for value, by in ((1.0, found.fingerprints["s"]), (2.0, "of another"), (3.0, "")):
            write_judgement(segment, JudgementRow(Judgement("s", KEY, {"v": value}), image, by))
        write_judgement(segment, JudgementRow(Judgement("u", KEY, {"v": 4.0}), image, "unknown"))
    found = refreshed(found)
    assert found.judgements["s", KEY].values == {"v": 3.0}, "an old row does not say by whom"
    assert ("u", KEY) in found.judgements, "nobody can tell that it is another"
    (tmp_path / "judgements-s-w0.jsonl").unlink()
    with Segment(tmp_path, "judgements-s-w1") as segment:
        mine = JudgementRow(Judgement("s", KEY, {"v": 1.0}), image, found.fingerprints["s"])
        write_judgement(segment, mine)
    found = refreshed(found)
    assert found.judged == {("s", KEY): mine}
    assert with_manifest(found, {"scorers": {"s": {"model": "w"}}}).judged == {}


def test_those_asked_for_are_told_in_the_manifests_order(tmp_path):
    assert read_run(tmp_path, manifest()).asked == ["s", "t"]
    assert read_run(tmp_path, manifest(asked={"names": ["t", "s", "x"]})).asked == ["s", "t"]
    assert read_run(tmp_path, manifest(asked={"names": ["t"]})).asked == ["t"]


def test_only_what_has_grown_is_read_again(tmp_path):
    add(tmp_path, failed(KEY))
    add(tmp_path, failed(KEY, "later"), worker="w1")
    first = rows(tmp_path)
    assert [*first.segments] == ["samples-w0.jsonl", "samples-w1.jsonl"]
    assert first.samples[KEY].reason == "later"
    assert refreshed(first) is first
    add(tmp_path, failed(OTHER), worker="w1")
    (tmp_path / "judgements-s-w0.jsonl").write_text("torn\n")
    second = refreshed(first)
    assert second.samples.keys() == {KEY, OTHER}
    assert second.damaged == 1
    assert second.segments["samples-w0.jsonl"] is first.segments["samples-w0.jsonl"]
    assert (
        second.segments["samples-w1.jsonl"].size == (tmp_path / "samples-w1.jsonl").stat().st_size
    )


def test_what_is_appended_is_read_from_where_the_last_time_ended(tmp_path):
    add(tmp_path, failed(KEY))
    path = tmp_path / "samples-w0.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:20])  # a worker is at its next row
    first = rows(tmp_path)
    assert (len(first.samples), first.damaged) == (1, 1)
    add(tmp_path, failed(OTHER), worker="w1")
    path.write_bytes(whole + whole)
    with path.open("rb+") as file:  # what was read is not looked at again
        file.write(b"x" * 10)
    second = refreshed(first)
    assert second.samples.keys() == {KEY, OTHER} and second.damaged == 0
    assert len(second.segments[path.name].rows) == 2
    assert (len(first.segments[path.name].rows), len(first.samples), first.damaged) == (1, 1, 1)
    assert second.names is first.names and second.names.list == [KEY[:2]]
    path.write_bytes(whole)
    assert (len(refreshed(second).segments[path.name].rows), refreshed(second).damaged) == (1, 0)


def test_a_run_of_no_rows_and_no_folder_has_none(tmp_path):
    found = read_run(tmp_path / "none", {})
    assert (dict(found.samples), dict(found.judged), found.damaged) == ({}, {}, 0)


PROMPT = Prompt("c-1", "one star", "counting")


def planned(*keys, seed=1):
    return [Request(key, PROMPT, seed) for key in keys]


def test_what_a_run_lacks(tmp_path):
    image = save_image(tmp_path, PIXELS)
    new, broken, last = (Key("counts", "c-2", index) for index in range(3))
    add(tmp_path, Sample(KEY, 1, "ok", image=image), failed(OTHER), failed(last, status="refused"))
    add(tmp_path, Sample(broken, 1, "ok", image="0f" * 32))
    add_judgement(tmp_path, image, Judgement("s", KEY, {"v": 1.0}))
    found = read_run(tmp_path, manifest())
    requests = planned(KEY, OTHER, new, broken, last)

    assert [request.key for request in undrawn(found, requests)] == [new, broken]
    again = undrawn(found, requests, failed=True)
    assert [request.key for request in again] == [OTHER, new, broken]
    # Of two scorers: each lacks the two undrawn ones, and one of them an image that is there.
    assert missing(found, requests, ["s", "t"]) == (2, 5)
    assert missing(found, requests) == (2, 0)
    with pytest.raises(InputError, match=r"from seed 1, but the plan says 2; choose another"):
        undrawn(found, planned(KEY, seed=2))


def test_the_rows_of_planned_images_come_in_planning_order(tmp_path):
    image = save_image(tmp_path, PIXELS)
    add(tmp_path, Sample(KEY, 1, "ok", image=image), Sample(OTHER, 1, "ok", image=image))
    for scorer in ("t", "s"):
        for key in (OTHER, KEY):
            add_judgement(tmp_path, image, Judgement(scorer, key, {"v": 1.0}))
    found = planned_rows(read_run(tmp_path, manifest()), planned(OTHER, KEY))
    assert [*found.samples] == [OTHER, KEY]
    assert [*found.judged] == [("s", KEY), ("s", OTHER), ("t", KEY), ("t", OTHER)]
    fewer = planned_rows(read_run(tmp_path, manifest()), planned(OTHER))
    assert ([*fewer.samples], [*fewer.judged]) == ([OTHER], [("s", OTHER), ("t", OTHER)])


def test_of_two_judgements_of_one_image_the_last_counts(tmp_path):
    image = save_image(tmp_path, PIXELS)
    add(tmp_path, Sample(KEY, 1, "ok", image=image))
    for value in (1.0, 2.0):
        add_judgement(tmp_path, image, Judgement("it", KEY, {"x": value}))
    assert rows(tmp_path).judgements["it", KEY].values == {"x": 2.0}
    add_judgement(tmp_path, image, Judgement("it", KEY, failure="no"))
    assert rows(tmp_path).judgements["it", KEY].values == {"x": 2.0}
