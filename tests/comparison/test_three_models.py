"""benchmarks/three_models.py: its arithmetic on numbers written out, and the page that it wrote."""

import importlib
import re
import sys
from pathlib import Path

import pytest

from evalsuite.audits.record import Audited
from evalsuite.records import Interval

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "reports" / "benchmarks" / "models.md"
NUMBER = r"[\u2212+]?\d+(\.\d+)?%?( points)?"
TOLD = re.compile(rf"{NUMBER} \({NUMBER} to {NUMBER}\)")


@pytest.fixture(scope="module")
def modules():
    names = ("three_models_page", "three_models_speed", "three_models_read")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield [importlib.import_module(name) for name in names]
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def page(modules):
    return modules[0]


def row(measure="objects.count", value=0.5, low=0.25, high=0.75, **group):
    return {
        "prompt_set": "set",
        "measure": measure,
        "group": group,
        "value": value,
        "low": low,
        "high": high,
        "method": "a method",
    }


def test_speeds_are_medians_and_ratios_are_of_the_same_round(modules):
    found = modules[1].speeds(
        {"scenes-gan": [1.0, 2.0, 1.0], "scenes-ldm": [4.0, 4.0, 16.0]},
        {"scenes-gan": 8, "scenes-ldm": 16},
    )
    assert found["scenes-gan"].images == (8.0, 4.0, 8.0)
    assert found["scenes-ldm"].images == (4.0, 1.0, 4.0)
    assert found["scenes-gan"].times == (2.0, 1.0, 8.0)
    assert found["scenes-ldm"].times == (1.0, 1.0, 1.0)
    assert (found["scenes-gan"].rounds, found["scenes-ldm"].batch) == (3, 16)


def test_a_figure_is_of_its_own_group_and_a_missing_one_is_no_number(page):
    rows = [row(value=0.1, count="1"), row(value=0.5), row("objects.correct", 0.9)]
    assert page.estimate(rows, page.Figure("set", "objects.count", "share", ""))["value"] == 0.5
    one = page.Figure("set", "objects.count", "share", "", {"count": "1"})
    assert page.estimate(rows, one)["value"] == 0.1
    with pytest.raises(KeyError):
        page.estimate(rows, page.Figure("set", "objects.absent", "share", ""))
    assert page.told(row(), "share") == "50.0% (25.0 to 75.0%)"
    assert page.told(row(value=None, low=None, high=None), "share").startswith("not measured")


def test_the_judge_errs_by_what_its_audit_was_not_right_in(page):
    figure = page.Figure("set", "objects.count", "share", "")
    right = Audited(interval=Interval(0.98, 0.95, 0.99, 100, 100), chance=0.5)
    audit = {("set", "objects.count", ()): right}
    assert page.judge(audit, figure) == "2.0% (1.0 to 5.0%)"
    assert page.judge({}, figure) == "not audited"


def test_an_amplification_without_an_end_is_not_given_one(page):
    ends = {"value": 8.0, "low": 3.7, "high": 8.0, "method": "profile; no end found within 8"}
    assert page.slope({"interval": ends, "reason": ""}) == "over 3.70 (no upper end)"
    known = {**ends, "value": 2.0, "low": 1.0, "high": 4.0, "method": "profile"}
    assert page.slope({"interval": known, "reason": ""}) == "2.00 (1.00 to 4.00)"
    nothing = {**ends, "value": None, "method": "undecided"}
    assert page.slope({"interval": nothing, "reason": "too few groups"}) == "too few groups"


def test_an_effect_is_a_difference_in_points_of_its_own_measure(page):
    effects = [
        {"all": row(value=0.4), "difference": row(value=0.1, low=-0.05, high=0.25)},
        {"all": row(), "difference": row(value=0.9, low=0.8, high=1.0, count="1")},
    ]
    found = page.effect(effects, page.Figure("set", "objects.count", "share", ""))
    minus = "\N{MINUS SIGN}"
    words = page.change(found["difference"], "share")
    assert words == f"+10.0 points ({minus}5.0 to +25.0 points)"


def tables(text):
    """Every table of a page: its head and rows, as lists of cells."""
    found = []
    for block in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
        lines = [
            [cell.strip() for cell in line.strip("|").split(" | ")] for line in block.splitlines()
        ]
        found.append([lines[0], *lines[2:]])
    return found


def test_the_page_has_every_figure_with_its_interval(page):
    accuracy, diversity, people, jobs, speed, compared, picked = tables(PAGE.read_text("utf-8"))
    models = ["scenes-gan", "scenes-ldm-early", "scenes-ldm", "ceiling: vae:scenes-ldm"]
    assert accuracy[0][2:6] == diversity[0][2:6] == models
    for found, figures in ((accuracy, page.ACCURACY), (diversity, page.DIVERSITY)):
        assert [line[:2] for line in found[1:]] == [[f.prompt_set, f.words] for f in figures]
        assert all(TOLD.fullmatch(cell) for line in found[1:] for cell in line[2:]), found
    assert [TOLD.match(cell) is not None for cell in people[1][1:]] == [True] * 5
    assert [line[0] for line in people[1:]][2].startswith("slope") and len(jobs) == 9
    assert [line[0] for line in speed[1:4]] == models[:3]
    assert all(TOLD.fullmatch(cell) for line in speed[1:] for cell in line[1:3])
    assert ["vae-scenes-ldm", "a ceiling: no q"] in compared
    sets = 2 * (len(page.RERANKED) + len(page.ALIKE))
    assert len(picked) == sets + 2 and picked[-1][-3:] == ["1", "2", "4"]
    assert all(TOLD.fullmatch(cell) for line in picked[1:-1] for cell in line[4:])


def test_every_number_of_the_documentation_stands_on_the_page():
    text = (ROOT / "docs" / "comparing.md").read_text("utf-8")
    section = text.partition("## From GANs to diffusion")[2].partition("\n## ")[0]
    measured = PAGE.read_text("utf-8")
    cited = re.findall(r"\d+\.\d+", section)
    assert len(cited) > 6
    assert [number for number in cited if number not in measured] == []
    assert (ROOT / "docs" / "three-models.png").stat().st_size < 150_000
