"""The main job on real models: the bundled ones, and the layouts of the hub's best-known ones."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

BUNDLED_SCORERS = (
    *("--scorers", "clip,objects,presentation,skin_tone"),
    *("--scorer-arg", "clip.model=scenes-clip", "--scorer-arg", "objects.model=scenes-owl"),
    *("--scorer-arg", "objects.clip=detector"),
    *("--scorer-arg", "presentation.model=scenes-clip"),
    *("--scorer-arg", "presentation.detector=scenes-owl"),
    *("--scorer-arg", "skin_tone.detector=scenes-owl"),
)


def start(*words: str) -> "subprocess.Popen[str]":
    """`evalsuite` in a process of its own, one thread, so that two of them never differ."""
    variables = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    return subprocess.Popen(
        [sys.executable, "-m", "evalsuite.cli", *words],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def estimates(folder: Path) -> list[dict[str, object]]:
    return list(json.loads((folder / "estimates.json").read_text()))


def samples(folder: Path) -> list[dict[str, object]]:
    rows = []
    for segment in sorted(folder.glob("samples-*.jsonl")):
        rows += [json.loads(line) for line in segment.read_text().splitlines()]
    return rows


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A small run of the bundled default that nobody interrupted: its folder and stdout."""
    folder = tmp_path_factory.mktemp("main") / "whole"
    process = start(*SMALL, "--output-dir", str(folder))
    out, err = process.communicate()
    assert process.returncode == 0, err
    return folder, out


SMALL = ("run", "--limit", "3", "--num-images", "2", "--steps", "4", "--no-progress")


@pytest.mark.slow
def test_the_bundled_default_ends_with_the_reports_path(whole: tuple[Path, str]) -> None:
    folder, out = whole
    report = Path(out.splitlines()[-1])
    assert report == folder / "report" / "index.html" and report.is_file()
    measured = {(row["prompt_set"], row["measure"]) for row in estimates(folder) if row["n"]}
    assert ("scenes-counts", "objects.count") in measured
    assert ("scenes-spatial", "clip.choice") in measured
    assert ("scenes-occupations", "presentation.unknown") in measured
    manifest = (folder / "manifest.json").read_text()
    assert str(folder.parent) not in manifest and os.uname().nodename not in manifest


@pytest.mark.slow
def test_killed_it_ends_with_the_same_bytes(whole: tuple[Path, str], tmp_path: Path) -> None:
    """On the real models, once; benchmarks/promises/kill.py kills a small run everywhere."""
    folder = tmp_path / "killed"
    victim = start(*SMALL, "--output-dir", str(folder))
    while victim.poll() is None and len(list(folder.glob("images/*.png"))) < 9:
        time.sleep(0.01)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    acknowledged = samples(folder) if victim.returncode == -signal.SIGKILL else []
    again = start(*SMALL, "--output-dir", str(folder))
    _, err = again.communicate()
    assert again.returncode == 0, err
    for name in ("estimates.json", "judgements.parquet"):
        assert (folder / name).read_bytes() == (whole[0] / name).read_bytes()
    assert samples(folder)[: len(acknowledged)] == acknowledged
    assert len(samples(folder)) == len(samples(whole[0]))


@pytest.mark.slow
def test_every_known_layout_runs_from_its_directory(tiny_pipeline: Path, tmp_path: Path) -> None:
    words = ("--model", str(tiny_pipeline), "--prompts", "scenes-counts", "--steps", "2")
    small = ("--limit", "2", "--num-images", "1", "--size", "64x64", "--batch-size", "2")
    folder = tmp_path / "run"
    process = start("run", *words, *small, *BUNDLED_SCORERS, "--output-dir", str(folder))
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert Path(out.splitlines()[-1]).is_file()
    (overall,) = [
        row for row in estimates(folder) if row["measure"] == "objects.correct" and not row["group"]
    ]
    assert overall["n"] == 2 and overall["missing"] == {}


@pytest.mark.slow
def test_a_model_of_nan_is_measured_as_nothing_and_never_as_0(
    tiny_sd: Path, tiny_models: object, tmp_path: Path
) -> None:
    broken = tiny_models.break_vae(tiny_sd, tmp_path / "broken", math.nan)  # type: ignore[attr-defined]
    words = ("--model", str(broken), "--prompts", "scenes-counts", "--limit", "2", "--steps", "2")
    folder = tmp_path / "run"
    process = start("run", *words, *BUNDLED_SCORERS, "--output-dir", str(folder))
    _, err = process.communicate()
    assert process.returncode == 4
    assert "incomplete" in err and "NaN" in err
    assert {row["status"] for row in samples(folder)} == {"invalid"}
    for row in estimates(folder):
        assert row["value"] is None and row["n"] == 0
        assert sum(row["missing"].values()) > 0  # type: ignore[attr-defined]


@pytest.mark.slow
def test_geneval_alone_gives_a_report_with_boxes(tiny_mask2former: Path, tmp_path: Path) -> None:
    """The README's `--scorers geneval`, on a segmenter with random weights."""
    folder = tmp_path / "run"
    words = ("--model", "scenes", "--prompts", "scenes-counts", "--limit", "4", "--num-images", "2")
    options = {
        "model": tiny_mask2former, "clip": "scenes-clip", "threshold": 0.1,
        "counting_threshold": 0.1, "shortest": 64, "longest": 96,
    }  # fmt: skip
    judged = [f"--scorer-arg=geneval.{name}={value}" for name, value in options.items()]
    run = (*words, "--scorers", "geneval", *judged, "--output-dir", str(folder), "--no-progress")
    process = start("run", *run)
    _, err = process.communicate()
    assert process.returncode == 0, err
    page = (folder / "report" / "index.html").read_text()
    assert page.count('class="box"') > 8 and "GenEval: images right" in page
    assert "Found by geneval: " in page and "% sure" in page
    assert "judged by objects" not in page
