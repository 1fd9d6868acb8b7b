import shutil
from pathlib import Path

import pytest

from evalsuite.encoders import clip
from evalsuite.files.checkpoints import BUNDLED
from evalsuite.records import InputError
from evalsuite.scenes.train import golden
from evalsuite.scenes.train.loop import Machine


def test_new_weights_are_refused_until_their_golden_values_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    for judge in ("scenes-clip", "scenes-owl"):
        shutil.copytree(BUNDLED / judge, tmp_path / judge)
    folder = tmp_path / "scenes-clip"
    weights = load_file(folder / "open_clip_model.safetensors")
    weights["visual.proj"] = weights["visual.proj"].flip(0).contiguous()
    save_file(weights, folder / "open_clip_model.safetensors", metadata={"format": "pt"})
    with pytest.raises(InputError, match=r"scenes-clip/golden\.json: is for weights"):
        clip.load(str(folder))
    monkeypatch.setattr(golden, "BUNDLED", tmp_path)
    assert golden.run(Machine(tmp_path, torch.device("cpu")), 0) == tmp_path
    assert clip.load(str(folder)).golden == "checked"
