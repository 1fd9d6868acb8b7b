"""Pixels are those of the pipeline's own PIL output, and noise comes from each image's seed."""

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

from evalsuite.backends import _decoded, _pretrained, _seeds, diffusers
from evalsuite.records import InputError, Key, NoImage, Prompt, Request

# Kandinsky's combined pipeline calls its own parts with it.
pytestmark = pytest.mark.filterwarnings("ignore:.callback_steps. is deprecated:FutureWarning")

FILE = Path(__file__).parents[1] / "tiny_pixels.py"


def asked(*texts, seed=7):
    return [
        Request(Key("set", f"p{i}", 0), Prompt(f"p{i}", text, "counting"), seed + i)
        for i, text in enumerate(texts)
    ]


def load(folder, **options):
    options = {"device": "cpu", "steps": 2, "size": (32, 32), **options}
    return diffusers.load(model=str(folder), **options)


@pytest.fixture(scope="module")
def pixels():
    spec = importlib.util.spec_from_file_location("tiny_pixels", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def kandinsky(pixels, tiny_models, tmp_path_factory):
    return pixels.kandinsky(tiny_models, tmp_path_factory.mktemp("m") / "kandinsky")


@pytest.fixture(scope="module")
def deepfloyd(pixels, tiny_models, tmp_path_factory):
    return pixels.deepfloyd(tiny_models, tmp_path_factory.mktemp("m") / "deepfloyd")


def own_pictures(backend, request, **options):
    import torch

    generator = [torch.Generator("cpu").manual_seed(request.seed)]
    return backend.pipeline(
        [request.prompt.text], num_inference_steps=2, generator=generator, **options
    ).images


@pytest.mark.parametrize("name", ["kandinsky", "deepfloyd", "tiny_sdxl", "tiny_flux"])
def test_the_bytes_are_those_of_the_pipelines_own_pil_output(request, name):
    backend = load(request.getfixturevalue(name), batch_size=1)
    for batch in (asked("a red circle"), asked("a dog", seed=9)):
        (picture,) = backend.render(batch)
        (own,) = own_pictures(backend, batch[0], width=32, height=32)
        assert own.size == (32, 32)
        assert np.asarray(own).tobytes() == picture.tobytes()
        assert len(np.unique(picture)) > 10, "a picture, and no flat field"


@pytest.mark.parametrize("name", ["kandinsky", "deepfloyd"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_nan_is_seen_without_a_vae(request, name, value):
    import torch

    backend = load(request.getfixturevalue(name), batch_size=1)
    part = getattr(backend.pipeline, "movq", None) or backend.pipeline.unet
    last = part.decoder.conv_out if hasattr(part, "decoder") else part.conv_out
    torch.nn.init.constant_(last.bias, value)
    with np.errstate(invalid="ignore"):
        (answer,) = backend.render(asked("a dog"))
    assert answer == NoImage("invalid", "the decoder gave NaN or infinite pixels")


@pytest.mark.parametrize("blocks", [True, False])
def test_deepfloyds_safety_checker_is_honoured(pixels, tiny_models, tmp_path, blocks):
    backend = load(pixels.deepfloyd(tiny_models, tmp_path / "m", blocks), batch_size=1)
    (answer,) = backend.render(asked("a dog"))
    assert isinstance(answer, NoImage) == blocks
    if blocks:
        assert answer == NoImage("blocked", "the safety checker (IFSafetyChecker) blanked it")


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (np.full((1, 4, 4, 3), -1.0), "from -1 to -1"),
        (np.full((1, 4, 4, 3), 255.0), "from 255 to 255"),
        (np.full((1, 3, 4, 5), 0.5), r"shape \(3, 4, 5\)"),
        (np.full((1, 4, 4, 2), 0.5), r"shape \(4, 4, 2\)"),
        (None, "gave no images"),
        (["x"], "not an image but str"),
    ],
)
def test_pixels_of_another_form_or_range_are_refused(images, said):
    with pytest.raises(InputError, match=f"^m: .*{said}"):
        _decoded.pictures(images, "m")


def test_halves_are_rounded_to_even_and_grey_is_three_times_the_same():
    levels = np.array([0.5, 1.5, 2.5, 254.5], np.float32) / 255
    ((picture, is_finite),) = _decoded.pictures(levels.reshape(1, 2, 2, 1), "m")
    assert is_finite and picture.shape == (2, 2, 3)
    expected = (levels * np.float32(255)).round().astype(int).tolist()
    assert picture[..., 0].flatten().tolist() == expected == picture[..., 2].flatten().tolist()


@pytest.mark.filterwarnings("ignore:.upcast_vae. is deprecated:FutureWarning")
def test_a_decoder_that_is_upcast_draws_in_fp16(tiny_sdxl):
    """SDXL's own decoder overflows in fp16: diffusers has it run in fp32."""
    backend = load(tiny_sdxl, dtype="fp16", batch_size=1)
    assert backend.describe()["vae_upcast"]
    (picture,) = backend.render(asked("a red circle"))
    assert picture.shape == (32, 32, 3)


# Noise from elsewhere


def test_a_scheduler_with_noise_of_its_own_is_seeded_per_image_at_batches_of_one(tiny_flux):
    backend = load(tiny_flux)
    settings = {**backend.pipeline.scheduler.config, "stochastic_sampling": True}
    scheduler = type(backend.pipeline.scheduler).from_config(settings)
    pipeline = backend.pipeline
    pipeline.encode_prompt = backend.embeddings.encode_prompt
    pipeline.scheduler = scheduler
    arguments = (pipeline, tiny_flux, backend.origin, backend.call)
    alone = diffusers.Pipeline(*arguments, None)
    assert alone.batch_size == 1
    batch = asked("a red circle", "a dog")
    drawn = [alone.render([request])[0].tobytes() for request in batch]
    again = [alone.render([request])[0].tobytes() for request in batch[::-1]][::-1]
    assert drawn == again and drawn[0] != drawn[1]
    other = alone.render(asked("a red circle", seed=8))[0].tobytes()
    assert other != drawn[0]
    with pytest.raises(InputError, match="whole batch's noise at once"):
        diffusers.Pipeline(*arguments, 2)


def test_noise_that_nobody_knew_of_is_seen_when_a_batch_is_drawn(tiny_flux):
    backend = load(tiny_flux, batch_size=2)
    step = backend.pipeline.scheduler
    step.register_to_config(stochastic_sampling=True)  # after it was looked at
    with pytest.raises(InputError, match="noise from elsewhere than its images' seeds"):
        backend.render(asked("a red circle", "a dog"))


def test_the_global_generators_are_put_back():
    import random

    import torch

    device = torch.device("cpu")
    before = (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist())
    for draw in (random.random, np.random.rand, lambda: torch.rand(1)):
        with _seeds.seeded(3, device) as is_drawn_from:
            assert not is_drawn_from()
            first = float(draw())
            assert is_drawn_from()
        with _seeds.seeded(3, device):
            assert float(draw()) == first
    after = (random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist())
    assert before == after


def test_glm_image_seeds_its_prior_once_a_batch():
    from diffusers import FluxPipeline, GlmImagePipeline

    assert _seeds.shares_randomness(object.__new__(GlmImagePipeline))
    assert not _seeds.shares_randomness(object.__new__(FluxPipeline))


def test_a_scheduler_whose_package_is_missing_is_refused_with_the_command(tiny_sd):
    from diffusers.utils import is_torchsde_available

    if is_torchsde_available():
        assert load(tiny_sd, scheduler="DPMSolverSDEScheduler").batch_size == 1
        return
    with pytest.raises(InputError, match=r"^scheduler 'DPMSolverSDEScheduler': ") as caught:
        load(tiny_sd, scheduler="DPMSolverSDEScheduler")
    assert str(caught.value).endswith("missing; pip install torchsde")


def test_what_is_missing_is_named_with_what_installs_it():
    said = ImportError("X requires the torchsde library; run it with pip: `pip install torchsde`.")
    assert _pretrained.needs_package(said).endswith("pip install torchsde")
    assert _pretrained.needs_package(ImportError("no", name="gptqmodel")).endswith("gptqmodel")
    assert _pretrained.needs_package(ImportError("a\nb")) == "a package is missing: a b"
