import hashlib
import json
import shutil
from pathlib import Path

import pytest

from evalsuite.encoders import clip, golden
from evalsuite.files.checkpoints import BUNDLED
from evalsuite.records import InputError

VALUES = {"disc | a": 0.25, "disc | b": -0.5}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    golden.write(tmp_path, "ab" * 32, VALUES)
    return tmp_path


def test_the_same_values_pass_and_so_do_those_within_the_tolerance(folder: Path) -> None:
    assert golden.check(folder, "ab" * 32, lambda: VALUES) == "checked"
    near = {**VALUES, "disc | b": -0.5009}
    assert golden.check(folder, "ab" * 32, lambda: near) == "checked"


@pytest.mark.parametrize("wrong", [-0.4985, float("nan"), float("inf")])
def test_another_value_is_refused_in_one_line_that_names_it(folder: Path, wrong: float) -> None:
    with pytest.raises(InputError, match=r"for 'disc \| b' the model says .*-0\.5000"):
        golden.check(folder, "ab" * 32, lambda: {**VALUES, "disc | b": wrong})


def test_off_the_cpu_the_tolerance_is_four_times_as_wide(folder: Path) -> None:
    near = {**VALUES, "disc | b": -0.5039}
    assert golden.check(folder, "ab" * 32, lambda: near, device="cuda:1") == "checked"
    with pytest.raises(InputError):
        golden.check(folder, "ab" * 32, lambda: {**VALUES, "disc | b": -0.5041}, device="cuda")


def test_values_of_other_weights_or_of_another_number_are_refused(folder: Path) -> None:
    with pytest.raises(InputError, match="is for weights abababababab, and those loaded are cdcd"):
        golden.check(folder, "cd" * 32, lambda: VALUES)
    with pytest.raises(InputError, match=r"'disc \| b' is in the file or in"):
        golden.check(folder, "ab" * 32, lambda: {"disc | a": 0.25})


def test_a_model_without_golden_values_is_unchecked_and_asked_nothing(tmp_path: Path) -> None:
    def refuse() -> dict[str, float]:
        raise AssertionError("asked although there is nothing to compare with")

    assert golden.check(tmp_path, "ab" * 32, refuse) == "unchecked"
    assert golden.check(None, "ab" * 32, refuse) == "unchecked"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"values": {"a": "b"}}', "[" * 100_000])
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / golden.FILE).write_text(text)
    with pytest.raises(InputError, match="holds no golden values"):
        golden.check(tmp_path, "ab" * 32, lambda: VALUES)


def test_the_pictures_are_the_same_for_ever() -> None:
    whole = hashlib.sha256()
    for picture in golden.pictures().values():
        assert picture.pixels.shape == (golden.SIDE, golden.SIDE, 3)
        whole.update(picture.pixels.tobytes())
    assert whole.hexdigest() == ("2d9565cc13123eebd9e198afd1c2403c9f48a45fbdb465b34bd85e61fd6bfc37")


def test_the_bundled_clip_is_checked_and_has_encoded_nothing_yet() -> None:
    model = clip.load.__wrapped__("scenes-clip")
    assert model.describe()["golden_values"] == "checked"
    assert model.images_encoded == 0


def changed(tmp_path: Path, **changes: dict[str, object]) -> Path:
    """The bundled CLIP with another configuration: the weights stay what they were."""
    folder = tmp_path / "changed"
    shutil.copytree(BUNDLED / "scenes-clip", folder)
    path = folder / "open_clip_config.json"
    config = json.loads(path.read_text())
    for part, values in changes.items():
        config[part].update(values)
    path.write_text(json.dumps(config))
    return folder


@pytest.mark.parametrize(
    "changes",
    [
        {"model_cfg": {"quick_gelu": True}},
        {"preprocess_cfg": {"mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28]}},
        {"preprocess_cfg": {"interpolation": "bilinear"}},
    ],
    ids=["activation", "mean", "interpolation"],
)
def test_a_changed_activation_or_preprocessing_refuses_the_model(
    tmp_path: Path, changes: dict[str, dict[str, object]]
) -> None:
    with pytest.raises(InputError, match=r"changed/golden\.json: for '"):
        clip.load(str(changed(tmp_path, **changes)))


def test_a_model_that_breaks_down_on_the_pictures_is_refused(folder: Path) -> None:
    def compute() -> dict[str, float]:
        raise RuntimeError("sizes 17 and 65 differ\nand more")

    with pytest.raises(InputError, match=r"cannot repeat its values \(sizes 17 and 65 differ\)"):
        golden.check(folder, "ab" * 32, compute)


def test_weights_that_are_cut_are_refused_in_one_line(tmp_path: Path) -> None:
    folder = changed(tmp_path)
    weights = folder / "open_clip_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(InputError, match=r"cannot be loaded \(Error while deserializing header"):
        clip.load(str(folder))
