"""`--log-to`: what a tracker is told, and that no tracker costs a run."""

import json
import logging
from importlib.util import find_spec
from pathlib import Path

import pytest

from evalsuite import cli, trackers
from evalsuite.records import InputError

TESTS = Path(__file__).parents[1]
PROMPT = {"id": "a", "tag": "counting", "prompt": "one star", "include": [{"class": "star"}]}
KEEPER = """
import json
def load():
    return log
def log(entry):
    kept = {name: getattr(entry, name) for name in ("name", "numbers", "manifest", "rows")}
    kept |= {"settings": entry.settings(), "files": sorted(entry.files)}
    open("kept.json", "w").write(json.dumps(kept))
    print("chatter")
    return "a notebook"
"""
BREAKS = "def load():\n    return log\ndef log(entry):\n    raise OSError('disk full')\n"


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """`evalsuite run` of one prompt, judged by brightness: exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(TESTS))
    monkeypatch.syspath_prepend(str(tmp_path))
    prompts = tmp_path / "mine.jsonl"
    prompts.write_text(json.dumps(PROMPT) + "\n")
    (tmp_path / "noting").mkdir()
    (tmp_path / "noting" / "keeper.py").write_text(KEEPER)
    (tmp_path / "noting" / "breaks.py").write_text(BREAKS)

    def command(*words):
        asked = ["run", "--model", "outside.stripes", "--scorers", "outside.brightness"]
        asked += ["--prompts", str(prompts), "--num-images", "2", "--output-dir", "r"]
        with pytest.raises(SystemExit) as ended:
            cli.main([*asked, "--no-progress", *words])
        return ended.value.code, *capsys.readouterr()

    return command


def test_a_tracker_is_told_the_settings_every_number_and_the_report_and_no_path(run, tmp_path):
    code, out, err = run("--log-to", "noting.keeper", "--json")
    assert code == 0 and json.loads(out)["logged"] == ["noting.keeper: a notebook"]
    assert "chatter" in err  # what a tracker prints is not among the answers
    kept = json.loads((tmp_path / "kept.json").read_text())
    estimates = json.loads((tmp_path / "r" / "estimates.json").read_text())
    [found] = [e for e in estimates if e["measure"] == "brightness.level" and not e["group"]]
    of = {
        key.rpartition("/")[2]: v
        for key, v in kept["numbers"].items()
        if "/brightness.level/" in key
    }
    parts = {name: found[name] for name in ("value", "low", "high", "n") if found[name] is not None}
    assert of == pytest.approx({**parts, "missing": 0}) and found["n"] == 2
    assert kept["numbers"]["images/planned"] == kept["numbers"]["images/ok"] == 2
    assert len(kept["rows"]) == len(estimates)
    assert kept["settings"]["model"] == "outside.stripes" and "steps" not in kept["settings"]
    assert kept["name"] == "r" and kept["manifest"]["num_images"] == 2
    assert kept["files"] == ["estimates.json", "report/index.html", "report/report.md"]
    assert str(tmp_path) not in json.dumps(kept)


def test_one_that_fails_is_a_warning_and_the_run_is_what_it_was(run, tmp_path):
    code, out, err = run("--log-to", "noting.breaks,noting.keeper")
    assert code == 0 and "--log-to noting.breaks: not logged: OSError: disk full" in err
    assert "logged to noting.keeper: a notebook" in out and "report/index.html" in out
    assert (tmp_path / "r" / "report" / "index.html").is_file()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "wandbb",
            "there is no such tracker; did you mean 'wandb'? there are: mlflow, trackio, wandb",
        ),
        pytest.param(
            "trackio",
            "trackio (0.43) needs Pillow below 13, and evalsuite 13 or newer",
            marks=pytest.mark.skipif(find_spec("trackio") is not None, reason="it is there"),
        ),
        pytest.param(
            "mlflow",
            "needs mlflow, which is not installed: pip install 'evalsuite[mlflow]'",
            marks=pytest.mark.skipif(find_spec("mlflow") is not None, reason="it is there"),
        ),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_drawn(name, says, run, tmp_path):
    code, _, err = run("--log-to", name)
    assert code == 2 and says in err and err.count("\n") == 1
    assert not (tmp_path / "r").exists()


def test_names_and_what_a_package_lacks(monkeypatch):
    assert trackers.names() == ["mlflow", "trackio", "wandb"]
    monkeypatch.setitem(__import__("sys").modules, "wandb", None)
    with pytest.raises(InputError, match=r"pip install 'evalsuite\[wandb\]'"):
        trackers.load(["wandb"])


def test_telling_says_what_went_wrong(entry, caplog):
    def broken(_):
        raise SystemExit("no room")

    with caplog.at_level(logging.WARNING):
        assert trackers.tell({"x": broken, "y": lambda e: e.name}, entry) == ["y: run-7"]
    assert "--log-to x: not logged: SystemExit: no room" in caplog.text
