"""How --model and --scorers find what they name, and what they say when they do not."""

import sys
from pathlib import Path

import pytest

from evalsuite.plugins import find as plugins
from evalsuite.records import InputError

HERE = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def outside_modules(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(HERE))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)


def pipeline(folder: Path, card: str = "") -> Path:
    folder.mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    if card:
        (folder / "README.md").write_text(card)
    return folder


def test_names_are_read_without_importing():
    before = set(sys.modules)

    found = plugins.names("backends")

    assert {"diffusers", "folder", "scenes"} <= set(found)
    assert not any(name.startswith("_") for name in found)
    assert found["folder"].startswith("Images that ")
    assert not {m for m in set(sys.modules) - before if m.startswith("evalsuite.backends.")}
    assert {"clip", "objects", "presentation", "skin_tone"} <= set(plugins.names("scorers"))


@pytest.mark.parametrize(
    ("asked", "module", "name", "source"),
    [
        ("scenes", "evalsuite.backends.scenes", "scenes", None),
        ("folder:my/Images!", "evalsuite.backends.folder", "folder-images", "my/Images!"),
        ("outside.stripes", "outside.stripes", "stripes", None),
        ("org/Some-Model_1.0", "evalsuite.backends.diffusers", "some-model_1.0", None),
    ],
)
def test_what_a_model_names(asked, module, name, source):
    found = plugins.find_model(asked)

    assert (found.module, found.name) == (module, name)
    assert found.source == (source or (asked if "/" in asked else None))


def test_a_directory_is_a_pipeline(tmp_path):
    pipeline(tmp_path / "mine" / "tiny")

    for asked in ("mine/tiny", "./mine/tiny", str(tmp_path / "mine" / "tiny")):
        found = plugins.find_model(asked)
        assert (found.module, found.name) == ("evalsuite.backends.diffusers", "tiny")


def test_a_backends_name_wins_over_a_directory(tmp_path):
    pipeline(tmp_path / "scenes")

    assert plugins.find_model("scenes").source is None
    assert plugins.find_model("./scenes").source == "scenes"


def test_bundled_models_are_found_by_name():
    for name, folder in plugins.bundled().items():
        assert plugins.find_model(name).source == str(folder)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("scnes", "did you mean 'scenes'?"),
        ("foldr", "did you mean 'folder'?"),
        (
            "zzzzzz",
            "there are: cascade, diffusers, folder, gan, gemini, http, openai, scenes, "
            "transformers, vae",
        ),
        ("./nowhere", "no such directory"),
        ("a/b/c", "no such directory"),
        ("outside.nothing", "there is no model 'outside.nothing'"),
        ("json", "there is no model 'json'"),
    ],
)
def test_an_unknown_model_says_what_there_is(asked, message):
    with pytest.raises(InputError, match=r"^[^\n]*$") as error:
        plugins.find_model(asked)

    assert message in str(error.value)


def test_a_directory_without_an_index_names_the_folder_backend(tmp_path):
    (tmp_path / "photos").mkdir()

    with pytest.raises(InputError, match=r"--model folder:photos"):
        plugins.find_model("photos")


def test_a_backend_is_loaded_with_its_options():
    backend = plugins.load_backend("outside.stripes", {"batch_size": 3})

    assert backend.batch_size == 3


def test_an_unknown_option_names_the_accepted_ones():
    with pytest.raises(InputError) as error:
        plugins.load_backend("outside.stripes", {"batchsize": 3})

    assert "takes no option 'batchsize'; did you mean 'batch_size'?" in str(error.value)
    assert "size, batch_size, crash_at, dialect" in str(error.value)


def test_a_missing_option_says_how_to_give_it():
    with pytest.raises(InputError, match=r"needs path; write --model-arg path=\.\.\. or"):
        plugins.load_backend("folder")


def test_a_missing_package_says_how_to_install_it(tmp_path):
    (tmp_path / "absent_plugin").mkdir()
    (tmp_path / "absent_plugin" / "top.py").write_text("import sklearn_that_is_not_there\n")
    (tmp_path / "absent_plugin" / "late.py").write_text(
        "def load():\n    import open_clip_absent.deep\n"
    )

    with pytest.raises(InputError, match="pip install sklearn_that_is_not_there"):
        plugins.load_backend("absent_plugin.top")
    with pytest.raises(InputError, match=r"pip install open_clip_absent$"):
        plugins.load_scorer("absent_plugin.late")


def test_a_module_without_load_is_no_plugin(tmp_path):
    (tmp_path / "empty_plugin").mkdir()
    (tmp_path / "empty_plugin" / "one.py").write_text("")

    with pytest.raises(InputError, match=r"no load\(\)"):
        plugins.load_scorer("empty_plugin.one")


def test_an_unknown_scorer_says_what_there_is():
    with pytest.raises(InputError, match="did you mean 'objects'") as error:
        plugins.load_scorer("object")

    assert all(name in str(error.value) for name in ("clip,", "objects,", "presentation,"))


def test_the_dialect_is_told_without_loading(tmp_path):
    pipeline(tmp_path / "everyday")
    pipeline(tmp_path / "world", "---\ndialect: scenes\n---\n")

    assert plugins.dialect("./everyday") == "everyday"
    assert plugins.dialect("./world") == "scenes"
    assert plugins.dialect("scenes") == "scenes"
    assert plugins.dialect("org/model") == "everyday"
    assert plugins.dialect("outside.stripes") == "everyday"
