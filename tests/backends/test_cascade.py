"""Models in several stages: each with a generator of its own, and the pipelines' own pictures."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from evalsuite.backends import cascade
from evalsuite.records import InputError, Key, NoImage, Prompt, Request

FILE = Path(__file__).parents[1] / "tiny_pixels.py"


def asked(text="a red circle", seed=7):
    return Request(Key("set", "p", 0), Prompt("p", text, "counting"), seed)


@pytest.fixture(scope="module")
def pixels():
    spec = importlib.util.spec_from_file_location("tiny_pixels", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def floyd(pixels, tiny_models, tmp_path_factory):
    """Three stages: 32, 64 and 128 pixels here."""
    root = tmp_path_factory.mktemp("m")
    builders = (pixels.deepfloyd, pixels.deepfloyd_second, pixels.upscaler)
    return [build(tiny_models, root / build.__name__) for build in builders]


@pytest.fixture(scope="module")
def sdxl(pixels, tiny_models, tiny_sdxl, tmp_path_factory):
    return [tiny_sdxl, pixels.refiner(tiny_models, tmp_path_factory.mktemp("m") / "refiner")]


def load(folders, **options):
    options = {"device": "cpu", "steps": 2, "later_steps": 2, **options}
    return cascade.load(stages="+".join(map(str, folders)), **options)


def generator(seed, stage):
    import torch

    return [torch.Generator("cpu").manual_seed(cascade.seed_of(seed, stage))]


def test_deepfloyd_is_three_stages_under_one_name(floyd):
    import torch

    backend = load(floyd)
    (picture,) = backend.render([asked()])
    assert picture.shape == (128, 128, 3)
    first, second, third = (stage.pipeline for stage in backend.stages)
    embeds, unguided = first.encode_prompt("a red circle", clean_caption=False)
    told = {"prompt_embeds": embeds, "negative_prompt_embeds": unguided}
    few = {"num_inference_steps": 2}
    torch.manual_seed(0)
    small = first(**told, **few, generator=generator(7, 0), output_type="pt").images
    more = second(image=small, **told, **few, generator=generator(7, 1), output_type="pt").images
    (own,) = third(
        prompt=["a red circle"],
        image=(more / 2 + 0.5).clamp(0, 1),
        noise_level=100,
        generator=generator(7, 2),
        **few,
    ).images
    assert np.asarray(own).tobytes() == picture.tobytes()


def test_sdxl_is_refined_from_where_its_base_stops(sdxl):
    backend = load(sdxl, steps=5, later_steps=5, size=(32, 32))
    (picture,) = backend.render([asked()])
    base, refiner = (stage.pipeline for stage in backend.stages)
    few = {"prompt": ["a red circle"], "num_inference_steps": 5}
    latents = base(
        **few,
        width=32,
        height=32,
        denoising_end=0.8,
        output_type="latent",
        generator=generator(7, 0),
    ).images
    (own,) = refiner(**few, image=latents, denoising_start=0.8, generator=generator(7, 1)).images
    assert np.asarray(own).tobytes() == picture.tobytes()
    (less,) = load(sdxl, steps=5, later_steps=5, size=(32, 32), refined_from=0.4).render([asked()])
    assert less.tobytes() != picture.tobytes()


def test_a_picture_is_its_seeds_alone_and_every_stage_has_its_own(floyd):
    backend = load(floyd)
    first = backend.render([asked(), asked("a dog", 9)])
    again = backend.render([asked("a dog", 9), asked()])
    assert [p.tobytes() for p in first] == [p.tobytes() for p in again[::-1]]
    assert len({cascade.seed_of(7, stage) for stage in range(3)}) == 3
    assert cascade.seed_of(7, 0) == 7 and cascade.seed_of(7, 1) != cascade.seed_of(8, 1)


def test_nan_in_a_stage_is_invalid(floyd):
    import torch

    backend = load(floyd)
    bias = backend.stages[1].pipeline.unet.conv_out.bias
    torch.nn.init.constant_(bias, float("nan"))
    with np.errstate(invalid="ignore"):
        (answer,) = backend.render([asked()])
    assert answer == NoImage("invalid", "a stage gave NaN or infinite pixels")


@pytest.mark.parametrize("blocks", [True, False])
def test_the_first_stages_safety_checker_looks_at_the_last_ones_picture(
    pixels, floyd, tiny_models, tmp_path, blocks
):
    first = pixels.deepfloyd(tiny_models, tmp_path / "first", blocks)
    (answer,) = load([first, *floyd[1:]]).render([asked()])
    assert isinstance(answer, NoImage) == blocks
    if blocks:
        assert answer == NoImage("blocked", "the safety checker (IFSafetyChecker) blanked it")


def test_every_stage_is_described(floyd):
    described = load(floyd, guidance_scale=3.0).describe()
    assert [stage["pipeline"] for stage in described["stages"]] == [
        "IFPipeline",
        "IFSuperResolutionPipeline",
        "StableDiffusionUpscalePipeline",
    ]
    assert described["stages"][0]["guidance_scale"] == 3.0
    assert all(stage["weights"] for stage in described["stages"])
    assert described["model"] == "deepfloyd + deepfloyd_second + upscaler"


def test_what_cannot_be_chained_is_refused(floyd, sdxl, tiny_sd):
    for folders, said in (
        ([tiny_sd], "name a recipe"),
        ([floyd[0], tiny_sd], "StableDiffusionPipeline is no later stage"),
        ([floyd[0], sdxl[1]], "refines SDXL's latents"),
    ):
        with pytest.raises(InputError, match=said):
            load(folders)
    with pytest.raises(InputError, match="give a share between 0 and 1"):
        load(sdxl, refined_from=1.5)


def test_long_prompts_and_marks_are_problems(floyd):
    backend = load(floyd)
    assert backend.problems([asked().prompt]) == []
    long = Prompt("w", " ".join(["dog"] * 90), "counting")
    assert "passes on 77" in backend.problems([long])[0]
