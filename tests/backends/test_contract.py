"""What every back-end must keep, on real pictures and real (if tiny) models.

The back-ends are found: a new file that needs no options is tested without an edit here.
"""

import importlib.util
import json
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evalsuite import backends
from evalsuite.files.images import pixels_of
from evalsuite.plugins.find import load_backend
from evalsuite.records import Backend, Clause, InputError, Key, NoImage, Prompt, Request

CIRCLE, SQUARE = Clause("circle", color="red"), Clause("square", color="blue")
PROMPTS = [
    Prompt("p0", "a red circle", "counting", include=(CIRCLE,)),
    Prompt(
        "p1",
        "two circles and three stars",
        "counting",
        include=(Clause("circle", 2), Clause("star", 3)),
    ),
    Prompt(
        "p2",
        "a photo of the blue square left of a circle",
        "position",
        include=(CIRCLE, Clause("square", color="blue", position=("left of", 0))),
    ),
    Prompt("p3", "a blue square", "counting", include=(SQUARE,)),
]


def requests():
    """Two images of every prompt, as a plan has them."""
    return [
        Request(Key("set", prompt.id, index), prompt, 1000 * number + index)
        for number, prompt in enumerate(PROMPTS)
        for index in range(2)
    ]


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


OPTIONS: dict[str, Callable[[pytest.FixtureRequest], dict[str, object]]] = {
    "diffusers": lambda request: {
        "model": str(request.getfixturevalue("tiny_sd")),
        "device": "cpu",
        "steps": 2,
        "batch_size": 4,
    },
    "cascade": lambda request: {
        "stages": str(request.getfixturevalue("tiny_sdxl"))
        + f"+{request.getfixturevalue('tiny_refiner')}",
        "device": "cpu",
        "steps": 5,
        "later_steps": 5,
    },
    "transformers": lambda request: {
        "model": str(request.getfixturevalue("tiny_janus")),
        "device": "cpu",
    },
    "vae": lambda request: {"model": "scenes-ldm", "device": "cpu"},
    "folder": lambda request: {"path": str(request.getfixturevalue("picture_folder"))},
}
"""How to build the back-ends that need something."""

FILES = sorted(
    module.name
    for module in pkgutil.iter_modules(backends.__path__)
    if not module.name.startswith("_")
)


@pytest.fixture(scope="module", params=FILES)
def backend(request):
    options = OPTIONS.get(request.param, lambda request: {})(request)
    try:
        return load_backend(f"evalsuite.backends.{request.param}", options)
    except InputError as error:
        pytest.fail(f"backends/{request.param}.py cannot be built here ({error}); see OPTIONS")


def test_every_file_is_a_backend_and_no_options_are_left_over():
    folder = Path(backends.__file__).parent
    assert [path.stem for path in sorted(folder.glob("[!_]*.py"))] == FILES
    assert set(OPTIONS) <= set(FILES)
    assert {"diffusers", "folder", "scenes"} <= set(FILES)


def drawn(backend: Backend, batch):
    """The answers of one call, as bytes or as the reason why there is no image."""
    answers = backend.render(batch)
    assert len(answers) == len(batch)
    found = []
    for answer in answers:
        if isinstance(answer, NoImage):
            assert answer.status in ("refused", "blocked", "invalid", "failed")
            assert answer.reason
            found.append(answer)
        else:
            pixels = pixels_of(answer)
            found.append((pixels.shape, pixels.tobytes()))
    return found


def test_the_same_request_gives_the_same_bytes_twice(backend):
    batch = requests()[: backend.batch_size]
    assert drawn(backend, batch) == drawn(backend, batch)


def test_answers_come_in_order_and_a_short_batch_is_enough(backend):
    batch = requests()[: min(4, backend.batch_size)]
    together = drawn(backend, batch)
    assert drawn(backend, batch[:1]) == together[:1]
    assert drawn(backend, batch[1:3]) == together[1:3]
    assert len(set(together)) == len(together)


def test_an_images_bytes_depend_neither_on_its_slot_nor_on_its_neighbours(backend):
    wanted, *others = requests()
    size = min(4, backend.batch_size)
    alone = drawn(backend, [wanted])[0]
    for slot in range(size):
        for shift in range(2):
            batch = [*others[shift : shift + size - 1]]
            batch.insert(slot, wanted)
            assert drawn(backend, batch)[slot] == alone


def test_nothing_is_asked_nothing_is_answered(backend):
    assert list(backend.render([])) == []


def test_the_description_is_json_without_paths_and_stays_the_same(backend):
    described = json.dumps(backend.describe(), allow_nan=False)
    assert described == json.dumps(backend.describe(), allow_nan=False)
    assert not re.search(r'"(/|~|[A-Za-z]:\\)', described)
    assert backend.describe()["model"]


def test_the_backend_says_its_batch_and_its_dialect(backend):
    assert backend.batch_size >= 1
    assert backend.dialect in ("everyday", "scenes")


def test_ordinary_prompts_are_no_problem(backend):
    assert list(backend.problems(PROMPTS)) == []
    assert list(backend.problems([])) == []
