"""Workers: what a kill loses, what a shared queue gives, and that no byte depends on either.

    python -m benchmarks.workers [--write] [--quick]

Lost: a tiny run is killed at its I/O calls, one kill a run, spread over all of them; what was begun
and has no row then is lost. The run is finished and must be as one that nobody killed.

Unequal workers: two processes, of which one takes twice as long for a batch, draw one run together;
and, as `accelerate` splits a list (`divmod`, the first get the rest), each its own half. Both
processes are there before the clock starts. A batch is a wait, so that the cores' load matters
little. In theory 1.5 times.

Twice: rounds of `benchmarks/promises/workers.py`: two workers, four, and one, then four, of which
two are killed. Bytes: a small pipeline of diffusers draws and the bundled CLIP judges.
"""

import argparse
import multiprocessing
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import pairs
from benchmarks.promises import _dots, _level, kill, workers
from benchmarks.promises._tiny import attempt, content, differing, workplace
from benchmarks.workers_bytes import Variant, bytes_of
from evalsuite.pipeline import drawing
from evalsuite.records import Key, Prompt, PromptSet, Request
from evalsuite.runs.folder import create
from evalsuite.runs.rows import read_run
from evalsuite.runs.seeds import plan

PAGE = Path(__file__).parents[1] / "reports/benchmarks/workers.md"
UNEQUAL_BAR = 1.3
SPEEDS = (0.25, 0.5)
"""Seconds of a batch, by worker."""


def main() -> None:
    """Measure, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    quick = given.quick
    with workplace() as place:
        gone = lost(place, 4 if quick else 100)
        twice = rounds(place, 1 if quick else 20)
    ratios = unequal(2 if quick else pairs.PAIRS, 12 if quick else 60)
    text = page(gone, ratios, twice, bytes_of(4 if quick else 24))
    pairs.show(text, PAGE if given.write else None)


class Lost(NamedTuple):
    """What one kill cost: images drawn and judged that had no row, and what differed at the end."""

    drawn: int
    judged: int
    differs: str


def lost(place: Path, kills: int) -> list[Lost]:
    """A run is killed at each of so many of its I/O calls, then finished."""
    expected, calls = kill.counted(place / "unhurt" / "run")
    found = []
    for at in range(1, len(calls) + 1, max(1, len(calls) // kills)):
        folder = place / "hurt" / "run"
        killed = attempt(folder, kill.killing(folder, at, False))
        left = {
            what: killed.told(what) - killed.told(f"kept {what}") for what in ("drawn", "judged")
        }
        attempt(folder)
        found.append(
            Lost(len(left["drawn"]), len(left["judged"]), differing(content(folder), expected))
        )
        shutil.rmtree(folder.parent)
    return found


def rounds(place: Path, count: int) -> Mapping[str, int]:
    """Rounds of the promise's workers, and how many broke anything."""
    counts: Counter[str] = Counter(rounds=count)
    expected = workers.whole(place / "whole" / "run")
    for number in range(count):
        for many in (2, 4):
            folder = place / "together" / "run"
            counts["broken"] += len(workers.share(folder, many, expected, counts))
            shutil.rmtree(folder.parent)
        folder = place / "changing" / "run"
        counts["broken"] += len(workers.change(folder, random.Random(number), expected, counts))
        shutil.rmtree(folder.parent)
    return counts


def unequal(count: int, batches: int) -> list[float]:
    """The static split's time over ours, round by round; both draw the same images."""
    found = []
    for _ in range(count):
        with tempfile.TemporaryDirectory() as home:
            halves = split(requests(batches), len(SPEEDS))
            ours = together(Path(home), ["shared"] * 2, [requests(batches)] * 2)
            theirs = together(Path(home), ["first", "second"], halves)
            apart = {**drawn_in(Path(home) / "first"), **drawn_in(Path(home) / "second")}
            assert drawn_in(Path(home) / "shared") == apart, "other images"
            found.append(theirs / ours)
    return found


def split(items: Sequence[Request], parts: int) -> list[Sequence[Request]]:
    """As many neighbours for each, one more for the first where they do not come out even."""
    each, more = divmod(len(items), parts)
    ends = [each * n + min(n, more) for n in range(parts + 1)]
    return [items[start:end] for start, end in pairwise(ends)]


def requests(batches: int) -> list[Request]:
    """So many full batches of one prompt each."""
    prompts = tuple(Prompt(f"p{n}", f"dots {n}", "plain") for n in range(batches))
    few = PromptSet(name="dots", version="1", digest="d", dialect="scenes", prompts=prompts)
    return plan([few], _dots.Dots.batch_size, 0)


def together(home: Path, names: Sequence[str], asked: Sequence[Sequence[Request]]) -> float:
    """Seconds until the last of two processes has drawn what it is asked, each at its speed."""
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(len(SPEEDS) + 1)
    for name in names:
        if not (home / name).exists():
            create(home / name, {"format": 1, "scorers": {}})
    processes = [
        context.Process(target=draw, args=(home / name, of, speed, ready))
        for name, of, speed in zip(names, asked, SPEEDS, strict=True)
    ]
    for process in processes:
        process.start()
    ready.wait()
    began = time.perf_counter()
    for process in processes:
        process.join()
    assert all(process.exitcode == 0 for process in processes), "a worker broke down"
    return time.perf_counter() - began


def draw(folder: Path, asked: Sequence[Request], speed: float, ready: Any) -> None:
    """One worker's life."""

    class Slow(_dots.Dots):
        """Takes so long for a batch."""

        def render(self, requests: Sequence[Request]) -> Any:
            """The same dots, later."""
            time.sleep(speed)
            return super().render(requests)

    rows, backend = read_run(folder), Slow(0)
    ready.wait()
    drawing.generate(rows, backend, asked)


def drawn_in(folder: Path) -> dict[Key, str | None]:
    """The image of every key."""
    return {key: sample.image for key, sample in read_run(folder).samples.items()}


def page(
    gone: Sequence[Lost],
    ratios: Sequence[float],
    twice: Mapping[str, int],
    variants: Sequence[Variant],
) -> str:
    """The page."""
    drawn, judged = _dots.Dots.batch_size, _level.Level.batch_size
    most = {"drawn": max(each.drawn for each in gone), "judged": max(each.judged for each in gone)}
    is_kept = most["drawn"] <= drawn and most["judged"] <= judged
    broken = sum(bool(each.differs) for each in gone)
    told = ", ".join(f"{n:,} {what}" for what, n in twice.items())
    return "\n".join(
        [
            "# Workers",
            "",
            f"`python -m benchmarks.workers --write` on {pairs.CORES}. What is done is in the "
            "program.",
            "",
            "## What a kill loses",
            "",
            f"{len(gone)} runs, each killed at another of its I/O calls. Batches are of {drawn} "
            f"images to draw and {judged} to judge. "
            f"At most {most['drawn']} images that were begun had no row, and {most['judged']} that "
            f"were judged. The bar of one batch a worker is {'met' if is_kept else 'missed'}. "
            f"Images lost, by how many kills: {histogram([each.drawn for each in gone])} drawn; "
            f"{histogram([each.judged for each in gone])} judged. Finished, "
            f"{len(gone) - broken} of {len(gone)} are as a run that nobody killed.",
            "",
            "## Two workers, one at half the speed",
            "",
            f"The time of a static split over that of the shared queue: {pairs.said(ratios)}; bar "
            f"{UNEQUAL_BAR}: {pairs.verdict(ratios, least=UNEQUAL_BAR)}.",
            "",
            "## Nothing twice",
            "",
            f"{told or 'nothing'}. Drawn again is only what somebody was at who was killed.",
            "",
            "## The same bytes",
            "",
            *pairs.table(
                ["beside the first run", "images", "of the same bytes", "judged alike"],
                [[v.name, *map(str, v[1:])] for v in variants],
            ),
            "",
        ]
    )


def histogram(numbers: Sequence[int]) -> str:
    """How often each number, in words: "0 in 70, 2 in 30"."""
    return ", ".join(f"{number} in {often}" for number, often in sorted(Counter(numbers).items()))


if __name__ == "__main__":
    main()
