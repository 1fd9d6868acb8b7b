"""What every back-end must keep, on real pictures, real (if tiny) models and a real server.

The back-ends are found: a new file that needs no options is tested without an edit here. The checks
are `evalsuite.plugins.contract`'s, which an outside package runs on its own.
"""

import importlib.util
import json
import pkgutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from evalsuite import backends
from evalsuite.plugins.contract import CHECKS, requests
from evalsuite.plugins.find import load_backend
from evalsuite.records import InputError
from evalsuite.scenes.generator import Generator


@pytest.fixture(scope="module")
def picture_folder(tmp_path_factory):
    """Pictures for all requests but the last, with a list that goes by id and by text."""
    root = tmp_path_factory.mktemp("pictures") / "pictures"
    root.mkdir()
    rows = []
    for request in requests()[:-1]:
        name = f"{request.key.prompt_id}-{request.key.index}.png"
        pixels = np.random.default_rng(request.seed).integers(0, 256, (8, 9, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(root / name)
        named = {"prompt_id": "p0"} if "p0" in name else {"prompt": request.prompt.text}
        rows.append(json.dumps({"file_name": name, **named}))
    (root / "metadata.jsonl").write_text("\n".join(rows) + "\n")
    return root


@pytest.fixture(scope="module")
def tiny_refiner(tiny_models, tmp_path_factory):
    """A directory with a tiny SDXL refiner."""
    return tiny_pixels().refiner(tiny_models, tmp_path_factory.mktemp("m") / "refiner")


@pytest.fixture(scope="module")
def tiny_janus(tmp_path_factory):
    """A directory with a tiny Janus."""
    return tiny_pixels().janus(tmp_path_factory.mktemp("m") / "janus")


def tiny_pixels():
    path = Path(__file__).parents[1] / "tiny_pixels.py"
    spec = importlib.util.spec_from_file_location("tiny_pixels", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tiny_gan(tmp_path_factory):
    """A GAN with random weights, in the layout of a trained one."""
    from evalsuite.scenes.train.gan import save

    torch.manual_seed(3)
    generator = Generator(128, 16)
    for weight in generator.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    return save(generator, 128, 0, tmp_path_factory.mktemp("models") / "tiny-gan")


OPTIONS = {
    "diffusers": lambda got: {
        "model": str(got("tiny_sd")),
        "device": "cpu",
        "steps": 2,
        "batch_size": 4,
    },
    "cascade": lambda got: {
        "stages": f"{got('tiny_sdxl')}+{got('tiny_refiner')}",
        "device": "cpu",
        "steps": 5,
        "later_steps": 5,
    },
    "transformers": lambda got: {"model": str(got("tiny_janus")), "device": "cpu"},
    "vae": lambda got: {"model": "scenes-ldm", "device": "cpu"},
    "gan": lambda got: {"model": str(got("tiny_gan")), "device": "cpu"},
    "folder": lambda got: {"path": str(got("picture_folder"))},
    "openai": lambda got: {
        "model": "m",
        "base_url": f"{got('service').url}/v1",
        "server": "vllm",
    },
    "gemini": lambda got: {
        "model": "g",
        "base_url": got("service").url,
        "key_from": "TEST_KEY",
        "price": 0,
    },
    "http": lambda got: {"service": "a1111", "base_url": got("service").url},
}
"""How to build the back-ends that need something."""

FILES = sorted(
    module.name
    for module in pkgutil.iter_modules(backends.__path__)
    if not module.name.startswith("_")
)


@pytest.fixture(scope="module", params=FILES)
def backend(request):
    options = OPTIONS.get(request.param, lambda got: {})(request.getfixturevalue)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_KEY", "a-key-for-tests")
        try:
            found = load_backend(f"evalsuite.backends.{request.param}", options)
        except InputError as error:
            pytest.fail(f"backends/{request.param}.py cannot be built here ({error}); see OPTIONS")
        getattr(found, "prepare", lambda recorded: None)(None)
        yield found


def test_every_file_is_a_backend_and_no_options_are_left_over():
    folder = Path(backends.__file__).parent
    assert [path.stem for path in sorted(folder.glob("[!_]*.py"))] == FILES
    assert set(OPTIONS) <= set(FILES)
    assert {"diffusers", "folder", "gemini", "http", "openai", "scenes"} <= set(FILES)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_keeps_the_contract(backend, check):
    check(backend)


def test_services_that_keep_seeds_are_held_to_it(backend):
    if hasattr(backend, "concurrency"):
        assert backend.describe()["seeds"] == "honoured"
