"""Each I/O call of the store fails once: a line that names the run, and the same again mends it."""

import builtins
import errno
import io
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from benchmarks.promises._watch import BY_HANDLE, BY_PATH, LOOKS, watch
from evalsuite.files.segments import Segment
from evalsuite.files.summed import read_summed, write_summed
from evalsuite.records import InputError, Judgement, Key, Sample
from evalsuite.runs.appended import Appended
from evalsuite.runs.claims import Claims
from evalsuite.runs.folder import create, write_manifest
from evalsuite.runs.images import Images, load_features, save_features, save_image
from evalsuite.runs.leftovers import sweep
from evalsuite.runs.rows import JudgementRow, read_run, refreshed, write_judgement, write_sample

KEYS = [Key("s", "p", 0), Key("s", "p", 1)]
MANIFEST = {"seed": 1, "scorers": {}}


def left_by_a_kill(folder):
    """A temporary file and a claim of a process that is long gone."""
    for name in (".a.json.0123456789ab.tmp", "claims/b-1"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
        os.utime(path, (1_000_000, 1_000_000))


def store(folder):
    """What a run of two images does with its folder, and what is read back in the end."""
    create(folder, MANIFEST)
    sweep(folder)
    pictures = [np.full((2, 2, 3), n, np.uint8) for n in range(2)]
    with Claims(folder) as claims, ThreadPoolExecutor(1) as writers:
        worker = claims.worker
        names = [*Images(folder).save(pictures[:1], writers), save_image(folder, pictures[1])]
        with Segment(folder, f"samples-{worker}") as segment:
            for key, name in zip(KEYS, names, strict=True):
                write_sample(segment, Sample(key, 7, "ok", image=name))
        rows = read_run(folder)
        with Segment(folder, f"judgements-it-{worker}") as segment:
            for key, name in zip(KEYS, names, strict=True):
                rows.images.read(name)
                write_judgement(segment, JudgementRow(Judgement("it", key, {"x": 1.0}), name))
        rows = refreshed(rows)
    save_features(folder, "e", names[0], np.ones(2))
    write_manifest(folder, MANIFEST)
    features = load_features(folder, "e", names[0])
    for text in ("{}\n", "[]\n"):
        write_summed(folder / "said.json", text)
    told = sorted({row["index"] for row in Appended(folder, "samples", {}, "w9").news()})
    found = [
        read_summed(folder / "said.json", ""),
        told,
        None if features is None else features.sum(),
    ]
    return dict(rows.samples), dict(rows.judgements), found


@pytest.fixture
def failing(tmp_path, monkeypatch):
    """Has the call of a number fail with an error: -1 for none; then tells how many were made."""
    for name in (*BY_PATH, *LOOKS, *BY_HANDLE):
        monkeypatch.setattr(os, name, getattr(os, name))
    for module, name in ((io, "FileIO"), (io, "open"), (builtins, "open")):
        monkeypatch.setattr(module, name, getattr(module, name))
    made, at, number = 0, -1, 0

    def before(name, path, data):
        nonlocal made
        made += 1
        if made == at:
            # As the system has it: what is asked by a handle names no file.
            named = name in (*BY_PATH, *LOOKS)
            raise OSError(number, os.strerror(number), *([path] if named else []))

    watch(tmp_path, before)

    def fail(which, error=0):
        nonlocal made, at, number
        told, made, at, number = made, 0, which, error
        return told

    return fail


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
def test_each_call_that_fails_is_a_line_and_the_same_again_mends_it(tmp_path, failing, error):
    left_by_a_kill(tmp_path / "run")
    failing(-1)
    expected = store(tmp_path / "run")
    calls = failing(-1)
    assert calls > 80 and expected[0].keys() == set(KEYS) and len(expected[1]) == 2
    refused = 0
    for at in range(1, calls + 1):
        folder = tmp_path / f"run-{at}"
        left_by_a_kill(folder)
        failing(at, error)
        try:
            store(folder)
        except InputError as why:
            refused += 1
            assert str(tmp_path) in str(why) and "\n" not in str(why), (at, why)
        failing(-1)
        assert store(folder) == expected, at
    assert refused > calls / 2
