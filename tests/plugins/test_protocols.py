"""What a plug-in lacks is said once, in one line that names flag, module and mend."""

import pytest

from evalsuite import cli
from evalsuite.plugins import find as plugins
from evalsuite.records import InputError

BACKEND = {
    "batch_size": "batch_size = 4",
    "dialect": 'dialect = "scenes"',
    "describe": "def describe(self): return {}",
    "problems": "def problems(self, prompts): return []",
    "render": "def render(self, requests): return []",
}
SCORER = {
    "name": 'name = "mine"',
    "batch_size": "batch_size = 4",
    "describe": "def describe(self): return {}",
    "problems": "def problems(self, prompts): return []",
    "judge": "def judge(self, cases): return []",
}


@pytest.fixture
def package(monkeypatch, tmp_path):
    """Write a module of a package that no other test has; its dotted path."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    name = f"package_{abs(hash(str(tmp_path)))}"
    (tmp_path / name).mkdir()

    def write(text):
        (tmp_path / name / "mine.py").write_text(text)
        return f"{name}.mine"

    return write


def source(members, **changed):
    lines = [line for line in {**members, **changed}.values() if line]
    return "class Mine:\n    " + "\n    ".join(lines) + "\ndef load():\n    return Mine()\n"


def refused(load, module):
    with pytest.raises(InputError, match=r"^[^\n]*$") as error:
        load(module)
    return str(error.value)


def test_a_whole_backend_and_scorer_are_taken(package):
    assert plugins.load_backend(package(source(BACKEND))).batch_size == 4


def test_a_whole_scorer_is_taken(package):
    assert plugins.load_scorer(package(source(SCORER))).name == "mine"


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (
            {"problems": ""},
            "problems is missing, add def problems(self, prompts), which returns []",
        ),
        ({"dialect": ""}, 'dialect is missing, add dialect = "everyday" or dialect = "scenes"'),
        ({"dialect": 'dialect = "french"'}, "dialect is 'french', write dialect = \"everyday\""),
        ({"dialect": "dialect = ['scenes']"}, "dialect is ['scenes'], write"),
        ({"batch_size": ""}, "batch_size is missing, add batch_size = 8"),
        ({"batch_size": "batch_size = 0"}, "batch_size is 0, not a whole number from 1 on"),
        ({"batch_size": "batch_size = 2.0"}, "batch_size is 2.0, not a whole number"),
        ({"batch_size": "batch_size = True"}, "batch_size is True, not a whole number"),
        ({"more": "concurrency = 3"}, "with a concurrency, write batch_size = 1"),
        ({"more": "concurrency = 0"}, "concurrency is 0, not a whole number from 1 on, write"),
        ({"describe": "describe = {}"}, "describe is of type dict and no method"),
        ({"render": "render = None"}, "render is of type NoneType and no method"),
        ({"render": "def render(self): return []"}, "render cannot be called with (requests)"),
        (
            {"batch_size": "batch_size = property(lambda self: 1 / 0)"},
            "batch_size raised ZeroDivisionError: division by zero",
        ),
    ],
)
def test_what_a_backend_lacks_is_said(package, changed, fault):
    module = package(source(BACKEND, **changed))

    message = refused(plugins.load_backend, module)

    assert message.startswith(f"--model {module}: the back-end of {module} must be mended: ")
    assert fault in message
    assert message.count(";") == 0


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"name": ""}, 'name is missing, add name = "my-scorer"'),
        (
            {"name": 'name = "mypkg.px"'},
            "name is 'mypkg.px', not of small letters, digits, - and _",
        ),
        ({"name": 'name = "Mine"'}, "name is 'Mine', not of small letters"),
        ({"name": 'name = "a b"'}, "name is 'a b', not"),
        ({"name": 'name = "-a"'}, "name is '-a', not"),
        ({"name": 'name = "a\\n"'}, "name is 'a\\n', not"),
        ({"name": "name = 3"}, "name is 3, not"),
        ({"judge": ""}, "judge is missing, add def judge(self, cases)"),
        ({"judge": "judge = 3"}, "judge is of type int and no method"),
        ({"problems": "def problems(self): return []"}, "problems cannot be called with (prompts)"),
    ],
)
def test_what_a_scorer_lacks_is_said(package, changed, fault):
    module = package(source(SCORER, **changed))

    message = refused(plugins.load_scorer, module)

    assert message.startswith(f"--scorers {module}: the scorer of {module} must be mended: ")
    assert fault in message


@pytest.mark.parametrize(
    ("measures", "fault"),
    [
        ("Measure(name='mine.a', title='A')", "MEASURES of MODULE is no list"),
        ("'mine.a'", "MEASURES of MODULE is no list"),
        ("['mine.a']", "MEASURES of MODULE holds a str; write evalsuite.records.Measure"),
        ("[Measure(name='other.a', title='A')]", "is not of the scorer 'mine'; name it mine.a"),
        ("[Measure(name='mine', title='A')]", "is not of the scorer 'mine'; name it mine.mine"),
        ("[Measure(name='mine.a', title='A')] * 2", "measure 'mine.a' in MEASURES of MODULE comes"),
        ("[Measure(name='mine.a', title='A', kind='meen')]", "has no kind 'meen'; there are share"),
        ("[Measure(name='mine.a', title='A', applies=('hops',))]", "has no condition 'hops'"),
    ],
)
def test_a_scorers_measures_are_checked_when_it_is_loaded(package, measures, fault):
    head = "from evalsuite.records import Measure\n"
    module = package(f"{head}MEASURES = {measures}\n{source(SCORER)}")

    message = refused(plugins.load_scorer, module)

    assert message.startswith(f"--scorers {module}: ")
    assert fault.replace("MODULE", module) in message


def test_all_that_is_missing_is_in_the_one_line(package):
    module = package("class Mine:\n    batch_size = 1\ndef load():\n    return Mine()\n")

    message = refused(plugins.load_backend, module)

    assert [name for name in BACKEND if f"{name} is missing" in message] == [
        *("dialect", "describe", "problems", "render")
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "def load():\n    return None\n",
            "load() of MODULE gave None; let it return the back-end",
        ),
        (
            source(BACKEND).replace("Mine()", "Mine"),
            "load() of MODULE gave the class Mine, not an object of it",
        ),
        ("", "the module MODULE has no load(); a plug-in needs one"),
        ("load = 3\n", "the module MODULE has no load()"),
        ("x = 1\ndef load(:\n", "mine.py, line 2: invalid syntax; mend the file"),
        ("x = '\0'\n", "source code string cannot contain null bytes"),
        ("\n\nx = 1 / 0\n", "importing it raised ZeroDivisionError: division by zero, in"),
        ("\n\nx = 1 / 0\n", "mine.py, line 3; mend the module"),
        ("raise SystemExit(1)\n", "importing it raised SystemExit: 1, in"),
        ("import nowhere_at_all\n", "needs nowhere_at_all, which is not installed: pip install"),
        (
            "from . import nothing\n",
            "importing it raised ImportError: cannot import name 'nothing'",
        ),
        ("from .nothing import x\n", "there is no module PACKAGE.nothing, in"),
        ("def load():\n    raise OSError('no weights')\n", "load() raised OSError: no weights, in"),
        ("def load():\n    import yaml_absent\n", "needs yaml_absent, which is not installed: pip"),
    ],
)
def test_what_cannot_be_loaded_says_where_and_why(package, text, fault):
    module = package(text)

    message = refused(plugins.load_backend, module)

    assert message.startswith(f"--model {module}: ")
    assert fault.replace("MODULE", module).replace("PACKAGE", module.partition(".")[0]) in message


def test_a_package_that_cannot_be_imported_is_said_too(package, tmp_path):
    module = package(source(BACKEND))
    (tmp_path / module.partition(".")[0] / "__init__.py").write_text("import absent_thing\n")

    assert "needs absent_thing, which is not installed" in refused(plugins.load_backend, module)


def test_an_importer_needs_rows(package):
    module = package("def rows(path): return []\n")

    message = refused(plugins.load_importer, module)

    assert f"--format {module}: the importer {module} must be mended: rows cannot be called" in (
        message
    )
    assert "add def rows(path, note)" in message


@pytest.mark.parametrize(
    ("flag", "text"),
    [
        ("--model", source(BACKEND, problems="")),
        ("--model", source(BACKEND, dialect="")),
        ("--model", "def load(:\n"),
        ("--scorers", source(SCORER, name='name = "mypkg.px"')),
        ("--scorers", source(SCORER, judge="")),
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ("run", "--output-dir", "out"),
        ("gate", "--sequential", "--baseline", "base.json", "--policy", "scenes"),
    ],
)
def test_the_command_ends_with_2_before_anything_is_drawn(
    package, tmp_path, capsys, command, flag, text
):
    module = package(text)
    words = [*command, flag, module, "--no-progress"]
    if flag == "--scorers":
        words += ["--model", "scenes"]
    if command[0] == "gate":
        bless(tmp_path)

    with pytest.raises(SystemExit) as ended:
        cli.main(words)

    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert error.count("\n") == 1 and f"{flag} {module}: " in error
    assert not (tmp_path / "out").exists()


def test_a_dry_run_that_only_reads_the_module_says_it_too(package, capsys):
    module = package("x = 1\ndef load(:\n")

    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "--dry-run", "--model", module])

    assert ended.value.code == 2
    assert "mine.py, line 2: invalid syntax; mend the file" in capsys.readouterr().err


def test_two_scorers_of_one_name_are_refused_before_anything_is_drawn(package, tmp_path, capsys):
    module = package(source(SCORER, name='name = "clip"'))

    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "--model", "scenes", "--scorers", f"clip,{module}", "--output-dir", "out"])

    assert ended.value.code == 2
    assert f"--scorers {module}: is called 'clip' like another" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("{'weights': {1, 2}}", "describe() raised TypeError: Object of type set is not JSON"),
        ("{'scale': float('nan')}", "describe() raised ValueError: Out of range float values"),
        ("[1]", "describe() raised TypeError: "),
        ("1 / 0", "describe() raised ZeroDivisionError: division by zero, in"),
    ],
)
def test_what_cannot_stand_in_a_manifest_is_refused(package, written, message):
    module = package(source(BACKEND, describe=f"def describe(self): return {written}"))
    backend = plugins.load_backend(module)

    assert message in refused(lambda name: plugins.backend_entry(name, backend), module)


def bless(place):
    """A blessed run of one picture in `place`/base.json, not judged."""
    from evalsuite.gating import run as gating
    from evalsuite.pipeline import stages
    from evalsuite.pipeline.settings import Settings

    settings = Settings(
        model="scenes",
        prompts=("scenes-counts",),
        limit="1",
        num_images=1,
        output_dir=str(place / "base"),
    )
    stages.generate(settings)
    gating.bless(place / "base", place / "base.json", {}, anyway=True)
