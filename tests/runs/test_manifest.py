import json
import os
import platform
import sys
from datetime import UTC, datetime, timedelta
from importlib import metadata

import numpy as np
import pytest
import torch

from evalsuite.files.segments import Segment
from evalsuite.records import InputError, Judgement, Key, Prompt, PromptSet, Sample
from evalsuite.runs import manifest as provenance
from evalsuite.runs.folder import read_manifest
from evalsuite.runs.images import save_image
from evalsuite.runs.manifest import add_scorers, describe, record, scorer_entry
from evalsuite.runs.rows import JudgementRow, read_run, write_judgement, write_sample

KEY = Key("counts", "c-1", 0)
SET = PromptSet(
    name="counts",
    version="3",
    digest="abc",
    dialect="scenes",
    prompts=(Prompt("c-1", "one star", "counting"), Prompt("c-2", "two stars", "counting")),
    card={"licence": "CC0"},
)
SETTINGS = {"seed": 7, "num_images": 2, "scorers": ["clip"], "scorer_arg": ["a=1"], "model": "m"}
COMMIT, OTHER = "0a" * 20, "1b" * 20


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder that the code seems to be a checkout of."""
    file = tmp_path / "evalsuite" / "runs" / "manifest.py"
    monkeypatch.setattr(provenance, "__file__", str(file))
    return tmp_path


def test_the_commit_is_read_from_wherever_git_keeps_it(checkout):
    assert provenance.git_commit() is None
    git = checkout / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    assert provenance.git_commit() is None
    (git / "packed-refs").write_text(
        f"# pack-refs with: peeled\n{OTHER} refs/heads/mainly\n{COMMIT} refs/heads/main\n"
    )
    assert provenance.git_commit() == COMMIT
    (git / "refs" / "heads" / "main").write_text(f"{OTHER}\n")
    assert provenance.git_commit() == OTHER
    (git / "HEAD").write_text(f"{COMMIT}\n")
    assert provenance.git_commit() == COMMIT
    (git / "HEAD").write_bytes(b"\xff\xfe")
    assert provenance.git_commit() is None


def test_a_worktree_has_its_head_here_and_its_branches_with_the_others(checkout):
    (checkout / ".git").write_text("gitdir: main/.git/worktrees/w\n")
    own = checkout / "main" / ".git" / "worktrees" / "w"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/w\n")
    (own / "commondir").write_text("../..\n")
    (checkout / "main" / ".git" / "refs" / "heads").mkdir(parents=True)
    (checkout / "main" / ".git" / "refs" / "heads" / "w").write_text(f"{COMMIT}\n")
    assert provenance.git_commit() == COMMIT


def test_packages_are_those_installed_with_their_versions(monkeypatch):
    for name in provenance.PACKAGES[1:]:
        metadata.version(name)  # the tests have them all: none is misspelt
    monkeypatch.setattr(provenance, "PACKAGES", ("numpy", "no-such-package"))
    assert provenance.packages() == {"numpy": np.__version__}


def test_what_can_change_a_number_is_on_record():
    told = {*provenance.packages()}
    assert told >= {"evalsuite", "torch", "diffusers", "transformers", "numpy", "scipy", "pillow"}
    assert {*provenance.HONOURED} == {
        *("HF_HOME", "HF_HUB_OFFLINE", "HF_TOKEN", "CUDA_VISIBLE_DEVICES", "NO_COLOR"),
    }


def test_code_that_is_not_installed_says_so(monkeypatch):
    def find_nothing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", find_nothing)
    assert provenance.version() == "0+source"
    assert provenance.packages() == {"evalsuite": "0+source"}


def test_the_manifest_says_what_the_run_is_made_with():
    found = describe({"name": "b"}, {"clip": {"model": "v"}}, [SET], SETTINGS)

    assert json.loads(json.dumps(found)) == found
    created = datetime.fromisoformat(found.pop("created"))
    assert timedelta(0) <= datetime.now(UTC) - created < timedelta(minutes=1)
    assert found.pop("git") == provenance.git_commit()
    assert found.pop("installed")["from"] in ("checkout", "folder", "index")
    assert found.pop("packages")["numpy"] == np.__version__
    assert found.pop("platform") == {
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "accelerators": provenance.accelerators(),
    }
    assert found == {
        "format": 1,
        "asked": {"names": ["clip"], "scorers": ["clip"], "scorer_arg": ["a=1"]},
        "backend": {"name": "b"},
        "scorers": {"clip": {"model": "v"}},
        "prompt_sets": {
            "counts": {
                "version": "3",
                "digest": "abc",
                "dialect": "scenes",
                "licence": "CC0",
                "prompts": 2,
                # The start of the SHA-256 of "c-1\nc-2".
                "selected": "ae40daba4c2789cc",
            }
        },
        "seed": 7,
        "num_images": 2,
        "configuration": SETTINGS,
        "python": ".".join(map(str, sys.version_info[:3])),
    }


def test_accelerators_are_what_torch_has_and_none_is_made_up(monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"card {index}")
    for is_there, more in ((False, []), (True, ["mps"])):
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda is_there=is_there: is_there)
        assert provenance.accelerators() == ["card 0", "card 1", *more]


def test_a_scorers_entry_keeps_the_packages_that_bind_it():
    entry = scorer_entry({"model": "v"})

    assert entry["model"] == "v"
    assert entry["packages"]["torch"] == metadata.version("torch")
    assert "numpy" not in entry["packages"]


def manifest(scorers, **more):
    return {**describe({"name": "b"}, scorers, [SET], SETTINGS), **more}


def test_a_run_goes_on_with_scorers_that_it_did_not_know(tmp_path):
    record(tmp_path, manifest({"clip": {"model": "v"}}))
    rows = record(tmp_path, manifest({"mine": {"key": "hf_" + "a" * 34}}))

    known = read_manifest(tmp_path)
    assert rows.manifest == known
    assert known["scorers"].keys() == {"clip", "mine"}
    assert known["scorers"]["clip"] == {"model": "v"}
    assert "hf_a" not in json.dumps(known)
    assert known["asked"]["names"] == rows.asked == ["mine"]
    with pytest.raises(InputError, match=r"holds another run, for these differ: seed \(7 there"):
        record(tmp_path, manifest({}, seed=8))


def test_the_same_scorers_again_write_nothing(tmp_path):
    first = record(tmp_path, manifest({"clip": {"model": "v"}}))
    (tmp_path / "manifest.json").chmod(0o400)
    before = (tmp_path / "manifest.json").stat()
    again = add_scorers(first, {"clip": {"model": "v"}}, first.manifest["asked"])
    assert again is first
    assert add_scorers(first, {}, {"names": []}) is first
    assert (tmp_path / "manifest.json").stat() == before
    fewer = add_scorers(first, {"clip": {"model": "v"}}, {"names": []})
    assert fewer.asked == []


ONE = {"name": "clip.v", "title": "One"}


def judged(folder, **answer):
    rows = record(folder, manifest({"clip": {"model": "v", "measures": [ONE]}}))
    image = save_image(folder, np.zeros((4, 4, 3), np.uint8))
    with Segment(folder, "samples-w0") as samples, Segment(folder, "judgements-clip-w0") as segment:
        write_sample(samples, Sample(KEY, 1, "ok", image=image))
        judgement = Judgement("clip", KEY, **answer)
        write_judgement(segment, JudgementRow(judgement, image, rows.fingerprints["clip"]))
    return read_run(folder)


def test_another_scorer_of_the_same_name_is_refused_once_it_has_judged(tmp_path):
    rows = judged(tmp_path, values={"v": 1.0})
    other = {
        "clip": {"model": "w", "measures": [ONE]},
        "mine": {"model": "w"},
    }

    with pytest.raises(InputError) as caught:
        add_scorers(rows, other, rows.manifest["asked"])
    assert "was judged by another clip (model differ)" in str(caught.value)
    with pytest.raises(InputError, match="add --retry-failed"):
        record(tmp_path, manifest(other))
    assert read_manifest(tmp_path) == rows.manifest
    anew = add_scorers(rows, other, rows.manifest["asked"], anew=True)
    assert anew.judgements == {}
    assert read_manifest(tmp_path)["scorers"] == other


def test_another_scorer_is_taken_where_only_another_one_has_judged(tmp_path):
    rows = judged(tmp_path, values={"v": 1.0})
    asked = rows.manifest["asked"]
    rows = add_scorers(rows, {"mine": {"model": "v"}}, asked)
    rows = add_scorers(rows, {"mine": {"model": "w"}}, asked)
    assert rows.manifest["scorers"]["mine"] == {"model": "w"}
    # How answers are measured and named is no part of who gave them.
    rows = add_scorers(rows, {"clip": {"model": "v", "measures": [{**ONE, "title": "Two"}]}}, asked)
    assert rows.judgements.keys() == {("clip", KEY)}


def test_a_scorer_that_only_broke_down_may_have_been_mended(tmp_path):
    rows = judged(tmp_path, failure="ValueError: no")
    found = add_scorers(rows, {"clip": {"model": "mended"}}, rows.manifest["asked"])
    assert found.manifest["scorers"]["clip"] == {"model": "mended"}
