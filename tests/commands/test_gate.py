"""`baseline` and `gate`, from flags to files, on the renderer with its error knobs."""

import io
import json
import os
import re
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evalsuite import cli
from evalsuite.audits.record import Audited
from evalsuite.audits.stored import to_json
from evalsuite.gating import run as gating
from evalsuite.pipeline import stages
from evalsuite.pipeline.settings import Settings
from evalsuite.records import InputError, Interval

TESTS = Path(__file__).parents[1]

POLICY = """format: evalsuite-policy-1
measures:
  - {measure: objects.count, prompt_set: scenes-counts, margin: 0.25}
  - {measure: objects.relation, prompt_set: scenes-spatial, margin: 0.25}
  - {measure: objects.present, margin: 0.2, tier: watch}
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Runs of the renderer, each judged by a reader that is never wrong: a folder by name."""
    place = tmp_path_factory.mktemp("runs")
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(TESTS))
    errors = {"miscount": 0.2, "swap": 0.2}

    def draw(name, seed=0, scorers=("outside.pixels",), scorer_arg=None, **knobs):
        settings = Settings(
            model="scenes",
            model_arg={**errors, **knobs},
            prompts=("scenes-counts", "scenes-spatial"),
            scorers=scorers,
            scorer_arg=scorer_arg or {},
            num_images=3,
            seed=seed,
            output_dir=str(place / name),
        )
        folder = stages.generate(settings).folder
        return stages.judge(folder, settings).folder

    folders = {
        "base": draw("base"),
        "again": draw("again", seed=1),
        "broken": draw("broken", miscount=0.9),
        "unjudged": draw("unjudged", scorers=("outside.brightness",)),
        "other": draw("other", scorer_arg={"outside.pixels": {"strict": False}}),
        "refusing": draw("refusing", refuse=0.3),
    }
    gating.bless(folders["base"], place / "base.json", {})
    (place / "policy.yaml").write_text(POLICY)
    (place / "five.yaml").write_text(POLICY.replace("0.25", "25"))
    yield folders
    patch.undo()


@pytest.fixture
def gate(runs, monkeypatch, capsys):
    """Gate the named run against the blessed one: exit code, stdout and stderr."""
    place = runs["base"].parent
    monkeypatch.chdir(place)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)

    def command(name, *words, baseline="base.json", policy="policy.yaml"):
        with pytest.raises(SystemExit) as ended:
            cli.main(["gate", name, "--baseline", baseline, "--policy", policy, *words])
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return command


def words(folder):
    """The JUnit file's word by measure: "" where it passed."""
    root = ElementTree.parse(folder / "report" / "junit.xml")
    return {
        f"{case.get('name')} {case.get('classname')}": case[0].tag.replace("system-out", "")
        for case in root.iter("testcase")
    }


def test_a_run_passes_against_itself_and_says_where_the_file_is(gate, runs):
    code, out, _ = gate("base")

    assert code == 0
    assert "gate: pass" in out and out.splitlines()[-1] == "base/report/junit.xml"
    assert (runs["base"] / "report" / "gate.md").is_file()
    known = ElementTree.parse(runs["base"] / "report" / "junit.xml").find(".//testcase/system-out")
    for said in ("run: base", "baseline: ", "policy: ", "evalsuite: ", "interval: "):
        assert f"\n{said}" in known.text
    assert set(words(runs["base"]).values()) == {""}


def test_the_same_model_from_another_seed_passes(gate, runs):
    code, out, _ = gate("again")

    # 48 prompts of 3 images from other seeds: the half-width is about 12 points.
    assert code == 0, out
    assert "pass: objects.count, scenes-counts: a regression of 25.0 points is excluded" in out


def test_the_same_model_is_undecided_where_the_margin_is_finer_than_the_images_tell(
    gate, runs, tmp_path
):
    fine = tmp_path / "fine.yaml"
    fine.write_text(POLICY.replace("0.25", "0.02"))

    code, out, _ = gate("again", policy=str(fine))
    assert code == 3
    assert re.search(r"excluded; about \d{4,} images would tell", out)
    assert words(runs["again"])["objects.count scenes-counts"] == "error"


def test_an_error_that_was_put_in_fails_and_names_the_measure(gate, runs):
    code, out, _ = gate("broken")

    assert code == 1
    assert "fail: objects.count, scenes-counts: a regression is shown" in out
    # One thing too many is drawn for prompts of two things as well, which then have no relation.
    assert words(runs["broken"]) == {
        "objects.count scenes-counts": "failure",
        "objects.relation scenes-spatial": "error",
        "objects.present scenes-counts": "",
        "objects.present scenes-spatial": "",
    }


def test_a_folder_serves_as_the_baseline_and_says_the_same(gate):
    code, out, _ = gate("broken", "--json")
    again, same, _ = gate("broken", "--json", baseline="base")

    assert (code, json.loads(out)) == (again, json.loads(same))
    said = json.loads(out)
    assert said["word"] == "fail"
    assert [v["word"] for v in said["verdicts"]] == ["fail", "undecided", "pass", "pass"]
    assert any(flip["lost"] for flip in said["flips"])


def test_a_removed_scorer_fails(gate, runs):
    code, out, _ = gate("unjudged")

    assert code == 1
    assert "vanished: the run was not judged by objects" in out


def test_another_scorer_of_that_name_is_refused(gate):
    code, out, _ = gate("other")

    assert code == 3
    assert "another objects: its model, weights or options differ" in out


def test_refusals_that_the_baseline_has_not_cannot_pass(gate):
    code, out, _ = gate("refusing")

    assert code == 3
    assert "not measured: 0.0% of the baseline's" in out


def test_a_judge_that_its_audit_calls_no_evidence_blocks_nothing(gate, runs, tmp_path):
    """The audit beside a run counts; the same rules pass where nobody audited."""
    folder = tmp_path / "mine"
    shutil.copytree(runs["base"], folder)
    assert gate(str(folder))[0] == 0
    (folder / "report" / "junit.xml").unlink()
    manifest = json.loads((folder / "manifest.json").read_text())
    at_chance = Audited(
        interval=Interval(0.5, 0.4, 0.6, 80, 40),
        **{"chance": 0.5, "scorer": "objects", "field": "count", "tag": "counting"},
    )
    (tmp_path / "audit-mine").mkdir()
    (tmp_path / "audit-mine" / "audit.json").write_text(
        to_json([at_chance], manifest["scorers"], {}, dialect=manifest["dialect"])
    )

    code, out, err = gate(str(folder))
    assert (code, out) == (2, "")
    assert "the rule on objects.count blocks, and its judge is no evidence on scenes-counts" in err
    assert not (folder / "report" / "junit.xml").exists()


def test_a_third_of_the_images_deleted_is_undecided_and_incomplete(gate, runs, tmp_path):
    folder = tmp_path / "holey"
    shutil.copytree(runs["base"], folder)
    images = sorted((folder / "images").iterdir())
    for path in images[::3]:
        path.unlink()

    code, out, _ = gate(str(folder))
    assert code == 4
    assert "undecided: objects.count, scenes-counts: the run is incomplete" in out
    assert words(folder)["objects.count scenes-counts"] == "error"
    with pytest.raises(InputError, match=r"incomplete; finish it .* --anyway"):
        gating.bless(folder, tmp_path / "b.json", {})
    assert not gating.bless(folder, tmp_path / "b.json", {}, anyway=True).complete


def test_the_files_and_what_github_reads(gate, runs, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_text("before")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    junit, comment = tmp_path / "j.xml", tmp_path / "c.md"

    code, _, err = gate("broken", "--junit", str(junit), "--markdown", str(comment))
    assert code == 1
    assert junit.read_bytes() == (runs["broken"] / "report" / "junit.xml").read_bytes()
    text = comment.read_text()
    assert text.startswith("## Gate: fail") and "### Flips of `objects.count`" in text
    assert summary.read_text() == f"before\n{text}"
    first, second = (line for line in err.splitlines() if line.startswith("::"))
    assert first.startswith("::error title=objects.count of scenes-counts%3A fail::a regression")
    assert second.startswith("::error title=objects.relation of scenes-spatial%3A undecided::")


def test_a_full_summary_is_left_alone(gate, tmp_path, monkeypatch):
    summary = tmp_path / "summary.md"
    summary.write_text("x" * (1024 * 1024 - 10))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))

    code, out, _ = gate("base")
    assert code == 0 and "paired by prompt" not in out
    assert summary.stat().st_size == 1024 * 1024 - 10


def test_a_summary_that_cannot_be_written_changes_no_verdict(gate, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/nonexistent/summary.md")

    for name, expected in (("base", 0), ("broken", 1)):
        code, out, err = gate(name)
        assert code == expected
        assert "gate: " in out
        assert err == (
            "evalsuite: GITHUB_STEP_SUMMARY /nonexistent/summary.md: No such file or directory; "
            "not written\n"
        )


def test_the_verdict_is_printed_where_a_file_that_was_asked_for_cannot_be_written(gate):
    code, out, err = gate("broken", "--junit", "/proc/nowhere/j.xml")

    assert code == 2
    assert "gate: fail" in out
    assert err == "evalsuite: /proc/nowhere: No such file or directory; choose another --junit\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_terminal_that_lacks_signs_changes_no_code(gate, runs, monkeypatch, encoding):
    """Half a point lost is written with a minus sign, which neither encoding has."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))

    assert gate("again")[0] == 0
    assert b"gate: pass" in written.getvalue()


@pytest.mark.parametrize(
    ("name", "more", "says"),
    [
        ("nowhere", {}, "nowhere/manifest.json: is missing, so this is not a run folder"),
        ("base", {"baseline": "none.json"}, "--baseline none.json: No such file"),
        ("base", {"baseline": "policy.yaml"}, "--baseline policy.yaml: line 1: is damaged"),
        ("base", {"policy": "none.yaml"}, "--policy none.yaml: No such file"),
        ("base", {"policy": "five.yaml"}, "five.yaml:3: margin 25 can never be lost"),
        ("base", {"policy": "nothing"}, "no policy of that name; there are: people, scenes"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(gate, name, more, says):
    code, out, err = gate(name, **more)

    assert (code, out) == (2, "")
    assert err.startswith("evalsuite: ") and err.count("\n") == 1
    assert says in err


def test_the_command_blesses_and_its_flags_have_variables(runs, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("EVALSUITE_OUTPUT", str(tmp_path / "b.json"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["baseline", os.fspath(runs["base"])])

    out, err = capsys.readouterr()
    assert ended.value.code == 0
    assert out == f"{tmp_path / 'b.json'}\n"
    assert "base: 288 images" in err
    assert (tmp_path / "b.json").read_bytes() == (runs["base"].parent / "base.json").read_bytes()
