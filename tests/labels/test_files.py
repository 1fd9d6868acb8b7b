"""Labels out and in: a plain CSV and Label Studio's JSON, and all that can be wrong there."""

import csv
import json

import pytest

from evalsuite.labels.incoming import take
from evalsuite.labels.label_studio import from_label_studio, to_label_studio
from evalsuite.labels.rows import read_labels
from evalsuite.labels.tables import from_csv, to_csv
from evalsuite.records import InputError


def filled(text, answers, rater="zoe"):
    """A CSV with an answer in every row, by the question's measure."""
    rows = list(csv.DictReader(text.splitlines()))
    for row in rows:
        row |= {"answer": answers[row["measure"]], "rater": rater}
    lines = [",".join(rows[0])]
    lines += [",".join(f'"{cell}"' for cell in row.values()) for row in rows]
    return "\n".join(lines) + "\n"


def test_a_csv_goes_out_is_filled_in_and_comes_back(run, questions, tmp_path):
    asked, _ = questions(run, 6)
    text = to_csv(asked, read_labels(run))
    assert "onlooker" in text and "woman | man | cannot tell" in text
    path = tmp_path / "filled.csv"
    path.write_text(filled(text, {"onlooker.label": "Cannot tell", "onlooker.right": "no"}))
    taken = take(run, asked, from_csv(path, ""))

    assert taken.kept == {"zoe": 12} and taken.unmatched == {}
    told = read_labels(run)
    assert {(label.asked, label.state, label.answer) for label in told.labels} == {
        ("onlooker.label", "cannot tell", None),
        ("onlooker.right", "told", 0.0),
    }
    assert all(label.drawn >= 1 for label in told.labels)
    # What is there already is not written again, and goes out with its answers.
    assert take(run, asked, from_csv(path, "")).lines() == [
        "kept nothing; 12 were there already",
    ]
    again = list(csv.DictReader(to_csv(asked, told).splitlines()))
    assert {row["answer"] for row in again} == {"cannot tell", "0"}


def test_nothing_of_the_judge_goes_out(run, questions):
    asked, _ = questions(run, 6)
    for text in (to_csv(asked, read_labels(run)), to_label_studio(asked)):
        assert "abstained" not in text and "stratum" not in text
    for row in csv.DictReader(to_csv(asked, read_labels(run)).splitlines()):
        assert (row["answer"], row["rater"]) == ("", "")
        assert row["context"] == "" or row["measure"] == "onlooker.right"


def test_label_studios_tasks_go_out_and_annotations_come_in(run, questions, tmp_path):
    asked, _ = questions(run, 5, ["onlooker.label"])
    tasks = json.loads(to_label_studio(asked))
    image = tasks[0]["data"]["image"].partition("?d=")[2]
    assert (run / image).is_file()
    assert [c["value"] for c in tasks[0]["data"]["choices"]] == ["woman", "man", "cannot tell"]
    said = ["woman", "man", "cannot tell"]
    for number, task in enumerate(tasks[:3]):
        result = {"from_name": "answer", "type": "choices", "value": {"choices": [said[number]]}}
        task["annotations"] = [
            {"completed_by": 7, "result": [result]},
            {"completed_by": {"id": 8}, "was_cancelled": True, "result": []},
        ]
    tasks[3]["annotations"] = [{"completed_by": 8, "result": []}]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    taken = take(run, asked, from_label_studio(path, ""))

    assert taken.kept == {"user-7": 3}
    answers = [label.answer for label in read_labels(run).labels]
    assert sorted(map(str, answers)) == ["None", "man", "woman"]
    assert take(run, asked, from_label_studio(path, "ann")).kept == {"ann": 3}


def test_stars_and_numbers_of_label_studio_are_scores(run, questions, tmp_path):
    asked, _ = questions(run, 5, ["onlooker.level"])
    tasks = json.loads(to_label_studio(asked))[:2]
    for task, value in zip(tasks, ({"rating": 4}, {"number": 25}), strict=True):
        task["annotations"] = [{"completed_by": 1, "result": [{"value": value}]}]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    take(run, asked, from_label_studio(path, ""))

    assert sorted(label.answer for label in read_labels(run).labels) == [25.0, 75.0]


def test_unmatched_rows_are_counted_and_named(run, questions, tmp_path):
    asked, _ = questions(run, 2, ["onlooker.label"])
    key, image = asked[0].key, asked[0].drawn.cell.image
    rows = [
        f"{key.prompt_set},{key.prompt_id},{key.index},onlooker.label,woman,{image}",
        f"{key.prompt_set},{key.prompt_id},{key.index},onlooker.lable,woman,{image}",
        f"{key.prompt_set},nowhere,0,onlooker.label,woman,",
        f"{key.prompt_set},{key.prompt_id},{key.index},onlooker.label,man,{'0' * 64}",
    ]
    path = tmp_path / "a.csv"
    path.write_text("prompt_set,prompt_id,index,measure,answer,image\n" + "\n".join(rows) + "\n")
    taken = take(run, asked, from_csv(path, "ann"))
    lines = taken.lines()

    assert taken.kept == {"ann": 1} and len(taken.unmatched) == 3
    assert any("onlooker.lable, which was not asked; did you mean" in line for line in lines)
    assert any("1 not kept: no such image in the drawn sample" in line for line in lines)
    assert any("a.csv:5" in line and "of another image" in line for line in lines)


HEAD = "prompt_set,prompt_id,index,measure,answer,rater\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prompt_id,answer\n", ":1: has no column prompt_set, index, measure"),
        ("", ":1: has no column"),
        (HEAD + "s,p,0,m\n", ":2: has 4 cells and the first line 6"),
        (HEAD + "s,p,first,m,woman,ann\n", ":2: index 'first' is no whole number"),
        (HEAD + "s,p,0,m,woman,\n", ":2: does not say who labelled"),
        (HEAD + "s,p,0,m,woman,../ann\n", ":2: rater '../ann': is no rater's name"),
        (HEAD + 's,p,0,m,"wo"man,ann\n', ":2: "),
        (HEAD + "s,p,0,m,\x00woman,ann\n", ":2:9"),
    ],
)
def test_a_csv_that_cannot_be_read_says_where_and_how_to_mend_it(tmp_path, text, said):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        list(from_csv(path, ""))
    assert f"bad.csv{said}" in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "bad JSON"),
        ("{}", "is no list of tasks"),
        ('[{"data": {}, "annotations": [{"result": [{"value": {"number": 1' + "0" * 400 + "}}]}]}]",
         "task 1: is no task"),
        ('[{"data": {}}, 3]', "task 2: is no task"),
        ('[{"data": {}, "annotations": [{"result": [{"value": {"choices": ["a", "b"]}}]}]}]',
         "task 1: has 2 choices"),
        ('[{"data": {}, "annotations": [{"completed_by": 1, "result": [{"value": '
         '{"choices": ["a"]}}]}]}]', "task 1: is no task"),
    ],
)  # fmt: skip
def test_an_export_that_cannot_be_read_says_where(tmp_path, text, said):
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        list(from_label_studio(path, ""))


def test_an_answer_that_the_question_does_not_have_keeps_nothing_at_all(run, questions, tmp_path):
    asked, _ = questions(run, 2, ["onlooker.label"])
    path = tmp_path / "a.csv"
    rows = [f"{t.key.prompt_set},{t.key.prompt_id},{t.key.index},onlooker.label" for t in asked]
    path.write_text(HEAD + f"{rows[0]},woman,ann\n{rows[1]},child,ann\n")
    with pytest.raises(InputError, match=r"a\.csv:3: 'child': .* write one of woman, man, or"):
        take(run, asked, from_csv(path, ""))
    assert read_labels(run).labels == ()


def test_cells_that_a_spreadsheet_would_obey_are_text(run, questions):
    from dataclasses import replace

    asked, _ = questions(run, 1, ["onlooker.right"])
    cell = asked[0].drawn.cell
    wicked = replace(cell, prompt=replace(cell.prompt, text="=1+1"))
    key = cell.key._replace(prompt_id="=cmd()")
    task = replace(asked[0], drawn=asked[0].drawn._replace(cell=replace(wicked, key=key)))
    row = next(csv.DictReader(to_csv([task], read_labels(run)).splitlines()))

    assert row["prompt_id"] == "'=cmd()" and not row["context"].startswith("=")
