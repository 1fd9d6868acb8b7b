"""Folders as programs leave them, each judged by one command; and all that `models` lists."""

import importlib.util
import json
from pathlib import Path

import pytest

from evalsuite import cli
from evalsuite.backends import _service_file
from evalsuite.plugins import listing
from evalsuite.plugins.naming import find_model
from evalsuite.runs.rows import read_run

HERE = Path(__file__).parents[1]


def named():
    spec = importlib.util.spec_from_file_location("named", HERE / "backends" / "test_names.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


layouts = named()


@pytest.fixture
def evalsuite(tmp_path, monkeypatch, capfd):
    """Run a command in this process, in a folder of its own: its exit code, and all it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(HERE))

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    return command


@pytest.mark.parametrize("layout", layouts.LAYOUTS)
@pytest.mark.parametrize("listed", [False, True])
def test_a_folder_of_any_layout_is_judged_by_one_command(evalsuite, layout, listed):
    asked = layouts.prompts()
    rows = [{"id": prompt.id, "tag": "plain", "prompt": prompt.text} for prompt in asked]
    Path("mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    told, place = [], Path("pictures")
    for number, prompt in enumerate(asked):
        for k in range(2):
            file = layouts.LAYOUTS[layout](number, prompt.text, k)
            layouts.picture(place / file, 10 * number + k)
            told.append({"file_name": file, "prompt": prompt.text, "index": k})
        if layout == "geneval":
            own = json.dumps({"tag": "counting", "prompt": prompt.text})
            (place / f"{number:05d}" / "metadata.jsonl").write_text(own)
    if listed:
        (place / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in told))
    words = ("--prompts", "mine.jsonl", "--num-images", "2", "--scorers", "outside.brightness")
    code, out, err = evalsuite("run", "--model", "folder:pictures", *words)
    assert code == 0, err
    assert f"{2 * len(asked)} images planned: {2 * len(asked)} ok" in out
    (manifest,) = Path("runs").glob("*/manifest.json")
    rows = read_run(manifest.parent)
    drawn = {key: rows.images.load(sample.image)[0, 0, 0] for key, sample in rows.samples.items()}
    numbers = {prompt.id: number for number, prompt in enumerate(asked)}
    assert {key: int(red) - 10 for key, red in drawn.items()} == {
        key: 10 * numbers[key.prompt_id] + key.index for key in drawn
    }
    assert len(rows.judgements) == len(drawn) == 2 * len(asked)


def test_models_lists_every_back_end_and_service_with_an_example_that_names_it(evalsuite):
    code, out, _ = evalsuite("models", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    ours = {plugin.name for plugin in listing.plugins("backends")}
    services = {f"http:{name}" for name in _service_file.ready_names()}
    assert code == 0 and {*listing.bundled(), *ours, *services} == set(rows)
    assert len(services) == 6
    for name, row in rows.items():
        assert row["about"] and row["example"]
        found = find_model(row["example"].split(" ")[0])
        if row["kind"] == "back-end":
            assert found.module == f"evalsuite.backends.{name}"
        if row["kind"] == "service":
            assert found.module == "evalsuite.backends.http" and found.source == name[5:]
