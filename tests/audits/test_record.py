"""Whose an audit is: identity, files, and that a stale one is never quoted."""

import json

import pytest

from evalsuite.audits import stored
from evalsuite.audits.boxes import AuditedBoxes, BoxErrors
from evalsuite.audits.confirm import confirmed
from evalsuite.audits.record import Audited, Share, identity
from evalsuite.audits.stored import find, read, to_json
from evalsuite.commands.auditing import entries_of
from evalsuite.plugins import find as plugins
from evalsuite.records import InputError, Interval

SHIPPED = stored.SHIPPED
CLIP = {"model": "a-clip", "weights_sha256": "ab", "packages": {"torch": "1", "evalsuite": "3"}}
ROW = Audited(
    interval=Interval(0.7, 0.6, 0.8, 40, 20),
    chance=0.5,
    scorer="clip",
    field="choice",
    form="choice",
    tag="position",
    group={"relation": "above"},
    kind="clean renders",
    weights="ef",
    abstained=2,
    bar=0.25,
    p=0.0078125,
    second="undecided",
    recalls={"1": Share(0.7, 0.6, 0.8, 40)},
    balanced=Share(0.7, 0.55, 0.8, 40),
    confusion={"1": {"1": 28, "0": 12}},
    calibration={"error": 0.125, "brier": 0.25, "base": 0.25, "n": 40, "bins": []},
)


LIE = AuditedBoxes(
    scorer="clip",
    kind="clean renders",
    weights="",
    errors=BoxErrors(Interval(0.875, 0.75, 1.0, 8, 4), 0.5, 1.25, missed=2, surplus=3),
)


def put(path, rows=(ROW,), scorers=None, dialect=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_json(rows, scorers or {"clip": CLIP}, {"seed": 0}, [LIE], dialect))
    return path


def of(dialect="", **scorers):
    """A manifest's parts that an audit is found by."""
    return {"scorers": scorers, "dialect": dialect}


@pytest.fixture(autouse=True)
def nothing_shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "SHIPPED", tmp_path / "shipped")


def test_what_is_written_is_read_back(tmp_path):
    entry = read(put(tmp_path / "audit.json", dialect="scenes"))["clip"]

    assert (entry["audited"], entry["boxes"], entry["dialect"]) == ([ROW], [LIE], "scenes")


def test_an_audit_that_was_changed_since_is_refused(tmp_path):
    path = put(tmp_path / "audit.json")
    path.write_text(path.read_text().replace('"missed": 2', '"missed": 3'))

    with pytest.raises(InputError, match=r"its checksum is wrong.*write it anew"):
        read(path)


def test_format_1_is_read_and_says_that_its_scenes_were_clean(tmp_path):
    content = json.loads(put(tmp_path / "audit.json").read_text())
    entry = content["scorers"]["clip"]
    for new in ("kind", "weights", "bar", "p", "second"):
        del entry["audited"][0][new]
    del entry["boxes"], content["dialect"], content["checksum"]
    for source, kind in (({"scenes": "fresh renders"}, "clean renders"), ({"folder": "x"}, "")):
        (tmp_path / "old.json").write_text(json.dumps({**content, "format": 1, "source": source}))
        (row,) = read(tmp_path / "old.json")["clip"]["audited"]
        assert (row.kind, row.p, row.accuracy) == (kind, None, 0.7)


def test_identity_is_the_weights_and_not_the_packages():
    assert identity(CLIP) == identity({**CLIP, "packages": {"torch": "2", "evalsuite": "3"}})
    assert identity(CLIP) != identity({**CLIP, "weights_sha256": "cd"})
    assert identity(CLIP) != identity({**CLIP, "threshold": 0.1})


def test_identity_is_the_dialect_and_the_code_too():
    assert identity(CLIP) != identity(CLIP, "scenes")
    assert identity(CLIP) != identity({**CLIP, "packages": {"evalsuite": "4"}})


def test_identity_is_that_of_what_a_manifest_keeps():
    absolute = {**CLIP, "model": "/data/somebody/clip"}

    assert identity(absolute) == identity({**CLIP, "model": "<path>/clip"})


def test_a_stale_audit_is_never_quoted(tmp_path):
    put(tmp_path / "shipped" / "clip.json")
    put(tmp_path / "runs" / "audit-clip" / "audit.json")
    run = tmp_path / "runs" / "mine"

    assert find(of(clip=CLIP), run).audited == [ROW]
    assert find(of(clip={**CLIP, "weights_sha256": "retrained"}), run).audited == []


def test_the_largest_audit_of_the_same_scorer_is_quoted(tmp_path):
    larger = Audited(
        interval=Interval(0.5, 0.4, 0.6, 400, 0), chance=0.5, scorer="clip", field="choice"
    )
    small = Audited(
        interval=Interval(0.9, 0.4, 1.0, 4, 0), chance=0.5, scorer="clip", field="choice"
    )
    put(tmp_path / "shipped" / "clip.json", [larger])
    put(tmp_path / "runs" / "audit-clip" / "audit.json", [small])

    assert find(of(clip=CLIP), tmp_path / "runs" / "mine").audited == [larger]


def test_the_audit_given_goes_before_all(tmp_path):
    put(tmp_path / "shipped" / "clip.json", [ROW, ROW])
    given = put(tmp_path / "given.json")

    assert find(of(clip=CLIP), None, given).audited == [ROW]


def test_an_audit_given_of_another_scorer_is_an_error_that_says_what_differs(tmp_path):
    given = put(tmp_path / "given.json")

    with pytest.raises(InputError, match=r"another clip .*\(weights_sha256 differ\)"):
        find(of(clip={**CLIP, "weights_sha256": "cd"}), None, given)
    newer = {**CLIP, "packages": {"evalsuite": "4"}}
    with pytest.raises(InputError, match=r"another clip .*\(dialect, evalsuite's version differ\)"):
        find(of("scenes", clip=newer), None, given)
    assert find(of(objects={}), None, given).audited == []


@pytest.mark.parametrize("nothing", [{}, {"packages": {"torch": "2"}, "measures": []}])
def test_a_scorer_that_describes_nothing_matches_no_audit(tmp_path, nothing):
    put(tmp_path / "shipped" / "clip.json", scorers={"clip": nothing})
    given = put(tmp_path / "given.json", scorers={"clip": nothing})

    assert identity(nothing) == ""
    assert find(of(clip=nothing)).audited == []
    with pytest.raises(InputError, match="clip describes nothing of itself"):
        find(of(clip=nothing), None, given)


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

    assert find(of(clip=CLIP), tmp_path / "runs" / "mine").audited == [ROW]


def test_the_same_audit_gives_the_same_bytes():
    third = Audited(interval=Interval(1 / 3, None, None, 3, 0), chance=0.5, scorer="clip")

    assert json.loads(to_json([third], {"clip": CLIP}, {}))["scorers"]["clip"]["audited"][0][
        "accuracy"
    ] == pytest.approx(0.333333, abs=1e-9)


@pytest.mark.parametrize("name", ["clip", "objects", "presentation", "skin_tone"])
def test_a_shipped_audit_is_written_back_byte_for_byte(name):
    text = (SHIPPED / f"{name}.json").read_text("utf-8")
    entry = read(SHIPPED / f"{name}.json")[name]

    assert len(entry["audited"]) > 10
    source, scorers = json.loads(text)["source"], {name: entry["scorer"]}
    assert to_json(entry["audited"], scorers, source, entry["boxes"], entry["dialect"]) == text


def row(accuracy=0.9, low=0.85, chance=0.5, images=99, **more):
    interval = Interval(accuracy, low, 1.0, images, images)
    return Audited(interval=interval, chance=chance, **more)


def test_skill_is_above_chance_and_of_a_choice_the_lesser_of_two():
    assert row(0.75).skill == 0.5
    assert row(0.625, chance=0.25).skill == 0.5
    assert row(chance=None).skill is None
    # Whoever always takes the first option is right on the true prompts, and on nothing else.
    assert row(1.0, balanced=Share(0.5, 0.45, 0.55, 99)).skill == 0.0


def test_evidence_is_a_skill_that_is_surely_of_use():
    assert row(p=0.025).verdict == "evidence"
    assert row(p=0.026).verdict == "undecided"  # likely of use, and not surely
    assert row(0.7, 0.6, p=1.0).verdict == "not evidence"  # better than chance, and of no use
    assert row(0.7, 0.6, p=1.0, images=29).verdict == "undecided"
    assert row(0.9, 0.5, p=1.0).verdict == "not evidence"  # not surely better than chance
    assert row(chance=None, p=None).verdict == "unknown"


def test_of_two_seeds_the_weaker_word_counts():
    assert row(p=0.001, second="evidence").is_evidence
    assert row(p=0.001, second="undecided").verdict == "undecided"
    assert row(p=0.001, second="not evidence").is_guess
    assert row(0.7, 0.6, p=1.0, second="evidence").is_guess


def test_an_audit_without_p_goes_by_its_interval():
    assert row(0.9, 0.76).verdict == "evidence"
    assert row(0.9, 0.74).verdict == "undecided"
    assert row(1.0, 0.9, balanced=Share(0.8, 0.7, 0.9, 99)).verdict == "undecided"


def test_confirmed_rows_have_the_second_audits_word():
    first = [row(p=0.001, field="a"), row(p=0.001, field="b"), row(p=0.001, field="c")]
    second = [row(p=0.001, field="a"), row(0.7, 0.6, p=1.0, field="b")]

    words = [each.second for each in confirmed(first, second)]
    assert words == ["evidence", "not evidence", "undecided"]


@pytest.mark.slow
def test_the_shipped_audits_are_of_the_bundled_scorers(monkeypatch):
    """After retraining a bundled model, run `python benchmarks/audit.py --write`."""
    monkeypatch.undo()
    names = ("clip", "objects", "presentation", "skin_tone")
    loaded = [plugins.load_scorer(name, {"dialect": "scenes"}) for name in names]
    for name, said in entries_of(names, loaded).items():
        rows = find(of("scenes", **{name: said})).audited
        assert rows, f"the shipped audit of {name} is stale"
        assert {row.scorer for row in rows} == {name}
        assert all(row.second for row in rows)
