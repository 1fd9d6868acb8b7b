"""Every text-to-image class of diffusers that can be built small, drawn with.

What is seen here is the table of docs/models.md: `python benchmarks/families.py --write` makes
it with the functions of this file.
"""

import importlib.util
import inspect
import json
import operator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evalsuite.backends import _families, diffusers
from evalsuite.records import InputError, Key, NoImage, Prompt, Request

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")

HERE = Path(__file__).parents[1]
QUICK = ("QwenImage", "ZImage", "PixArtSigma", "UnCLIP")
"""Drawn in every run of the tests; the others are marked as slow."""
TEXTS = ("a red circle", 'A sign that says "two dogs and a cat" on the left of a blue square')
MOVED = {
    "UnCLIPTextProjModel": "unclip",
    "PaellaVQModel": "wuerstchen",
    "WuerstchenDiffNeXt": "wuerstchen",
    "WuerstchenPrior": "wuerstchen",
    "RobertaSeriesModelWithTransformation": "alt_diffusion",
    "LearnedClassifierFreeSamplingEmbeddings": "vq_diffusion",
    "UniDiffuserModel": "unidiffuser",
    "UniDiffuserTextDecoder": "unidiffuser",
}
BINNED = "use_resolution_binning"


def module(name):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


families, tiny, pixels = (module(f"tiny_{name}") for name in ("families", "models", "pixels"))
for name in ("tiny_rarer", "tiny_writers"):
    module(name).add(families)
ELSEWHERE = {"IF": pixels.deepfloyd, "KandinskyV22Combined": pixels.kandinsky}
"""Built by `tiny_pixels.py`, which saves what it builds."""
NAMES = (*families.BUILD, *ELSEWHERE)


def saved(name, folder):
    """The folder with a tiny pipeline of the class of this name."""
    import torch

    if name in ELSEWHERE:
        return ELSEWHERE[name](tiny, folder)
    torch.manual_seed(0)
    families.stirred(families.BUILD[name](tiny)).save_pretrained(folder, safe_serialization=True)
    index = json.loads((folder / "model_index.json").read_text())
    for part in index.values():  # as the hub's own files name them: diffusers 0.42 saves otherwise
        if isinstance(part, list) and part[1] in MOVED:
            part[0] = MOVED[part[1]]
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder


def load(name, folder, **options):
    import diffusers as library

    takes = inspect.signature(getattr(library, f"{name}Pipeline").__call__).parameters
    more = {"use_resolution_binning": False} if BINNED in takes else {}
    if "prior_num_inference_steps" in takes:
        more["prior_steps"] = 2
    if name == "Ideogram4":
        more["guidance_scale"] = 3.0
    side = families.SIZE.get(name, 32)
    fixed = name in families.SMALLER  # they draw a size of their own
    size = (side, side) if "height" in takes and not fixed else None
    options = {"device": "cpu", "steps": 2, "size": size, **more, **options}
    backend = diffusers.load(model=str(folder), **options)
    if fixed:
        shrink(name, backend.pipeline)
        backend.call |= {"width": 32, "height": 32}
    return backend


def shrink(name, pipeline):
    for what, value in families.SMALLER.get(name, {}).items():
        *part, attribute = what.split(".")
        setattr(operator.attrgetter(*part)(pipeline) if part else pipeline, attribute, value)


def asked(texts=TEXTS):
    return [
        Request(Key("set", f"p{n}", 0), Prompt(f"p{n}", text, "counting"), 7 + n)
        for n, text in enumerate(texts)
    ]


def own_picture(folder, backend, request):
    """The pipeline's own PIL image, of the class as diffusers loads it, called with the same."""
    import torch
    from diffusers import DiffusionPipeline

    pipeline = DiffusionPipeline.from_pretrained(folder, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    shrink(type(pipeline).__name__.removesuffix("Pipeline"), pipeline)
    call = dict(backend.call)
    text = request.prompt.text
    texts = text if backend.one_text else [text]
    if "negative_prompt" in call and not backend.one_text:
        call["negative_prompt"] = [call["negative_prompt"]]
    if _families.family_of(pipeline).encoding.get("skip_text_cleaning"):
        pipeline.text_preprocessor.clean_text = lambda text: text
    torch.manual_seed(request.seed)
    generator = torch.Generator("cpu").manual_seed(request.seed)
    generator = generator if backend.one_generator else [generator]
    output = pipeline(prompt=texts, generator=generator, output_type="pil", **call)
    image = getattr(output, "images", getattr(output, "image", None))[0]
    if image.mode == "RGBA":  # on white, as it would be shown
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.asarray(image.convert("RGB"))


def alone_and_together(backend):
    """Each image by itself, and whether it is the same in another slot, with other neighbours.

    And under another global seed.
    """
    import torch

    batch = asked()
    torch.manual_seed(1)
    alone = [backend.render([request])[0] for request in batch]
    for picture in alone:
        assert not isinstance(picture, NoImage), picture
    torch.manual_seed(2)
    if backend.batch_size == 1:
        again = [backend.render([request])[0] for request in batch[::-1]][::-1]
    else:
        again = list(backend.render(batch[::-1]))[::-1]
    return alone, [p.tobytes() for p in alone] == [p.tobytes() for p in again]


def is_its_own(name, folder):
    """Whether the bytes are those of the pipeline's own picture, called with one prompt."""
    backend, request = load(name, folder, batch_size=1), asked()[1]
    (picture,) = backend.render([request])
    return picture.tobytes() == own_picture(folder, backend, request).tobytes()


def seen(name, folder):
    """A row of the table of docs/models.md: what was seen of the class of this name."""
    backend = load(name, folder)
    kind, batch = backend.pipeline, backend.batch_size
    backend.batch_size = min(batch, len(TEXTS))
    alone, independent = alone_and_together(backend)
    family = _families.family_of(kind)
    return {
        "class": type(kind).__name__,
        "batch": str(batch),
        "why": family.alone,
        "guidance": _guidance(kind, family),
        "gpu dtype": _families.dtype_of(type(kind).__name__) or _by_network(kind),
        "bytes equal": is_its_own(name, folder),
        "independent": independent,
        "distinct": alone[0].tobytes() != alone[1].tobytes(),
        "known": _families.is_known(kind),
    }


def _guidance(kind, family):
    takes = inspect.signature(kind.__call__).parameters
    if getattr(kind, "guider", None) is not None:
        return "the component guider"
    return family.guidance if family.guidance in takes else "none"


def _by_network(kind):
    return "bfloat16" if getattr(kind, "transformer", None) is not None else "float16"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    built = {}

    def folder(name):
        if name not in built:
            built[name] = saved(name, tmp_path_factory.mktemp("families") / name)
        return built[name]

    return folder


@pytest.mark.parametrize(
    "name",
    [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in NAMES],
)
def test_a_class_draws_as_itself_and_each_image_by_its_seed_alone(name, folders):
    row = seen(name, folders(name))
    wanted = ("bytes equal", "independent", "distinct", "known")
    assert [what for what in wanted if not row[what]] == []


@pytest.mark.parametrize("name", QUICK)
def test_guidance_is_never_inert(name, folders):
    request = asked()[0]
    drawn = [
        load(name, folders(name), guidance_scale=value, batch_size=1).render([request])[0]
        for value in (2.0, 6.0)
    ]
    assert drawn[0].tobytes() != drawn[1].tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name not in QUICK])
def test_guidance_is_inert_nowhere_else(name, folders):
    """Another value, or a negative prompt, gives another picture, or is refused in one line."""
    request, drawn = asked()[0], []
    for options in ({}, {"guidance_scale": 2.0}, {"negative_prompt": "a blue square"}):
        try:
            backend = load(name, folders(name), **{"guidance_scale": 9.0, **options}, batch_size=1)
        except InputError as error:
            assert "\n" not in str(error)
            assert "guidance" in str(error) or "negative_prompt" in str(error)
            continue
        assert backend.describe()["guidance_scale"] == options.get("guidance_scale", 9.0)
        drawn.append(backend.render([request])[0].tobytes())
    assert len(set(drawn)) == len(drawn)


def test_a_negative_prompt_that_would_be_ignored_is_refused(folders):
    with pytest.raises(InputError, match="UniDiffuserPipeline ignores negative_prompt; leave it"):
        load("UniDiffuser", folders("UniDiffuser"), negative_prompt="a blue square")


def test_texts_are_drawn_as_they_stand_or_it_is_said(folders):
    described = load("PixArtSigma", folders("PixArtSigma")).describe()
    assert described["arguments"]["clean_caption"] is False
    assert described["texts_drawn"] == "in lower case, by the pipeline"
    assert "texts_drawn" not in load("ZImage", folders("ZImage")).describe()


def test_a_class_that_is_not_known_is_probed(folders, monkeypatch):
    """A pipeline whose noise is the batch's is seen, and drawn one by one, or refused."""
    folder = folders("ZImage")
    known = dict(_families.FAMILIES)
    known.pop("ZImage")
    monkeypatch.setattr(_families, "FAMILIES", known)

    def mixing(backend):
        decode = backend.pipeline.vae.decode
        mean = lambda latents: latents + latents.mean(dim=0, keepdim=True)  # noqa: E731
        backend.pipeline.vae.decode = lambda latents, **more: decode(mean(latents), **more)
        return backend

    honest = load("ZImage", folder, batch_size=2)
    honest.prepare()
    assert honest.probe and honest.batch_size == 2
    free = mixing(load("ZImage", folder))
    free.batch_size = 2
    free.prepare()
    assert free.batch_size == 1
    with pytest.raises(InputError, match="an image changes with the others of its batch"):
        mixing(load("ZImage", folder, batch_size=2)).prepare()


def test_texts_to_try_with_stay_as_they_are(folders):
    """Z-Image's `encode_prompt` writes its chat template into the list that it is given."""
    from evalsuite.backends import _embeddings

    before = tuple(_embeddings.PROBE)
    backend = load("ZImage", folders("ZImage"))
    texts = ["a dog"]
    backend.pipeline.encode_prompt(texts, device=backend.pipeline.device)
    assert before == _embeddings.PROBE and texts == ["a dog"]


def test_options_of_other_classes_are_refused(folders, tiny_sd):
    for option in ("true_cfg_scale", "prior_steps", "prior_guidance_scale", "max_sequence_length"):
        with pytest.raises(InputError, match=f"StableDiffusionPipeline takes no {option}"):
            diffusers.load(model=str(tiny_sd), device="cpu", **{option: 2})
