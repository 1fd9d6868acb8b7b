"""`evalsuite probe` from the command line: trained, listed, judged with, and quoted."""

import json
from pathlib import Path

import pytest

from evalsuite import cli

LICENCE = ("--licence", "CC0, drawn for this test")
SCENES = ("--dialect", "scenes", "--subject", "person", "--no-progress")


@pytest.fixture
def evalsuite(monkeypatch, tmp_path, capsys):
    """Run a command in this process, in an empty directory: exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
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


def test_a_probe_is_trained_listed_and_its_audit_quoted(evalsuite, labelled_people):
    code, out, err = evalsuite(
        "probe", "train", str(labelled_people), "--name", "forms", *LICENCE, *SCENES
    )
    assert code == 0, err
    assert "48 man, 48 woman; licence: CC0" in out and "presentation_probe.label" in out
    home = Path("runs/probe-forms")
    card = json.loads((home / "probe.json").read_text())
    assert card["cross_validated"]["confusion"]["woman"]["woman"]["share"] > 0.9
    assert set(card["cross_validated"]["confusion"]["man"]) == {"man", "woman", "unknown"}
    assert card["cross_validated"]["reliability"]["n"] == 96
    assert card["encoder"]["model"] == "scenes-clip"
    assert str(labelled_people.parent) not in (home / "probe.json").read_text()

    assert "48 man, 48 woman" in evalsuite("probe", "list")[1]
    code, _, err = evalsuite(
        *("run", "--model", "scenes", "--prompts", "scenes-occupations", "--limit", "8"),
        *("--num-images", "1", "--scorers", "presentation_probe", "--output-dir", "runs/r"),
        *("--scorer-arg", f"presentation_probe.head={home}", "--no-progress"),
    )
    assert code == 0, err
    rows = json.loads(Path("runs/r/estimates.json").read_text())
    (woman,) = [r for r in rows if r["measure"] == "presentation_probe.woman" and not r["group"]]
    assert woman["n"] == 8
    report = Path("runs/r/report/report.md").read_text()
    assert "of 96; chance 50.0%" in report
    assert "by a trained probe" in report


def test_the_same_folder_and_seed_give_the_same_bytes(evalsuite, labelled_people, forms_probe):
    words = ("probe", "train", str(labelled_people), "--name", "forms", *LICENCE, *SCENES)
    assert evalsuite(*words, "--output-dir", "again")[0] == 0
    for name in ("probe.safetensors", "probe.json", "audit.json"):
        assert Path("again", name).read_bytes() == (forms_probe / name).read_bytes()


def test_the_audit_is_broken_down_by_the_tables_other_columns(forms_probe):
    entry = json.loads((forms_probe / "audit.json").read_text())["scorers"]["probe"]
    groups = [row["group"] for row in entry["audited"]]
    assert groups == [{}, {"tone": "deep"}, {"tone": "light"}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--name", "x/y", *LICENCE], "--name x/y: use letters"),
        (["--name", "x", "--licence", " "], "--licence: say under which licence"),
        (["--name", "x", *LICENCE, "--dialect", "odd"], "--dialect odd"),
        (["--name", "x", *LICENCE, "--accuracy", "1"], "--accuracy 1.0"),
        (["--name", "x", *LICENCE, "--subject", "cat"], "--subject cat"),
    ],
)
def test_what_makes_no_sense_is_one_line(evalsuite, labelled_people, words, said):
    code, _, err = evalsuite("probe", "train", str(labelled_people), *words)
    assert code == 2 and said in err and len(err.splitlines()) == 1
    assert not Path("runs").exists()


def test_without_a_licence_nothing_is_trained(evalsuite, labelled_people):
    code, _, err = evalsuite("probe", "train", str(labelled_people), "--name", "x")
    assert code == 2 and "--licence" in err


def test_too_few_pictures_of_a_label_are_refused(evalsuite, labelled_people):
    table = Path("few.csv")
    table.write_text("\n".join((labelled_people / "labels.csv").read_text().splitlines()[:14]))
    words = ("--name", "x", *LICENCE, *SCENES, "--labels", str(table))
    code, _, err = evalsuite("probe", "train", str(labelled_people), *words)
    assert code == 2 and "10 are needed for 5 folds" in err


def test_a_probe_of_other_labels_is_not_one_of_presentation(evalsuite, forms_probe):
    card = json.loads((forms_probe / "probe.json").read_text())
    Path("odd").mkdir()
    Path("odd/probe.json").write_text(json.dumps({**card, "labels": ["cat", "dog"]}))
    Path("odd/probe.safetensors").write_bytes((forms_probe / "probe.safetensors").read_bytes())
    words = ("run", "--model", "scenes", "--scorers", "presentation_probe", "--limit", "1")
    code, _, err = evalsuite(*words, "--scorer-arg", "presentation_probe.head=odd")
    assert code == 2 and "use --scorers probe" in err
    assert "cannot be used" not in evalsuite("probe", "list", "odd")[1]
    Path("odd/probe.safetensors").write_bytes(b"")
    assert "cannot be used" in evalsuite("probe", "list", "odd")[1]
    assert "no probe in runs" in evalsuite("probe", "list")[1]


def test_a_scorer_without_its_head_says_how_to_give_it(evalsuite):
    code, _, err = evalsuite("run", "--model", "scenes", "--scorers", "probe", "--limit", "1")
    assert code == 2 and "--scorer-arg probe.head=" in err
