"""LoRA: what the formula gives, from the names that people's files have."""

import hashlib

import pytest
import torch
from safetensors.torch import save_file

from evalsuite.backends import diffusers
from evalsuite.records import InputError, Key, Prompt, Request

LAYER = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
TEXT = "encoder.layers.0.self_attn.q_proj"


def load(folder, **options):
    return diffusers.load(model=str(folder), device="cpu", steps=2, batch_size=1, **options)


def drawn(backend):
    return backend.render([Request(Key("s", "p", 0), Prompt("p", "a dog", "x"), 7)])[0].tobytes()


def halves(rank=2):
    chance = torch.Generator().manual_seed(1)
    return torch.randn(rank, 8, generator=chance), torch.randn(8, rank, generator=chance)


def kohya(folder, alpha=1.0):
    down, up = halves()
    name = "lora_unet_" + LAYER.replace(".", "_")
    tensors = {f"{name}.lora_down.weight": down, f"{name}.lora_up.weight": up}
    tensors[f"{name}.alpha"] = torch.tensor(alpha)
    save_file(tensors, folder / "kohya.safetensors")
    return folder / "kohya.safetensors"


def peft(folder, **more):
    down, up = halves()
    tensors = {f"unet.{LAYER}.lora_A.weight": down, f"unet.{LAYER}.lora_B.weight": up, **more}
    save_file(tensors, folder / "peft.safetensors")
    return folder / "peft.safetensors"


def test_the_weights_are_those_of_the_formula(tiny_sd, tmp_path):
    plain = load(tiny_sd)
    down, up = halves()
    before = plain.pipeline.unet.get_submodule(LAYER).weight.detach().clone()
    for file, factor in ((peft(tmp_path), 0.5), (kohya(tmp_path, alpha=1.0), 0.5 / 2)):
        backend = load(tiny_sd, lora=str(file), lora_scale=0.5)
        after = backend.pipeline.unet.get_submodule(LAYER).weight
        torch.testing.assert_close(after, before + factor * up @ down)
        assert drawn(backend) != drawn(plain)
        described = backend.describe()["lora"]
        assert described["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert (described["scale"], described["layers"]) == (0.5, {"unet": 1})
        assert described["ranks"] == [2] and described["file"] == file.name
    assert drawn(load(tiny_sd, lora=str(file), lora_scale=0.0)) == drawn(plain)
    assert "lora" not in plain.describe()


def test_a_folder_with_one_file_is_enough(tiny_sd, tmp_path):
    peft(tmp_path)
    assert load(tiny_sd, lora=str(tmp_path)).describe()["lora"]["file"] == "peft.safetensors"
    kohya(tmp_path)
    with pytest.raises(InputError, match="has 2 safetensors files; name the one"):
        load(tiny_sd, lora=str(tmp_path))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"unet.nowhere.to_q.lora_A.weight": torch.ones(2, 8)}, "has no layer unet.nowhere.to_q"),
        ({f"unet.{LAYER[:-1]}k.lora_A.weight": torch.ones(2, 8)}, "has one half of its addition"),
        ({f"unet.{LAYER}.bias": torch.ones(8)}, "is no part of a plain LoRA"),
        ({f"unet.{LAYER}.lora_A.weight": torch.ones(2, 5)}, "is of another shape"),
    ],
)
def test_what_is_of_another_model_or_kind_is_refused(tiny_sd, tmp_path, more, said):
    with pytest.raises(InputError, match=said) as error:
        load(tiny_sd, lora=str(peft(tmp_path, **more)))
    assert "\n" not in str(error.value)


def test_pickles_are_never_opened(tiny_sd, tmp_path):
    file = tmp_path / "lora.bin"
    file.write_bytes(b"cposix\nsystem\n(S'touch ran'\ntR.")
    with pytest.raises(InputError, match=r"is no \.safetensors file; nothing else is loaded"):
        load(tiny_sd, lora=str(file))
    with pytest.raises(InputError, match="a lora_scale does nothing"):
        load(tiny_sd, lora_scale=0.5)
