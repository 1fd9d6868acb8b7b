"""`evalsuite download` against a hub over HTTP, and the run without network after it."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from huggingface_hub import utils

from evalsuite import cli
from evalsuite.backends import _parts
from evalsuite.files import hub as hubs
from evalsuite.files.checkpoints import weight_files
from evalsuite.records import InputError

HERE = Path(__file__).parents[1]
CLIP = ("--scorers", "clip", "--scorer-arg", "clip.model=org/clip")


@pytest.fixture(scope="module")
def served(tmp_path_factory, tiny_sd):
    """A hub with a pipeline and a CLIP, beside files that nobody should fetch."""
    spec = importlib.util.spec_from_file_location("tiny_hub", HERE / "tiny_hub.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    home = tmp_path_factory.mktemp("hub")
    sd, clip = home / "sd", home / "clip"
    shutil.copytree(tiny_sd, sd)
    shutil.copytree(HERE.parent / "evalsuite/scenes/models/scenes-clip", clip)
    (sd / "README.md").write_text("---\ndialect: scenes\n---\n")
    for name in ("unet/diffusion_pytorch_model.bin", "sd.ckpt", "unet/code.py", "clip.safetensors"):
        (sd / name).write_bytes(b"never read" * 1000)
    (clip / "open_clip_pytorch_model.bin").write_bytes(b"never read" * 1000)
    with module.serve({"org/sd": sd, "org/clip": clip}) as running:
        yield running


@pytest.fixture
def hub(served, tmp_path, monkeypatch):
    """The hub with an empty cache of our own, asked in this process."""
    served.sent, served.ranges, served.asked = 0, [], []
    served.gated, served.cut, served.stalled = set(), set(), set()
    for name, value in {
        "ENDPOINT": served.url,
        "HUGGINGFACE_CO_URL_TEMPLATE": served.url + "/{repo_id}/resolve/{revision}/{filename}",
        "HF_HUB_OFFLINE": False,
        "HF_HUB_CACHE": str(tmp_path / "home" / "hub"),
    }.items():
        monkeypatch.setattr(f"huggingface_hub.constants.{name}", value)
    monkeypatch.chdir(tmp_path)
    utils.disable_progress_bars()
    yield served
    utils.enable_progress_bars()


@pytest.fixture
def download(capfd):
    """Run the command in this process: its exit code, and all it said."""

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main(["download", *words])
        out, err = capfd.readouterr()
        return ended.value.code, out + err

    return command


def apart(hub, *words, offline=False):
    """The command in a process of its own."""
    variables = {"HF_ENDPOINT": hub.url, "HF_HOME": str(Path("home").resolve())}
    variables |= {"HF_HUB_OFFLINE": str(int(offline)), "PYTHONPATH": str(HERE.parent)}
    return subprocess.Popen(
        [sys.executable, "-m", "evalsuite.cli", *words],
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_a_model_and_its_judges_are_fetched_and_a_run_needs_no_network(hub, download):
    code, said = download("org/sd", *CLIP)
    assert code == 0, said
    (line,) = [line for line in said.splitlines() if line.startswith("without network: ")]
    command = line.removeprefix("without network: HF_HUB_OFFLINE=1 evalsuite ")
    commit = hub.commit("org/sd")
    assert command == f"run --model org/sd --revision {commit} {' '.join(CLIP)}"
    folder = Path("home/hub/models--org--sd/snapshots", commit)
    assert f"org/sd at {commit}: 11 files" in said and str(folder) in said
    fetched = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert fetched == {*hub.files("org/sd")} - {
        *("unet/diffusion_pytorch_model.bin", "sd.ckpt", "unet/code.py", "clip.safetensors")
    }
    clip = Path("home/hub/models--org--clip/snapshots", hub.commit("org/clip"))
    assert not (clip / "open_clip_pytorch_model.bin").exists()
    sent, hub.sent = hub.sent, 0
    assert sent == sum(
        p.stat().st_size for at in (folder, clip) for p in at.rglob("*") if p.is_file()
    )

    code, said = download("org/sd", *CLIP)
    assert (code, hub.sent) == (0, 0) and "0 bytes fetched, of " in said

    asked, small = len(hub.asked), ("--limit", "1", "--num-images", "1", "--steps", "1")
    words = [*command.split(), *small, "--prompts", "scenes-counts", "--size", "32x32"]
    run = apart(hub, *words, offline=True)
    said, _ = run.communicate(timeout=300)
    assert run.returncode == 0 and "1 images planned: 1 ok" in said, said
    assert len(hub.asked) == asked
    (manifest,) = Path("runs").glob("*/manifest.json")
    assert json.loads(manifest.read_text())["backend"]["revision"] == commit


def test_a_dry_run_lists_files_and_bytes_and_fetches_the_index_alone(hub, download):
    code, said = download("org/sd", "--scorers", "text", "--dry-run")
    unet = hub.folders["org/sd"] / "unet/diffusion_pytorch_model.safetensors"
    assert (
        code == 0 and f"unet/diffusion_pytorch_model.safetensors  {unet.stat().st_size:,}" in said
    )
    assert {file for file, _ in hub.ranges} == {"model_index.json", "README.md"}
    found = json.loads(download("org/sd", "--scorers", "text", "--dry-run", "--json")[1])
    (repository,) = found["repositories"]
    assert found["bytes"] == sum(file["bytes"] for file in repository["files"])
    assert found["bytes"] - found["to_fetch"] == hub.sent
    assert found["offline"].startswith("HF_HUB_OFFLINE=1 evalsuite run --model org/sd")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("org/none",), "the hub has no such model, or it is private"),
        (("org/sd", "--revision", "v9"), "the hub has no such revision; check --revision"),
        (("vae:org/none",), "the hub has no such model"),
        (("transformers:org/none",), "the hub has no such model"),
        (("org/sd", "--model-arg", "lora=org/none"), "lora 'org/none': the hub has no such model"),
        (("scenes-ldm", "--scorers", "vqa", "--scorer-arg", "vqa.model=org/none"), "answering"),
        (("org/sd", "--scorers", "vqq"), "did you mean 'vqa'"),
        (("org/sd", "--model-arg", "stepz=3"), "takes no option 'stepz'"),
        (("org/clip",), "no pipeline"),
    ],
)
def test_what_is_not_there_is_one_line(hub, download, words, said):
    scorers = () if "--scorers" in words else ("--scorers", "text")
    code, line = download(*words, *scorers)
    assert code == 2 and said in line and line.count("\n") == 1, line


def test_a_gate_a_full_disk_and_a_hub_that_is_not_there_are_one_line(hub, download, monkeypatch):
    hub.gated = {"org/clip"}
    code, line = download("scenes-ldm", *CLIP)
    assert code == 2 and "its owner asks for an agreement" in line and line.count("\n") == 1
    full = shutil._ntuple_diskusage(10**9, 10**9 - 1000, 1000)
    with monkeypatch.context() as patch:
        patch.setattr("evalsuite.files.hub.shutil.disk_usage", lambda _: full)
        code, line = download("org/sd", "--scorers", "text")
    assert (
        code == 2 and "195 kB are to be downloaded and the disk" in line and "1.0 kB left" in line
    )
    assert {file for file, _ in hub.ranges} == {"model_index.json", "README.md"}
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    code, line = download("org/other", "--scorers", "text")
    assert code == 2 and "the hub cannot be reached" in line and line.count("\n") == 1


def test_a_killed_download_goes_on_with_what_is_missing(hub, download):
    hub.stalled = {"unet/diffusion_pytorch_model.safetensors"}
    first = apart(hub, "download", "org/sd", "--scorers", "text")
    home = Path("home/hub/models--org--sd/snapshots", hub.commit("org/sd"))
    deadline = time.monotonic() + 240
    while len([p for p in home.rglob("*") if p.is_file()]) < 10:
        assert first.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    first.kill()
    first.communicate()
    hub.stalled, hub.ranges, hub.sent = set(), [], 0
    code, said = download("org/sd", "--scorers", "text")
    assert code == 0 and hub.ranges == [("unet/diffusion_pytorch_model.safetensors", 0)]
    size = (hub.folders["org/sd"] / hub.ranges[0][0]).stat().st_size
    assert hub.sent == size and "fetched, of 196 kB" in said


def test_what_is_in_the_package_needs_nothing(hub, download):
    for model in ("scenes-ldm", "scenes-gan", "openai:m", "http:a1111"):
        code, said = download(model, "--scorers", "text,safety")
        assert code == 0 and "nothing to download: all that is read is in the package" in said
    assert hub.asked == []


def test_a_plug_in_that_does_not_say_what_it_reads_is_named(hub, download, monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))
    code, said = download("outside.dots_backend", "--scorers", "text")
    assert code == 0, said
    assert "--model outside.dots_backend: does not say what it reads from the hub" in said


def test_a_part_of_a_model_in_the_cache_is_no_model(hub, download, monkeypatch):
    assert download("org/sd", "--scorers", "text", "--dry-run")[0] == 0
    part = hubs.Repository("CLIP model", "org/clip", ("*.json",))
    hubs.fetch(part)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert hubs.fetch(part).name == hub.commit("org/clip")
    with pytest.raises(InputError, match=r"a part of it only; .* `evalsuite download`"):
        hubs.fetch(part._replace(allow=("*",)))
    with pytest.raises(
        InputError, match="cannot be reached and the model is not in the cache, or not"
    ):
        hubs.fetch(_parts.repository("org/sd", None, None))


WEIGHTS = ["unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.bin"]
INDEX = {"_class_name": "X", "unet": ["diffusers", "U"], "gone": [None, None]}


@pytest.mark.parametrize(
    ("names", "variant", "wanted"),
    [
        (WEIGHTS, None, WEIGHTS[:1]),
        (WEIGHTS, "fp16", WEIGHTS[:1]),
        ([*WEIGHTS, "unet/diffusion_pytorch_model.fp16.safetensors"], None, WEIGHTS[:1]),
        (
            [*WEIGHTS, "unet/diffusion_pytorch_model.fp16.safetensors"],
            "fp16",
            ["unet/diffusion_pytorch_model.fp16.safetensors"],
        ),
        (
            [
                "unet/model-00001-of-00002.safetensors",
                "unet/model-00002-of-00002.safetensors",
                "unet/model.safetensors.index.json",
                "unet/model.fp16-00001-of-00001.safetensors",
                "unet/model.safetensors.index.fp16.json",
            ],
            "fp16",
            [
                "unet/model.fp16-00001-of-00001.safetensors",
                "unet/model.safetensors.index.fp16.json",
            ],
        ),
        (
            ["unet/config.json", "unet/x.py", "gone/config.json", "y.json"],
            None,
            ["unet/config.json"],
        ),
    ],
)
def test_of_each_component_one_kind_of_weights_is_read(names, variant, wanted):
    assert _parts.pipeline_files(names, INDEX, variant, "m") == wanted


def test_pickles_and_other_variants_alone_are_refused_before_they_are_fetched():
    with pytest.raises(InputError, match="its unet has pickled weights only"):
        _parts.pipeline_files(["unet/diffusion_pytorch_model.bin"], INDEX, None, "m")
    with pytest.raises(InputError, match="of the variant fp16 only; give --variant fp16"):
        _parts.pipeline_files(["unet/model.fp16.safetensors"], INDEX, None, "m")


def test_what_is_fetched_is_what_is_loaded(tiny_pipeline):
    names = [p.relative_to(tiny_pipeline).as_posix() for p in tiny_pipeline.rglob("*")]
    index = json.loads((tiny_pipeline / "model_index.json").read_text())
    wanted = _parts.pipeline_files(names, index, None, "m")
    loaded = [
        p.relative_to(tiny_pipeline).as_posix() for p in weight_files(tiny_pipeline, index, None)
    ]
    assert sorted(name for name in wanted if name.endswith(".safetensors")) == sorted(loaded)


def test_bytes_are_said_in_units_of_a_thousand():
    assert [hubs.size(n) for n in (0, 999, 1234, 195_000, 2_500_000_000, 3 * 10**12)] == [
        *("0 bytes", "999 bytes", "1.2 kB", "195 kB", "2.5 GB", "3000 GB")
    ]
