"""The CI files in docs/ci: what they may do; and their steps, run as they stand."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "ci"
GITHUB = yaml.safe_load((FOLDER / "github-actions.yml").read_text())
GITLAB = yaml.safe_load((FOLDER / "gitlab-ci.yml").read_text())
ACTION = yaml.safe_load((FOLDER / "action" / "action.yml").read_text())
PRE_COMMIT = yaml.safe_load((FOLDER / "pre-commit-config.yaml").read_text())

RUN = """model: scenes
model_arg: {{miscount: {miscount}}}
prompts: scenes-counts
scorers: outside.pixels
num_images: 3
"""
POLICY = """format: evalsuite-policy-1
measures:
  - {measure: objects.count, prompt_set: scenes-counts, margin: 0.3}
"""
INPUTS = {"config": "evaluation/run.yaml"} | {
    name: f"evaluation/{name}.{ending}"
    for name, ending in (("baseline", "json"), ("policy", "yaml"))
}


def test_actions_are_pinned_to_commits() -> None:
    steps = [step for job in GITHUB["jobs"].values() for step in job["steps"] if "uses" in step]
    assert len(steps) == 5
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", step["uses"]) for step in steps)


def test_the_job_that_runs_the_model_may_only_read() -> None:
    assert GITHUB["permissions"] == {}
    gate, comment = GITHUB["jobs"]["gate"], GITHUB["jobs"]["comment"]
    assert gate["permissions"] == {"contents": "read"}
    assert comment["permissions"] == {"pull-requests": "write"}
    said = yaml.safe_dump(comment)
    assert "evalsuite run" not in said and "checkout" not in said and "pip" not in said
    assert "TOKEN" not in yaml.safe_dump(GITLAB["evalsuite"])
    said = yaml.safe_dump(GITLAB["evalsuite-comment"]["script"])
    assert "evalsuite run" not in said and "pip" not in said


def test_no_input_of_the_action_is_pasted_into_a_script() -> None:
    assert all("${{" not in step["run"] for step in ACTION["runs"]["steps"])
    asked = {*re.findall(r"inputs\.([a-z-]+)", yaml.safe_dump(ACTION["runs"]))}
    assert asked == {*ACTION["inputs"]}


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml", "pre-commit-config.yaml"])
def test_it_is_installed_from_a_commit_that_is_named(name: str) -> None:
    text = (FOLDER / name).read_text()
    assert "pip install evalsuite" not in text
    assert "evalsuite @ git+https://" in text


@pytest.mark.parametrize(("code", "goes_on"), [(0, True), (4, True), (2, False), (70, False)])
def test_an_incomplete_run_goes_on_to_the_gate_and_an_error_does_not(
    code: int, goes_on: bool
) -> None:
    steps = [*GITHUB["jobs"]["gate"]["steps"], *ACTION["runs"]["steps"]]
    lines = [step["run"] for step in steps if "run" in step] + GITLAB["evalsuite"]["script"]
    draws = [line for line in lines if line.startswith("evalsuite run")]
    assert len(draws) == 3
    for line in draws:
        script = f"evalsuite() {{ return {code}; }}\n{line}"
        done = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script])
        assert (done.returncode == 0) is goes_on


# The steps as they stand


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A fresh environment into which the install step put evalsuite, from this repository's commit.

    The packages that it needs are those of the tests, so that none is installed twice.
    """
    place = tmp_path_factory.mktemp("ci") / "venv"
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    (site,) = place.glob("lib/python*/site-packages")
    # All but evalsuite itself, which pip would take for the one that is asked for.
    others = place.parent / "packages"
    others.mkdir()
    for path in Path(sysconfig.get_paths()["purelib"]).iterdir():
        if "evalsuite" not in path.name:
            (others / path.name).symlink_to(path)
    (site / "of_the_tests.pth").write_text(f"{others}\n")
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()
    # The repository's address is this checkout's for once.
    (place.parent / ".gitconfig").write_text(
        f'[url "file://{ROOT}"]\n\tinsteadOf = https://github.com/OWNER/evalsuite\n'
    )
    found = {
        "PATH": f"{place / 'bin'}:/usr/bin:/bin",
        "HOME": str(place.parent),
        "PYTHONPATH": str(ROOT / "tests"),
        "EVALSUITE": GITHUB["env"]["EVALSUITE"].replace("COMMIT", head),
        "PIP_NO_DEPS": "1",
        **{name: value for name, value in os.environ.items() if name.startswith("PIP_")},
    }
    (install,) = [s["run"] for s in GITHUB["jobs"]["gate"]["steps"] if s.get("name") == "Install"]
    assert install == GITLAB["evalsuite"]["script"][0]
    assert GITHUB["env"]["EVALSUITE"] == GITLAB["evalsuite"]["variables"]["EVALSUITE"]
    done = shell(install, place.parent, found)
    assert done.returncode == 0, done.stderr
    where = shell("python -c 'import evalsuite; print(evalsuite.__file__)'", place, found).stdout
    assert Path(where.strip()).is_relative_to(place)
    return found


def shell(script: str, folder: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The script as GitHub runs it, which is stricter than GitLab."""
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(words, cwd=folder, env=environ, capture_output=True, text=True)


@pytest.fixture
def project(tmp_path: Path, environ: dict[str, str]) -> Path:
    """A repository whose baseline was blessed as the files' first lines say."""
    (tmp_path / "evaluation").mkdir()
    (tmp_path / "evaluation" / "policy.yaml").write_text(POLICY)
    evaluated(tmp_path, miscount=0.2)
    for name in ("github-actions.yml", "gitlab-ci.yml"):
        head = (FOLDER / name).read_text()
        told = re.findall(r"^# .*(evalsuite (?:run|baseline) .*)$", head, re.MULTILINE)
        done = [shell(line, tmp_path, environ) for line in told]
        assert [each.returncode for each in done] == [0, 0], done
    return tmp_path


def evaluated(project: Path, miscount: float) -> None:
    (project / "evaluation" / "run.yaml").write_text(RUN.format(miscount=miscount))


def test_the_steps_end_green_without_a_change_and_red_with_a_regression(
    project: Path, environ: dict[str, str]
) -> None:
    steps = {step.get("name"): step.get("run") for step in GITHUB["jobs"]["gate"]["steps"]}
    draw, gate = steps["Draw and judge"], steps["Gate"]
    assert [draw, gate.strip()] == [line.strip() for line in GITLAB["evalsuite"]["script"][1:]]
    summary = project / "summary.md"
    github = {**environ, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    github["GITHUB_SHA"] = "0a" * 20
    for miscount, code, word in ((0.2, 0, "pass"), (0.9, 1, "fail")):
        evaluated(project, miscount)
        shell("rm -rf runs/candidate", project, environ)
        assert shell(draw, project, github).returncode == 0
        done = shell(gate, project, github)
        assert done.returncode == code, done.stderr
        assert "gate.xml: written" in done.stderr and "gate.md: written" in done.stderr
        assert ("::error" in done.stderr) is (word == "fail")
        comment = (project / "gate.md").read_text()
        assert comment.startswith(f"## Gate: {word}\n") and comment in summary.read_text()
        suite = ElementTree.parse(project / "gate.xml").find("testsuite")
        assert suite.get("failures") == str(code)
        facts = {fact.get("name"): fact.get("value") for fact in suite.find("properties")}
        assert facts["commit"] == "0a" * 20


def test_the_action_does_what_the_workflow_does(project: Path, environ: dict[str, str]) -> None:
    install, *steps = ACTION["runs"]["steps"]
    where = re.fullmatch(r'pip install "\$GITHUB_ACTION_PATH/(.*)"', install["run"])
    assert (FOLDER / "action" / where[1]).resolve() == ROOT
    known = {
        name: about.get("default", INPUTS.get(name)) for name, about in ACTION["inputs"].items()
    }
    evaluated(project, 0.9)
    codes = []
    for step in steps:
        given = {
            name: known[re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value)[1]]
            for name, value in step["env"].items()
        }
        codes.append(shell(step["run"], project, {**environ, **given}).returncode)
    assert codes == [0, 1]
    assert (project / "gate.xml").is_file() and (project / "gate.md").is_file()


def test_the_hook_refuses_a_broken_prompt_set(tmp_path: Path, environ: dict[str, str]) -> None:
    (hook,) = PRE_COMMIT["repos"][0]["hooks"]
    name = "evaluation/prompts/mine.jsonl"
    assert re.search(hook["files"], name)
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    row = {"id": "m-1", "tag": "counting", "prompt": "two cats"}
    path.write_text(json.dumps({**row, "include": [{"class": "cat", "count": 2}]}) + "\n")
    assert shell(f"{hook['entry']} {name}", tmp_path, environ).returncode == 0
    path.write_text(json.dumps({**row, "inclde": []}) + "\n")
    done = shell(f"{hook['entry']} {name}", tmp_path, environ)
    assert done.returncode == 2 and "mine.jsonl:1" in done.stderr


# The comment


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


class Notes(BaseHTTPRequestHandler):
    """A merge request's notes, as GitLab serves them."""

    def do_GET(self) -> None:
        self._answer(200, self.server.notes)

    def do_POST(self) -> None:
        self._changed(201)

    def do_PUT(self) -> None:
        self._changed(200)

    def _changed(self, code: int) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        body = parse_qs(text)["body"][0]
        self.server.calls.append((self.command, self.path, self.headers["PRIVATE-TOKEN"], body))
        self._answer(code, {})

    def _answer(self, code: int, value: object) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *_: object) -> None:
        pass


def test_a_merge_request_has_one_note_of_the_jobs_own(tmp_path: Path) -> None:
    (tmp_path / "gate.md").write_text("## Gate: fail\n`a & b`\n")
    job = GITLAB["evalsuite-comment"]
    mark = job["variables"]["MARK"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Notes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    environ = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "MARK": mark,
        "GATE_COMMENT_TOKEN": "canary",
        "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4",
        "CI_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_IID": "5",
    }
    others = [{"id": 1, "body": "looks good"}, {"id": 2, "body": f"I saw {mark}"}]
    place = "/api/v4/projects/7/merge_requests/5/notes"
    try:
        for notes, call in (
            (others, ("POST", place)),
            ([*others, {"id": 9, "body": f"{mark}\nold"}], ("PUT", f"{place}/9")),
        ):
            server.notes, server.calls = notes, []
            for script in job["script"]:
                done = shell(script, tmp_path, environ)
                assert done.returncode == 0, done.stderr
            assert server.calls == [(*call, "canary", f"{mark}\n## Gate: fail\n`a & b`\n")]
    finally:
        server.shutdown()
        server.server_close()
