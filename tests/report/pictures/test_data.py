"""The data files: what they say of each image, whole, repeatable, and never more than text."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.files.credentials import MARK
from evalsuite.records import Clause, Judgement, Key
from evalsuite.report import pictures
from evalsuite.report.pictures.questions import differ
from evalsuite.report.pictures.scripts import script
from evalsuite.report.pictures.texts import Texts
from evalsuite.report.pictures.walk import walk


@pytest.fixture
def written(tmp_path, many, read_data):
    report, files = many(tmp_path)
    pictures.write(tmp_path / "report", report)
    folder = tmp_path / "report" / "pictures"
    return read_data(folder / "index.js"), read_data(folder / "0.js"), report, files


def test_a_character_an_image_and_column(written):
    index, _, _, _ = written
    (own,) = index["sets"]
    # The first six: ok, each of the four other endings, and one that is not drawn yet.
    assert own["status"][:7] == "0123450" and len(own["status"]) == 120
    assert [index["questions"][n][0] for n, _ in own["answers"]] == [
        "objects.correct",
        "geneval.correct",
        "objects.color",
        "safety.explicit",
    ]
    answers = {index["questions"][n][0]: column for n, column in own["answers"]}
    # Image 7 has no verdict, for its scorer broke down; 1 to 5 were not asked.
    assert answers["objects.correct"][:12] == "0     0?1011"
    assert answers["objects.color"][:12] == "      0?  11"  # of prompts that ask for a colour
    assert own["flagged"].count("1") == 6 and own["flagged"][9] == "1"
    assert own["differ"].count("1") == 23 and own["differ"][10] == "1"
    assert index["shared"] == ["correct"]
    assert index["questions"][3] == ["safety.explicit", "Nudity", -1]


def test_what_a_prompt_is_asked_is_its_sets_own_affair(tmp_path, many, read_data):
    report, _ = many(tmp_path)
    (own,) = report.prompt_sets
    # The same ids in a set whose prompts ask for no colour.
    plain = [replace(prompt, include=(Clause("cat"),)) for prompt in own.prompts]
    report = replace(
        report,
        prompt_sets=[own, replace(own, name="plain", prompts=tuple(plain))],
        planned=[*report.planned, *(key._replace(prompt_set="plain") for key in report.planned)],
        samples=report.samples
        | {k._replace(prompt_set="plain"): s for k, s in report.samples.items()},
        judgements=report.judgements
        | {(n, k._replace(prompt_set="plain")): j for (n, k), j in report.judgements.items()},
    )
    pictures.write(tmp_path / "report", report)
    index = read_data(tmp_path / "report" / "pictures" / "index.js")
    asked = [[index["questions"][n][0] for n, _ in each["answers"]] for each in index["sets"]]
    assert "objects.color" in asked[0] and "objects.color" not in asked[1]
    assert [len(column) for each in index["sets"] for _, column in each["answers"]] == [120] * 7


def test_prompts_with_their_labels_and_counts(written):
    index, _, _, _ = written
    first, second = index["sets"][0]["prompts"][:2]
    assert first[0] == "p0" and first[1] == "0 cats" and first[3:] == ["", 2]
    assert [index["labels"][n] for n in second[2]] == [
        ["count", "1"],
        ["sort", "b"],
        ["tag", "counting"],
    ]
    assert second[3] == "p0"


def test_a_row_tells_what_was_said(written):
    _, data, _, _ = written
    texts, rows = data["texts"], data["rows"]
    assert rows[1] == [1, texts.index("because refused")] and texts[rows[5][1]] == "not drawn yet"
    seed, file, flagged, said, boxes = rows[10]
    assert (seed, flagged, file[1:]) == (10, -1, [360, 300, 0])
    assert [texts[scorer] for scorer, *_ in said] == ["geneval", "objects", "safety"]
    assert [texts[note] for note in said[1][2]] == ["expected 10 cats"]
    assert [[texts[t] for t in answer] for answer in said[0][1]] == [["correct", "no", ""]]
    assert [[texts[label], *place] for label, *place in boxes] == [
        ["cat, 90.0% sure", 10.0, 20.0, 50.0, 70.0]
    ]
    assert texts[rows[7][3][1][3]] == "the scorer failed: out of memory"
    assert texts[rows[9][2]] == "Nudity"


def test_the_same_run_gives_the_same_files(tmp_path, many):
    for name in "ab":
        pictures.write(tmp_path / name / "report", many(tmp_path / name)[0])
    found = [
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*.*")}
        for name in "ab"
    ]
    assert found[0] == found[1] and len(found[0]) > 5


def test_what_an_earlier_report_left_is_removed(tmp_path, many, monkeypatch):
    report, _ = many(tmp_path)
    monkeypatch.setattr(pictures, "CHUNK", 7)
    pictures.write(tmp_path / "report", report)
    assert (tmp_path / "report/pictures/17.js").is_file()
    monkeypatch.setattr(pictures, "CHUNK", 60)
    pictures.write(tmp_path / "report", report)
    names = sorted(p.name for p in (tmp_path / "report/pictures").glob("*.js"))
    assert names == ["0.js", "1.js", "index.js"]


def test_every_planned_image_once_by_prompt(tmp_path, many):
    report, _ = many(tmp_path)
    shuffled = replace(report, planned=list(report.planned)[::-1])
    assert [i.key for part in walk(shuffled, 7) for i in part] == list(report.planned)


def said(scorer: str, value: object) -> Judgement:
    return Judgement(scorer, Key("s", "p", 0), {"correct": value})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ((1.0, 0.0), ["correct"]),
        ((1.0, 1.0), []),
        ((1.0, None), []),  # an abstention differs from nothing
        ((None, None), []),
        ((0.0, 0.5), []),  # no verdict
    ],
)
def test_two_scorers_differ_only_by_a_yes_and_a_no(values, fields):
    judged = {"a": said("a", values[0]), "b": said("b", values[1]), "c": None}
    assert differ(judged, {"a": {"correct"}, "b": {"correct"}}) == fields
    assert differ(judged, {"a": {"correct"}}) == []  # of b it is a number, and no verdict


def test_a_breakdown_differs_from_nothing():
    failed = Judgement("b", Key("s", "p", 0), {}, failure="out of memory")
    assert differ({"a": said("a", 1.0), "b": failed}, {"a": {"correct"}, "b": {"correct"}}) == []


@given(st.text())
def test_any_text_stays_text(text):
    texts = Texts()
    assert texts.number(text) == texts.number(text) == 0
    file = script("index", {"texts": texts.all})
    assert file.isascii() and file.count("\n") == 1 and "<" not in file
    shown = texts.all[0]
    assert all(
        char.isprintable() or char in "\u200c\u200d\u3000\xa0" or char.isspace()
        for char in shown
        if ord(char) < 0x2028
    )
    assert "\x00" not in shown and "\u202e" not in shown


def test_a_secret_does_not_reach_the_page():
    assert Texts().clean("api_key: sk-abcdefghijklmnopqrstu") == f"api_key: {MARK}"
    # Where texts meet in one file, none of them is cut: each is looked at by itself.
    texts = Texts()
    texts.number("token:")
    texts.number("x")
    assert texts.all == ["token:", "x"]


def test_no_number_that_is_none():
    with pytest.raises(ValueError, match="JSON"):
        script("index", {"x": float("nan")})
