import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from evalsuite.checkpoints import BUNDLED
from evalsuite.encoders import clip
from evalsuite.records import InputError, Picture
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene


def picture(color: str = "red", x: int = 32) -> Picture:
    pixels = draw(Scene(0, (Item("circle", color, x, 32, 20),)))
    return Picture(f"{color}-{x}", lambda: pixels)


@pytest.fixture(scope="module")
def model() -> clip.Clip:
    return clip.load("scenes-clip")


def test_vectors_have_unit_length(model: clip.Clip) -> None:
    images, texts = model.images([picture()]), model.texts(["a red circle", "a blue square"])
    assert np.linalg.norm(images, axis=1) == pytest.approx([1.0], abs=1e-5)
    assert np.linalg.norm(texts, axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)


def test_it_tells_colours_apart(model: clip.Clip) -> None:
    texts = ["a red circle", "a blue circle", "a green circle"]
    for number, color in enumerate(("red", "blue", "green")):
        assert model.probabilities(picture(color), texts).argmax() == number


def test_each_picture_is_encoded_once(model: clip.Clip) -> None:
    seen = [picture(x=20), picture(x=21), picture(x=20)]
    before = model.images_encoded
    first = model.images(seen)
    model.images(seen)
    assert model.images_encoded - before == 2
    assert (first[0] == first[2]).all()


def test_a_vector_does_not_depend_on_its_neighbours(model: clip.Clip) -> None:
    alone = model.images([picture()])[0]
    crowd = [picture(x=x) for x in range(20, 30)]
    assert (model.images([*crowd, picture()])[-1] == alone).all()


def test_features_found_beside_the_picture_are_used(model: clip.Clip) -> None:
    known = model.images([picture()])[0]

    def refuse() -> np.ndarray:
        raise AssertionError("decoded although its features are known")

    kept = Picture("elsewhere", refuse, {model.key: known})
    assert (model.images([kept])[0] == known).all()


def test_a_text_that_would_be_cut_is_refused(model: clip.Clip) -> None:
    full = " ".join(["red"] * (model.max_tokens - 2))
    assert model.tokens(full) == model.max_tokens
    model.texts([full])
    with pytest.raises(InputError, match="33 tokens and scenes-clip reads 32"):
        model.texts([full + " red"])


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "half"
    shutil.copytree(BUNDLED / "scenes-clip", folder)
    (folder / "open_clip_model.safetensors").unlink()
    with pytest.raises(InputError, match=r"half: open_clip_model\.safetensors is missing"):
        clip.load(str(folder))


def test_a_folder_that_is_no_clip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no open_clip_config\.json"):
        clip.load(str(tmp_path))
    (tmp_path / "open_clip_config.json").write_text(json.dumps({"model": 1}))
    with pytest.raises(InputError, match=r"no `model_cfg`"):
        clip.load(str(tmp_path))


def test_a_builtin_name_needs_its_tag() -> None:
    with pytest.raises(InputError, match=r"needs a pretrained tag: .*openai"):
        clip.load("ViT-B-32")


def test_a_checkpoint_that_cannot_be_had_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(InputError, match=r"^CLIP model 'ViT-B-32'[^\n]* cannot be loaded [^\n]*$"):
        clip.load("ViT-B-32", "metaclip_400m")


def test_one_changed_weight_changes_the_digest(tmp_path: Path, model: clip.Clip) -> None:
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "changed"
    shutil.copytree(BUNDLED / "scenes-clip", folder)
    (folder / "golden.json").unlink()
    file = folder / "open_clip_model.safetensors"
    weights = load_file(file)
    weights["logit_scale"] += 0.5
    save_file(weights, file, metadata={"format": "pt"})
    assert clip.load(str(folder)).sha256 != model.sha256
