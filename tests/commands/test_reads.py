"""How often one command opens what a run consists of: once, and again only what has grown."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from evalsuite import cli

TESTS = Path(__file__).parents[1]
MODEL = ("--model", "outside.stripes", "--prompts", "mine.jsonl", "--num-images", "2")
RUN = ("run", *MODEL, "--scorers", "outside.brightness", "--no-progress", "--output-dir")
POLICY = """format: evalsuite-policy-1
measures:
  - {measure: brightness.level, margin: 99, direction: higher}
"""

opened = None
"""Names of files opened for reading while somebody counts; a hook cannot be taken out again."""


def hook(event, arguments):
    if event == "open" and opened is not None and str(arguments[1]).startswith("r"):
        opened.append(Path(str(arguments[0])))


sys.addaudithook(hook)


@pytest.fixture
def reads(monkeypatch, tmp_path, capsys):
    """Run a command in this process: how often it read each file of a run, by folder/name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(TESTS))
    rows = [{"id": f"p{n}", "tag": "plain", "prompt": f"{n} stars"} for n in range(3)]
    Path("mine.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    Path("policy.yaml").write_text(POLICY)

    def command(*words, code=0):
        global opened
        opened = []
        try:
            with pytest.raises(SystemExit) as ended:
                cli.main(list(words))
        finally:
            found, opened = opened, None
        assert ended.value.code == code, capsys.readouterr().err
        names = Counter(
            f"{path.parent.name if path.parent.name != 'images' else path.parts[-3]}/"
            f"{'image ' if path.suffix == '.png' else ''}{path.name}"
            for path in map(Path.absolute, found)
        )
        return {name: count for name, count in names.items() if name.startswith(("a/", "b/"))}

    return command


SAMPLES, JUDGEMENTS = "a/samples-w0.jsonl", "a/judgements-brightness-w0.jsonl"
MANIFEST = "a/manifest.json"


def images(found):
    return [count for name, count in found.items() if "/image " in name]


def test_a_new_run_reads_its_rows_once_they_are_written(reads):
    found = reads(*RUN, "a")

    # Samples when all are drawn, judgements when all are judged: another worker's count too.
    assert (found[SAMPLES], found[JUDGEMENTS]) == (1, 1)
    # What was written is known, so the manifest is not read; an image is, to be judged and shown.
    assert MANIFEST not in found
    assert images(found) == [2] * 6


def test_a_finished_run_is_read_once(reads):
    reads(*RUN, "a")

    # Drawing checks each picture's bytes; of a brightness no picture is the best, to be shown.
    for words, pictures in (((*RUN, "a"), 6), (("judge", "a"), 0), (("report", "a"), 0)):
        found = reads(*words)
        assert (found[SAMPLES], found[JUDGEMENTS], found[MANIFEST]) == (1, 1, 1)
        assert images(found) == [1] * pictures


def test_a_resumed_run_reads_again_only_what_has_grown(reads):
    reads(*RUN, "a")
    rows = Path("a/samples-w0.jsonl").read_text().splitlines(keepends=True)
    Path("a/samples-w0.jsonl").write_text("".join(rows[:4]))

    found = reads(*RUN, "a")

    # Before drawing, to know what is missing, and after it, to know what there is to judge.
    # The pictures come out as before, and so their judgements count again: none is added.
    assert (found[SAMPLES], found[JUDGEMENTS], found[MANIFEST]) == (2, 1, 1)

    rows = Path("a/judgements-brightness-w0.jsonl").read_text().splitlines(keepends=True)
    Path("a/judgements-brightness-w0.jsonl").write_text("".join(rows[:4]))
    found = reads(*RUN, "a")
    assert (found[SAMPLES], found[JUDGEMENTS], found[MANIFEST]) == (1, 2, 1)


def test_gate_baseline_compare_and_plan_read_each_side_once(reads):
    reads(*RUN, "a")
    reads(*RUN, "b", "--seed", "1")
    gate = ("gate", "a", "--baseline", "b", "--policy", "policy.yaml")
    sides = {
        gate: "ab",
        ("baseline", "a", "-o", "base.json"): "a",
        ("compare", "a", "b"): "ab",
        ("plan", "--from", "a", "--detect", "5"): "a",
    }

    for words, names in sides.items():
        found = reads(*words, code=3 if words == gate else 0)  # six images decide nothing
        for name in names:
            kinds = ("samples-w0.jsonl", "judgements-brightness-w0.jsonl", "manifest.json")
            assert [found[f"{name}/{kind}"] for kind in kinds] == [1, 1, 1], words
        assert not images(found), words  # what was judged counts; no verdict turned, to be shown
