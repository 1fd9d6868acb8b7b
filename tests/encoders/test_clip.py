import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evalsuite.encoders import clip
from evalsuite.files.checkpoints import BUNDLED
from evalsuite.records import Case, InputError, Key, Picture, Prompt
from evalsuite.scenes.draw import draw
from evalsuite.scenes.world import Item, Scene
from evalsuite.scorers import clip as scorer


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


def test_a_preprocessed_picture_is_not_read_again_and_gives_the_same(model: clip.Clip) -> None:
    reads = []

    def read() -> np.ndarray:
        reads.append(1)
        return picture().pixels

    case = Case(Key("s", "p", 0), Prompt("p", "a circle", "color"), Picture("red-32", read))
    model.preprocess(case)
    assert len(reads) == len(case.picture.memo) == 1
    assert (model.images([case.picture]) == model.images([picture()])).all()
    assert case.picture.memo == {}
    model.preprocess(case)  # it is encoded: there is nothing to do
    assert len(reads) == 1 and case.picture.memo == {}


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
    with pytest.raises(InputError, match="33 tokens, and scenes-clip reads 32"):
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
        clip.load("ViT-B-32", "laion2b_s34b_b79k")


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


@pytest.mark.parametrize("tag", ["openai", "metaclip_400m"])
def test_quickgelu_weights_in_a_model_without_are_refused(tag: str) -> None:
    with pytest.raises(InputError, match=rf"'ViT-L-14': .*'{tag}'.* write ViT-L-14-quickgelu$"):
        clip.load("ViT-L-14", tag)


def test_a_quickgelu_model_with_other_weights_is_refused() -> None:
    with pytest.raises(InputError, match=r"no pretrained tag 'laion2b_s32b_b82k': openai, "):
        clip.load("ViT-L-14-quickgelu", "laion2b_s32b_b82k")
    # The one built-in model whose own weights contradict it.
    with pytest.raises(InputError, match=r"has QuickGELU, and the weights .* trained without"):
        clip.load("roberta-ViT-B-32", "laion2b_s12b_b32k")


def test_a_file_is_no_tag(tmp_path: Path) -> None:
    file = tmp_path / "weights.pt"
    file.write_bytes(b"a pickle")
    with pytest.raises(InputError, match="has no pretrained tag"):
        clip.load("ViT-L-14", str(file))


def test_the_geometry_of_the_default_model_loads_and_encodes(tiny_l14: Path) -> None:
    model = clip.load(str(tiny_l14))
    assert model.max_tokens == 77 and model.golden == "unchecked"
    assert model.tokens("a red circle") == 5
    assert model.images([picture()]).shape == (1, 16)
    assert model.texts(["a red circle", "a blue square"]).shape == (2, 16)


def test_a_hub_id_is_read_from_the_cache(
    tiny_l14: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    home, commit = tmp_path / "models--someone--tiny", "0" * 40
    shutil.copytree(tiny_l14, home / "snapshots" / commit)
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text(commit)
    found = clip.load.__wrapped__("someone/tiny")
    assert found.sha256 == clip.load(str(tiny_l14)).sha256
    config = home / "snapshots" / commit / "open_clip_config.json"
    stated = json.loads(config.read_text())
    del stated["preprocess_cfg"]["mean"]
    config.write_text(json.dumps(stated))
    with pytest.raises(InputError, match=r"^someone/tiny/open_clip_config\.json: .* no `mean`"):
        clip.load.__wrapped__("someone/tiny")


@pytest.mark.parametrize(
    ("part", "more", "said"),
    [
        (
            "text_cfg",
            {"hf_model_name": "org/x"},
            "names the tower 'org/x', which none",
        ),
        ("vision_cfg", {"timm_model_name": "hf-hub:org/x"}, "names the tower 'hf-hub:org/x'"),
        ("vision_cfg", {"timm_model_name": "../x"}, "names the tower"),
        ("text_cfg", {"tokenizer_kwargs": {"trust_remote_code": True}}, "asks for code"),
        ("text_cfg", {"tokenizer_kwargs": {"revision": "x"}}, "tokenizer_kwargs is .* only clean"),
        ("text_cfg", {"tokenizer_kwargs": [{}]}, "tokenizer_kwargs is"),
        ("text_cfg", {"hf_model_name": ["x"]}, "names the tower"),
    ],
)
def test_a_clip_that_would_run_or_fetch_anything_else_is_refused(
    tiny_l14: Path, tmp_path: Path, part: str, more: dict[str, object], said: str
) -> None:
    folder = tmp_path / "odd"
    shutil.copytree(tiny_l14, folder)
    config = json.loads((folder / "open_clip_config.json").read_text())
    config["model_cfg"][part] |= more
    (folder / "open_clip_config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match=rf"^odd/open_clip_config\.json: .*{said}"):
        clip.load(str(folder))


def test_a_tokenizers_code_never_runs(tiny_l14: Path, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    shutil.copytree(tiny_l14, folder)
    (folder / "code.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass T: pass\n")
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"auto_map": {"AutoTokenizer": [None, "code.T"]}})
    )
    with pytest.raises(InputError, match=r"^odd/tokenizer_config\.json: auto_map asks for code"):
        clip.load(str(folder))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (None, "states no `mean`"),
        ({"mean": [0.5, 0.5, 0.5]}, "states no `std`"),
        ({"mean": [0.5], "std": [0.5, 0.5, 0.5]}, "states no `mean`"),
        ({"mean": [0.5] * 3, "std": [0.5] * 3, "size": 336}, "says size 336 and .* reads 224"),
        ({"mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "nearest"}, "cannot be loaded"),
    ],
)
def test_preprocessing_that_is_not_stated_or_does_not_fit_is_refused(
    tiny_l14: Path, tmp_path: Path, stated: dict[str, object] | None, said: str
) -> None:
    folder = tmp_path / "odd"
    shutil.copytree(tiny_l14, folder)
    path = folder / "open_clip_config.json"
    config = json.loads(path.read_text())
    config["preprocess_cfg"] = stated
    path.write_text(json.dumps(config))
    with pytest.raises(InputError, match=said):
        clip.load(str(folder))


@pytest.fixture
def two_layouts(tiny_clips, tmp_path: Path) -> tuple[clip.Clip, Path]:
    """The bundled CLIP, and the same weights as transformers reads them."""
    folder = tiny_clips.transformers_folder(BUNDLED / "scenes-clip", tmp_path / "scenes-clip")
    return clip.load("scenes-clip"), folder


SEEN = [picture("red"), picture("blue", 24), picture("green", 40)]
TEXTS = ["a red circle", "a blue circle on a plain background", "a green circle"]


def ours(model: clip.Clip) -> list[float]:
    """CLIPScore as the scorer computes it."""
    cases = [
        Case(Key("s", text, 0), Prompt(text, text, "other"), Picture(seen.sha256, seen.decode))
        for seen, text in zip(SEEN, TEXTS, strict=True)
    ]
    return [float(j.values["score"]) for j in scorer.ClipScorer(model).judge(cases)]


@pytest.mark.filterwarnings("ignore:.max_length. is ignored:UserWarning")
@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad:UserWarning")
def test_clipscore_agrees_with_torchmetrics(two_layouts: tuple[clip.Clip, Path]) -> None:
    import torch
    from torchmetrics.multimodal import CLIPScore
    from transformers import CLIPModel, CLIPProcessor

    class Plain(CLIPModel):
        """Gives features as torchmetrics expects them: transformers 5 wraps them in a record."""

        def get_image_features(self, *args, **kwargs):
            return super().get_image_features(*args, **kwargs).pooler_output

        def get_text_features(self, *args, **kwargs):
            return super().get_text_features(*args, **kwargs).pooler_output

    model, folder = two_layouts
    parts = (Plain.from_pretrained(folder).eval(), CLIPProcessor.from_pretrained(folder))
    metric = CLIPScore(model_name_or_path=lambda: parts)
    theirs = [
        float(metric(torch.tensor(seen.pixels).permute(2, 0, 1), text).detach())
        for seen, text in zip(SEEN, TEXTS, strict=True)
    ]
    assert min(theirs) > 0, "torchmetrics cuts at 0"
    assert ours(model) == pytest.approx(theirs, abs=1e-4)


def test_hessels_score_is_of_its_own_clip_and_prefix_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    model = clip.load("scenes-clip")
    plain = Case(Key("s", "p", 0), Prompt("p", "a red circle", "other"), picture("red"))
    (other,) = scorer.ClipScorer(model).judge([plain])
    assert "hessel" not in other.values and "hessel" in other.not_applicable
    # Whatever stands under the name of OpenAI's ViT-B/32 is scored as its authors say.
    monkeypatch.setattr(model, "name", "ViT-B-32-quickgelu:openai")
    text = model.texts(["A photo depicts a red circle"])[0]
    judged = []
    for sign in (1, -1):
        seen = replace(picture("red"), features={model.key: sign * text}, sha256=str(sign))
        case = Case(Key("s", "p", 0), Prompt("p", "a red circle", "other"), seen)
        judged += scorer.ClipScorer(model).judge([case])
    assert [j.values["hessel"] for j in judged] == [pytest.approx(2.5, abs=1e-5), 0.0]
    bare = float(text @ model.texts(["a red circle"])[0])
    assert [j.values["score"] for j in judged] == pytest.approx([100 * bare, -100 * bare], abs=1e-3)
    long = Prompt("p", "red " * 28, "other")
    (cut,) = scorer.ClipScorer(model).judge([Case(Key("s", "p", 0), long, picture("red"))])
    assert model.unreadable(long.text) is None
    assert cut.values["hessel"] is None and cut.reasons["hessel"].startswith("too long")
