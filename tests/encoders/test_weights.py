"""Where weights come from, and what is said of a model that could not be loaded."""

import json

import huggingface_hub.constants
import pytest
from huggingface_hub.utils import filter_repo_objects

from evalsuite.encoders.weights import CONFIGS, WEIGHTS, loading, source_of, unloadable
from evalsuite.records import InputError


@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError("not there\nlong story"), "(not there)"), (ValueError(), "(ValueError)")],
)
def test_one_line_that_says_what_and_how_to_mend_it(error, said):
    message = str(unloadable("detector 'x'", error))

    assert message.startswith(f"detector 'x' cannot be loaded {said}; ")
    assert "name a folder" in message and "\n" not in message


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """Puts files into a cache of the hub's as the model someone/odd; its folder there."""

    def put(files):
        home, commit = tmp_path / "models--someone--odd", "0" * 40
        folder = home / "snapshots" / commit
        folder.mkdir(parents=True)
        (home / "refs").mkdir()
        (home / "refs" / "main").write_text(commit)
        for name, text in files.items():
            (folder / name).write_text(text)
        return folder

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    return put


@pytest.mark.parametrize(
    ("name", "held", "said"),
    [
        ("config.json", {"auto_map": {"AutoModel": "x.M"}}, "auto_map asks for code"),
        ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["x.T"]}}, "auto_map asks"),
        ("config.json", {"a": [{"b": {"auto_map": "x"}}]}, "auto_map asks for code"),
        ("config.json", {"vision": {"_attn_implementation": "org/k"}}, "a kernel from the hub"),
        ("model.safetensors.index.json", {"weight_map": {"a": "../x.safetensors"}}, "names '"),
        ("pytorch_model.bin", {}, "pickled weights can run code"),
        ("adapter_config.json", {}, "a pipeline or an adapter"),
        ("model_index.json", {}, "a pipeline or an adapter"),
    ],
)
def test_a_hub_id_is_inspected_as_a_folder_is_before_anything_loads_it(hub, name, held, said):
    hub({name: json.dumps(held)})
    with pytest.raises(InputError, match=rf"^someone/odd/.*{said}"):
        source_of("detector", "someone/odd")


def test_a_hub_id_is_loaded_from_its_folder_in_the_cache(hub):
    folder = hub({"config.json": "{}", "tokenizer.json": "{}"})
    source = source_of("detector", "someone/odd")
    assert (source.folder, source.path, source.name) == (None, str(folder), "someone/odd")
    assert source.weights == []


def test_of_a_hub_id_no_code_no_pickle_and_no_folder_is_fetched():
    wanted = ["config.json", "merges.txt", "spiece.model", "chat_template.jinja"]
    wanted += ["model.safetensors", "model-00001-of-00002.safetensors"]
    others = ["modeling.py", "pytorch_model.bin", "model.fp16.safetensors", "onnx/config.json"]
    others += ["unet/model.safetensors", "weights.pt", "adapter_model.safetensors"]
    allowed = [*CONFIGS, *WEIGHTS]
    found = filter_repo_objects([*wanted, *others], allow_patterns=allowed, ignore_patterns=["*/*"])
    assert [*found] == wanted


@pytest.mark.parametrize("error", [TypeError("no\nlong story"), IndexError("no"), KeyError("no")])
def test_whatever_a_library_raises_is_one_line(error):
    said = r"^detector 'x' cannot be loaded \('?no'?\); [^\n]*$"
    with pytest.raises(InputError, match=said), loading("detector 'x'", []):
        raise error


def test_a_library_shows_no_bars_while_it_loads():
    from transformers.utils import logging

    logging.enable_progress_bar()
    with loading("detector 'x'", None):
        assert not logging.is_progress_bar_enabled()
    assert logging.is_progress_bar_enabled()
