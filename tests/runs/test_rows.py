import copy
import pickle

import numpy as np
import pytest

from evalsuite.files.segments import Segment
from evalsuite.records import InputError, Judgement, Key, Sample
from evalsuite.runs import judgement_rows
from evalsuite.runs.images import Images, save_image
from evalsuite.runs.rows import JudgementRow, read_run, write_judgement, write_sample

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
    rows.add({}, judgement_rows.to_row(Judgement("s", Key("a", "p", 0))))
    judgement = rows.judgement(0)

    assert pickle.loads(pickle.dumps(judgement)) == copy.deepcopy(judgement) == judgement
