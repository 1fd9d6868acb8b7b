"""CPU time and peak memory of every stage by number of images.

The runs are those of `benchmarks/promises/scale.py`: a prompt for every twenty images, a sample row
and a judgement row with boxes for every image, tiny pictures. Each stage runs in a process of its
own, which tells its CPU time and its peak of memory. `generate` finds every image there and `judge`
every judgement; `compare` and `gate` read two such runs.

    python -m benchmarks.linear [--write] [--images 1000,10000]
"""

import argparse
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from benchmarks.promises.scale import EACH, Cost, commands, measured, write_runs
from evalsuite.plugins import find
from evalsuite.runs.manifest import add_scorers, scorer_entry
from evalsuite.runs.rows import read_run

PAGE = Path(__file__).parents[1] / "reports/benchmarks/linear.md"
SIZES = (1_000, 8_000, 10_000, 16_000, 100_000)
DOUBLED = (8_000, 16_000)
MOST = 2.3
"""How much more CPU time twice as many images may take."""
GROWTH = 50
"""MB that a stage may grow between the smallest and the largest run."""
STAGES = ("generate", "judge", "report", "compare", "gate")


def main() -> None:
    """Measure every stage at every size; with `--write`, put the page in its place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--images", default=",".join(map(str, SIZES)))
    given = parser.parse_args()
    found: dict[tuple[int, str], Cost] = {}
    for images in map(int, given.images.split(",")):
        for stage, cost in costs(images):
            found[images, stage] = cost
            print(f"{images:>7} {stage:<8} {cost.cpu:6.1f} s {cost.mb:6.0f} MB", flush=True)
    if given.write:
        PAGE.write_text(page(found))


def costs(images: int) -> Iterable[tuple[str, Cost]]:
    """What each stage takes on runs of so many images."""
    with tempfile.TemporaryDirectory() as home:
        write_runs(Path(home), 2 * images)
        for name in "ab":
            name_scorer(Path(home) / name)
        words = dict(commands(False))
        words["generate"] = words.pop("resume")
        words["judge"] = ["judge", "a", "--no-progress"]
        for stage in STAGES:
            yield stage, measured(Path(home), words[stage])


def name_scorer(folder: Path) -> None:
    """Name the real scorer in the manifest of a run, so that `judge` takes the rows for its own."""
    rows, scorer = read_run(folder), find.load_scorer("objects", {"dialect": "scenes"})
    asked = {**rows.manifest["asked"], "names": ["objects"]}
    entry = scorer_entry(find.scorer_entry("objects", scorer))
    add_scorers(rows, {"objects": entry}, asked, anew=True)


def page(found: Mapping[tuple[int, str], Cost]) -> str:
    """The page: CPU time, memory, what doubled, and what stays below the bars and what does not."""
    sizes = sorted({images for images, _ in found})
    heads = [f"{images:,}" for images in sizes]
    cpu = [[stage, *(f"{found[n, stage].cpu:.1f}" for n in sizes)] for stage in STAGES]
    memory = [
        [stage, *(f"{found[n, stage].mb:.0f}" for n in sizes), grown(found, stage, sizes)]
        for stage in STAGES
    ]
    lines = [
        "# Cost by number of images",
        "",
        f"`python -m benchmarks.linear --write`, on {os.cpu_count()} cores shared with other work. "
        f"Two runs of {EACH} images a prompt, one scorer with boxes; each stage in a process of "
        "its own. `generate` and `judge` find everything done.",
        "",
        "## CPU seconds, starting up included",
        "",
        *table(["stage", *heads], cpu),
        "",
        *([doubled(found), ""] if set(DOUBLED) <= set(sizes) else []),
        "## Peak memory in MB",
        "",
        *table(["stage", *heads, f"grows (bar {GROWTH})"], memory),
    ]
    return "\n".join(lines) + "\n"


def doubled(found: Mapping[tuple[int, str], Cost]) -> str:
    """How much more CPU time the double number takes, for what reads two runs."""
    few, many = DOUBLED
    ratios = {stage: found[many, stage].cpu / found[few, stage].cpu for stage in STAGES[-2:]}
    said = ", ".join(f"{stage} {ratio:.2f} x" for stage, ratio in ratios.items())
    return f"{many:,} images against {few:,} (bar {MOST} x): {said}."


def grown(found: Mapping[tuple[int, str], Cost], stage: str, sizes: Sequence[int]) -> str:
    """How many MB the largest run takes more than the smallest."""
    return f"{found[sizes[-1], stage].mb - found[sizes[0], stage].mb:+.0f}"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


if __name__ == "__main__":
    main()
