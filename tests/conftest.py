"""Fixtures that several test modules share: tiny pipelines with random weights, built once."""

import gc
import importlib.util
import os
import shutil
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, and nothing about what is tested.
settings.register_profile("evalsuite", deadline=None)
settings.load_profile("evalsuite")

# The scripts whose figures the tests repeat. Behind everything else: what is installed is tested.
sys.path.append(str(Path(__file__).parents[1]))

# Processes that share the machine take a thread each: read when torch is first imported.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# As the command line has it, which says why.
gc.set_threshold(50_000, 20, 20)

# Nothing in the tests may ask the hub; read when huggingface_hub is first imported.
os.environ["HF_HUB_OFFLINE"] = "1"


def _module(path: Path):
    """A module of the tests by its file: under importlib's import mode they are no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tiny = _module(Path(__file__).parent / "tiny_models.py")
clips = _module(Path(__file__).parent / "tiny_clips.py")
probes = _module(Path(__file__).parent / "tiny_probe.py")
photographs = _module(Path(__file__).parent / "photographs.py")


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _browser():
    """The path of a Chromium on this machine, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def _has_gpu():
    import torch

    return torch.cuda.is_available()


PROGRAMS = {
    "browser": ("a Chromium", _browser),
    "latex": ("pdflatex (texlive-latex-recommended)", partial(shutil.which, "pdflatex")),
    "office": ("LibreOffice (soffice)", partial(shutil.which, "soffice")),
}
"""By mark: the program that its tests need, in words, and what finds it."""

NEEDED = {"gpu": _has_gpu, **{mark: find for mark, (_, find) in PROGRAMS.items()}}
"""By mark: whether what its tests need is there."""


def pytest_report_header():
    """Say first which tests cannot run here for want of a program."""
    return [
        f"no {what.removeprefix('a ')}: tests marked {mark} are deselected"
        for mark, (what, find) in PROGRAMS.items()
        if not find()
    ]


def pytest_collection_modifyitems(config, items):
    """Deselect, and say so, what needs a CUDA device or a Chromium where there is none."""
    for mark, is_there in NEEDED.items():
        marked = [item for item in items if item.get_closest_marker(mark)]
        if marked and not is_there():
            config.hook.pytest_deselected(items=marked)
            items[:] = [item for item in items if not item.get_closest_marker(mark)]


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium, driven by playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # A container's root has no sandbox to put a browser into.
        found = driver.chromium.launch(executable_path=_browser(), args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="session")
def tiny_models():
    """The builders of `tiny_models.py`, for tests that need a pipeline of their own."""
    return tiny


@pytest.fixture(scope="session")
def tiny_clips():
    """The builders of `tiny_clips.py`: one set of CLIP weights in two libraries' layouts."""
    return clips


@pytest.fixture(scope="session")
def photograph():
    """Real photographs that installed packages ship, by name (`photographs.py`)."""
    return photographs.photograph


@pytest.fixture(scope="session")
def labelled_people(tmp_path_factory):
    """A folder with 96 renders of one person and labels.csv."""
    return probes.folder_of_people(tmp_path_factory.mktemp("labelled") / "people", 96)


@pytest.fixture(scope="session")
def forms_probe(tmp_path_factory, labelled_people):
    """The folder of a probe of the two forms, trained on them."""
    return probes.probe(tmp_path_factory.mktemp("probes") / "probe-forms", labelled_people)


@pytest.fixture(scope="session")
def tiny_l14(tmp_path_factory):
    """A directory with a tiny open_clip model of ViT-L-14's geometry."""
    return clips.open_clip_folder(tmp_path_factory.mktemp("models") / "tiny-l14")


@pytest.fixture(scope="session")
def tiny_sd(tmp_path_factory):
    """A directory with a tiny StableDiffusionPipeline without a safety checker."""
    return tiny.stable_diffusion(tmp_path_factory.mktemp("models") / "tiny-sd")


@pytest.fixture(scope="session")
def tiny_sdxl(tmp_path_factory):
    """A directory with a tiny StableDiffusionXLPipeline."""
    return tiny.stable_diffusion_xl(tmp_path_factory.mktemp("models") / "tiny-sdxl")


@pytest.fixture(scope="session")
def tiny_sd3(tmp_path_factory):
    """A directory with a tiny StableDiffusion3Pipeline with all three text encoders."""
    return tiny.stable_diffusion_3(tmp_path_factory.mktemp("models") / "tiny-sd3")


@pytest.fixture(scope="session")
def tiny_flux(tmp_path_factory):
    """A directory with a tiny FluxPipeline."""
    return tiny.flux(tmp_path_factory.mktemp("models") / "tiny-flux")


@pytest.fixture(scope="session", params=["sd", "sdxl", "sd3", "flux"])
def tiny_pipeline(request):
    """Each of the four tiny pipelines in turn."""
    return request.getfixturevalue(f"tiny_{request.param}")


@pytest.fixture(scope="session")
def tiny_mask2former(tmp_path_factory):
    """A directory with a tiny Mask2Former that knows circles, squares and persons."""
    return tiny.mask2former(tmp_path_factory.mktemp("models") / "tiny-mask2former")


@pytest.fixture(scope="session")
def tiny_grounding_dino(tmp_path_factory):
    """A directory with a tiny Grounding DINO."""
    return tiny.grounding_dino(tmp_path_factory.mktemp("models") / "tiny-grounding-dino")


answering = _module(Path(__file__).parent / "tiny_vqa.py")


@pytest.fixture(scope="session")
def tiny_blip(tmp_path_factory):
    """A directory with a tiny BLIP for question answering."""
    return answering.blip(tmp_path_factory.mktemp("models") / "tiny-blip")


@pytest.fixture(scope="session", params=["2", "2.5", "3"])
def tiny_qwen(request, tmp_path_factory):
    """A directory with a tiny Qwen-VL, of each generation in turn."""
    return answering.qwen(tmp_path_factory.mktemp("models") / "tiny-qwen", request.param)


@pytest.fixture(scope="session")
def tiny_qwen2(tmp_path_factory):
    """A directory with a tiny Qwen2-VL, the class of the default checkpoint."""
    return answering.qwen(tmp_path_factory.mktemp("models") / "tiny-qwen2")


@pytest.fixture(scope="session")
def tiny_llava(tmp_path_factory):
    """A directory with a tiny LLaVA: a chat model of another family."""
    return answering.llava(tmp_path_factory.mktemp("models") / "tiny-llava")
