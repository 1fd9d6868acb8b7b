"""Look-alikes of each benchmark's file: their columns and quirks, with sentences of our own."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from evalsuite.prompts import importers
from evalsuite.prompts import sets as prompts
from evalsuite.prompts.importers import Columns
from evalsuite.records import Clause, InputError, Prompt, Question
from evalsuite.vocabulary.coco import NAMES


def imported(path: Path, **options: str) -> tuple[list[Prompt], list[str]]:
    """The prompts and notes of a file of a format to be told; what is written reads back."""
    notes: list[str] = []
    found = importers.read(path, note=notes.append, **options)
    out = path.parent / "written" / "mine.jsonl"
    importers.write(found, out, path.name)
    assert prompts.read(out).prompts == tuple(found)
    return found, notes


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_geneval(tmp_path: Path) -> None:
    rows = [
        {
            "tag": "single_object",
            "include": [{"class": "bench", "count": 1}],
            "prompt": "one bench",
        },
        {
            "tag": "counting",
            "include": [{"class": "clock", "count": 2}],
            "exclude": [{"class": "clock", "count": 3}],
            "prompt": "clocks, two",
        },
        {
            "tag": "position",
            "include": [
                {"class": "bench", "count": 1},
                {"class": "dog", "count": 1, "position": ["right of", 0]},
            ],
            "prompt": "a dog, a bench on its left",
        },
        {
            "tag": "color_attr",
            "include": [
                {"class": "tv remote", "count": 1, "color": "pink"},
                {"class": "bus", "count": 1, "color": "red"},
            ],
            "prompt": "a pink remote and a bus in red",
        },
    ]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    path = write(tmp_path / "evaluation_metadata.jsonl", text)
    assert importers.detect(path) == "geneval"
    found, notes = imported(path)
    assert [prompt.tag for prompt in found] == [row["tag"] for row in rows]
    assert found[1].exclude == (Clause("clock", 3),)
    assert found[2].include[1] == Clause("dog", position=("right of", 0))
    assert found[3].include[0] == Clause("tv remote", color="pink")
    assert found[0].id == "evaluation_metadata-0000"
    assert notes == []
    # It also is a prompt set as it is.
    assert prompts.read(path).prompts == tuple(found)


GENEVAL_SIZES = {
    "single_object": 80, "two_object": 99, "counting": 80, "colors": 94, "position": 100,
    "color_attr": 100,
}  # fmt: skip
"""The published tasks and their numbers of prompts: 553 in all."""


def geneval_row(tag: str, number: int) -> dict[str, object]:
    """A row with the keys of the published file's rows of that task, and words of our own."""
    one, other = NAMES[number % 80], NAMES[(number + 7) % 80]
    include: list[dict[str, object]] = [{"class": one, "count": 1}]
    row: dict[str, object] = {"tag": tag, "include": include}
    if tag == "counting":
        include[0]["count"] = 2 + number % 3
        row["exclude"] = [{"class": one, "count": 3 + number % 3}]
    if tag in ("two_object", "position", "color_attr"):
        include.append({"class": other, "count": 1})
    if tag == "position":
        include[1]["position"] = [("left of", "right of", "above", "below")[number % 4], 0]
    if tag in ("colors", "color_attr"):
        include[0]["color"] = "red"
    if tag == "color_attr":
        include[1]["color"] = "blue"
    return {**row, "prompt": f"look-alike {tag} {number}: {one} and {other}"}


def test_all_553_rows_of_genevals_look_alike_load_unchanged(tmp_path: Path) -> None:
    rows = [geneval_row(tag, n) for tag, size in GENEVAL_SIZES.items() for n in range(size)]
    path = tmp_path / "evaluation_metadata.jsonl"
    write(path, "".join(json.dumps(row) + "\n" for row in rows))

    read = prompts.read(path).prompts
    found, _ = imported(path)

    assert len(read) == 553
    assert Counter(prompt.tag for prompt in read) == GENEVAL_SIZES
    assert tuple(found) == read
    for row, prompt in zip(rows, read, strict=True):
        back = json.loads(importers._line(prompt))
        assert {key: back[key] for key in row} == row


def test_genevals_ids_are_kept_and_twins_must_lead_somewhere(tmp_path: Path) -> None:
    path = write(tmp_path / "my set.jsonl", '{"tag": "t", "prompt": "x"}\n')
    assert [prompt.id for prompt in imported(path)[0]] == ["geneval-0000"]
    path = write(tmp_path / "b.jsonl", '{"id": "a", "tag": "t", "prompt": "x", "twin": "b"}\n')
    with pytest.raises(InputError, match="twin 'b' of 'a'"):
        importers.read(path)


def test_t2i_compbench(tmp_path: Path) -> None:
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
    (one,) = importers.read(tmp_path / "color_train.txt")
    assert one.groups == {"category": "color", "split": "train"}


def test_partiprompts(tmp_path: Path) -> None:
    text = (
        "Prompt\tCategory\tChallenge\tNote\r\n"
        'a "quoted sign\tAbstract\tWriting & Symbols\tan unclosed quote\r\n'
        "a caf\u0065\u0301\tFood & Beverage\tBasic\t\r\n"
    )
    found, notes = imported(write(tmp_path / "PartiPrompts.tsv", text))
    assert notes == ["columns that are not read: 'note'"]
    assert found == [
        Prompt("partiprompts-0000", 'a "quoted sign', "partiprompts",
               groups={"category": "Abstract", "challenge": "Writing & Symbols"}),
        Prompt("partiprompts-0001", "a caf\u00e9", "partiprompts",
               groups={"category": "Food & Beverage", "challenge": "Basic"}),
    ]  # fmt: skip


def test_drawbench(tmp_path: Path) -> None:
    text = '\ufeffPrompts,Category\n"A sign, that says ""Go"".",Text\nA blue dog.,Colors\n'
    found, _ = imported(write(tmp_path / "prompts.csv", text))
    assert [(p.text, p.groups) for p in found] == [
        ('A sign, that says "Go".', {"category": "Text"}),
        ("A blue dog.", {"category": "Colors"}),
    ]


def test_genai_bench(tmp_path: Path) -> None:
    entry = {"prompt in Chinese": "x", "models": {"DALLE_3": [5, 4, 5]}}
    image = {
        "00000": {"id": "00000", "prompt": "A baker.", **entry},
        "00012": {"id": "00012", "prompt": "Two bakers, no bread.", **entry},
    }
    path = write(tmp_path / "genai_image.json", json.dumps(image))
    bare, notes = imported(path)
    assert [prompt.groups for prompt in bare] == [{}, {}]
    assert notes == [
        "genai_skills.json does not lie beside it, so there are no groups",
        "columns that are not read: 'models', 'prompt in Chinese'",
    ]
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
def test_questions_with_parents(tmp_path: Path, name: str, tag: str) -> None:
    found, notes = imported(write(tmp_path / name, TABLE))
    assert [(p.id, p.text, p.tag, p.groups) for p in found] == [
        ("whoops_5", "A cube, purple", tag, {"source": "whoops"}),
        ("odd", "A cat", tag, {}),
    ]
    assert found[0].questions == (
        Question("Is there a cube?", kind="entity"),
        Question("Is the cube purple?", depends=(0,), kind="attribute"),
    )
    # After its parent; what leads nowhere is left out and said, and a circle stays one.
    assert found[1].questions == (
        Question("Is there a cat?", kind="entity"),
        Question("Is the cat asleep?", depends=(0,), kind="entity"),
        Question("Is it day?", depends=(3,), kind="entity"),
        Question("Is it light?", depends=(2,), kind="entity"),
    )
    assert notes == [
        "columns that are not read: 'keywords'",
        "odd, question 1: parent 'air' left out: no other has that id",
        "odd, question 3: parent '3' left out: no other has that id",
    ]


def test_an_id_that_comes_twice_is_said_and_the_rest_loads(tmp_path: Path) -> None:
    twice = TABLE.replace("odd,A cat,cat,2", "odd,A cat,cat,1")
    found, notes = imported(write(tmp_path / "dsg-1k-anns.csv", twice))
    assert [prompt.id for prompt in found] == ["whoops_5", "odd"]
    assert [question.text for question in found[1].questions] == [
        "Is the cat asleep?",
        "Is there a cat?",
        "Is it day?",
        "Is it light?",
    ]
    assert notes[0] == "odd: two questions have the id '1'; both are kept"


def test_dsgs_questions_have_their_tuples_type(tmp_path: Path) -> None:
    text = (
        "item_id,text,proposition_id,dependency,category_broad,category_detailed,tuple,"
        "question_natural_language\n"
        'a1,"A cube, red",1,0,entity,whole,entity - whole (cube),Is there a cube?\n'
        'a1,"A cube, red",2,1,attribute,color,"attribute - color (cube, red)",Is it red?\n'
        'a1,"A cube, red",3,1,global,style,,Is it a photo?\n'
    )
    (one,) = imported(write(tmp_path / "dsg-1k-anns.csv", text))[0]
    assert [q.kind for q in one.questions] == [
        "entity - whole",
        "attribute - color",
        "global - style",
    ]
    (one,) = imported(write(tmp_path / "b" / "dpg_bench.csv", text))[0]
    assert [q.kind for q in one.questions] == ["entity", "attribute", "global"]


def test_dsg_as_json(tmp_path: Path) -> None:
    row = {"item_id": "a_1", "text": "A cat", "dependency": 0, "proposition_id": 1}
    rows = [{**row, "question_natural_language": "Is there a cat?"}]
    (one,) = imported(write(tmp_path / "dsg.json", json.dumps(rows)))[0]
    assert one.questions == (Question("Is there a cat?"),)


def test_dpg_benchs_folder(tmp_path: Path) -> None:
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


def test_tifa(tmp_path: Path) -> None:
    row = {"id": "coco_3", "caption": "Three cats.", "element_type": "counting", "element": "three"}
    rows = [
        {**row, "question": "are there cats?", "choices": ["yes", "no"], "answer": "yes"},
        {**row, "question": "how many cats?", "choices": ["1", "2", "3"], "answer": "3"},
        {**row, "question": "how many?", "choices": ["two", "three"], "answer": "3"},
        {**row, "question": "what color?", "choices": ["red", "blue"], "answer": "pink"},
        {"id": "drawbench_1", "caption": "A text alone.", "coco_val_id": "7"},
    ]
    found, notes = imported(write(tmp_path / "questions.json", json.dumps(rows)))
    assert found == [
        Prompt("coco_3", "Three cats.", "tifa", groups={"source": "coco"}, questions=(
            Question("are there cats?", kind="counting"),
            Question("how many cats?", "3", ("1", "2", "3"), kind="counting"),
            Question("how many?", "three", ("two", "three"), kind="counting"))),
        Prompt("drawbench_1", "A text alone.", "tifa", groups={"source": "drawbench"}),
    ]  # fmt: skip
    assert notes == [
        "coco_3: question 'what color?' left out: 'pink' is not a choice",
        "columns that are not read: 'element', 'coco_val_id'",
    ]


def test_geneval2(tmp_path: Path) -> None:
    row = {
        "prompt": "four white cups on two desks",
        "atom_count": 3,
        "vqa_list": [["How many cups?", "four"], ["Are the cups white?", "Yes"], ["Desks?", "Yes"]],
        "skills": ["count", "attribute", "object"],
    }
    path = write(tmp_path / "geneval2_data.jsonl", json.dumps(row) + "\n")
    assert importers.detect(path) == "geneval2"
    (one,) = imported(path)[0]
    assert (one.text, one.groups) == ("four white cups on two desks", {"atom_count": "3"})
    assert one.questions == (
        Question("How many cups?", "four", kind="count"),
        Question("Are the cups white?", "yes", kind="attribute"),
        Question("Desks?", "yes", kind="object"),
    )
    for broken in ({"vqa_list": [["a"]]}, {"skills": ["count"]}, {"prompt": 3}):
        write(path, json.dumps({**row, **broken}) + "\n")
        with pytest.raises(InputError, match=r"geneval2_data\.jsonl:1: "):
            importers.read(path)


def test_plain_text(tmp_path: Path) -> None:
    found, _ = imported(write(tmp_path / "my prompts.txt", "a dog\n\n  two   cats  \n"))
    assert [(p.id, p.text) for p in found] == [
        ("my-prompts-0001", "a dog"),
        ("my-prompts-0003", "two cats"),
    ]


def parquet(path: Path, columns: dict[str, list[object]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table(columns), path)


def arrow_stream(path: Path, columns: dict[str, list[object]]) -> None:
    import pyarrow as pa

    table = pa.table(columns)
    with pa.ipc.new_stream(str(path), table.schema) as stream:
        stream.write_table(table)


def arrow_file(path: Path, columns: dict[str, list[object]]) -> None:
    import pyarrow as pa

    table = pa.table(columns)
    with pa.ipc.new_file(str(path), table.schema) as stream:
        stream.write_table(table)


@pytest.mark.parametrize(
    ("name", "save", "split"),
    [
        ("data/train-00000-of-00001.parquet", parquet, "train"),
        ("test/data-00000-of-00001.arrow", arrow_stream, "test"),
        ("validation.arrow", arrow_file, "validation"),
    ],
)
def test_datasets_folders(
    tmp_path: Path, name: str, save: Callable[[Path, dict[str, list[object]]], None], split: str
) -> None:
    file = tmp_path / "mine" / name
    file.parent.mkdir(parents=True)
    columns = {
        "image": [b"\xff\xd8", b"\xff\xd8"],
        "Prompt": ["a dog", "a cat"],
        "Category": ["animals", None],
    }
    save(file, columns)
    assert importers.detect(tmp_path / "mine") == "datasets"
    found, notes = imported(tmp_path / "mine")
    assert notes == ["columns that are not read: 'image'"]
    assert [(p.id, p.text, p.groups) for p in found] == [
        ("dataset-00000", "a dog", {"category": "animals", "split": split}),
        ("dataset-00001", "a cat", {"split": split}),
    ]


def test_datasets_of_text_files(tmp_path: Path) -> None:
    write(tmp_path / "set" / "dataset_info.json", "{}")
    write(tmp_path / "set" / "a.jsonl", '{"caption": "a dog", "type": 3}\n\n{"caption": "a cat"}\n')
    write(tmp_path / "set" / "b.csv", "text,source\na bird,web\n")
    found, _ = imported(tmp_path / "set")
    assert [(p.text, p.groups) for p in found] == [
        ("a dog", {"type": "3", "split": "a"}),
        ("a cat", {"split": "a"}),
        ("a bird", {"source": "web", "split": "b"}),
    ]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("p.tsv", "Prompt\tCategory\tChallenge\na dog\tAnimals\n", "p.tsv:2: 2 cells, 3 columns"),
        ("p.tsv", "Prompt\tCategory\tChallenge\n \ta\tb\n", "p.tsv:2: prompt: string should have"),
        ("p.csv", "Prompts,Category\nok,x\na\u202eb,x\n", "p.csv:3: control, bidi or broken"),
        ("p.csv", "Prompts,Category\n", "p.csv: holds no prompts, read as drawbench"),
        ("p.csv", "Prompts,Category\n" + "x" * 50000 + ",a\n", "p.csv:2: prompt: string should"),
        (
            "dsg.csv",
            TABLE.replace("odd,A cat,cat,2", "odd,A dog,cat,2"),
            "dsg.csv:5: item 'odd' has",
        ),
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


LONG = {"tag": "t", "prompt": "a dog\nand a\tcat ", "words": "Good\nday"}


def test_line_breaks_in_a_prompt_become_spaces(tmp_path: Path) -> None:
    path = write(tmp_path / "evaluation_metadata_long.jsonl", json.dumps(LONG) + "\n")
    (one,) = imported(path)[0]
    assert (one.text, one.words) == ("a dog and a cat", "Good day")
    # What is wrong besides is said as it stands in the file.
    write(path, json.dumps({**LONG, "prompt": "a dog\n", "colour": "red"}) + "\n")
    with pytest.raises(InputError, match=r"long\.jsonl:1:\d+: control, bidi"):
        importers.read(path)


TEXT_FILES = [
    ("p.jsonl", '{"prompt": "a dog"}\n{"prompt": "a  cat"}\n'),
    ("p.csv", "prompt\na dog\na cat\n"),
    ("p.csv", "\ufeffPrompt;x\na dog;1\na cat;2\n"),
    ("p.tsv", "prompt\tx\na dog\t1\na cat\t2\n"),
    ("p.json", '[{"Prompt": "a dog"}, {"Prompt": "a cat"}]'),
    ("p.json", '{"7": {"prompt": "a dog"}, "9": {"prompt": "a cat"}}'),
]


@pytest.mark.parametrize(("name", "text"), TEXT_FILES)
def test_any_table_with_a_column_of_prompts(tmp_path: Path, name: str, text: str) -> None:
    path = write(tmp_path / name, text)
    assert importers.detect(path) == "columns"
    assert [prompt.text for prompt in imported(path)[0]] == ["a dog", "a cat"]


def test_usual_columns_become_groups_and_others_are_named(tmp_path: Path) -> None:
    text = "id,prompt,category,Difficulty,seed\nx/1,a dog,animals,easy,7\nx2,a cup,,hard,8\n"
    found, notes = imported(write(tmp_path / "p.csv", text))
    assert [(p.id, p.groups) for p in found] == [
        ("x-1", {"category": "animals", "Difficulty": "easy"}),
        ("x2", {"Difficulty": "hard"}),
    ]
    assert notes == ["columns that are not read: 'seed'; name labels with --group"]


@pytest.mark.parametrize("save", [parquet, arrow_stream, arrow_file])
def test_columns_are_named_in_parquet_and_arrow_too(
    tmp_path: Path, save: Callable[[Path, dict[str, list[object]]], None]
) -> None:
    path = tmp_path / ("t.parquet" if save is parquet else "t.arrow")
    columns = {"image": [b"\xff"], "text_en": ["a dog"], "level": ["easy"], "seed": [7]}
    save(path, {**columns, "asks": [["Is it a dog?", "Is it day?"]]})
    named = Columns(prompt="text_en", question="asks", groups=("level",))
    notes: list[str] = []
    (prompt,) = importers.read(path, "auto", notes.append, named)
    assert (prompt.text, prompt.groups) == ("a dog", {"level": "easy"})
    assert [question.text for question in prompt.questions] == ["Is it a dog?", "Is it day?"]
    assert notes == ["columns that are not read: 'seed', 'image'; name labels with --group"]
    with pytest.raises(InputError, match="no column 'nothing'; it has 'text_en', 'level', 'seed'"):
        importers.read(path, named=Columns(prompt="nothing"))


def test_ids_that_come_twice_are_no_ids(tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", "id,prompt\n1,a dog\n1,a cat\n")
    found, notes = imported(path)
    assert [prompt.id for prompt in found] == ["columns-00000", "columns-00001"]
    assert notes[0] == "column 'id' is not read as ids: '1' comes twice"
    with pytest.raises(InputError, match=r"p\.csv:3: id '1' comes twice"):
        importers.read(path, named=Columns(id="id"))


def test_columns_are_named(tmp_path: Path) -> None:
    rows = [
        {
            "nr": 4,
            "short_description": "a sign",
            "texts": ["Good", "day"],
            "ask": ["Is there a sign?", "Is it day?"],
            "dims": ["a", "b"],
            "meta": {"k": 1},
        }
    ]
    path = write(tmp_path / "p.json", json.dumps(rows))
    with pytest.raises(InputError, match=r"fits no known format.*--column prompt=NAME"):
        importers.detect(path)
    named = Columns(
        prompt="Short_Description", id="nr", words="texts", question="ask", groups=("dims", "meta")
    )
    (one,) = importers.read(path, named=named)
    assert one == Prompt(
        "4",
        "a sign",
        "columns",
        groups={"dims": "a, b", "meta": '{"k": 1}'},
        words="Good day",
        questions=(Question("Is there a sign?"), Question("Is it day?")),
    )
    with pytest.raises(InputError, match="no column 'sort_description'") as caught:
        importers.read(path, named=Columns(prompt="sort_description"))
    assert "it has 'nr', 'short_description'" in str(caught.value)
    with pytest.raises(InputError, match="name it with --column prompt="):
        importers.read(path, "columns")
    with pytest.raises(InputError, match="--format tifa: its columns are known"):
        importers.read(path, "tifa", named=named)
