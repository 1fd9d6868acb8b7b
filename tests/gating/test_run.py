"""What a gate says beside its verdicts, on sides written out by hand and a run of no rows."""

import importlib.util
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evalsuite import gating
from evalsuite.gating.policy import Policy, Rule
from evalsuite.gating.run import _commit_tested, bless, gated, publish, read_baseline
from evalsuite.pipeline import stages
from evalsuite.pipeline.settings import Settings
from evalsuite.records import InputError, Key
from evalsuite.runs.rows import read_run
from evalsuite.runs.timing import Timing, record_timing

SPEC = importlib.util.spec_from_file_location("sides", Path(__file__).parent / "sides.py")
sides = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(sides)

COUNT = "objects.count"
OTHER = "objects.present"
MANIFEST = {
    "created": "2026-05-04T10:20:30+00:00",
    "git": "c0ffee",
    "packages": {"evalsuite": "1.2.3"},
}
BEFORE = sides.side({COUNT: ["11"] * 3, OTHER: ["11"] * 3}, name="blessed")
AFTER = sides.side({COUNT: ["01", "11", "11"], OTHER: ["11", "11", "10"]}, name="mine")


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch):
    for name in ("GITHUB_SHA", "CI_COMMIT_SHA"):
        monkeypatch.delenv(name, raising=False)


def gate(folder, *rules, before=BEFORE, after=AFTER, manifest=MANIFEST, **more):
    policy = Policy(rules or (Rule(COUNT, 0.1, True),), 0.02, "strict")
    verdicts = gating.decide(before, after, policy)
    return gated(before, after, policy, verdicts, rows=read_run(folder, manifest), **more)


def facts(folder):
    """The JUnit file's suite, and its properties by name."""
    suite = ElementTree.parse(folder / "report" / "junit.xml").find("testsuite")
    return suite, {each.get("name"): each.get("value") for each in suite.iter("property")}


def test_the_commit_is_the_one_that_ci_tests():
    assert _commit_tested({"GITHUB_SHA": "a1", "CI_COMMIT_SHA": "b2"}) == "a1"
    assert _commit_tested({"CI_COMMIT_SHA": "b2"}) == "b2"
    assert _commit_tested({"GITHUB_SHA": "", "CI_COMMIT_SHA": "b2"}) == "b2"
    assert _commit_tested({}) == ""


def test_a_gate_names_its_sides_its_policy_and_the_commit(tmp_path, monkeypatch):
    found = gate(tmp_path, note="by hand")
    assert (found.run, found.baseline, found.policy, found.note) == (
        *("mine", "blessed", "strict", "by hand"),
    )
    assert (found.alpha, found.level, found.word) == (0.02, 0.96, "undecided")
    assert (found.commit, found.folder, found.complete) == ("c0ffee", tmp_path, True)
    assert gate(tmp_path, manifest={"git": None}).commit == gate(tmp_path, manifest={}).commit == ""
    assert gate(tmp_path).note == ""
    assert not gate(tmp_path, after=replace(AFTER, complete=False)).complete
    monkeypatch.setenv("CI_COMMIT_SHA", "b2")
    assert gate(tmp_path).commit == "b2"


def test_the_junit_file_says_what_the_verdicts_belong_to(tmp_path, monkeypatch):
    record_timing(tmp_path, Timing("generate", 3, 1.5))
    publish(read_run(tmp_path, MANIFEST), gate(tmp_path))
    suite, said = facts(tmp_path)
    assert said == {
        "run": "mine",
        "baseline": "blessed",
        "policy": "strict, alpha 0.02",
        "evalsuite": "1.2.3",
        "evalsuite commit": "c0ffee",
    }
    assert (suite.get("timestamp"), suite.get("time")) == ("2026-05-04T10:20:30", "1.500")
    assert suite.find("testcase").get("name") == COUNT
    assert "## Gate: undecided" in (tmp_path / "report" / "gate.md").read_text()

    monkeypatch.setenv("GITHUB_SHA", "a1")
    publish(read_run(tmp_path, {}), gate(tmp_path))
    suite, said = facts(tmp_path)
    assert [*said] == ["run", "baseline", "policy", "commit"] and said["commit"] == "a1"
    assert suite.get("timestamp") == "1970-01-01T00:00:00"


def test_flips_are_those_of_what_blocks_where_it_blocks(tmp_path):
    blocks, watches = Rule(COUNT, 0.1, True), Rule(OTHER, 0.1, True, "watch")
    (flip,) = gate(tmp_path, blocks, watches).flips
    assert (flip.key, flip.measure, flip.lost) == (Key("counts", "p0", 0), COUNT, True)
    assert [flip.measure for flip in gate(tmp_path, blocks, Rule(OTHER, 0.1, True)).flips] == [
        COUNT,
        OTHER,
    ]
    # Of another prompt set, or of a measure that the run has no more, there are none.
    assert gate(tmp_path, Rule(COUNT, 0.1, True, prompt_set="elsewhere")).flips == []
    gone = replace(AFTER, measures={COUNT: AFTER.measures[COUNT]})
    assert [
        f.measure for f in gate(tmp_path, blocks, Rule(OTHER, 0.1, True), after=gone).flips
    ] == [COUNT]
    away = replace(AFTER, prompt_sets={"elsewhere": "d"})
    assert gate(tmp_path, blocks, after=away).flips == []


def test_flips_of_a_set_that_another_rule_only_watches_stay_out(tmp_path):
    def both(name, first):
        """The same prompts in two sets."""
        parts = [
            sides.side({COUNT: [first, "11"]}, prompt_set=one, name=name) for one in ("a", "b")
        ]
        merged = {
            field: {**getattr(parts[0], field), **getattr(parts[1], field)}
            for field in ("prompt_sets", "prompts", "seeds", "readings", "images")
        }
        return replace(parts[0], planned=parts[0].planned + parts[1].planned, **merged)

    rules = (Rule(COUNT, 0.1, True), Rule(COUNT, 0.1, True, "watch", "b"))
    found = gate(tmp_path, *rules, before=both("blessed", "11"), after=both("mine", "00"))
    assert [flip.key.prompt_set for flip in found.flips] == ["a", "a"]


def test_an_incomplete_run_is_blessed_only_where_somebody_says_so(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1]))
    settings = Settings(
        model="scenes",
        prompts=("scenes-counts",),
        **{"scorers": ("outside.pixels",), "limit": "1", "num_images": 1},
        output_dir=str(tmp_path / "run"),
    )
    folder, target = stages.generate(settings).folder, tmp_path / "b.json"
    stages.judge(folder, settings)
    whole = bless(folder, target, {})
    assert whole.complete and whole == read_baseline(target, {}) == read_baseline(folder, {})
    target.unlink()
    for image in (folder / "images").iterdir():
        image.unlink()
    with pytest.raises(InputError, match=r"run: the run is incomplete; finish it .* --anyway"):
        bless(folder, target, {})
    assert not target.exists()
    assert not bless(folder, target, {}, anyway=True).complete
    assert not read_baseline(target, {}).complete


def test_a_baseline_is_a_file_or_the_folder_of_a_run(tmp_path):
    with pytest.raises(InputError, match=r"--baseline .*none\.json: No such file"):
        read_baseline(tmp_path / "none.json", {})
    with pytest.raises(InputError, match=r"manifest\.json: is missing, so this is not a run"):
        read_baseline(tmp_path, {})
    with pytest.raises(InputError, match="this is not a run folder"):
        bless(tmp_path, tmp_path / "b.json", {}, anyway=True)
    assert not (tmp_path / "b.json").exists()
