"""Exit codes: 1 is a failed gate alone, whatever becomes of what is printed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from evalsuite.commands import exit
from evalsuite.records import InputError

ROOT = Path(__file__).parents[2]


def ended(error):
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("f:1: odd; mend it"), 2, "evalsuite: f:1: odd; mend it\n"),
        (FileNotFoundError(2, "No such file", "x"), 2, "evalsuite: x: No such file\n"),
        (typer.BadParameter("bad."), 2, "evalsuite: Invalid value: bad; see evalsuite --help\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_the_user_can_mend_is_one_line(capsys, error, code, said):
    assert exit.code_of(ended(error)) == code
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    "error",
    [ValueError("odd"), OSError("no file of anybody's"), SystemExit(1), SystemExit(0), EOFError()],
)
def test_a_bug_has_its_traceback_and_says_where_to_report_it(capsys, error):
    assert exit.code_of(ended(error)) == 70
    told = capsys.readouterr().err
    assert told.startswith("Traceback (most recent call last):") and "in command" in told
    assert "report it in its repository's issues" in told.splitlines()[-1]


def test_half_a_character_is_the_texts_fault(capsys):
    assert exit.code_of(lambda: "a\ud83d".encode()) == 2
    assert capsys.readouterr().err.startswith(r"evalsuite: the text 'a\ud83d' holds half a charact")
    assert exit.code_of(lambda: "é".encode("ascii")) == 70


def test_a_command_that_gives_no_code_is_done():
    assert exit.code_of(lambda: None) == 0
    assert exit.code_of(lambda: 3) == 3


SCRIPT = """
import sys
from evalsuite.commands import exit

def command():
    for _ in range(10_000):
        print("\\u2212" * 10, "\\u2603", "\\ud800")
    print("told", file=sys.stderr)
    return {code}

sys.exit(exit.code_of(command))
"""


def python(script, **options):
    env = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    return subprocess.Popen([sys.executable, "-c", script], env=env, **options)


@pytest.mark.parametrize("code", [0, 1, 3])
def test_a_full_disk_and_a_closed_pipe_leave_a_verdicts_code(code):
    script = SCRIPT.format(code=code)
    with open("/dev/full", "w") as full:
        lost = python(script, stdout=full, stderr=subprocess.PIPE, text=True)
        _, err = lost.communicate()
    assert lost.returncode == code
    assert err.splitlines() == [
        "told",
        "evalsuite: output: No space left on device; not all of it was written",
    ]
    with python(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as left:
        assert left.stdout.readline()
        left.stdout.close()
        assert left.stderr.read() == "told\n"
        assert left.wait() == code


def test_output_that_is_lost_is_an_error_where_it_was_all_that_was_asked_for():
    with open("/dev/full", "w") as full:
        lost = python(SCRIPT.format(code=None), stdout=full, stderr=subprocess.PIPE)
        lost.communicate()
    assert lost.returncode == 2


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("ascii", rb"---------- \u2603 \ud800"),
        ("cp1252:strict", rb"---------- \u2603 \ud800"),
        ("utf-8", ("\N{MINUS SIGN}" * 10 + " \N{SNOWMAN} \\ud800").encode()),
    ],
)
def test_signs_that_a_terminal_lacks_are_written_plainly(encoding, line):
    shown = python(
        SCRIPT.format(code=3), stdout=subprocess.PIPE, env={"PYTHONIOENCODING": encoding}
    )
    out, _ = shown.communicate()
    assert shown.returncode == 3
    assert set(out.splitlines()) == {line}


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "2>/dev/full"])
def test_streams_that_are_closed_change_nothing(tmp_path, closed):
    path = tmp_path / "script.py"
    path.write_text(SCRIPT.format(code=1))
    words = f"'{sys.executable}' '{path}' {closed}"
    done = subprocess.run(
        words, shell=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )
    assert done.returncode == 1
