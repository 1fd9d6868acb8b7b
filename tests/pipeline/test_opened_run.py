"""A run opened for reading, on rows made by hand in which each ending of an image is there."""

import json
import math

import numpy as np
import pandas as pd
import pytest

import evalsuite
from evalsuite.files.segments import Segment
from evalsuite.pipeline.settings import Settings, recorded
from evalsuite.prompts import sets
from evalsuite.records import Box, InputError, Judgement, Key, Sample
from evalsuite.runs.images import save_image
from evalsuite.runs.manifest import describe, record
from evalsuite.runs.rows import write_judgement, write_sample
from evalsuite.runs.seeds import plan

PROMPTS = [
    {"id": "a", "tag": "counting", "prompt": "one star", "groups": {"count": "1"}},
    {"id": "b", "tag": "counting", "prompt": "two stars", "groups": {"count": "2"}},
    {"id": "c", "tag": "plain", "prompt": "a <b>sky</b>"},
]
MEASURES = [{"name": "mine.share", "title": "Right <i> wrong", "field": "right", "prominence": 1}]
FOUND = Box("star", (2.0, 3.0, 10.0, 12.0), 0.5, {"color": "red"})
ANSWERS = {
    ("a", 0): {"values": {"right": 1.0, "word": "bright"}, "boxes": (FOUND,)},
    ("a", 1): {"values": {"right": 0.0, "word": None}, "reasons": {"word": "unsure: dark"}},
    ("b", 0): {"failure": "it broke"},
    ("b", 1): {"values": {"right": 1.0}, "not_applicable": ("word",)},
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two images of three prompts: four are judged, one was refused, and one is not drawn yet."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, PROMPTS)) + "\n")
    settings = Settings(model="<script>", prompts=("mine.jsonl",), scorers=("mine",), num_images=2)
    whole = sets.find(["mine.jsonl"], "scenes")
    scorers = {"mine": {"measures": MEASURES}}
    manifest = describe({}, scorers, whole, recorded(settings))
    home = record(tmp_path / "run", {**manifest, "dialect": "scenes"}).folder
    seeds = {request.key: request.seed for request in plan(whole, 2, 0)}
    with Segment(home, "samples-w0") as samples, Segment(home, "judgements-mine-w0") as judged:
        for shade, ((prompt, index), answer) in enumerate(ANSWERS.items()):
            key = Key("mine", prompt, index)
            image = save_image(home, np.full((16, 16, 3), shade, np.uint8))
            write_sample(samples, Sample(key, seeds[key], "ok", image=image))
            write_judgement(judged, (Judgement("mine", key, **answer), image))
        refused = Key("mine", "c", 0)
        write_sample(samples, Sample(refused, seeds[refused], "refused", reason="said no"))
    return home


@pytest.fixture
def run(folder):
    return evalsuite.open_run(str(folder))


def rows(table, *columns):
    """The cells of some columns, with None for what is not there."""
    cells = table[list(columns)].to_dict("split")["data"]
    return [tuple(None if c != c or c is None else c for c in row) for row in cells]


def test_there_is_one_row_per_planned_image(run):
    assert list(run.samples.columns) == [
        *("prompt_set", "prompt_id", "index", "prompt", "tag", "group.count", "seed"),
        *("status", "image", "reason"),
    ]
    assert rows(run.samples, "prompt_id", "index", "group.count", "status", "reason") == [
        ("a", 0, "1", "ok", None),
        ("a", 1, "1", "ok", None),
        ("b", 0, "2", "ok", None),
        ("b", 1, "2", "ok", None),
        ("c", 0, None, "refused", "said no"),
        ("c", 1, None, "not drawn", None),
    ]
    assert run.samples["seed"].nunique() == 6 and run.samples["seed"].dtype == "int64"


def test_a_value_an_abstention_not_applicable_and_a_failure_are_told_apart(run):
    assert list(run.judgements.columns) == [
        *("prompt_set", "prompt_id", "index", "prompt", "tag", "group.count", "seed", "image"),
        *("scorer", "field", "state", "value", "label", "reason"),
    ]
    shown = ("prompt_id", "index", "field", "state", "value", "label", "reason")
    assert rows(run.judgements, *shown) == [
        ("a", 0, "right", "value", 1.0, None, None),
        ("a", 0, "word", "value", None, "bright", None),
        ("a", 1, "right", "value", 0.0, None, None),
        ("a", 1, "word", "abstention", None, None, "unsure: dark"),
        ("b", 0, None, "failure", None, None, "it broke"),
        ("b", 1, "right", "value", 1.0, None, None),
        ("b", 1, "word", "not applicable", None, None, None),
    ]
    assert set(rows(run.judgements, "scorer", "tag", "prompt")) == {
        ("mine", "counting", "one star"),
        ("mine", "counting", "two stars"),
    }


def test_the_file_for_pandas_is_the_same_table(run, folder):
    evalsuite.write_report(folder)

    pd.testing.assert_frame_equal(pd.read_parquet(folder / "judgements.parquet"), run.judgements)


def test_estimates_stand_beside_what_is_missing(run):
    by_place = run.estimates.set_index(["measure", "group"])
    whole, one = by_place.loc["mine.share", ""], by_place.loc["mine.share", "count: 1"]

    # Right, wrong, right; a breakdown, a refusal and an image that is not drawn yet.
    assert (whole["value"], whole["n"], whole["prompts"]) == (pytest.approx(2 / 3), 3, 2)
    assert (whole["missing"], whole["coverage"]) == (3, 0.5)
    assert (whole["title"], whole["unit"]) == ("Right <i> wrong", "share")
    assert math.isnan(whole["null"]) and math.isnan(whole["reference"])
    assert (one["value"], one["n"], one["missing"], one["group.count"]) == (0.5, 2, 0, "1")
    found = evalsuite.write_report(run.folder).run.estimates
    pd.testing.assert_frame_equal(found, run.estimates)


def test_prompts_have_their_groups(run):
    assert rows(run.prompts, "prompt_id", "prompt", "group.count", "twin") == [
        ("a", "one star", "1", None),
        ("b", "two stars", "2", None),
        ("c", "a <b>sky</b>", None, None),
    ]


def test_images_are_found_by_what_was_said_of_them(run):
    def found(**asked):
        return ["/".join(map(str, key[1:])) for key in run.images(**asked)]

    assert found() == ["a/0", "a/1", "b/0", "b/1"]
    assert found(prompt_id="b") == ["b/0", "b/1"]
    assert found(tag="plain") == []
    assert found(measure="mine.share") == ["a/0", "a/1", "b/1"]
    assert found(measure="mine.share", value=1) == ["a/0", "b/1"]
    assert found(measure="mine.word", value="bright", prompt_set="mine") == ["a/0"]


def test_an_image_is_shown_by_key_text_or_row(run):
    key = Key("mine", "a", 1)
    row = run.samples.iloc[1]

    for named in (key, ("mine", "a", 1), "mine/a/1", row):
        picture = run.show(named)
        assert picture.size == (16, 16) and picture.getpixel((5, 5)) == (1, 1, 1)


def test_boxes_are_framed_on_a_copy(run):
    plain, framed = run.show("mine/a/0"), run.show("mine/a/0", boxes="mine")

    # A red frame from left 2, top 3 to right 10, bottom 12, and nothing at all without boxes.
    assert [framed.getpixel(at) for at in ((2, 3), (2, 12), (10, 12))] == [(213, 0, 79)] * 3
    assert framed.getpixel((1, 12)) == (0, 0, 0)
    assert plain.getcolors() == [(256, (0, 0, 0))]
    assert run.show("mine/a/1", boxes=True).getcolors() == [(256, (1, 1, 1))]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (
            lambda run: run.show("mine/b"),
            "'mine/b': is no image of this run; write prompt-set/prompt-id/index; "
            "did you mean 'mine/b/1'?",
        ),
        (lambda run: run.show("mine/c/0"), "mine/c/0: there is no image (refused: said no)"),
        (lambda run: run.show("mine/c/1"), "mine/c/1: there is no image (not drawn yet)"),
        (lambda run: run.show("mine/a/0", boxes="mien"), "boxes 'mien': this run has none; "),
        (lambda run: run.images("mine.rihgt"), "did you mean 'mine.right'? there are: mine.right"),
        (lambda run: run.images(prompt_set="mien"), "prompt_set 'mien': this run has none; "),
    ],
)
def test_what_the_run_does_not_have_is_one_line(run, ask, said):
    with pytest.raises(InputError, match=r"^[^\n]*$") as error:
        ask(run)

    assert said in str(error.value)


def test_a_lost_file_is_named(run, folder):
    for path in folder.glob("images/*.png"):
        path.unlink()

    with pytest.raises(InputError, match=r"\.png: the image is missing"):
        run.show("mine/a/0")


def test_a_folder_that_is_no_run_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere/manifest\.json: is missing, so this is not a"):
        evalsuite.open_run(tmp_path / "nowhere")


def test_a_notebook_is_shown_the_headline_with_its_interval_and_no_markup_of_others(run):
    page = run._repr_html_()

    assert repr(run) == f"<Run {run.folder}: <script>, 4 of 6 images, judged by mine>"
    assert "&lt;script&gt;, 4 of 6 images, judged by mine</p>" in page
    assert "<td>mine</td><td>Right &lt;i&gt; wrong</td><td>66.7%</td>" in page
    # It names no chance, and nobody has audited its judge.
    assert "<th>chance or fair model</th><th>judge, audited</th></tr></thead>" in page
    assert "<td>0.8 to 99.8%</td><td>none</td><td>not audited</td></tr></tbody></table>" in page
    assert "<script" not in page and "<i>" not in page
