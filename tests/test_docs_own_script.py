"""docs/own-script.md, literally: its file written into an empty folder, its command run."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "own-script.md").read_text(encoding="utf-8")
(SCRIPT,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
(COMMAND,) = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_the_template_draws_as_it_stands(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "my_model.py").write_text(SCRIPT)
    ended = subprocess.run(
        [sys.executable, "-m", "evalsuite.cli", *shlex.split(COMMAND)[1:]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    assert "4 images planned: 4 ok" in ended.stdout + ended.stderr


def test_the_template_is_of_some_thirty_lines_and_goes_by_seeds():
    lines = [line for line in SCRIPT.splitlines() if line.strip()]
    assert len(lines) <= 32
    found = {}
    exec(compile(SCRIPT, "my_model.py", "exec"), found)
    backend = found["load"]()

    class Request:
        seed = 5

    first, again = backend.render([Request, Request])
    assert (first == again).all() and first.shape == (64, 64, 3)
