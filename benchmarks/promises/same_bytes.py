"""Promise 11: the same run gives the same bytes, in whatever order its rows come.

One small run of the bundled renderer is judged by three bundled scorers. Then it is made again and
again, with prompts, planned images and scorers shuffled and the rows in random segments: some
times drawn and judged anew, else from its own rows.
"""

import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from benchmarks.promises.proof import Proof
from evalsuite.pipeline import stages
from evalsuite.pipeline.settings import Settings
from evalsuite.pipeline.work import Work, begin_work, load_scorers, open_work
from evalsuite.records import Backend, Keys, Scorer
from evalsuite.runs.folder import MANIFEST
from evalsuite.runs.rows import RunRows, read_run

NUMBER = 11
PROMISE = "The same run gives the same bytes, in whatever order its rows come."

FILES = ("estimates.json", "judgements.parquet", "report/report.md", "report/index.html")
ANEW = 5
"""Of so many reruns one draws and judges anew."""
WORKERS = 4

_T = TypeVar("_T")


def prove(quick: bool) -> Proof:
    """Make a run, then many times again in shuffled order; compare the bytes of its files."""
    reruns = 4 if quick else 100
    dice = random.Random(11)
    broken: list[str] = []
    with tempfile.TemporaryDirectory() as home:
        first = Path(home) / "first"
        settings = settings_of(first, quick)
        stages.evaluate(settings)
        work, rows = open_work(first, {})
        backend = begin_work(settings)[1]
        scorers = load_scorers(settings, work.dialect)
        anew = range(0, reruns, ANEW)
        for n in range(reruns):
            folder = Path(home) / f"run-{n}"
            folder.mkdir()
            shutil.copy(first / MANIFEST, folder / MANIFEST)
            mixed = shuffled_work(dice, replace(work, folder=folder))
            if n in anew:
                make_anew(dice, mixed, backend, scorers)
            else:
                scatter_rows(dice, first, folder)
            stages.report_work(mixed, shuffled_rows(dice, read_run(folder)))
            broken += [f"rerun {n}: {name} differs" for name in differing(first, folder)]
            shutil.rmtree(folder)
    counts = {
        "reruns": reruns,
        "of them drawn anew": len(anew),
        "rows": len(rows.judged),
        "files compared": reruns * len(FILES),
    }
    return Proof(counts=counts, broken=broken)


def settings_of(folder: Path, quick: bool) -> Settings:
    """A run in which images are right, wrong and refused; the quick cut has one scorer less."""
    return Settings(
        model="scenes",
        model_arg={"miscount": 0.4, "ignore_no": 0.4, "refuse": 0.2},
        prompts=("counts",) if quick else ("counts", "negation", "occupations"),
        scorers=("clip",) if quick else ("clip", "objects", "presentation", "skin_tone"),
        limit="2" if quick else "3",
        num_images=2 if quick else 3,
        output_dir=str(folder),
        device="cpu",
    )


def shuffled_work(dice: random.Random, work: Work) -> Work:
    """The work with its prompts and its planned images in another order."""
    prompt_sets = [
        replace(each, prompts=tuple(shuffled(dice, each.prompts))) for each in work.prompt_sets
    ]
    return replace(work, prompt_sets=prompt_sets, requests=shuffled(dice, work.requests))


def shuffled_rows(dice: random.Random, rows: RunRows) -> RunRows:
    """The rows with their maps in another order."""
    return replace(rows, samples=rows.samples.of(Keys.of(shuffled(dice, list(rows.samples)))))


def shuffled(dice: random.Random, items: Sequence[_T]) -> list[_T]:
    """The items in a random order."""
    return dice.sample(items, len(items))


def make_anew(dice: random.Random, work: Work, backend: Backend, scorers: Sequence[Scorer]) -> None:
    """Draw and judge all of it, in the work's own order and with the scorers in any."""
    rows = stages.draw(work, backend, read_run(work.folder), None)
    stages.judge_drawn(work, shuffled(dice, scorers), rows, None)


def scatter_rows(dice: random.Random, source: Path, folder: Path) -> None:
    """The rows of a run, in another order and in other segments; pictures are linked to."""
    for name in ("images", "features"):
        (folder / name).symlink_to(source / name)
    for kind in ("samples", "judgements"):
        files = sorted(source.glob(f"{kind}-*.jsonl"))
        lines = [line for path in files for line in path.read_text().splitlines()]
        segments = [(folder / f"{kind}-w{worker}.jsonl").open("w") for worker in range(WORKERS)]
        for line in shuffled(dice, lines):
            dice.choice(segments).write(line + "\n")
        for segment in segments:
            segment.close()


def differing(first: Path, second: Path) -> Iterator[str]:
    """The files of the two runs that have other bytes."""
    for name in FILES:
        if (first / name).read_bytes() != (second / name).read_bytes():
            yield name
