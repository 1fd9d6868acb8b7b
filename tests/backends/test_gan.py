"""A GAN's folder: what is missing or broken is one line, and noise comes from the seed alone."""

import json

import pytest
import torch
from safetensors.torch import save_file

from evalsuite.backends import gan
from evalsuite.records import InputError
from evalsuite.scenes.generator import Generator


def folder(tmp_path, **index):
    path = tmp_path / "mine"
    path.mkdir()
    (path / "generator.json").write_text(json.dumps(index))
    return path


NAMES = {"autoencoder": "scenes-ldm", "text_encoder": "scenes-clip"}


def test_a_part_that_is_not_named_is_said(tmp_path):
    path = folder(tmp_path, autoencoder="scenes-ldm")
    message = r"^mine/generator.json: must name the autoencoder and the text_encoder$"
    with pytest.raises(InputError, match=message):
        gan.load(model=str(path), device="cpu")


def test_weights_that_are_missing_cut_short_or_of_another_network_are_refused(tmp_path):
    path = folder(tmp_path, **NAMES)
    weights = path / "generator.safetensors"
    message = r"^mine/generator.safetensors cannot be loaded [^\n]*$"
    with pytest.raises(InputError, match=message):
        gan.load(model=str(path), device="cpu")
    save_file(Generator(128, 16).state_dict(), weights)
    gan.load(model=str(path), device="cpu")
    weights.write_bytes(weights.read_bytes()[:-4])
    with pytest.raises(InputError, match=message):
        gan.load(model=str(path), device="cpu")
    save_file({"condition.0.weight": torch.zeros(32, 192)}, weights)
    with pytest.raises(InputError, match=message):
        gan.load(model=str(path), device="cpu")


def test_noise_is_that_of_the_seed():
    assert Generator.noise(7).shape == (64,)
    assert torch.equal(Generator.noise(7), Generator.noise(7))
    assert not torch.equal(Generator.noise(7), Generator.noise(8))
