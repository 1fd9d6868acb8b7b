"""Plots as the page takes them: classes for colours, no styles, every label as it is."""

import re
from xml.etree import ElementTree

from evalsuite.report.plots import SERIES, Dot, columns, lanes, scale, together


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


def test_plots_are_xml_without_styles_and_repeat_their_bytes():
    dots = [Dot("a <b> $x$ &", 0.5, 0.25, 0.75, 0.3, 0.9), Dot("日本", None)]
    for draw in (lambda: columns(dots, "q", "x", "y"), lambda: lanes(dots, "q", "x", middle=0.5)):
        text = draw()
        assert text == draw()
        ids = [e.attrib["id"] for e in ElementTree.fromstring(text).iter() if "id" in e.attrib]
        assert all(name.startswith("q-") for name in ids)
        assert "style" not in text
        assert "http" not in text
        assert "a &lt;b&gt; $x$ &amp;" in text


def test_a_plot_of_one_unknown_value():
    assert "not measured" in columns([Dot("1", None)], "q", "x", "y")
    assert "not measured" in columns([Dot("1", None)], "q", "x", "y", "metres")
    assert "<svg" in lanes([], "q", "x")


def test_an_axis_is_the_whole_of_a_unit_with_ends_and_else_what_the_dots_need():
    dots = [Dot("a", 0.5, 0.25, 0.75)]
    share, points, metres = (scale(unit, dots) for unit in ("share", "difference", "metres"))
    assert (share.low, share.high, points.low, points.high) == (0, 1, -1, 1)
    assert (round(metres.low, 3), round(metres.high, 3)) == (0.225, 0.775)
    ticks = {round(place, 6): words for place, words in metres.ticks.items()}
    assert ticks == {0.3: "0.30", 0.45: "0.45", 0.6: "0.60", 0.75: "0.75"}
    flat = scale("metres", [Dot("a", 20.0)])
    assert (flat.low, flat.high) == (18.0, 22.0)
