"""`evalsuite label` and `evalsuite audit --from-labels` from the command line."""

import json
import shutil
from pathlib import Path

import pytest

from evalsuite import cli
from evalsuite.labels.rows import read_labels

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A run of the scene renderer with people, judged by the outside onlooker."""
    here = tmp_path_factory.mktemp("label")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        patch.syspath_prepend(str(TESTS))
        with pytest.raises(SystemExit) as ended:
            cli.main(["run", "--model", "scenes", "--prompts", "scenes-occupations", "--num-images",
                      "2", "--scorers", "outside.onlooker", "--no-progress", "--output-dir",
                      "runs/people"])  # fmt: skip
    assert ended.value.code == 0
    return here / "runs"


@pytest.fixture
def evalsuite(monkeypatch, tmp_path, capsys, drawn):
    """Run a command in this process, beside a copy of the run: exit code, stdout and stderr."""
    shutil.copytree(drawn, tmp_path / "runs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(TESTS))
    monkeypatch.setenv("COLUMNS", "200")
    capsys.readouterr()

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return command


RUN = "runs/people"


def fill(evalsuite, answer, *more, rater="ann"):
    """Export a run's questions and import an answer to each, `answer(row)`."""
    import csv

    code, _, err = evalsuite("label", RUN, "--export", "q.csv", *more)
    assert code == 0, err
    rows = list(csv.DictReader(Path("q.csv").read_text().splitlines()))
    with open("a.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "answer": answer(row), "rater": rater} for row in rows)
    return evalsuite("label", RUN, "--import", "a.csv")


def by_sight(row):
    """What a person sees who can read the scene's pixels."""
    import numpy as np
    from PIL import Image

    from evalsuite.scenes.read import read

    pixels = np.asarray(Image.open(Path(RUN) / row["file"]).convert("RGB"))
    return {"onlooker.label": read(pixels).people[0].presentation, "onlooker.right": "yes"}[
        row["measure"]
    ]


def test_labels_come_from_a_file_and_the_summary_is_printed(evalsuite):
    code, out, err = fill(evalsuite, by_sight, "--measure", "onlooker.woman", "--sample", "30")

    assert code == 0, err
    assert "kept 30 of ann" in err
    assert "onlooker.label: 30 of 80 images labelled by 1 rater" in out
    assert "judge is right where people say woman" in out
    assert len(read_labels(Path(RUN)).labels) == 30


def test_the_report_shows_judge_and_people_and_values_with_labels(evalsuite):
    fill(evalsuite, by_sight, "--measure", "onlooker.woman", "--sample", "60")
    code, _, err = evalsuite("report", RUN)
    text = Path(RUN, "report", "report.md").read_text("utf-8")

    assert code == 0, err
    assert "## Judge and people" in text
    assert "\n60 of 80 images labelled by 1 rater, ann told 60 and cannot tell 0, one rater" in text
    assert "| `cannot tell` |" in text
    assert "`Seen as a woman, pooled share (scenes-occupations)`" in text
    assert 'id="people"' in Path(RUN, "report", "index.html").read_text("utf-8")
    before = Path(RUN, "report", "report.md").read_bytes()
    evalsuite("report", RUN)
    assert Path(RUN, "report", "report.md").read_bytes() == before


def test_a_report_without_labels_has_no_such_section(evalsuite):
    evalsuite("report", RUN)
    assert "Judge and people" not in Path(RUN, "report", "report.md").read_text("utf-8")


def test_a_larger_sample_keeps_the_smaller_one_and_is_remembered(evalsuite):
    fill(evalsuite, by_sight, "--measure", "onlooker.label", "--sample", "12")
    code, out, _ = evalsuite("label", RUN, "--export", "again.csv")
    assert (code, out) == (0, "again.csv: 12 questions\n")
    code, out, _ = evalsuite("label", RUN, "--export", "more.json", "--sample", "20")
    assert (code, out) == (0, "more.json: 20 questions\n")
    few = {label.key.prompt_id for label in read_labels(Path(RUN)).labels}
    more = {task["data"]["prompt_id"] for task in json.loads(Path("more.json").read_text())}
    assert few <= more


def test_people_audit_the_judge_and_the_runs_own_report_quotes_it(evalsuite):
    fill(evalsuite, by_sight, "--measure", "onlooker.label", "--sample", "60")
    code, out, err = evalsuite("audit", "--from-labels", RUN)

    assert code == 0, err
    assert "runs/audit-labels-people/audit.md" in out
    assert "this run's own" in out
    evalsuite("report", RUN)
    assert "this run's own images" in Path(RUN, "report", "report.md").read_text("utf-8")
    stored = json.loads(Path("runs/audit-labels-people/audit.json").read_text())
    row = stored["scorers"]["onlooker"]["audited"][0]
    # The onlooker turns one label in ten round, and leaves one in ten open.
    assert 0.75 < row["recalls"]["woman"][0] <= 1 and row["abstained"] > 0
    assert row["confusion"]["woman"]["no answer"] >= 1

    # Another run is not told by it, even where it names the file.
    evalsuite("run", "--model", "scenes", "--prompts", "scenes-occupations", "--num-images", "1",
              "--seed", "9", "--scorers", "outside.onlooker", "--no-progress", "--output-dir",
              "runs/other")  # fmt: skip
    assert "this run's own" not in Path("runs/other/report/report.md").read_text("utf-8")
    code, _, err = evalsuite("report", "runs/other", "--audit",
                             "runs/audit-labels-people/audit.json")  # fmt: skip
    assert code == 2 and "is of another run's own images" in err


def test_json_is_one_object(evalsuite):
    fill(evalsuite, by_sight, "--measure", "onlooker.label", "--sample", "10")
    code, out, _ = evalsuite("label", RUN, "--import", "a.csv", "--json")
    said = json.loads(out)

    assert code == 0
    assert said["labelled"][0]["name"] == "onlooker.label"
    assert said["labelled"][0]["labelled"] == 10


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--measure", "onlooker.lable"], "this run has no such measure; did you mean"),
        (["--sample", "0"], "--sample 0"),
        (["--sample", "many"], "--sample many"),
        (["--rater", "../x"], "is no rater's name"),
        (["--scale", "7"], "--scale 7"),
        (["--port", "99999"], "--port 99999"),
        (["--export", "x.txt"], "--export x.txt: is neither a .csv nor a .json"),
        (["--import", "nowhere.csv"], "nowhere.csv"),
        (["--import", "nowhere.json"], "nowhere.json"),
    ],
)
def test_errors_are_one_line(evalsuite, words, said):
    code, out, err = evalsuite("label", RUN, "--no-browser", *words)

    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "holds no label"),
        (["--folder", "x"], "--folder: has no meaning with --from-labels"),
        (["--through", "blur"], "--through: has no meaning"),
    ],
)
def test_an_audit_of_nothing_is_one_line(evalsuite, words, said):
    code, out, err = evalsuite("audit", "--from-labels", RUN, *words)

    assert (code, out) == (2, "")
    assert said in err and err.count("\n") == 1
