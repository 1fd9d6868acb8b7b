import pytest

from evalsuite.files.segments import read_rows
from evalsuite.records import InputError
from evalsuite.runs import timing
from evalsuite.runs.timing import Timing


def test_seconds_an_image_are_drawing_and_every_scorers_judging(tmp_path):
    assert timing.seconds_per_image(tmp_path, 2) is None
    assert timing.seconds_taken(tmp_path) == 0
    timing.record_timing(tmp_path, Timing("generate", 4, 20.0))
    assert timing.seconds_per_image(tmp_path, 2) == 5
    timing.record_timing(tmp_path, Timing("generate", 6, 10.0), worker="w1")
    timing.record_timing(tmp_path, Timing("judge", 10, 2.5))
    # 30 s for 10 images, and 0.25 s a judgement, two an image.
    assert timing.seconds_per_image(tmp_path, 2) == 3.5
    assert timing.seconds_taken(tmp_path) == 32.5


def test_a_stage_with_nothing_to_do_and_a_torn_row_say_nothing(tmp_path):
    timing.record_timing(tmp_path, Timing("generate", 0, 3.0))
    assert not list(tmp_path.iterdir())
    timing.record_timing(tmp_path, Timing("generate", 2, 3.0))
    path = tmp_path / "timings-w0.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes()[:-9])
    assert timing.seconds_per_image(tmp_path, 0) == 1.5


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        timing.record_timing(tmp_path / "nowhere", Timing("judge", 1, 1.0))


def test_a_row_holds_the_stage_its_cells_and_milliseconds(tmp_path):
    timing.record_timing(tmp_path, Timing("judge", 3, 1.23456))
    rows, _ = read_rows(tmp_path, "timings-*.jsonl", lambda row: row)
    assert rows == [{"stage": "judge", "cells": 3, "seconds": 1.235}]


def test_one_image_is_enough_and_none_is_not(tmp_path):
    timing.record_timing(tmp_path, Timing("generate", 1, 3.0))
    assert timing.seconds_per_image(tmp_path, 0) == 3
    rows, _ = read_rows(tmp_path, "timings-*.jsonl", lambda row: row)
    assert rows[0]["cells"] == 1
    with pytest.raises(ValueError, match="not a timing"):
        timing._parse({"stage": "generate", "cells": 0, "seconds": 1.0})


@pytest.mark.parametrize("seconds", [-0.1, float("inf"), float("nan")])
def test_a_time_that_is_none_is_no_timing(seconds):
    with pytest.raises(ValueError, match="not a timing"):
        timing._parse({"stage": "judge", "cells": 1, "seconds": seconds})
    assert timing._parse({"stage": "judge", "cells": 1, "seconds": 0}).seconds == 0
