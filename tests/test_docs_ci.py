"""The workflows in docs/ci: what they may do, and what they run."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

FOLDER = Path(__file__).parents[1] / "docs" / "ci"
GITHUB = yaml.safe_load((FOLDER / "github-actions.yml").read_text())
GITLAB = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text())


def test_actions_are_pinned_to_commits() -> None:
    steps = [step for job in GITHUB["jobs"].values() for step in job["steps"] if "uses" in step]
    assert len(steps) == 4
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"]) for step in steps)


def test_the_job_that_runs_the_model_may_only_read() -> None:
    assert GITHUB["permissions"] == {}
    gate, comment = GITHUB["jobs"]["gate"], GITHUB["jobs"]["comment"]
    assert gate["permissions"] == {"contents": "read"}
    assert comment["permissions"] == {"pull-requests": "write"}
    said = yaml.safe_dump(comment)
    assert "evalsuite run" not in said and "checkout" not in said and "pip" not in said


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml"])
def test_it_is_installed_from_a_commit_that_is_named(name: str) -> None:
    text = (FOLDER / name).read_text()
    assert "pip install evalsuite" not in text
    assert "evalsuite @ git+https://" in text and 'pip install "$EVALSUITE"' in text


@pytest.mark.parametrize(("code", "goes_on"), [(0, True), (4, True), (2, False), (70, False)])
def test_an_incomplete_run_goes_on_to_the_gate_and_an_error_does_not(
    code: int, goes_on: bool
) -> None:
    lines = [step["run"] for step in GITHUB["jobs"]["gate"]["steps"] if "run" in step]
    lines += GITLAB["evalsuite"]["script"]
    draws = [line for line in lines if line.startswith("evalsuite run")]
    assert len(draws) == 2
    for line in draws:
        script = f"evalsuite() {{ return {code}; }}\n{line}"
        done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script])
        assert (done.returncode == 0) is goes_on


def test_only_the_workflows_own_comment_is_changed(tmp_path: Path) -> None:
    step = GITHUB["jobs"]["comment"]["steps"][-1]
    assert "startswith(env.MARK)" in step["run"] and "edit-last" not in step["run"]
    (tmp_path / "gated").mkdir()
    (tmp_path / "gated" / "gate.md").write_text("passed\n")
    for known in ("", "17"):
        calls = tmp_path / "calls"
        calls.write_text("")
        gh = f'gh() {{ echo "$*" >> {calls}; case "$*" in *--paginate*) echo {known};; esac; }}\n'
        environ = {"MARK": step["env"]["MARK"], "COMMENTS": "repos/o/r/issues/5/comments"}
        script = ["bash", "-e", "-o", "pipefail", "-c", gh + step["run"]]
        subprocess.run(script, cwd=tmp_path, env={**environ, "PATH": "/usr/bin:/bin"}, check=True)
        last = calls.read_text().splitlines()[-1]
        path = "PATCH repos/o/r/issues/comments/17" if known else "POST repos/o/r/issues/5/comments"
        assert path in last
    assert (tmp_path / "body.md").read_text() == "<!-- evalsuite gate -->\npassed\n"
