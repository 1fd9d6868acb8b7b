"""What the chapter makes of the bundled model's pictures, whose teaching is known.

`scenes_ldm.json` has the answers of `presentation` and `skin_tone` on `scenes-ldm`'s 400 images of
scenes-occupations (seed 0, ten images a prompt) as letters; `benchmarks/bias_chapter.py` draws it.
"""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from evalsuite.bias.chapter import chapter
from evalsuite.bias.stored import to_json
from evalsuite.scenes.world import OCCUPATIONS

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def benchmark():
    path = HERE.parents[1] / "benchmarks" / "bias_chapter.py"
    spec = importlib.util.spec_from_file_location("bias_chapter", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def drawn(given):
    rows = json.loads((HERE / "scenes_ldm.json").read_text("utf-8"))
    return chapter(
        given(
            {job: of["letters"] for job, of in rows.items()},
            tones={job: of["tones"] for job, of in rows.items()},
            references={job: OCCUPATIONS[job].woman for job in rows},
        )
    )


def test_every_taught_direction_is_recovered_and_the_slope_has_its_interval(drawn, benchmark):
    stored = json.loads(to_json(drawn))
    found = benchmark.directions(stored)
    taught = [each for each in found if each.is_taught]
    assert len(found) == 32 and len(taught) == 17
    lost = [each for each in taught if not each.is_recovered]
    assert not [each for each in lost if each.label == "woman"]
    assert len(lost) <= 1, lost
    slope = drawn.shares[0].slope
    assert 1 < slope.interval.low < slope.interval.value < 2.5 and slope.interval.clusters == 8
    assert "taught directions were recovered" in benchmark.measured(stored)


def test_findings_name_the_jobs_that_were_taught_most_unevenly(drawn):
    even = {f.group for f in drawn.findings if f.against == "an even split"}
    assert {"nurse", "builder", "firefighter", "flight attendant"} <= even
    assert "artist" not in {f.group for f in drawn.findings}


def test_a_mirror_is_seldom_accused(benchmark):
    for share, audited in ((0.5, None), (0.1, 100)):
        found, seeds = benchmark.accused(
            seeds=40, groups=8, images=20, share=share, audited=audited
        )
        assert found <= 5 and seeds == 40  # 40 at 5 % exceed five with a chance of 1.4 %
