"""`evalsuite audit` from the command line, and a report that quotes it."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from evalsuite import cli

TESTS = Path(__file__).parents[1]
OWN = ["outside.opinions", "--no-progress"]
QUICK = [*OWN, "--images", "240", "--through", "nothing"]


@pytest.fixture
def evalsuite(monkeypatch, tmp_path, capsys):
    """Run a command in this process, in an empty directory: exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(TESTS))
    for name in ("TRANSFORMERS_VERBOSITY", "DIFFUSERS_VERBOSITY", "HF_HUB_VERBOSITY"):
        monkeypatch.setenv(name, "error")
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    monkeypatch.setenv("COLUMNS", "200")

    def command(*words):
        with pytest.raises(SystemExit) as ended:
            cli.main(list(words))
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return command


def test_prints_a_table_and_leaves_a_file_and_a_card(evalsuite, tmp_path):
    code, out, _ = evalsuite("audit", *OWN, "--images", "120", "--through", "nothing")
    home = tmp_path / "runs" / "audit-outside.opinions"

    assert code == 0
    assert out.strip().endswith("runs/audit-outside.opinions/audit.md")
    assert "opinions.says     clean renders" in out
    assert "300 questions about 120 images" in out
    assert sorted(path.name for path in home.iterdir()) == ["audit.json", "audit.md"]


def test_json_is_one_object(evalsuite, tmp_path):
    code, out, _ = evalsuite(
        "audit", *OWN, "--images", "12", "--json", "--output-dir", "here", "--through", "nothing"
    )
    said = json.loads(out)

    assert code == 0
    assert said["images"] == 12
    assert said["audit"] == "here/audit.json"
    assert {row["field"] for row in said["audited"]} == {"says"}
    assert not any(row["is_evidence"] for row in said["audited"])
    assert (tmp_path / "here" / "audit.json").is_file()


def test_the_same_seed_gives_the_same_bytes(evalsuite, tmp_path):
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        more = ("--scorer-arg", "outside.opinions.how=coin", "--through", "noise,perturb")
        evalsuite("audit", *OWN, "--images", "12", "--seed", seed, "--output-dir", name, *more)
    one, two, three = (Path(name, "audit.json").read_bytes() for name in "abc")

    assert one == two
    assert one != three


def test_a_folder_of_ones_own(evalsuite, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    rows = []
    for number in range(4):
        Image.fromarray(np.full((8, 8, 3), 60 * number, np.uint8)).save(folder / f"{number}.png")
        prompt = {"tag": "plain", "prompt": "a light picture"}
        truth = {"correct": number // 2, "lightness": number}
        rows.append(json.dumps({"file": f"{number}.png", "prompt": prompt, "truth": truth}))
    (folder / "truth.jsonl").write_text("\n".join(rows))

    code, out, err = evalsuite("audit", "outside.opinions", "outside.brightness",
                               "--folder", "mine", "--no-progress")  # fmt: skip

    assert code == 0
    # Every picture has its own prompt id here, and brightness puts the light ones above the dark.
    assert "brightness.level  given     plain" in out
    assert "opinions.says     given     plain" in out
    assert "no scorer has a field for the truth of lightness" in err


def test_a_scorer_that_nothing_can_be_held_against_is_named(evalsuite):
    code, _, err = evalsuite("audit", "outside.brightness", "--images", "6", "--no-progress")

    assert code == 0
    assert "brightness gave no answer that has a truth here" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["outside.opinion"], "there is no scorer 'outside.opinion'"),
        (["outside.opinions", "--folder", "nowhere"], "--folder nowhere: there is no such folder"),
        (["outside.opinions", "--dialect", "klingon"], "--dialect klingon"),
        (["outside.opinions", "--through", "blurr"], "--through blurr: is neither vae:MODEL nor"),
        (["outside.opinions", "--images", "0"], "--images"),
        (["outside.opinions", "--scorer-arg", "clip.x=1"], "--scorer-arg clip"),
    ],
)
def test_errors_are_one_line(evalsuite, words, said):
    code, out, err = evalsuite("audit", *words)

    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def draw(evalsuite, *more):
    return evalsuite("run", "--model", "scenes", "--prompts", "scenes-counts", "--limit", "4",
                     "--num-images", "1", "--scorers", "outside.opinions", "--no-progress",
                     "--output-dir", "runs/mine", *more)  # fmt: skip


def test_the_runs_report_quotes_the_audit_beside_it(evalsuite):
    evalsuite("audit", *QUICK)
    draw(evalsuite)
    text = Path("runs/mine/report/report.md").read_text("utf-8")

    assert "`opinions.says` **not evidence**" in text
    assert "right on 50.0%" in text
    assert "| `opinions.says` | clean renders | counting | not evidence | 50.0% |" in text


def test_an_audit_of_another_scorer_is_not_quoted(evalsuite):
    evalsuite("audit", *QUICK, "--scorer-arg", "outside.opinions.how=coin")
    draw(evalsuite)
    text = Path("runs/mine/report/report.md").read_text("utf-8")

    assert "not evidence" not in text
    assert "No scorer was audited for this report" in text
    code, _, err = evalsuite(
        "report", "runs/mine", "--audit", "runs/audit-outside.opinions/audit.json"
    )
    assert code == 2
    assert "is of another opinions than the run's (how differ)" in err


def test_an_audit_elsewhere_is_given_to_the_report(evalsuite):
    evalsuite("audit", *QUICK, "--output-dir", "elsewhere")
    draw(evalsuite)
    before = Path("runs/mine/manifest.json").read_bytes()

    code, _, _ = evalsuite("report", "runs/mine", "--audit", "elsewhere/audit.json")

    assert code == 0
    assert "**not evidence**" in Path("runs/mine/report/report.md").read_text("utf-8")
    assert Path("runs/mine/manifest.json").read_bytes() == before


@pytest.mark.slow
def test_the_bundled_scorers_are_audited(evalsuite):
    code, out, _ = evalsuite("audit", "--images", "60", "--json", "--no-progress")
    rows = [row for row in json.loads(out)["audited"] if not row["group"]]

    assert code == 0
    assert {row["scorer"] for row in rows} == {"clip", "objects", "presentation", "skin_tone"}
    assert {row["form"] for row in rows} == {"verdict", "choice", "label", "pairs"}
    count = next(r for r in rows if (r["field"], r["tag"]) == ("count", "counting"))
    assert count["accuracy"] > 0.8
