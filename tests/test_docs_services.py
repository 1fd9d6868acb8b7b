"""docs/services.md as it stands: its commands are understood, and its file is a service."""

import re
import shlex
from pathlib import Path

import pytest

from evalsuite import cli
from evalsuite.backends import http

TEXT = (Path(__file__).parents[1] / "docs" / "services.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = [
    line.partition("#")[0]
    for kind, block in BLOCKS
    for line in block.splitlines()
    if kind == "sh" and line.startswith("evalsuite run")
]


def test_there_are_commands_and_one_file():
    assert len(COMMANDS) == 6 and [kind for kind, _ in BLOCKS].count("yaml") == 1


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_can_be_begun(command, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    Path("workflow_api.json").write_text('{"6": {"inputs": {"text": "{{prompt}}"}}}')
    words = shlex.split(command)[1:]
    with pytest.raises(SystemExit) as ended:
        cli.main([*words, "--prompts", "counts", "--limit", "2", "--dry-run"])
    out, err = capfd.readouterr()
    assert ended.value.code == 0, err
    assert "images   8 of" in out and "\nprice    " in out


def test_the_file_is_a_service_that_sends_what_it_says(tmp_path):
    (block,) = [block for kind, block in BLOCKS if kind == "yaml"]
    path = tmp_path / "mine.yaml"
    path.write_text(block)
    backend = http.load(service=str(path), size=(512, 256), style="oil")
    described = backend.describe()
    assert described["model"] == "large" and described["options"]["width"] == 512
    assert backend.price == 0.04
    used = backend.api.service.used
    assert {"prompt", "seed", "width", "height", "style", "model"} == used
