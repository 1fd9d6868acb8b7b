"""Whether images and judgements depend on how they are made: for `workers.py`.

A small pipeline of diffusers with random weights draws in batches of four, and the bundled CLIP
judges; every other way to the same images is held against the first.
"""

import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.peers_models import tiny
from evalsuite.pipeline import stages
from evalsuite.pipeline.settings import Settings
from evalsuite.pipeline.work import begin_work, load_scorers
from evalsuite.records import Key, Request
from evalsuite.runs.rows import read_run


class Variant(NamedTuple):
    """Another way to the same images: how many it drew, and how many are the same, judged alike."""

    name: str
    images: int
    same: int
    alike: int


def bytes_of(images: int) -> list[Variant]:
    """Every variant beside the first run."""
    with tempfile.TemporaryDirectory() as home:
        place = Path(home)
        settings = Settings(
            model=str(tiny("tiny_models").stable_diffusion(place / "model")),
            prompts=("counts",),
            scorers=("clip",),
            scorer_arg={"clip": {"model": "scenes-clip"}},
            limit=str(images),
            steps=2,
            batch_size=4,
            device="cpu",
            output_dir=str(place / "first"),
        )
        first = made(settings)
        found = []
        for name, changes, order in VARIANTS:
            place_of = str(place / name.replace(" ", "-"))
            other = made(replace(settings, output_dir=place_of, **changes), order)
            assert other, f"{name}: nothing drawn"
            same = [key for key, (image, _) in other.items() if image == first[key][0]]
            alike = sum(other[key] == first[key] for key in same)
            found.append(Variant(name, len(other), len(same), alike))
    return found


Order = Callable[[Sequence[Request]], Sequence[Request]]
VARIANTS: Sequence[tuple[str, Mapping[str, Any], Order | None]] = (
    ("rerun", {}, None),
    ("in another order", {}, lambda every: random.Random(12).sample(list(every), len(every))),
    ("a third of them", {}, lambda every: every[::3]),
    ("two workers", {"workers": 2}, None),
    ("executor inline", {"executor": "inline"}, None),
    ("executor processes", {"executor": "processes", "workers": 2}, None),
)


def made(settings: Settings, order: Order | None = None) -> dict[Key, tuple[str | None, object]]:
    """By key: the image of a run, and what it was judged as."""
    if order is None:
        stages.generate(settings)
        stages.judge(Path(settings.output_dir), settings)
    else:
        work, backend = begin_work(settings)
        rows = stages.begin(work, backend, [], None)
        work = replace(work, requests=order(work.requests))
        scorers = load_scorers(settings, work.dialect)
        rows = stages.begin_judging(work, scorers, stages.draw(work, backend, rows, None))
        stages.judge_drawn(work, scorers, rows, None)
    rows = read_run(Path(settings.output_dir))
    return {key: (s.image, rows.judgements.get(("clip", key))) for key, s in rows.samples.items()}
