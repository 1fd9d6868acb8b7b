"""What the commands print."""

import subprocess
import sys

from evalsuite.commands import console


def test_counts_are_words():
    assert console.counted({"ok": 3, "refused": 1}) == "3 ok, 1 refused"
    assert console.counted({}) == "none"


def test_what_libraries_log_about_an_error_is_no_second_line():
    code = (
        "import logging; from evalsuite.commands import console; console.speak({}, True); "
        "logging.error('Failed to download'); logging.getLogger('evalsuite').warning('two rows')"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code.format(verbose)], capture_output=True, text=True, check=True
        ).stderr.splitlines()
        for verbose in (0, 1)
    ]
    assert said[0] == ["evalsuite: two rows"]
    assert "ERROR:root:Failed to download" in said[1] and "evalsuite: two rows" in said[1]


def test_nothing_that_is_printed_commands_a_terminal(capsys):
    console.say("refused: \x1b[31mno\r\n  and \x9b2J\u202e")
    console.tell("two\x07 cats")
    console.print_table(("reason",), [("dark\x1b]8;;http://e.org\x07",)])

    out, err = capsys.readouterr()
    assert err == "refused: \\u001b[31mno\\u000d\n  and \\u009b2J\\u202e\n"
    assert out.splitlines()[0] == "two\\u0007 cats"
    assert "dark\\u001b]8;;http://e.org\\u0007" in out


def lines(capsys, monkeypatch, width, *rows):
    monkeypatch.setenv("COLUMNS", str(width))
    console.print_table(("prompt set", "measure", "value"), rows)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_narrow_table_breaks_between_words_then_within_names_and_never_in_a_number(
    capsys, monkeypatch
):
    row = ("scenes-counts", "drawn as asked", "+12.5 points")
    assert lines(capsys, monkeypatch, 36, row) == [
        "prompt set     measure     value",
        "scenes-counts  drawn as    +12.5",
        "               asked       points",
    ]
    assert lines(capsys, monkeypatch, 26, row) == [
        "prompt",
        "set      measure   value",
        "scenes-  drawn as  +12.5",
        "counts   asked     points",
    ]
    assert all(len(line) <= 9 for line in lines(capsys, monkeypatch, 9, row))
