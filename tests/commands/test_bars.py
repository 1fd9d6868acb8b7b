"""How progress is told: in bars, and in lines where there is no terminal."""

import pytest

from evalsuite.commands import bars


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0:00"), (65, "1:05"), (3599.6, "1:00:00"), (36061, "10:01:01")]
)
def test_times_are_short(seconds, said):
    assert bars.clock(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "2.5/s"), (20.0, "0.050/s"), (0.01, "100/s"), (1.5, "0.67/s"), (None, "")],
)
def test_rates_have_two_digits(seconds, said):
    assert bars.rate(seconds) == said


def test_a_line_each_tenth_with_the_time_left(capsys):
    now = [0.0]
    tell = bars.Lines(clock=lambda: now[0])

    for done in range(0, 101):
        now[0] = done * 1.0
        tell("generate", done, 100)

    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == ["generate: 0/100", "generate: 10/100, 1.0/s, 1:30 left"]
    assert lines[-1] == "generate: 100/100"
    assert len(lines) == 11


def test_a_line_each_half_minute_where_tenths_are_slow(capsys):
    now = [0.0]
    tell = bars.Lines(clock=lambda: now[0])

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
    tell = bars.Lines(clock=lambda: now[0])
    tell("generate", 90, 100)
    now[0] = 10.0
    tell("generate", 95, 100)
    now[0] = 100.0
    tell("generate", 99, 100)

    assert capsys.readouterr().err.splitlines()[1:] == ["generate: 99/100, 0.090/s, 0:11 left"]


def test_nothing_is_told_of_what_is_done_already(capsys):
    tell = bars.Lines()
    tell("generate", 5, 5)

    assert capsys.readouterr().err == ""


def test_a_notebook_has_one_bar_at_a_time_and_needs_no_cursor_that_moves_up(capsys):
    with bars.notebook_bars() as tell:
        for stage in ("generate", "judge"):
            for done in range(4):
                tell(stage, done, 3)

    shown = capsys.readouterr().err
    assert "generate: 100%" in shown and "judge: 100%" in shown and " 3/3 " in shown
    assert shown.index("generate: 100%") < shown.index("judge:   0%")
    assert "\x1b[A" not in shown


def test_no_kernel_is_no_notebook():
    assert not bars.in_notebook()
