"""Look-alikes of each benchmark's file: their columns and quirks, with sentences of our own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from evalsuite.prompts import importers
from evalsuite.records import InputError, Prompt, Question

Imported = Callable[[Path], tuple[list[Prompt], list[str]]]
"""The fixture: the prompts and notes of a file."""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_t2i_compbench(tmp_path: Path, imported: Imported) -> None:
    write(tmp_path / "color_val.txt", "a green cup and a red hat\r\n\r\na red cup \r\n")
    write(tmp_path / "3d_spatial_val.txt", "a cup behind a hat\na red cup")
    write(tmp_path / "color_train.txt", "not for evaluation\n")
    assert importers.detect(tmp_path) == "t2i-compbench"
    found, notes = imported(tmp_path)
    assert [(p.id, p.text, p.groups["category"]) for p in found] == [
        ("3d_spatial_val-0000", "a cup behind a hat", "3d_spatial"),
        ("3d_spatial_val-0001", "a red cup", "3d_spatial"),
        ("color_val-0000", "a green cup and a red hat", "color"),
    ]
    assert notes == ["color_val.txt:3: left out, as the same line came before"]
    (prompt,) = importers.read(tmp_path / "color_train.txt")
    assert prompt.groups == {"category": "color", "split": "train"}


def test_partiprompts(tmp_path: Path, imported: Imported) -> None:
    text = (
        "Prompt\tCategory\tChallenge\tNote\r\n"
        'a "quoted sign\tAbstract\tWriting & Symbols\tan unclosed quote\r\n'
        "a caf\u0065\u0301\tFood & Beverage\tBasic\t\r\n"
    )
    found, _ = imported(write(tmp_path / "PartiPrompts.tsv", text))
    assert found == [
        Prompt(
            "partiprompts-0000",
            'a "quoted sign',
            "partiprompts",
            groups={"category": "Abstract", "challenge": "Writing & Symbols"},
        ),
        Prompt(
            "partiprompts-0001",
            "a caf\u00e9",
            "partiprompts",
            groups={"category": "Food & Beverage", "challenge": "Basic"},
        ),
    ]


def test_drawbench(tmp_path: Path, imported: Imported) -> None:
    text = '\ufeffPrompts,Category\n"A sign, that says ""Go"".",Text\nA blue dog.,Colors\n'
    found, _ = imported(write(tmp_path / "prompts.csv", text))
    assert [(p.text, p.groups) for p in found] == [
        ('A sign, that says "Go".', {"category": "Text"}),
        ("A blue dog.", {"category": "Colors"}),
    ]


def test_genai_bench(tmp_path: Path, imported: Imported) -> None:
    entry = {"prompt in Chinese": "x", "models": {"DALLE_3": [5, 4, 5]}}
    image = {
        "00000": {"id": "00000", "prompt": "A baker.", **entry},
        "00012": {"id": "00012", "prompt": "Two bakers, no bread.", **entry},
    }
    path = write(tmp_path / "genai_image.json", json.dumps(image))
    bare, notes = imported(path)
    assert [prompt.groups for prompt in bare] == [{}, {}]
    assert notes == ["genai_skills.json does not lie beside it, so there are no groups"]
    skills = {"basic": [0], "scene": [0], "advanced": [12], "counting": [12], "negation": [12]}
    write(tmp_path / "genai_skills.json", json.dumps({**skills, "all": [0, 12]}))
    assert [(p.id, p.groups) for p in importers.read(path)] == [
        ("00000", {"level": "basic", "skills": "scene"}),
        ("00012", {"level": "advanced", "skills": "counting, negation"}),
    ]


TABLE = """item_id,text,keywords,proposition_id,dependency,category_broad,question_natural_language
whoops_5,"A cube, purple",cube,1,0,entity,Is there a cube?
whoops_5,"A cube, purple",purple,2,1,attribute,Is the cube purple?
odd,A cat,cat,1,"2, air",entity,Is the cat asleep?
odd,A cat,cat,2,0,entity,Is there a cat?
odd,A cat,cat,3,"3,4",entity,Is it day?
odd,A cat,cat,4,3,entity,Is it light?
"""


@pytest.mark.parametrize(
    ("name", "tag"), [("dsg-1k-anns.csv", "dsg"), ("dpg_bench.csv", "dpg-bench")]
)
def test_questions_with_parents(tmp_path: Path, imported: Imported, name: str, tag: str) -> None:
    found, notes = imported(write(tmp_path / name, TABLE))
    assert [(p.id, p.text, p.tag, p.groups) for p in found] == [
        ("whoops_5", "A cube, purple", tag, {"source": "whoops"}),
        ("odd", "A cat", tag, {}),
    ]
    assert found[0].questions == (
        Question("Is there a cube?"),
        Question("Is the cube purple?", depends=(0,)),
    )
    # After its parent, and what leads nowhere or in a circle is left out and said.
    assert found[1].questions == (
        Question("Is there a cat?"),
        Question("Is the cat asleep?", depends=(0,)),
        Question("Is it day?"),
        Question("Is it light?", depends=(2,)),
    )
    assert notes == [
        "odd, question 1: parent 'air' left out: no other has that id",
        "odd, question 3: parent '3' left out: no other has that id",
        "odd, question 3: parent '4' left out: each depends on the other",
    ]


def test_dsg_as_json(tmp_path: Path, imported: Imported) -> None:
    row = {"item_id": "a_1", "text": "A cat", "dependency": 0, "proposition_id": 1}
    rows = [{**row, "question_natural_language": "Is there a cat?"}]
    (prompt,) = imported(write(tmp_path / "dsg.json", json.dumps(rows)))[0]
    assert prompt.questions == (Question("Is there a cat?"),)


def test_dpg_benchs_folder(tmp_path: Path, imported: Imported) -> None:
    folder = tmp_path / "prompts"
    write(folder / "10.txt", "Ten.\n")
    write(folder / "2.txt", "A long\n\nprompt.")
    write(folder / "vrd3.txt", "A road.")
    found, _ = imported(folder)
    assert [(p.id, p.text, p.groups) for p in found] == [
        ("2", "A long prompt.", {}),
        ("10", "Ten.", {}),
        ("vrd3", "A road.", {"source": "vrd"}),
    ]


def test_tifa(tmp_path: Path, imported: Imported) -> None:
    row = {"id": "coco_3", "caption": "Three cats.", "element_type": "counting", "element": "three"}
    rows = [
        {**row, "question": "are there cats?", "choices": ["yes", "no"], "answer": "yes"},
        {**row, "question": "how many cats?", "choices": ["1", "2", "3"], "answer": "3"},
        {**row, "question": "what color?", "choices": ["red", "blue"], "answer": "pink"},
        {"id": "drawbench_1", "caption": "A text alone.", "coco_val_id": "7"},
    ]
    found, notes = imported(write(tmp_path / "questions.json", json.dumps(rows)))
    assert found == [
        Prompt(
            "coco_3",
            "Three cats.",
            "tifa",
            groups={"source": "coco"},
            questions=(
                Question("are there cats?"),
                Question("how many cats?", "3", ("1", "2", "3")),
            ),
        ),
        Prompt("drawbench_1", "A text alone.", "tifa", groups={"source": "drawbench"}),
    ]
    assert notes == ["coco_3: question 'what color?' left out: 'pink' is not a choice"]


def test_plain_text(tmp_path: Path, imported: Imported) -> None:
    found, _ = imported(write(tmp_path / "my prompts.txt", "a dog\n\n  two   cats  \n"))
    assert [(p.id, p.text) for p in found] == [
        ("my-prompts-0001", "a dog"),
        ("my-prompts-0003", "two cats"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("p.tsv", "Prompt\tCategory\tChallenge\na dog\tAnimals\n", "p.tsv:2: 2 cells, 3 columns"),
        ("p.tsv", "Prompt\tCategory\tChallenge\n \ta\tb\n", "p.tsv:2: prompt: string should have"),
        ("p.csv", "Prompts,Category\nok,x\na\u202eb,x\n", "p.csv:3: control, bidi or broken"),
        ("p.csv", "Prompts,Category\n", "p.csv: holds no prompts, read as drawbench"),
        ("p.csv", "Prompts,Category\n" + "x" * 5000 + ",a\n", "p.csv:2: prompt: string should"),
        (
            "dsg.csv",
            TABLE.replace("odd,A cat,cat,2", "odd,A dog,cat,2"),
            "dsg.csv:5: item 'odd' has",
        ),
        ("dsg.csv", TABLE.replace("odd,A cat,cat,2", "odd,A cat,cat,1"), "dsg.csv:5: proposition"),
        ("t.json", '[{"caption": "a", "id": 3}]', "t.json: row 1 has no text under 'id'"),
        (
            "t.json",
            '[{"caption": "a", "id": "b", "question": "c"}]',
            "t.json: row 1 needs a question",
        ),
        ("genai_image.json", '{"0": {"prompt": 3}}', "entry 1 has no text under 'prompt'"),
        ("p.txt", "ok\n\x07\n", "p.txt:2: control, bidi or broken character U+0007"),
    ],
)
def test_refusals_name_the_place(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        importers.read(write(tmp_path / name, text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_bytes_that_are_not_utf8_are_named(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    path.write_bytes(b"fine\nna\xefve\n")
    with pytest.raises(InputError, match=r"p\.txt:2: byte 0xef is not UTF-8"):
        importers.read(path)


def test_tables_that_lie_about_their_format_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"p\.csv:1: column 'prompts' is missing"):
        importers.read(path, "drawbench")
    with pytest.raises(InputError, match="row 2 has no column prompt or caption or text"):
        importers.read(path, "datasets")
