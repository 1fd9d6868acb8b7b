"""CPU time and peak memory of every stage by number of images.

The runs are those of `benchmarks/promises/scale.py`: a prompt for every twenty images, a sample row
and a judgement row with boxes for every image, tiny pictures. Each stage runs in a process of its
own, which tells its CPU time and its peak of memory. `generate` finds every image there and `judge`
every judgement; `compare` and `gate` read two such runs, and are run in turn at both numbers that
are held against one another.

    python -m benchmarks.linear [--write] [--images 1000,10000] [--rounds 6]
    python -m benchmarks.linear --from LOG --write     the page of what an earlier call printed
"""

import argparse
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import pairs
from benchmarks.promises.scale import EACH, commands, measured, write_runs
from evalsuite.plugins import find
from evalsuite.runs.manifest import add_scorers, scorer_entry
from evalsuite.runs.rows import read_run

PAGE = Path(__file__).parents[1] / "reports/benchmarks/linear.md"
SIZES = (1_000, 8_000, 10_000, 16_000, 100_000)
DOUBLED = (8_000, 16_000)
MOST = 2.3
"""How much more CPU time twice as many images may take."""
GROWTH = 50
"""MB that a stage may grow between the smallest and a larger run."""
STAGES = ("generate", "judge", "report", "compare", "gate")
OF_TWO = STAGES[-2:]
RATIO = "twice the images,"

Sized = dict[tuple[int, str], tuple[float, float]]
"""By number of images and stage: CPU seconds and MB."""
Ratios = dict[str, list[float]]
"""By stage: CPU time of the larger run over that of the smaller, each round."""


def main() -> None:
    """Measure every stage at every size; with `--write`, put the page in its place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--images", default=",".join(map(str, SIZES)))
    parser.add_argument("--rounds", type=int, default=pairs.PAIRS)
    parser.add_argument("--from", dest="log", type=Path)
    given = parser.parse_args()
    lines: list[str] = []
    sizes = [int(size) for size in given.images.split(",")]
    for line in given.log.read_text().splitlines() if given.log else told(sizes, given.rounds):
        lines.append(line)
        print(line, flush=True)
    if given.write:
        PAGE.write_text(page(*read(lines)), encoding="utf-8", newline="\n")


def told(sizes: Sequence[int], rounds: int) -> Iterator[str]:
    """A line for each stage and size, and one for each round of what is doubled."""
    for images in sizes:
        with runs(images) as home:
            for stage in STAGES:
                cost = measured(home, words(stage))
                yield f"{images:>7} {stage:<8} {cost.cpu:6.1f} s {cost.mb:6.0f} MB"
    with runs(DOUBLED[0]) as few, runs(DOUBLED[1]) as many:
        for _ in range(rounds):
            for stage in OF_TWO:
                less, more = (measured(home, words(stage)).cpu for home in (few, many))
                yield f"{RATIO} {stage} {more / less:.3f} x"


def read(lines: Iterable[str]) -> tuple[Sized, Ratios]:
    """What the lines say."""
    found: Sized = {}
    ratios: Ratios = {}
    for line in lines:
        if line.startswith(RATIO):
            stage, ratio, _ = line.removeprefix(RATIO).split()
            ratios.setdefault(stage, []).append(float(ratio))
        else:
            images, stage, cpu, _, mb, _ = line.split()
            found[int(images), stage] = float(cpu), float(mb)
    return found, ratios


@contextmanager
def runs(images: int) -> Iterator[Path]:
    """A folder with two runs of so many images."""
    with tempfile.TemporaryDirectory() as home:
        write_runs(Path(home), 2 * images)
        for name in "ab":
            name_scorer(Path(home) / name)
        yield Path(home)


def words(stage: str) -> list[str]:
    """The command of a stage."""
    if stage == "judge":
        return ["judge", "a", "--no-progress"]
    return dict(commands(False))["resume" if stage == "generate" else stage]


def name_scorer(folder: Path) -> None:
    """Name the real scorer in the manifest of a run, so that `judge` takes the rows for its own."""
    rows, scorer = read_run(folder), find.load_scorer("objects", {"dialect": "scenes"})
    asked = {**rows.manifest["asked"], "names": ["objects"]}
    entry = scorer_entry(find.scorer_entry("objects", scorer))
    add_scorers(rows, {"objects": entry}, asked, anew=True)


def page(found: Sized, ratios: Ratios) -> str:
    """The page: CPU time, memory, what doubled, and what stays below the bars and what does not."""
    sizes = sorted({images for images, _ in found})
    heads = ["stage", *(f"{images:,}" for images in sizes)]
    cpu = [[stage, *(f"{found[n, stage][0]:.1f}" for n in sizes)] for stage in STAGES]
    memory = [
        [stage, *(f"{found[n, stage][1]:.0f}" for n in sizes), *grown(found, stage, sizes)]
        for stage in STAGES
    ]
    spans = [f"{sizes[0]:,} to {n:,}" for n in sizes[1:] if n % 10_000 == 0]
    doubled = [
        [stage, pairs.said(of), f"{MOST}: {pairs.verdict(of, most=MOST)}"]
        for stage, of in ratios.items()
    ]
    return "\n".join(
        [
            "# Cost by number of images",
            "",
            f"`python -m benchmarks.linear --write` on {pairs.CORES}. Two runs of {EACH} images a "
            "prompt, one scorer with boxes; each stage in a process of its own. `generate` and "
            "`judge` find everything done.",
            "",
            "## CPU seconds, starting up included",
            "",
            *pairs.table(heads, cpu),
            "",
            f"{DOUBLED[1]:,} images against {DOUBLED[0]:,}, in turn, the median with the least and "
            "the greatest:",
            "",
            *pairs.table(["stage", "times the CPU", "bar"], doubled),
            "",
            f"## Peak memory in MB (bar: {GROWTH} more than at {sizes[0]:,})",
            "",
            *pairs.table([*heads, *spans], memory),
            "",
            KEPT,
        ]
    )


KEPT = """What grows is what a command knows of every image, in columns: its key as a number of 8
bytes in each order that it is needed in, its seed, the hashes of the picture drawn and judged, its
judgement compressed, and eight bytes for what each measure read, beside one object for all images
of a prompt that read alike. `compare` and `gate` hold two runs. `compare` also holds every verdict
that changed, a third of all images here: two objects each, and their lines in `differences.json`.
"""


def grown(found: Sized, stage: str, sizes: Sequence[int]) -> list[str]:
    """How many MB the runs of round tens of thousands take more than the smallest."""
    more = [found[n, stage][1] - found[sizes[0], stage][1] for n in sizes[1:] if n % 10_000 == 0]
    return [f"{mb:+.0f}: {'met' if mb <= GROWTH else 'missed'}" for mb in more]


if __name__ == "__main__":
    main()
