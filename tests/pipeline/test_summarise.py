"""The last stage on a small run of the bundled world's renderer, judged by the bundled CLIP."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from evalsuite import cli
from evalsuite.pipeline import judging, stages
from evalsuite.pipeline.settings import Settings
from evalsuite.plugins import find as plugins
from evalsuite.prompts import sets as prompts
from evalsuite.records import InputError
from evalsuite.runs.rows import read_run


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two prompts of four images each, two of which differ in what is drawn."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    settings = Settings(
        model="scenes", model_arg={"miscount": 0.5}, prompts=("counts",), scorers=("clip",),
        limit="2", num_images=4, output_dir=str(folder), device="cpu",
    )  # fmt: skip
    assert stages.evaluate(settings).complete
    return folder


@pytest.fixture
def folder(judged: Path, tmp_path: Path) -> Path:
    return shutil.copytree(judged, tmp_path / "run")


def estimates(folder: Path) -> dict[str, dict[str, object]]:
    rows = json.loads((folder / "estimates.json").read_text())
    whole = [row for row in rows if set(row["group"]) <= {"images per prompt"}]
    return {row["measure"]: row for row in whole}


def test_diversity_comes_from_the_features_that_clip_left(folder: Path) -> None:
    row = estimates(folder)["diversity.vendi"]
    assert row["n"] == row["prompts"] == 2 and 1 < row["value"] < 4
    assert "Vendi score" in (folder / "report" / "index.html").read_text()
    shutil.rmtree(folder / "features")
    stages.write_report(folder)
    lost = estimates(folder)["diversity.vendi"]
    assert lost["value"] is None and lost["missing"] == {"features lost": 2}


def test_best_of_has_its_file_and_its_section_and_leaves_no_stale_one(folder: Path) -> None:
    before = (folder / "estimates.json").read_bytes()
    stages.write_report(folder, best_of=3)
    found = json.loads((folder / "best-of.json").read_text())
    assert found["k"] == 3 and len(found["picks"]) == 2
    assert all(0 <= index < 3 for index in found["picks"].values())
    score = next(
        e for e in found["effects"]
        if e["all"]["measure"] == "clip.score" and not e["all"]["group"]
    )  # fmt: skip
    assert score["all"]["n"] == 6 and score["picked"]["n"] == 2
    assert score["difference"]["value"] > 0, "the pick has the highest score, so none is lower"
    for name in ("index.html", "report.md"):
        text = (folder / "report" / name).read_text()
        assert "Picking the best of 3 by CLIPScore" in text
    assert (folder / "estimates.json").read_bytes() == before
    stages.write_report(folder)
    assert not (folder / "best-of.json").exists()
    assert "Picking the best" not in (folder / "report" / "report.md").read_text()


def test_pictures_that_are_gone_are_said_and_what_was_seen_of_them_counts(folder: Path) -> None:
    before = (folder / "estimates.json").read_bytes()
    for file in sorted((folder / "images").iterdir())[:2]:
        file.unlink()
    assert not stages.write_report(folder).complete
    assert (folder / "estimates.json").read_bytes() == before
    for name in ("index.html", "report.md"):
        text = (folder / "report" / name).read_text()
        assert "The files of 2 drawn images are gone since" in text


@pytest.mark.parametrize("k", ["5", "1", "0"])
def test_more_than_there_are_or_fewer_than_two_is_one_line(
    folder: Path, k: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["report", str(folder), "--best-of", k])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"--best-of {k}: the run has 4 images per prompt; give a number from 2 to 4" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--best-of", "1"], "give a number from 2 to 4"),
        (["--best-of", "2", "--scorers", "objects"], "no scorer of this run ranks the images"),
    ],
)
def test_a_run_that_cannot_pick_is_refused_before_it_draws(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "r"
    known = ["--model", "scenes", "--prompts", "scenes-counts", "--limit", "1"]
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", *known, "--output-dir", str(place), *words])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err
    assert not list(place.glob("samples-*"))


def test_without_clips_scores_there_is_nothing_to_pick_by(folder: Path) -> None:
    for path in folder.glob("judgements-clip-*.jsonl"):
        path.unlink()
    with pytest.raises(InputError, match="no image has a CLIPScore to pick by"):
        stages.write_report(folder, best_of=2)


def test_all_that_read_clip_share_one_decode_and_one_encode_an_image(
    folder: Path, tmp_path: Path
) -> None:
    for path in [*folder.glob("judgements-*.jsonl"), folder / "features"]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    head = tmp_path / "head.safetensors"
    save_file({"weight": np.ones((1, 128), "f4")}, head)
    options = {"model": "scenes-clip"}
    scorers = [
        plugins.load_scorer("clip", {"dialect": "scenes", "device": "cpu"}),
        plugins.load_scorer("aesthetic", {**options, "head": str(head), "device": "cpu"}),
    ]
    counts = judging.judge(read_run(folder), scorers, prompts.find(["counts"], "scenes"))
    assert (counts.decoded, counts.encoded, counts.failed) == (8, 8, 0)
    again = [plugins.load_scorer("aesthetic", {**options, "head": str(head), "device": "cpu"})]
    again[0].name = "elsewhere"
    later = judging.judge(read_run(folder), again, prompts.find(["counts"], "scenes"))
    assert (later.decoded, later.encoded, later.ended) == (0, 0, 8)
