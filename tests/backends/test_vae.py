"""What a model's autoencoder alone costs: its own pictures, of true ones."""

import json

import numpy as np
import pytest
from PIL import Image

from evalsuite.backends import scenes, vae
from evalsuite.encoders import autoencoder
from evalsuite.records import Clause, InputError, Key, NoImage, Prompt, Request

RED = Prompt("red", "a red circle", "counting", include=(Clause("circle", color="red"),))


def asked(prompt, seed=5):
    return [Request(Key("set", prompt.id, 0), prompt, seed)]


def test_a_picture_is_the_renderers_after_the_autoencoder():
    (truth,) = scenes.load().render(asked(RED))
    backend = vae.load(model="scenes-ldm", device="cpu")
    (picture,) = backend.render(asked(RED))
    expected = autoencoder.load("scenes-ldm", "cpu").through(truth)
    assert picture.tobytes() == expected.tobytes() != truth.tobytes()
    assert np.abs(picture.astype(int) - truth).mean() < 10
    assert backend.dialect == "scenes"
    described = backend.describe()
    assert described["model"] == "scenes-ldm (autoencoder alone)"
    assert described["weights"]["vae"] == autoencoder.load("scenes-ldm", "cpu").sha256


def test_pictures_of_a_folder_go_through_too(tmp_path):
    Image.new("RGB", (20, 12), (200, 10, 30)).save(tmp_path / "a.png")
    (tmp_path / "metadata.jsonl").write_text(
        json.dumps({"file_name": "a.png", "prompt": "a red circle"})
    )
    backend = vae.load(model="scenes-ldm", pictures=str(tmp_path), device="cpu")
    (picture,) = backend.render(asked(RED))
    assert picture.shape == (12, 20, 3)
    missing = Prompt("other", "a blue square", "counting")
    assert isinstance(backend.render(asked(missing))[0], NoImage)
    assert backend.num_images([RED]) == 1 and backend.dialect == "everyday"
    assert "num_images" not in vars(vae.load(model="scenes-ldm", device="cpu"))


def test_what_the_renderer_cannot_draw_is_said():
    backend = vae.load(model="scenes-ldm", device="cpu")
    assert "does not say what to include" in backend.problems([Prompt("x", "fog", "counting")])[0]


@pytest.mark.parametrize(
    ("model", "said"),
    [("scenes-lmd", "did you mean 'scenes-ldm'"), ("a/b", "autoencoder of 'a/b'")],
)
def test_a_model_without_one_is_refused_in_one_line(model, said, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(InputError, match=said) as error:
        vae.load(model=model)
    assert "\n" not in str(error.value)
