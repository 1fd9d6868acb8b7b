"""Plots as the page takes them: classes for colours, no styles, every label as it is."""

import re

from evalsuite.report.plots import SERIES, Dot, together


def test_runs_in_shared_lanes_differ_in_colour_and_shape():
    dots = [Dot("left", 0.5, 0.25, 0.75), Dot("$x$", None)]
    svg = together([("old", dots), ("new", dots)], "p", "share")
    assert all(f">{text}<" in svg for text in ("old", "new", "left", "share"))
    assert "style=" not in svg and "<script" not in svg
    assert svg.count(">not measured<") == 2
    for name in ("accent", "second"):
        assert re.search(rf'class="[^"]*(fill|stroke)-{name}', svg)
    assert len(set(SERIES)) == len({marker for _, marker in SERIES}) == 8


def test_the_same_dots_give_the_same_bytes():
    series = [("run", [Dot("a", 0.5, None, None)])]
    assert together(series, "p", "share") == together(series, "p", "share")


def test_no_run_and_no_lane_still_draw_an_axis():
    assert "100%" in together([], "p", "share")
