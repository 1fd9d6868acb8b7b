"""A list of prompts and images is a run without a prompt set."""

import json

import pytest
from PIL import Image

from evalsuite.pipeline import stages
from evalsuite.pipeline.settings import resolve
from evalsuite.pipeline.work import open_work
from evalsuite.prompts import sets


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "c"):
        Image.new("RGB", (8, 8), (200, 10, 30)).save(tmp_path / f"{name}.png")
    return tmp_path


def listed(place, texts):
    rows = [{"prompt": t, "image": f"{n}.png"} for t, n in zip(texts, "abc", strict=False)]
    (place / "pictures.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_the_lists_own_prompts_are_drawn_and_found_again(place):
    listed(place, ["a kite over a lake", "a kite  over a lake", "my odd teapot"])
    outcome = stages.generate(resolve({"model": "folder:pictures.jsonl", "num_images": 1}))
    assert outcome.statuses == {"ok": 2}
    (written,) = (place / "runs" / "prompts").iterdir()
    assert [p.text for p in sets.read(written).prompts] == ["a kite over a lake", "my odd teapot"]
    work, rows = open_work(outcome.folder, {})
    assert [each.name for each in work.prompt_sets] == [written.stem]
    assert len(rows.samples) == 2
    assert (
        stages.generate(resolve({"model": "folder:pictures.jsonl", "num_images": 1})).folder
        == outcome.folder
    )


def test_a_list_of_bundled_prompts_is_judged_by_those(place):
    text = sets.find(["counts"], "everyday")[0].prompts[0].text
    listed(place, [text])
    settings = resolve({"model": "folder:pictures.jsonl", "num_images": 1, "prompts": "counts"})
    assert stages.generate(settings).statuses["ok"] == 1
    assert not (place / "runs" / "prompts").exists()
