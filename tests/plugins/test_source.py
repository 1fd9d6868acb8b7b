"""The digest of an outside plug-in's code, and that no run holds two codes' rows."""

import hashlib
import json
from pathlib import Path

import pytest

from evalsuite import cli
from evalsuite.plugins.source import source_digest, source_entry

BACKEND = """import numpy
from {package} import helper
from . import beside

class Mine:
    batch_size = 1
    dialect = "scenes"
    def describe(self): return {{"model": "mine"}}
    def problems(self, prompts): return []
    def render(self, requests):
        from .later import level
        if level < 0:
            raise KeyboardInterrupt
        return [numpy.full((8, 8, 3), level, numpy.uint8) for _ in requests]

def load(): return Mine()
"""
SCORER = """from evalsuite.records import Judgement
class Light:
    name = "light"
    batch_size = 1
    def describe(self): return {}
    def problems(self, prompts): return []
    def judge(self, cases): return [Judgement("light", case.key, {"level": 1.0}) for case in cases]
def load(): return Light()
"""


@pytest.fixture
def package(monkeypatch, tmp_path):
    """A package of a back-end that imports three of its files, a scorer, and a file of neither."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    name = f"code_{abs(hash(str(tmp_path)))}"
    folder = tmp_path / name
    folder.mkdir()
    files = {"helper": "", "beside": "", "later": "level = 9\n", "light": SCORER, "other": ""}
    for file, text in {**files, "mine": BACKEND.format(package=name)}.items():
        (folder / f"{file}.py").write_text(text)
    return folder


def test_the_digest_by_hand(package):
    (package / "mine.py").write_text("from . import beside\n")
    (package / "beside.py").write_text("x = 1\n")
    name = package.name
    content = f"{name}.beside 6\nx = 1\n{name}.mine 21\nfrom . import beside\n"

    assert source_digest(f"{name}.mine") == hashlib.sha256(content.encode()).hexdigest()
    assert source_entry(f"{name}.mine") == {
        "source_sha256": hashlib.sha256(content.encode()).hexdigest()
    }
    assert source_entry("evalsuite.backends.scenes") == {}


@pytest.mark.parametrize(
    ("file", "counts"),
    [
        ("mine", True),
        ("helper", True),
        ("beside", True),
        ("later", True),
        ("__init__", True),
        ("light", False),
        ("other", False),
    ],
)
def test_it_covers_the_plugins_file_and_what_it_imports_of_its_package(package, file, counts):
    before = source_digest(f"{package.name}.mine")

    with (package / f"{file}.py").open("a") as stream:
        stream.write("# edited\n")

    assert (source_digest(f"{package.name}.mine") != before) == counts


def test_importing_in_a_circle_and_a_level_up_ends(package):
    (package / "beside.py").write_text("from .mine import Mine\n")
    (package / "inner").mkdir()
    (package / "inner" / "deep.py").write_text("from .. import later\n")
    before = source_digest(f"{package.name}.inner.deep"), source_digest(f"{package.name}.mine")

    (package / "later.py").write_text("level = 8\n")

    after = source_digest(f"{package.name}.inner.deep"), source_digest(f"{package.name}.mine")
    assert before[0] != after[0] and before[1] != after[1]


@pytest.fixture
def evalsuite(package, capsys):
    def command(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main([*words, "--no-progress"])
        return ended.value.code, capsys.readouterr().err

    return command


def run(package):
    words = ["run", "--model", f"{package.name}.mine", "--scorers", f"{package.name}.light"]
    return [*words, "--prompts", "scenes-counts", "--limit", "2", "--output-dir", "out"]


def test_a_run_is_not_finished_with_another_backends_code(package, evalsuite):
    (package / "later.py").write_text("level = -1\n")  # interrupts itself
    assert evalsuite(*run(package))[0] == 130
    (package / "later.py").write_text("level = 7\n")

    code, error = evalsuite(*run(package))

    assert (code, error.count("\n")) == (2, 1)
    assert "backend.source_sha256 (" in error


def test_judgements_are_not_mixed_with_another_scorers_code(package, evalsuite):
    assert evalsuite(*run(package))[0] == 0
    entry = json.loads(Path("out/manifest.json").read_text())["scorers"]["light"]
    assert entry["source_sha256"] == source_digest(f"{package.name}.light")
    (package / "other.py").write_text("edited = True\n")
    assert evalsuite(*run(package))[0] == 0
    (package / "light.py").write_text(SCORER.replace("1.0", "2.0"))

    code, error = evalsuite(*run(package))

    assert (code, error.count("\n")) == (2, 1)
    assert "was judged by another light (source_sha256 differ)" in error
