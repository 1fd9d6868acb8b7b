import json
from dataclasses import replace

import pytest

from evalsuite.pipeline import done, stages
from evalsuite.pipeline.settings import Settings
from evalsuite.runs.rows import read_run


class LoadedError(Exception):
    pass


def load(*_: object) -> None:
    raise LoadedError


def test_no_scorer_is_loaded_where_all_is_judged(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    star = {"id": "p", "tag": "counting", "prompt": "a star", "include": [{"class": "star"}]}
    (tmp_path / "mine.jsonl").write_text(json.dumps(star) + "\n")
    settings = Settings(
        model="scenes", prompts=("mine.jsonl",), scorers=("objects",), output_dir="run"
    )
    folder = stages.generate(settings).folder
    first = stages.judge(folder, settings)
    assert first.complete and len(read_run(folder).judged) == 4
    monkeypatch.setattr(stages, "load_scorers", load)
    again = stages.judge(folder, settings)
    assert (again.complete, again.statuses) == (True, first.statuses)

    def must_load(changed: Settings = settings) -> None:
        with pytest.raises(LoadedError):
            stages.judge(folder, changed)

    must_load(replace(settings, retry_failed=True))
    must_load(replace(settings, scorers=("objects", "clip")))
    must_load(replace(settings, scorer_arg={"objects": {"threshold": 0.3}}))
    with monkeypatch.context() as other:
        other.setattr(done, "binding_packages", lambda: {"evalsuite": "another"})
        must_load()
    # The row of another image counts for nothing.
    (segment,) = folder.glob("judgements-objects-*.jsonl")
    segment.unlink()
    must_load()


def test_a_folder_among_the_options_may_have_changed(tmp_path):
    assert done._names_a_folder({"objects": {"model": str(tmp_path)}})
    assert done._names_a_folder([f"objects.model={tmp_path}"])
    assert not done._names_a_folder({"objects": {"threshold": 0.3, "model": "owner/name"}})
