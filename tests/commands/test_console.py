"""How progress is told where there is no terminal."""

import subprocess
import sys

import pytest

from evalsuite.commands import console


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0:00"), (65, "1:05"), (3599.6, "1:00:00"), (36061, "10:01:01")]
)
def test_times_are_short(seconds, said):
    assert console.clock(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "2.5/s"), (20.0, "0.050/s"), (0.01, "100/s"), (1.5, "0.67/s"), (None, "")],
)
def test_rates_have_two_digits(seconds, said):
    assert console.rate(seconds) == said


def test_a_line_each_tenth_with_the_time_left(capsys):
    now = [0.0]
    tell = console.Lines(clock=lambda: now[0])

    for done in range(0, 101):
        now[0] = done * 1.0
        tell("generate", done, 100)

    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["generate: 0/100", "generate: 10/100, 1.0/s, 1:30 left"]
    assert lines[-1] == "generate: 100/100"
    assert len(lines) == 11


def test_a_line_each_half_minute_where_tenths_are_slow(capsys):
    now = [0.0]
    tell = console.Lines(clock=lambda: now[0])

    for done in range(0, 5):
        now[0] = done * 20.0
        tell("judge", done, 1000)

    lines = capsys.readouterr().err.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "judge: 0/1000",
        "judge: 2/1000",
        "judge: 4/1000",
    ]


def test_time_left_counts_from_where_a_resumed_run_began(capsys):
    now = [0.0]
    tell = console.Lines(clock=lambda: now[0])
    tell("generate", 90, 100)
    now[0] = 10.0
    tell("generate", 95, 100)
    now[0] = 100.0
    tell("generate", 99, 100)

    assert capsys.readouterr().err.splitlines()[1:] == ["generate: 99/100, 0.090/s, 0:11 left"]


def test_nothing_is_told_of_what_is_done_already(capsys):
    tell = console.Lines()
    tell("generate", 5, 5)

    assert capsys.readouterr().err == ""


def test_counts_are_words():
    assert console.counted({"ok": 3, "refused": 1}) == "3 ok, 1 refused"
    assert console.counted({}) == "none"


def test_a_notebook_has_one_bar_at_a_time_and_needs_no_cursor_that_moves_up(capsys):
    with console.notebook_bars() as tell:
        for stage in ("generate", "judge"):
            for done in range(4):
                tell(stage, done, 3)

    shown = capsys.readouterr().err
    assert "generate: 100%" in shown and "judge: 100%" in shown and " 3/3 " in shown
    assert shown.index("generate: 100%") < shown.index("judge:   0%")
    assert "\x1b[A" not in shown


def test_no_kernel_is_no_notebook():
    assert not console.in_notebook()


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
