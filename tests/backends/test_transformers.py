"""Janus: sampled from the global generator, which is the image's own for as long as it draws."""

import importlib.util
import shutil
from pathlib import Path

import numpy as np
import pytest

from evalsuite.backends import transformers
from evalsuite.records import InputError, Key, NoImage, Prompt, Request

FILE = Path(__file__).parents[1] / "tiny_pixels.py"


def asked(text="a red circle", seed=7):
    return Request(Key("set", "p", 0), Prompt("p", text, "counting"), seed)


@pytest.fixture(scope="module")
def janus(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("tiny_pixels", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.janus(tmp_path_factory.mktemp("m") / "tiny-janus")


def load(folder, **options):
    return transformers.load(model=str(folder), device="cpu", **options)


def test_a_picture_is_what_the_models_own_calls_give_from_its_seed(janus):
    import torch
    from transformers import JanusForConditionalGeneration, JanusProcessor

    (picture,) = load(janus).render([asked()])
    network = JanusForConditionalGeneration.from_pretrained(janus).eval()
    processor = JanusProcessor.from_pretrained(janus)
    chat = [{"role": "user", "content": [{"type": "text", "text": "a red circle"}]}]
    text = processor.apply_chat_template(chat, add_generation_prompt=True)
    inputs = processor(text=text, generation_mode="image", return_tensors="pt")
    torch.manual_seed(7)
    tokens = network.generate(**inputs, generation_mode="image", do_sample=True, guidance_scale=5.0)
    with torch.no_grad():
        decoded = network.decode_image_tokens(tokens).float()
    own = processor.postprocess(list(decoded), return_tensors="pt")["pixel_values"][0]
    assert own.permute(1, 2, 0).numpy().tobytes() == picture.tobytes()
    # -1 is black and 1 is white, as in Janus's own script.
    levels = ((decoded[0] + 1) * 127.5).clip(0, 255).numpy()
    assert np.abs(levels - picture).max() <= 1
    assert picture.shape == (8, 8, 3) and picture.dtype == np.uint8


def test_pictures_go_by_their_seeds_whatever_was_drawn_before(janus):
    import torch

    backend = load(janus)
    batch = [asked(seed=1), asked("two dogs", 2), asked(seed=3), asked(seed=4)]
    first = [picture.tobytes() for picture in backend.render(batch)]
    torch.manual_seed(99)
    state = torch.get_rng_state()
    again = [picture.tobytes() for picture in backend.render(batch[::-1])][::-1]
    assert first == again and len(set(first)) > 1
    assert torch.equal(torch.get_rng_state(), state)


def test_guidance_and_temperature_act_or_are_refused(janus):
    batch = [asked(seed=seed) for seed in range(6)]
    options = [{}, {"guidance_scale": 30.0}, {"temperature": 0.05}]
    drawn = [[p.tobytes() for p in load(janus, **o).render(batch)] for o in options]
    assert len({tuple(each) for each in drawn}) == 3
    with pytest.raises(InputError, match="guided by more than 1"):
        load(janus, guidance_scale=1.0)
    described = load(janus, guidance_scale=3.0, temperature=0.5).describe()
    assert (described["guidance_scale"], described["temperature"]) == (3.0, 0.5)
    assert described["model"] == "tiny-janus" and len(described["weights_sha256"]) == 64


def test_nan_is_invalid_and_long_texts_and_marks_are_problems(janus):
    import torch

    backend = load(janus)
    assert backend.problems([asked().prompt]) == []
    long, marked = Prompt("w", "a" * 300, "x"), Prompt("m", "a <begin_of_image> b", "x")
    assert "passes on 252" in backend.problems([long])[0]
    assert "'<begin_of_image>' for a mark of its own" in backend.problems([marked])[0]
    torch.nn.init.constant_(backend.network.model.vqmodel.decoder.conv_out.bias, float("nan"))
    (answer,) = backend.render([asked()])
    assert answer == NoImage("invalid", "the decoder gave NaN or infinite pixels")


def test_other_models_are_refused_in_one_line(tiny_blip, janus, tmp_path):
    with pytest.raises(InputError, match="is a blip, and of autoregressive models only Janus"):
        load(tiny_blip)
    with pytest.raises(InputError, match="the model is a directory; leave revision out"):
        load(janus, revision="main")
    folder = tmp_path / "m"
    shutil.copytree(janus, folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(InputError, match="cannot be loaded") as error:
        load(folder)
    assert "\n" not in str(error.value)
