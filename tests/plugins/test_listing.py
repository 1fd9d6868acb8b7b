"""Plug-ins that an installed package offers: a distribution in a folder on the path, as pip's."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evalsuite import cli
from evalsuite.plugins import find as plugins
from evalsuite.records import InputError

ROOT = Path(__file__).parents[2]

BACKEND = '''"""Draws one grey for each prompt.

More of it.
"""

from PIL import Image


def load(level=90):
    return Grey(level)


class Grey:
    batch_size = 2
    dialect = "scenes"

    def __init__(self, level):
        self.level = level

    def describe(self):
        return {"model": "grey", "level": self.level}

    def problems(self, prompts):
        return []

    def render(self, requests):
        return [Image.new("L", (8, 8), self.level) for _ in requests]
'''
SCORER = '''"""How bright a picture is."""

from evalsuite.records import Judgement


def load():
    return Light()


class Light:
    name = "light"
    batch_size = 2

    def describe(self):
        return {}

    def problems(self, prompts):
        return []

    def judge(self, cases):
        return [
            Judgement("light", case.key, {"level": float(case.picture.pixels.mean())})
            for case in cases
        ]
'''


@pytest.fixture
def install(monkeypatch, tmp_path):
    """Install a package with these files and entry points; give the folder on the path."""
    site = tmp_path / "site"
    monkeypatch.chdir(tmp_path)

    def installed(package, files, backends=(), scorers=()):
        folder = site / package
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text)
        info = site / f"{package}-1.0.dist-info"
        info.mkdir()
        name = package.replace("_", "-")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        groups = {"evalsuite.backends": backends, "evalsuite.scorers": scorers}
        lines = [line for group, of in groups.items() for line in (f"[{group}]", *of)]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
        monkeypatch.syspath_prepend(str(site))
        return site

    return installed


@pytest.fixture
def tiny(install, tmp_path):
    package = f"tiny_{abs(hash(str(tmp_path)))}"
    files = {"__init__.py": "", "grey.py": BACKEND, "light.py": SCORER}
    install(package, files, [f"tiny-grey = {package}.grey"], [f"tiny-light = {package}.light"])
    return package


def rows(capsys, command):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--json"])
    assert ended.value.code == 0
    return {row["name"]: row for row in json.loads(capsys.readouterr().out)}


def test_an_installed_packages_plugins_are_listed_without_importing_it(tiny, capsys):
    name = tiny.replace("_", "-")

    models, scorers = rows(capsys, "models"), rows(capsys, "scorers")

    about = "Draws one grey for each prompt."
    assert models["tiny-grey"] == {
        "name": "tiny-grey",
        "kind": "back-end",
        "example": "tiny-grey",
        "package": name,
        "about": about,
    }
    assert scorers["tiny-light"]["package"] == name
    assert scorers["tiny-light"]["about"] == "How bright a picture is."
    assert models["scenes"]["package"] == scorers["clip"]["package"] == "evalsuite"
    assert not [module for module in sys.modules if module.startswith(tiny)]


def test_they_are_found_by_name_with_options_and_what_stands_after_a_colon(tiny):
    assert plugins.find_model("tiny-grey") == plugins.Model(f"{tiny}.grey", "tiny-grey", None)
    assert plugins.load_backend("tiny-grey", {"level": 7}).describe()["level"] == 7
    assert plugins.load_backend("tiny-grey:40").describe()["level"] == "40"
    assert plugins.dialect("tiny-grey") == "scenes"
    assert plugins.load_scorer("tiny-light").name == "light"
    with pytest.raises(InputError, match=r"did you mean '?tiny-grey"):
        plugins.find_model("tiny-gray")
    with pytest.raises(InputError, match=r"did you mean '?tiny-light"):
        plugins.scorer_module("tiny-lihgt")


def test_a_run_in_a_process_of_its_own_draws_and_judges_with_them(tiny, tmp_path):
    words = ["run", "--model", "tiny-grey", "--scorers", "tiny-light", "--limit", "2"]
    words += ["--prompts", "scenes-counts", "--num-images", "1", "--output-dir", "out"]
    path = os.pathsep.join([str(ROOT), str(tmp_path / "site")])

    ended = subprocess.run(
        [sys.executable, "-m", "evalsuite.cli", *words, "--no-progress", "--json"],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 0, ended.stderr
    printed = json.loads(ended.stdout)
    assert printed["images"] == {"ok": 2}
    # Every picture is grey 90.
    (estimate,) = [row for row in printed["estimates"] if row["measure"] == "light.level"]
    assert (estimate["value"], estimate["n"]) == (90.0, 2)


@pytest.mark.parametrize(
    ("entry", "text", "message"),
    [
        ("bad = PACKAGE.absent", "", "leads to the module PACKAGE.absent, which is not there"),
        ("bad = absent_package.mine", "", "the module absent_package.mine, which is not there"),
        ("bad = PACKAGE.mine:load", "", "PACKAGE.mine:load: its value must be a module alone"),
        ("bad = PACKAGE.mine", "x = 1\ndef load(:\n", "cannot be read: line 2: invalid syntax"),
        ("b.d = PACKAGE.mine", "", "must be a name of letters, digits, - and _ alone"),
    ],
)
def test_a_broken_one_says_so_in_its_row_and_where_it_is_used(
    install, tmp_path, capsys, entry, text, message
):
    package = f"broken_{abs(hash(str(tmp_path)))}"
    entry, message = entry.replace("PACKAGE", package), message.replace("PACKAGE", package)
    name = entry.partition(" ")[0]
    install(package, {"__init__.py": "1 / 0\n", "mine.py": text}, [entry], [entry])

    for command in ("models", "scorers"):
        about = rows(capsys, command)[name]["about"]
        assert about.startswith("cannot be used: ") and message in about
    for load in (plugins.find_model, plugins.scorer_module):
        with pytest.raises(InputError, match=r"^[^\n]*$") as error:
            load(name)
        assert f"{name} of {package.replace('_', '-')} " in str(error.value)
        assert message in str(error.value)


def test_a_name_of_ours_or_of_two_packages_is_refused_and_says_the_way_out(
    install, tmp_path, capsys
):
    mark = abs(hash(str(tmp_path)))
    entries = ["scenes = {0}.mine", "scenes-ldm = {0}.mine", "both = {0}.mine"]
    for package in (f"first_{mark}", f"second_{mark}"):
        install(
            package,
            {"__init__.py": "", "mine.py": BACKEND},
            [entry.format(package) for entry in (entries if "first" in package else entries[2:])],
            [f"clip = {package}.mine"] if "first" in package else [],
        )

    listed = rows(capsys, "models")
    assert "cannot be used: is the name of" in listed["both"]["about"]
    for name, party in (
        ("scenes", "evalsuite.backends.scenes of evalsuite"),
        ("scenes-ldm", "a bundled model"),
        ("both", f"second_{mark}.mine of second-{mark}"),
    ):
        with pytest.raises(InputError, match=r"^[^\n]*$") as error:
            plugins.find_model(name)
        assert party in str(error.value) and f"first_{mark}.mine" in str(error.value)
        assert "name a module by its dotted path" in str(error.value)
    with pytest.raises(InputError, match=r"evalsuite\.scorers\.clip of evalsuite and first_"):
        plugins.scorer_module("clip")
    # The way out, and names that nobody else has, still work.
    assert plugins.find_model("evalsuite.backends.scenes").module == "evalsuite.backends.scenes"
    assert plugins.load_backend(f"first_{mark}.mine").batch_size == 2
    assert plugins.find_model("folder:x").module == "evalsuite.backends.folder"
