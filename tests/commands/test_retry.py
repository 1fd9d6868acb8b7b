"""A failure is not for ever: what failed is tried again, and nothing else is."""

import json
import shlex
from pathlib import Path

import pytest

from evalsuite import cli
from evalsuite.runs.rows import read_run

TESTS = Path(__file__).parents[1]
RUN = (
    *("run", "--model", "outside.stripes", "--prompts", "mine.jsonl", "--num-images", "1"),
    *("--max-retries", "0", "--no-progress", "--output-dir", "r"),
)


@pytest.fixture
def evalsuite(monkeypatch, tmp_path, capsys):
    """Run a command in this process, in a directory with a few prompts: exit code and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(TESTS))
    monkeypatch.setenv("STRIPES_LOG", str(tmp_path / "log"))
    texts = ("one star", "two crash", "three stars", "four moons")
    rows = [{"id": f"p{n}", "tag": "plain", "prompt": text} for n, text in enumerate(texts)]
    Path("mine.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        return ended.value.code, capsys.readouterr().err

    return command


def mend_in(err):
    """The words of the command that an error names, without the program's."""
    return shlex.split(err.partition("this finishes it: ")[2].splitlines()[0])[1:]


def drawn():
    return Path("log").read_text().split("\n")[:-1]


def moods():
    """What moody said, by prompt; None where it broke down."""
    judgements = read_run(Path("r")).judgements
    return {
        key.prompt_id: one.values.get("mood")
        for (name, key), one in judgements.items()
        if name == "moody"
    }


def test_a_failed_image_is_drawn_again_by_the_command_that_is_printed(evalsuite, monkeypatch):
    code, err = evalsuite(*RUN, "--scorers", "outside.moody")
    assert code == 4 and "1 failed" in err and "--no-resume" not in err
    monkeypatch.setenv("STRIPES_MENDED", "1")
    assert evalsuite(*RUN, "--scorers", "outside.moody")[0] == 4, "only if it is asked for"
    before = drawn()

    code, err = evalsuite(*mend_in(err))

    assert code == 0, err
    assert set(drawn()[len(before) :]) == {"p1 0"}
    assert moods() == dict.fromkeys(("p0", "p1", "p2", "p3"), 0.0)


def test_a_failed_judgement_is_judged_again_and_nothing_is_drawn(evalsuite, monkeypatch):
    monkeypatch.setenv("STRIPES_MENDED", "1")
    monkeypatch.setenv("MOODY", "moons")
    code, err = evalsuite(*RUN, "--scorers", "outside.moody")
    assert code == 4 and "not today" in err
    before, mend = drawn(), mend_in(err)
    assert evalsuite("report", "r")[1].endswith(
        f"this finishes it: {shlex.join(['evalsuite', *mend])}\n"
    )
    assert evalsuite(*mend)[0] == 4
    monkeypatch.delenv("MOODY")
    assert evalsuite("judge", "r")[0] == 4

    assert evalsuite("judge", "r", "--retry-failed")[0] == 0

    assert drawn() == before and moods()["p3"] == 0.0
    assert evalsuite(*mend)[0] == 0


def test_failures_of_a_scorer_that_is_no_longer_asked_for_do_not_count(evalsuite, monkeypatch):
    monkeypatch.setenv("STRIPES_MENDED", "1")
    monkeypatch.setenv("MOODY", "moons")
    assert evalsuite(*RUN, "--scorers", "outside.moody")[0] == 4

    assert evalsuite("judge", "r", "--scorers", "outside.brightness")[0] == 0
    assert evalsuite("report", "r")[0] == 0
    code, err = evalsuite("judge", "r")
    assert code == 4 and "not today" in err


def test_a_scorer_that_only_broke_down_may_have_changed(evalsuite, monkeypatch):
    monkeypatch.setenv("STRIPES_MENDED", "1")
    monkeypatch.setenv("MOODY", " ")
    assert evalsuite(*RUN, "--scorers", "outside.moody")[0] == 4
    monkeypatch.delenv("MOODY")

    # The cause is another one: no flag is needed.
    code, err = evalsuite("judge", "r", "--scorer-arg", "outside.moody.mood=2")

    assert code == 0, err
    assert moods() == dict.fromkeys(("p0", "p1", "p2", "p3"), 2.0)


def test_a_changed_scorer_judges_all_anew_or_nothing(evalsuite, monkeypatch):
    monkeypatch.setenv("STRIPES_MENDED", "1")
    monkeypatch.setenv("MOODY", "moons")
    evalsuite(*RUN, "--scorers", "outside.moody")
    assert moods() == {"p0": 0.0, "p1": 0.0, "p2": 0.0, "p3": None}
    changed = ("judge", "r", "--scorer-arg", "outside.moody.mood=3")

    code, err = evalsuite(*changed)
    assert code == 2 and "another moody (mood differ)" in err and "add --retry-failed" in err
    assert moods()["p0"] == 0.0
    assert evalsuite(*changed, "--retry-failed")[0] == 4
    assert moods() == {"p0": 3.0, "p1": 3.0, "p2": 3.0, "p3": None}
