"""The documentation: a site without a broken link, a page for every measure, real commands."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import yaml

from evalsuite import cli
from evalsuite.measures.kinds import KINDS
from evalsuite.plugins.measures import own_measures

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(DOCS.glob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
USAGE = re.compile(r"[\[\]|]|\.\.\.| RUN$")
"""What stands for other words: such a line says how to write a command, and is none."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built so strictly that a broken link or anchor ends it."""
    place = tmp_path_factory.mktemp("site")
    words = ["-m", "mkdocs", "build", "--strict", "-f", DOCS / "site" / "mkdocs.yml", "-d", place]
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environ)
    assert done.returncode == 0, done.stderr
    return place


def test_every_measure_has_a_page_with_scale_direction_traps_and_source(site):
    known = own_measures()
    assert len(known) > 100
    listed = (site / "measures" / "index.html").read_text("utf-8")
    for measure in known:
        assert f'href="{measure.name}.html"' in listed
        page = (site / "measures" / f"{measure.name}.html").read_text("utf-8")
        for part in ("scale", "direction", "rule and sources", "What it cannot show"):
            assert part in page


def test_every_kind_of_measure_is_put_in_words():
    sys.path.insert(0, str(DOCS / "site"))
    try:
        import measures
    finally:
        sys.path.remove(str(DOCS / "site"))
    assert {*measures.HOW} == {*KINDS}
    assert measures.described("presentation", DOCS)[0] == "people.md"
    with pytest.raises(LookupError, match="nothing_like_it"):
        measures.described("nothing_like_it", DOCS)


def test_every_page_is_in_the_sites_menu(site):
    text = (DOCS / "site" / "mkdocs.yml").read_text("utf-8")
    named = {*re.findall(r"([a-z-]+\.md)$", text, re.MULTILINE)}
    assert {page.name for page in DOCS.glob("*.md")} <= named


def test_the_site_asks_no_other_host(site):
    for page in ("index.html", "quick-start.html", "api.html"):
        text = (site / page).read_text("utf-8")
        assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?://', text)


def test_the_api_pages_hold_what_the_docstrings_say(site):
    text = (site / "api.html").read_text("utf-8")
    for name in ("evaluate", "compare", "gate", "open_run", "Estimate", "Judgement", "Measure"):
        assert re.search(rf'id="evalsuite\.[a-z.]*{name}"', text)


def commands():
    """Each command that a page shows, with the page's name."""
    for page in PAGES:
        text = page.read_text("utf-8")
        fenced = "\n".join(body for _, body in BLOCK.findall(text))
        indented = "\n".join(re.findall(r"^    (.*)$", BLOCK.sub("", text), re.MULTILINE))
        whole = f"{fenced}\n{indented}".replace("\\\n", " ")
        for line in whole.splitlines():
            command = re.split(r"\s#|\s{3,}|&& ", line.strip().removeprefix("$ "))[0]
            if command.startswith("evalsuite ") and not USAGE.search(command):
                yield pytest.param(command, id=f"{page.name}: {command[:60]}")


@pytest.mark.parametrize("command", [*commands()])
def test_a_command_that_a_page_shows_is_one(command):
    words = shlex.split(command)[1:]
    found = typer.main.get_command(cli.app)
    context = None
    while hasattr(found, "commands"):
        assert words and words[0] in found.commands, f"no such command: {command}"
        found = found.commands[words.pop(0)]
    context = found.make_context(found.name, words)
    assert context.command is found


# The quick start


def test_the_quick_start_runs_as_it_stands(tmp_path):
    blocks = BLOCK.findall((DOCS / "quick-start.md").read_text("utf-8"))
    (policy,) = [body for language, body in blocks if language == "yaml"]
    assert yaml.safe_load(policy)["format"]
    (tmp_path / "policy.yaml").write_text(policy)
    lines = [line for language, body in blocks if language == "sh" for line in body.splitlines()]
    assert len(lines) == 7
    for line in lines:
        command, _, said = line.partition(" # exits with ")
        words = [sys.executable, "-m", "evalsuite.cli", *shlex.split(command)[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == int(said or 0), (command, done.stdout, done.stderr)
