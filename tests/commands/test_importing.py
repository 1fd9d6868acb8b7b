"""`prompts import` with a format of somebody else's, by the dotted path of its module."""

import json

import pytest

from evalsuite import cli
from evalsuite.commands.importing import FORMATS
from evalsuite.prompts import importers
from evalsuite.prompts import sets as prompts
from evalsuite.records import Prompt

READER = '''"""Lines of a label, a bar and a prompt."""

from evalsuite.records import InputError, Prompt


def rows(path, note):
    for number, line in enumerate(path.read_text().splitlines()):
        label, bar, text = line.partition("|")
        if not bar:
            raise InputError(f"{path}:{number + 1}: has no bar; write label|prompt")
        if text.strip() == "later":
            note(f"line {number + 1}: left out")
            continue
        yield Prompt(f"bars-{number}", text, "bars", groups={"label": label})
'''


@pytest.fixture
def imports(monkeypatch, tmp_path, capsys):
    """Import a text with a reader: exit code, stdout, stderr."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    package = f"readers_{abs(hash(str(tmp_path)))}"
    (tmp_path / package).mkdir()

    def command(text, reader=READER):
        (tmp_path / package / "bars.py").write_text(reader)
        (tmp_path / "my.bars").write_text(text)
        words = ["prompts", "import", "my.bars", "--format", f"{package}.bars", "-o", "mine.jsonl"]
        with pytest.raises(SystemExit) as ended:
            cli.main([*words, "--json"])
        return ended.value.code, *capsys.readouterr()

    return command


def test_a_module_from_elsewhere_reads_a_file_into_a_set(imports, tmp_path):
    code, out, _ = imports("a|two   dogs\nb|later\nc|a caf\u0065\u0301\n")

    said = json.loads(out)
    assert (code, said["prompts"], said["notes"]) == (0, 2, ["line 2: left out"])
    # White space is single and letters composed, as in every other import.
    assert prompts.read(tmp_path / "mine.jsonl").prompts == (
        Prompt("bars-0", "two dogs", "bars", groups={"label": "a"}),
        Prompt("bars-2", "a caf\u00e9", "bars", groups={"label": "c"}),
    )


@pytest.mark.parametrize(
    ("text", "change", "said"),
    [
        ("two dogs\n", ("", ""), "my.bars:1: has no bar; write label|prompt"),
        ("a|\n", ("", ""), "my.bars:1: prompt: string should have at least 1 character"),
        ("a|ok\na|no\x07\n", ("", ""), "my.bars:2: control, bidi or broken character U+0007"),
        ("a|b\n", ('f"bars-{number}"', '"a b"'), "my.bars:1: id: string should match pattern"),
        ("a|b\na|c\n", ('f"bars-{number}"', '"same"'), "id 'same' comes twice"),
        ("a|b\n", ("    for n", "    yield 'a'\n    for n"), "bars gave str where a Prompt is due"),
        ("a|b\n", ("if text", "1 / 0\n        if text"), "raised ZeroDivisionError: division by"),
        ("", ("", ""), "holds no prompts, read as readers_"),
    ],
)
def test_what_it_gives_is_checked_like_any_other(imports, tmp_path, text, change, said):
    code, _, error = imports(text, READER.replace(*change))

    assert (code, error.count("\n")) == (2, 1)
    assert said in error and "my.bars" in error
    assert not (tmp_path / "mine.jsonl").exists()


def test_an_unknown_module_is_one_line(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("a dog\n")

    with pytest.raises(SystemExit) as ended:
        cli.main(["prompts", "import", "a.txt", "--format", "no_such.reader", "-o", "mine.jsonl"])

    assert ended.value.code == 2
    assert capsys.readouterr().err == (
        "evalsuite: --format no_such.reader: there is no module of this dotted path\n"
    )


def test_the_help_names_every_format():
    assert importers.formats() == FORMATS


@pytest.fixture
def command(monkeypatch, tmp_path, capsys):
    """`prompts import table.csv` with flags: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text("nr,text_en,sort,sign\n7,a shop,easy,OPEN\n")

    def run(*flags):
        with pytest.raises(SystemExit) as ended:
            cli.main(["prompts", "import", "table.csv", "-o", "mine.jsonl", *flags])
        return ended.value.code, *capsys.readouterr()

    return run


def test_columns_are_named_by_flags(command, tmp_path):
    code, out, said = command(
        "--column", "prompt=text_en", "--id", "nr", "--group", "sort", "--words", "sign"
    )
    assert (code, said) == (0, "") and "1 prompts, read as columns" in out
    (one,) = prompts.read(tmp_path / "mine.jsonl").prompts
    assert one == Prompt("7", "a shop", "columns", groups={"sort": "easy"}, words="OPEN")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ((), "table.csv: fits no known format"),
        (("--column", "text_en"), "--column 'text_en': write what=name"),
        (("--column", "promt=text_en"), "what being one of prompt, id, words, question, group"),
        (("--column", "prompt=a", "--column", "prompt=b"), "prompt is 'a' already; name one"),
        (("--column", "prompt=text"), "no column 'text'; it has 'nr', 'text_en'"),
        (("--column", "prompt=text_en", "--group", "x"), "no column 'x'; it has 'nr', 'text_en'"),
    ],
)
def test_a_column_that_is_not_there_is_said_in_one_line(command, flags, said):
    code, _, error = command(*flags)
    assert (code, error.count("\n")) == (2, 1) and said in error
