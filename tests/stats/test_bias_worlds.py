"""Quick seeded versions of benchmarks/bias.py; reports/benchmarks/bias.md has the full figures."""

import importlib
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bias():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))
        yield importlib.import_module("benchmarks.bias")


def covered(bias, start, replicates=60):
    world = next(world for world in bias.worlds() if world.name.startswith(start))
    return {row.method: row for row in bias.cover(world, replicates, 7)}


# 60 replicates know a coverage of 95 % to 2.8 points: 86 % is three standard errors below.
def test_corrected_shares_of_a_known_skew_cover_and_raw_ones_do_not(bias):
    rows = covered(bias, "scenes, builders (10% taught), right of 70 %")
    assert rows["corrected"].coverage >= 0.86 and rows["Lang-Reiczigel"].coverage >= 0.86
    assert rows["raw"].coverage < 0.1
    assert rows["labels and readings"].coverage >= 0.86


def test_families_of_eight_and_a_small_share_cover(bias):
    rows = covered(bias, "share .02, Se .90, Sp .95, 50 families")
    for method in ("corrected", "Lang-Reiczigel", "labels and readings"):
        assert rows[method].coverage >= 0.86, method
    normal = rows["PPI++, normal theory"]  # without a hit among the labels it says nothing
    assert normal.coverage * (1 - normal.undecided) < 0.85


def test_ten_labels_with_abstentions_cover(bias):
    rows = covered(bias, "ten labels, right of 70%", 30)
    assert rows["corrected"].coverage >= 0.83
    assert rows["raw"].coverage < 0.7


def test_a_uniform_world_gives_no_finding_after_correction(bias):
    good, lopsided = bias.uniform(100, 3)
    # 5 % of 100 is 5; 12 is three standard errors above.
    assert max(good.corrected, lopsided.corrected) <= 12 / 100
    assert lopsided.raw > 0.15


def test_the_report_names_each_world_and_says_what_it_is_of(bias, monkeypatch):
    tiny = bias.World(
        name="tiny",
        shares=(0.5, 0.5),
        families=30,
        images=1,
        icc=0.0,
        errors=np.array([[0.9, 0.1], [0.1, 0.9], [0.0, 0.0]]),
        labels=12,
    )
    monkeypatch.setattr(bias, "worlds", lambda: [tiny])
    text = bias.report(2, 0, say=lambda line: None)
    assert "| tiny |" in text and "slope 1.5, 8 occupations" in text and "Se 0.95, Sp 0.75" in text
