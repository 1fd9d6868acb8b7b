"""Pictures to and fro through the bundled pipeline's own autoencoder."""

import hashlib

import numpy as np
import pytest

from evalsuite.encoders.autoencoder import load
from evalsuite.files.checkpoints import BUNDLED
from evalsuite.records import InputError
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene

RED = Scene(0, (Item(shape="square", color="red", x=30, y=30, size=24),))


def test_a_picture_comes_back_alike_and_not_the_same():
    pixels = draw(RED)
    back = load("scenes-ldm").through(pixels)

    assert (back.shape, back.dtype) == (pixels.shape, np.uint8)
    assert 0 < np.abs(back.astype(int) - pixels).mean() < 6
    assert (back == load("scenes-ldm").through(pixels)).all()


def test_odd_sides_are_kept():
    assert load("scenes-ldm").through(draw(RED)[:37, :50]).shape == (37, 50, 3)


def test_its_digest_is_the_weight_files_as_a_manifest_has_it():
    path = BUNDLED / "scenes-ldm" / "vae" / "diffusion_pytorch_model.safetensors"

    assert load("scenes-ldm").sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_has_no_autoencoder_is_refused(tmp_path):
    (tmp_path / "model_index.json").write_text('{"_class_name": "X"}')

    with pytest.raises(InputError, match="has no folder vae"):
        load(str(tmp_path))
    with pytest.raises(InputError, match="no bundled model"):
        load("scenes-ldn")
