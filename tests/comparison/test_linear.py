"""Twice the images take the gate and the comparison about twice the work, not four times."""

import json
import time

import numpy as np
import pytest

from evalsuite.comparison.compare import compare
from evalsuite.files.segments import Segment
from evalsuite.gating.run import gate_run
from evalsuite.measures.declared import to_row
from evalsuite.pipeline.settings import Settings, recorded
from evalsuite.plugins.find import own_measures
from evalsuite.prompts import sets
from evalsuite.records import Judgement, Sample
from evalsuite.runs.images import save_image
from evalsuite.runs.manifest import describe, record
from evalsuite.runs.rows import JudgementRow, write_judgement, write_sample
from evalsuite.runs.seeds import plan

POLICY = """format: evalsuite-policy-1
measures:
  - {measure: objects.count, margin: 0.02}
  - {measure: objects.relation, margin: 0.02}
"""
RELATED = {"class": "circle", "position": ["left of", 0]}


def make_prompts(folder, images):
    rows = [
        {
            "id": f"p{n}",
            "tag": "position" if n % 2 else "counting",
            "prompt": f"stars {n}",
            "include": [{"class": "star", "count": 1 + n % 5}, *([RELATED] if n % 2 else [])],
            "groups": {"count": str(1 + n % 5)},
        }
        for n in range(images // 4)
    ]
    (folder / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")


def make_run(name, share, draws):
    """A judged run whose every image is the same file, as nothing here looks at pixels."""
    settings = Settings(model="scenes", prompts=("mine.jsonl",), scorers=("objects",))
    whole = sets.find(["mine.jsonl"], "scenes")
    entry = {"measures": [to_row(m) for m in own_measures() if m.scorer == "objects"]}
    manifest = describe({}, {"objects": entry}, whole, recorded(settings))
    folder = record(name, {**manifest, "dialect": "scenes"}).folder
    image = save_image(folder, np.zeros((4, 4, 3), np.uint8))
    requests = plan(whole, 4, 0)
    with Segment(folder, "samples-w0") as rows:
        write_sample(rows, *(Sample(r.key, r.seed, "ok", image=image) for r in requests))
    with Segment(folder, "judgements-objects-w0") as rows:
        said = [
            dict.fromkeys(("count", "relation"), float(draws.random() < share)) for _ in requests
        ]
        rows_of = (Judgement("objects", r.key, v) for r, v in zip(requests, said, strict=True))
        write_judgement(rows, *(JudgementRow(judgement, image) for judgement in rows_of))


def cost(command, *arguments, times=2):
    """The least CPU seconds of a few runs: other work on the machine adds to it."""
    spent = []
    for _ in range(times):
        began = time.process_time()
        command(*arguments)
        spent.append(time.process_time() - began)
    return min(spent)


@pytest.mark.slow
def test_gate_and_compare_are_linear_in_images(tmp_path, monkeypatch):
    spent = {}
    for images in (64, 4096, 8192):  # the first for what is imported once
        home = tmp_path / str(images)
        home.mkdir()
        monkeypatch.chdir(home)
        make_prompts(home, images)
        draws = np.random.default_rng(0)
        for name, share in (("before", 0.7), ("after", 0.6)):
            make_run(home / name, share, draws)
        (home / "policy.yaml").write_text(POLICY)
        spent["gate", images] = cost(gate_run, home / "after", home / "before", "policy.yaml", {})
        spent["compare", images] = cost(compare, [home / "before", home / "after"])

    for command in ("gate", "compare"):
        ratio = spent[command, 8192] / spent[command, 4096]
        assert ratio < 2.6, f"{command}: {ratio:.2f} times the CPU for twice the images"
