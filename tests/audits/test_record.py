"""Whose an audit is: identity, files, and that a stale one is never quoted."""

import json

import pytest

from evalsuite.audits import record as audits
from evalsuite.audits.record import Audited, Share, find, identity, read, to_json
from evalsuite.plugins import find as plugins
from evalsuite.records import InputError, Interval

SHIPPED = audits.SHIPPED
CLIP = {"model": "a-clip", "weights_sha256": "ab", "packages": {"torch": "1"}}
ROW = Audited(
    interval=Interval(0.7, 0.6, 0.8, 40, 20),
    chance=0.5,
    scorer="clip",
    field="choice",
    form="choice",
    tag="position",
    group={"relation": "above"},
    abstained=2,
    recalls={"1": Share(0.7, 0.6, 0.8, 40)},
    balanced=Share(0.7, 0.55, 0.8, 40),
    confusion={"1": {"1": 28, "0": 12}},
    calibration={"error": 0.125, "brier": 0.25, "base": 0.25, "n": 40, "bins": []},
)


def put(path, rows=(ROW,), scorers=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(rows, scorers or {"clip": CLIP}, {"seed": 0}))
    return path


@pytest.fixture(autouse=True)
def nothing_shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(audits, "SHIPPED", tmp_path / "shipped")


def test_what_is_written_is_read_back(tmp_path):
    assert read(put(tmp_path / "audit.json"))["clip"]["audited"] == [ROW]


def test_identity_is_the_weights_and_not_the_packages():
    assert identity(CLIP) == identity({**CLIP, "packages": {"torch": "2"}})
    assert identity(CLIP) != identity({**CLIP, "weights_sha256": "cd"})
    assert identity(CLIP) != identity({**CLIP, "threshold": 0.1})


def test_identity_is_that_of_what_a_manifest_keeps():
    absolute = {**CLIP, "model": "/data/somebody/clip"}

    assert identity(absolute) == identity({**CLIP, "model": "<path>/clip"})


def test_a_stale_audit_is_never_quoted(tmp_path):
    put(tmp_path / "shipped" / "clip.json")
    put(tmp_path / "runs" / "audit-clip" / "audit.json")
    run = tmp_path / "runs" / "mine"

    assert find({"clip": CLIP}, run) == [ROW]
    assert find({"clip": {**CLIP, "weights_sha256": "retrained"}}, run) == []


def test_the_largest_audit_of_the_same_scorer_is_quoted(tmp_path):
    larger = Audited(
        interval=Interval(0.5, 0.4, 0.6, 400, 0), chance=0.5, scorer="clip", field="choice"
    )
    small = Audited(
        interval=Interval(0.9, 0.4, 1.0, 4, 0), chance=0.5, scorer="clip", field="choice"
    )
    put(tmp_path / "shipped" / "clip.json", [larger])
    put(tmp_path / "runs" / "audit-clip" / "audit.json", [small])

    assert find({"clip": CLIP}, tmp_path / "runs" / "mine") == [larger]


def test_the_audit_given_goes_before_all(tmp_path):
    put(tmp_path / "shipped" / "clip.json", [ROW, ROW])
    given = put(tmp_path / "given.json")

    assert find({"clip": CLIP}, None, given) == [ROW]


def test_an_audit_given_of_another_scorer_is_an_error_that_says_what_differs(tmp_path):
    given = put(tmp_path / "given.json")

    with pytest.raises(InputError, match=r"another clip .*\(weights_sha256 differ\)"):
        find({"clip": {**CLIP, "weights_sha256": "cd"}}, None, given)
    assert find({"objects": {}}, None, given) == []


@pytest.mark.parametrize("nothing", [{}, {"packages": {"torch": "2"}, "measures": []}])
def test_a_scorer_that_describes_nothing_matches_no_audit(tmp_path, nothing):
    put(tmp_path / "shipped" / "clip.json", scorers={"clip": nothing})
    given = put(tmp_path / "given.json", scorers={"clip": nothing})

    assert identity(nothing) == ""
    assert find({"clip": nothing}) == []
    with pytest.raises(InputError, match="clip describes nothing of itself"):
        find({"clip": nothing}, None, given)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9, "scorers": {}}', '{"format": 1}'])
def test_what_is_no_audit_is_refused_in_a_line(tmp_path, text):
    (tmp_path / "x.json").write_text(text)

    with pytest.raises(InputError, match="is no audit") as error:
        read(tmp_path / "x.json")
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.json"):
        read(tmp_path / "nowhere.json")


def test_a_neighbours_damaged_file_is_passed_over(tmp_path):
    put(tmp_path / "runs" / "audit-a" / "audit.json")
    (tmp_path / "runs" / "audit-b").mkdir()
    (tmp_path / "runs" / "audit-b" / "audit.json").write_text("{")

    assert find({"clip": CLIP}, tmp_path / "runs" / "mine") == [ROW]


def test_the_same_audit_gives_the_same_bytes():
    third = Audited(interval=Interval(1 / 3, None, None, 3, 0), chance=0.5, scorer="clip")

    assert json.loads(to_json([third], {"clip": CLIP}, {}))["scorers"]["clip"]["audited"][0][
        "accuracy"
    ] == pytest.approx(0.333333, abs=1e-9)


@pytest.mark.parametrize("name", ["clip", "objects", "presentation"])
def test_a_shipped_audit_is_written_back_byte_for_byte(name):
    text = (SHIPPED / f"{name}.json").read_text("utf-8")
    entry = read(SHIPPED / f"{name}.json")[name]

    assert len(entry["audited"]) > 10
    assert to_json(entry["audited"], {name: entry["scorer"]}, json.loads(text)["source"]) == text


def test_evidence_needs_a_lower_end_above_chance_and_above_guessing():
    def row(**more):
        return Audited(
            interval=Interval(0.6, 0.55, 0.65, 99, 99), chance=0.5, form="choice", **more
        )

    assert row().is_evidence
    assert row(balanced=Share(0.6, 0.55, 0.65, 99)).is_evidence
    # Whoever always takes the first option is right on the true prompts, and on nothing else.
    assert not row(balanced=Share(0.5, 0.45, 0.55, 99)).is_evidence
    assert row(balanced=Share(0.5, 0.45, 0.55, 99)).is_guess


def test_few_images_are_no_verdict_either_way():
    faultless = Audited(interval=Interval(1.0, 0.4, 1.0, 8, 4), chance=0.5)

    assert not faultless.is_evidence
    assert not faultless.is_guess


def test_one_sided_audits_are_no_verdict_either_way():
    assert not Audited(interval=Interval(1.0, 0.9, 1.0, 80, 80), chance=None).is_evidence
    assert not Audited(interval=Interval(1.0, 0.9, 1.0, 80, 80), chance=None).is_guess


@pytest.mark.slow
def test_the_shipped_audits_are_of_the_bundled_scorers(monkeypatch):
    """After retraining a bundled model, run `python benchmarks/audit.py --write`."""
    monkeypatch.undo()
    for name in ("clip", "objects", "presentation"):
        said = plugins.load_scorer(name, {"dialect": "scenes"}).describe()
        rows = find({name: said})
        assert rows, f"the shipped audit of {name} is stale"
        assert {row.scorer for row in rows} == {name}
