import hashlib
import json
from pathlib import Path

import pytest

import evalsuite
from evalsuite.files import checkpoints
from evalsuite.files.checkpoints import (
    components,
    config_hashes,
    read_index,
    resolve,
    weight_hashes,
)
from evalsuite.records import InputError

EMPTY = (2).to_bytes(8, "little") + b"{}"
"""A safetensors file of no tensors."""


def hashed(data):
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def folder(tmp_path):
    """A pipeline of a U-Net, a tokenizer and a part that it leaves out."""
    home = tmp_path / "mine"
    index = {
        "_class_name": "Pipe",
        "_diffusers_version": "1",
        "unet": ["diffusers", "UNet2DModel"],
        "tokenizer": ["transformers", "Tokenizer"],
        "safety_checker": [None, None],
        "sizes": ["a", "b", "c"],
    }
    for name in ("unet", "tokenizer", "sizes"):
        (home / name).mkdir(parents=True)
    (home / "model_index.json").write_text(json.dumps(index))
    (home / "unet" / "config.json").write_text("{}")
    (home / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(EMPTY)
    (home / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(EMPTY + b" ")
    (home / "tokenizer" / "merges.txt").write_text("a b")
    (home / "tokenizer" / "spiece.model").write_text("m")
    (home / "tokenizer" / "notes.md").write_text("n")
    (home / "sizes" / "config.json").write_text("{}")
    return home


def test_the_bundled_models_are_found_by_their_names():
    for name in ("scenes-ldm", "scenes-ldm-early"):
        assert resolve(name) == Path(evalsuite.__file__).parent / "scenes" / "models" / name
    with pytest.raises(InputError, match="did you mean 'scenes-ldm'"):
        resolve("scenes-lmd")


def test_components_are_pairs_of_names(folder):
    index = read_index(folder)
    assert components(index) == {
        "unet": ("diffusers", "UNet2DModel"),
        "tokenizer": ("transformers", "Tokenizer"),
    }


def test_what_is_read_is_hashed_by_its_path(folder):
    index = read_index(folder)
    assert config_hashes(folder, index) == {
        "model_index.json": hashed((folder / "model_index.json").read_bytes()),
        "tokenizer/merges.txt": hashed(b"a b"),
        "tokenizer/spiece.model": hashed(b"m"),
        "unet/config.json": hashed(b"{}"),
    }
    plain = "unet/diffusion_pytorch_model.safetensors"
    assert weight_hashes(folder, index, None) == {plain: hashed(EMPTY)}
    half = "unet/diffusion_pytorch_model.fp16.safetensors"
    assert weight_hashes(folder, index, "fp16") == {half: hashed(EMPTY + b" ")}
    assert weight_hashes(folder, index, "ema") == {plain: hashed(EMPTY)}


def refused(folder, variant=None):
    with pytest.raises(InputError) as caught:
        read_index(folder, variant)
    return str(caught.value)


def test_what_is_no_pipeline_or_brings_code_is_refused(folder):
    path = folder / "model_index.json"
    whole = path.read_text()
    (folder / "unet" / "code.py").write_text("")
    assert refused(folder).startswith("mine/unet/code.py: is Python code, which is never run")
    (folder / "unet" / "code.py").unlink()
    for text, said in (
        ("[]", "mine/model_index.json: is not a JSON object"),
        ("{", "mine/model_index.json: line 1, column 2: "),
        ('{"_class_name": ["code", "Pipe"]}', "names pipeline code of its own"),
        ("{}", "names pipeline code of its own"),
    ):
        path.write_text(text)
        assert said in refused(folder)
    path.unlink()
    assert refused(folder).startswith("mine: has no model_index.json, so it is no pipeline")
    path.write_text(whole)
    (folder / "tokenizer" / "config.json").write_text('{"auto_map": {"AutoModel": "code"}}')
    assert (
        refused(folder) == "mine/tokenizer/config.json: auto_map asks for code, which is never run"
    )


def test_weights_of_another_variant_alone_are_told(folder):
    (folder / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    assert refused(folder) == (
        "mine/unet: has weights of the variant fp16 only; give --variant fp16"
    )
    assert read_index(folder, "fp16")["_class_name"] == "Pipe"


def test_a_model_is_a_folder_a_bundled_name_or_a_hub_id(folder, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoints, "BUNDLED", tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert str(resolve("~/mine")) == str(folder)
    assert str(resolve("mine")) == "mine"
    monkeypatch.chdir(folder)
    assert resolve("mine") == folder
    long = "a" * 96
    for name in ("owner/name", "o/n.v-1_x", f"{long}/{long}"):
        assert resolve(name) == name
    for name in (
        "owner",
        "o/n/m",
        "o/..",
        ".o/n",
        "o/-n",
        f"a{long}/n",
        f"o/a{long}",
        " ",
        "o/n\n",
    ):
        with pytest.raises(InputError, match="is no directory here, no hub id"):
            resolve(name)
    with pytest.raises(InputError, match="did you mean 'mine'"):
        resolve("mime")
    with pytest.raises(InputError, match=r"'model_index\.json' is a file; name a directory"):
        resolve("model_index.json")


@pytest.mark.parametrize(
    ("files", "name"),
    [
        (["model_index.json"], "diffusers"),
        (["generator.json"], "gan"),
        (["generator.json", "model_index.json"], "diffusers"),
        (["model.json"], None),
    ],
)
def test_a_models_folder_is_known_by_its_file(tmp_path, files, name):
    for file in files:
        (tmp_path / file).write_text("{}")
    assert checkpoints.drawn_by(tmp_path) == name
