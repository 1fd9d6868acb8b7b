"""docs/plugins.md, literally: its files written into an empty folder, its commands run as they are.

Also an installed package made of the same files, by the entry points that the page shows.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evalsuite.prompts import sets as prompts
from evalsuite.records import Clause, Prompt

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines()]


def evalsuite(place, *words, path=()):
    """A command in a process of its own, in the folder `place`."""
    joined = os.pathsep.join(map(str, [ROOT, *path]))
    return subprocess.run(
        [sys.executable, "-m", "evalsuite.cli", *words],
        cwd=place,
        env={**os.environ, "PYTHONPATH": joined, "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


def write_files(place):
    for name, text in FILES.items():
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The folder after all the page's commands, and how each of them ended."""
    place = tmp_path_factory.mktemp("newcomer")
    write_files(place)
    ended = {line: evalsuite(place, *shlex.split(line)[1:]) for line in COMMANDS}
    return place, ended


def test_the_page_has_a_file_of_each_kind_and_the_blocks_are_all_files_or_commands():
    assert set(FILES) == {
        "my_package/my_backend.py", "my_package/my_scorer.py", "my_package/my_importer.py",
        "my-set.jsonl", "my-set.md", "policy.yaml", "my-list.txt", "pyproject.toml",
    }  # fmt: skip
    assert PAGE.count("\n```") == 2 * (len(FILES) + len(BLOCKS))
    assert all(line.startswith("evalsuite ") for line in COMMANDS)


def test_every_command_ends_as_the_page_says(walked):
    _, ended = walked
    for line, process in ended.items():
        failed = 1 if line.startswith("evalsuite gate") else 0
        assert process.returncode == failed, f"{line}\n{process.stdout}\n{process.stderr}"


def test_both_measures_have_wilson_intervals_and_rows_of_their_groups(walked):
    place, _ = walked
    rows = json.loads((place / "runs/mine/estimates.json").read_text())
    found = rows["estimates"] if isinstance(rows, dict) else rows
    whole = {row["measure"]: row for row in found if not row["group"]}
    for name in ("squares.right", "squares.any"):
        row = whole[name]
        assert "ilson" in row["method"] and row["low"] < row["value"] <= row["high"]
        assert (row["n"], row["prompts"]) == (72, 9)
    # Of one square, one too few is none at all; of more, some are left.
    assert whole["squares.any"]["value"] > whole["squares.right"]["value"]
    counts = {row["group"]["count"] for row in found if "count" in row["group"]}
    assert counts == set("123456789")


def test_the_report_names_the_measures_and_what_they_cannot_show(walked):
    place, _ = walked
    report = (place / "runs/mine/report/index.html").read_text()
    assert "As many squares as asked" in report and "A square at all" in report
    assert "any red patch counts" in report


def test_the_gallery_has_images_with_boxes_and_what_is_wrong(walked):
    place, _ = walked
    report = (place / "runs/mine/report/index.html").read_text()
    assert report.count('class="box"') >= 6
    assert "red square" in report
    assert re.search(r"\d squares, \d asked", report)


def test_it_is_compared_and_gated_like_any_other(walked):
    place, _ = walked
    compared = (place / "runs/compared/compare/index.html").read_text()
    assert "As many squares as asked" in compared
    cases = ElementTree.parse(place / "runs/worse/report/junit.xml").iter("testcase")
    verdicts = {case.get("name"): len(case) and case[0].tag for case in cases}
    assert [tag for name, tag in verdicts.items() if "squares.right" in name] == ["failure"]


def test_the_importer_gives_the_set_that_the_page_speaks_of(walked):
    place, ended = walked
    (line,) = [line for line in COMMANDS if " import " in line]
    assert "line 2: left out, as it asks for nothing" in ended[line].stderr
    assert prompts.read(place / "imported.jsonl").prompts == tuple(
        Prompt(
            f"line-{number}",
            f"{word} red squares",
            "counting",
            include=(Clause("square", count=count),),
            groups={"count": str(count)},
        )
        for number, word, count in ((1, "seven", 7), (3, "eight", 8))
    )


def test_the_page_s_package_once_installed_is_listed_and_found(tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    write_files(site)
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    info = site / "my_package-1.0.dist-info"
    info.mkdir()
    lines = [f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"]
    (info / "METADATA").write_text(lines[0])
    groups = project["entry-points"]
    (info / "entry_points.txt").write_text(
        "".join(
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items())
            for group, entries in groups.items()
        )
    )
    (tmp_path / "my-set.jsonl").write_text(FILES["my-set.jsonl"])

    for command, kind in (("models", "Draws as many red squares"), ("scorers", "How many red")):
        listed = evalsuite(tmp_path, command, "--json", path=[site])
        (row,) = [row for row in json.loads(listed.stdout) if row["name"] == "squares"]
        assert row["package"] == "my-package" and row["about"].startswith(kind)
    words = ["run", "--model", "squares", "--scorers", "squares", "--prompts", "my-set.jsonl"]
    ended = evalsuite(tmp_path, *words, "--num-images", "2", "--no-progress", path=[site])
    assert ended.returncode == 0, ended.stderr
