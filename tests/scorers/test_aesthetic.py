import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from evalsuite.plugins.find import load_scorer
from evalsuite.records import Case, InputError, Key, Picture, Prompt
from evalsuite.scorers.aesthetic import rate, read_head

RNG = np.random.default_rng(0)


def head(path: Path, *widths: int) -> Path:
    """A head in the layout of the improved predictor: numbered layers with dropouts between."""
    layers = {}
    for number, (inputs, outputs) in enumerate(pairwise(widths)):
        layers[f"layers.{2 * number}.weight"] = RNG.normal(size=(outputs, inputs)).astype("f4")
        layers[f"layers.{2 * number}.bias"] = RNG.normal(size=outputs).astype("f4")
    save_file(layers, path)
    return path


def test_layers_are_taken_by_number_and_their_shapes_from_the_file(tmp_path: Path) -> None:
    layers = read_head(head(tmp_path / "h.safetensors", 8, 7, 6, 5, 4, 3, 2, 1))
    assert [weight.shape for weight, _ in layers] == [(7 - k, 8 - k) for k in range(7)]


def test_a_rating_by_hand() -> None:
    layers = [
        (np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([0.5, 0.0])),
        (np.array([[2.0, 3.0]]), np.array([1.0])),
    ]
    # (1*0.6 + 2*0.8 + 0.5) * 2 + (-0.8) * 3 + 1 = 5.4 - 2.4 + 1
    assert rate(np.array([[0.6, 0.8]]), layers) == pytest.approx([4.0])


def test_the_head_of_one_layer_of_laion(tmp_path: Path) -> None:
    path = tmp_path / "one.safetensors"
    save_file({"weight": np.ones((1, 4), "f4"), "bias": np.array([0.5], "f4")}, path)
    assert rate(np.eye(4)[:1], read_head(path)) == pytest.approx([1.5])


def test_it_agrees_with_the_same_head_in_torch(tiny_l14: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    from evalsuite.encoders import clip

    path = head(tmp_path / "h.safetensors", 16, 5, 1)
    scorer = load_scorer("aesthetic", {"head": str(path), "model": str(tiny_l14)})
    pixels = np.zeros((224, 224, 3), dtype=np.uint8)
    seen = Picture("black", lambda: pixels)
    judged = scorer.judge([Case(Key("s", "p", 0), Prompt("p", "x", "other"), seen)])
    model = torch.nn.Sequential(torch.nn.Linear(16, 5), torch.nn.Dropout(), torch.nn.Linear(5, 1))
    model.load_state_dict({k.removeprefix("layers."): v for k, v in load_file(path).items()})
    vector = torch.from_numpy(clip.load(str(tiny_l14)).images([seen]))
    theirs = float(model.eval()(vector).detach())
    assert judged[0].values["score"] == pytest.approx(theirs, abs=1e-4)
    described = json.loads(json.dumps(scorer.describe()))
    assert described["head"]["widths"] == [16, 5, 1] and len(described["head"]["sha256"]) == 64


def test_a_head_for_another_clip_is_refused(tiny_l14: Path, tmp_path: Path) -> None:
    path = head(tmp_path / "h.safetensors", 768, 1)
    with pytest.raises(InputError, match="reads vectors of 768 numbers and tiny-l14 gives 16"):
        load_scorer("aesthetic", {"head": str(path), "model": str(tiny_l14)})


def test_what_is_no_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs head"):
        load_scorer("aesthetic")
    with pytest.raises(InputError, match=r"head\.pth: pickled weights"):
        read_head(tmp_path / "head.pth")
    with pytest.raises(InputError, match=r"none\.safetensors: cannot be read"):
        read_head(tmp_path / "none.safetensors")
    (tmp_path / "junk.safetensors").write_bytes(b"junk")
    with pytest.raises(InputError, match="cannot be read"):
        read_head(tmp_path / "junk.safetensors")
    with pytest.raises(InputError, match="does not end in one number"):
        read_head(head(tmp_path / "two.safetensors", 8, 2))
    gap = {"layers.0.weight": np.ones((3, 4), "f4"), "layers.2.weight": np.ones((1, 5), "f4")}
    save_file(gap, tmp_path / "gap.safetensors")
    with pytest.raises(InputError, match=r"layers\.2\.weight of shape \(1, 5\) does not follow"):
        read_head(tmp_path / "gap.safetensors")
