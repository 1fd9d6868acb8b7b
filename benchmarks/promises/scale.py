"""Promise 7: large runs: cost grows with the rows, and every segment is read once.

The runs are synthetic: a prompt for every twenty images, a sample row and a judgement row for every
image, in the row format with its checksums. Pictures are tiny; at most `PICTURES` differ, the
images share them. Each command runs in a process of its own, which counts its CPU time, its peak
memory and how often it opened each segment and picture. What starting up costs is measured on a
run of 1,000 rows and taken off.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

from benchmarks.promises.proof import Proof
from evalsuite.files import segments
from evalsuite.files.images import encode_png
from evalsuite.files.segments import Segment
from evalsuite.measures.declared import to_row
from evalsuite.pipeline.settings import Settings, recorded
from evalsuite.pipeline.stages import begin
from evalsuite.pipeline.work import begin_work
from evalsuite.plugins.find import own_measures
from evalsuite.records import Box, Judgement, Request, Sample
from evalsuite.runs.manifest import add_scorers, asked
from evalsuite.runs.rows import JudgementRow, write_judgement, write_sample

NUMBER = 7
PROMISE = "100,000 rows cost seconds, a million ten times that, and no row is read twice."

ROOT = Path(__file__).parents[2]
EACH = 20
"""Images of a prompt."""
PICTURES = 50_000
BATCH = 10_000
"""Rows that are written at once."""
BARS = {"resume": 4.0, "report": 20.0}
"""CPU seconds for 100,000 rows, beyond starting up."""
MEMORY = 600
"""MB at the peak, for a million rows as for fewer: they are held in columns and packed blocks."""
OFTEN = {".jsonl": 1, ".png": 2}
"""How often a file may be opened. A picture may stand on the first screen and further down."""
POLICY = """format: evalsuite-policy-1
measures:
  - {measure: objects.count, margin: 0.02}
"""
CHILD = """
import atexit, json, os, resource, sys, time
from collections import Counter
opened = Counter()
def hook(event, arguments):
    if event == "open":
        path = os.fsdecode(arguments[0]) if isinstance(arguments[0], (str, bytes)) else ""
        if path.endswith(".jsonl") and "samples-" in path or "judgements-" in path:
            opened[path] += 1
        elif path.endswith(".png"):
            opened[path] += 1
def tell():
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")]
    most = {kind: max([n for path, n in opened.items() if path.endswith(kind)], default=0)
            for kind in (".jsonl", ".png")}
    told = {"cpu": used.ru_utime + used.ru_stime, "mb": int(peak[0]) / 1024, "most": most}
    open(target, "w").write(json.dumps(told))
target, *words = sys.argv[1:]
sys.addaudithook(hook)
atexit.register(tell)
from evalsuite.cli import main
main(words)
"""


class Cost(NamedTuple):
    """What one command took: CPU seconds, peak memory in MB, most often opened of each kind."""

    cpu: float
    mb: float
    most: dict[str, int]


def prove(quick: bool) -> Proof:
    """Write runs of several sizes; resume, report, compare and gate them."""
    counts: dict[str, int] = {}
    broken: list[str] = []
    sizes = (1_000,) if quick else (1_000, 100_000, 1_000_000)
    found: dict[tuple[int, str], Cost] = {}
    for rows in sizes:
        with tempfile.TemporaryDirectory() as home:
            is_short = quick or rows > 100_000
            write_runs(Path(home), rows, "a" if is_short else "ab")
            for name, words in commands(is_short):
                found[rows, name] = cost = measured(Path(home), words)
                start = None if rows == sizes[0] else found[sizes[0], name]
                counts |= said(rows, name, cost, start)
                broken += misread(rows, name, cost)
    for rows, name in product(sizes[1:], BARS):
        broken += above_bar(rows, name, found[rows, name], found[sizes[0], name])
    return Proof(counts={"rows": sum(sizes), **counts}, broken=broken)


def commands(is_short: bool) -> list[tuple[str, list[str]]]:
    """What is run on each pair of runs, by name; the short list needs only one run."""
    every = [
        (
            "resume",
            [
                *("generate", "--model", "scenes", "--prompts", "mine.jsonl"),
                *("--output-dir", "a", "--num-images", str(EACH), "--no-progress"),
            ],
        ),
        ("report", ["report", "a"]),
        ("compare", ["compare", "a", "b"]),
        ("gate", ["gate", "a", "--baseline", "b", "--policy", "policy.yaml"]),
    ]
    return every[:2] if is_short else every


def said(rows: int, name: str, cost: Cost, start: Cost | None) -> dict[str, int]:
    """The figures of one command as counts: milliseconds of CPU beyond starting up, and MB."""
    beyond = cost.cpu - (start.cpu if start else 0)
    at = f"{rows:,} rows"
    return {f"ms to {name} {at}": max(1, round(1000 * beyond)), f"MB to {name} {at}": int(cost.mb)}


def misread(rows: int, name: str, cost: Cost) -> list[str]:
    """A file that one command read more often than it may."""
    often = {kind: times for kind, times in cost.most.items() if times > OFTEN[kind]}
    return [f"{name} of {rows:,} rows opened a {kind} {n} times" for kind, n in often.items()]


def above_bar(rows: int, name: str, cost: Cost, start: Cost) -> list[str]:
    """Where a command took more than its bar."""
    bar = BARS[name] * rows / 100_000
    lines = []
    if cost.cpu - start.cpu > bar:
        lines.append(f"{name} of {rows:,} rows: {cost.cpu - start.cpu:.1f} s of CPU, bar {bar:.0f}")
    if cost.mb > MEMORY:
        lines.append(f"{name} of {rows:,} rows: {cost.mb:.0f} MB at the peak, bar {MEMORY}")
    return lines


def measured(home: Path, words: Sequence[str]) -> Cost:
    """Run one command in `home` and say what it took; a command that crashes raises."""
    told = home / "cost.json"
    told.unlink(missing_ok=True)
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    child = [sys.executable, "-c", CHILD, str(told), *words]
    ended = subprocess.run(child, cwd=home, env=environ, capture_output=True, text=True)
    if ended.returncode not in (0, 1, 3) or not told.is_file():
        raise RuntimeError(f"{words}: exit code {ended.returncode}: {ended.stderr[-2000:]}")
    return Cost(**json.loads(told.read_text()))


Paint = Callable[[Path, int], Iterable[str]]
"""Writes so many pictures into a run's folder, and gives their names."""


def write_runs(home: Path, rows: int, names: str = "ab", paint: Paint | None = None) -> None:
    """Runs of so many rows each, called by single letters, their prompts and a policy."""
    images = rows // 2
    (home / "policy.yaml").write_text(POLICY)
    with (home / "mine.jsonl").open("w") as file:
        for n in range(images // EACH):
            stars = {"class": "star", "count": 1 + n % 5}
            row = {
                "id": f"p{n}",
                "tag": "counting",
                "prompt": f"stars {n}",
                "include": [stars],
                "groups": {"count": str(1 + n % 5)},
            }
            file.write(json.dumps(row) + "\n")
    before = Path.cwd()
    os.chdir(home)
    try:
        for place, name in enumerate(names):
            write_run(name, place, paint or write_pictures)
    finally:
        os.chdir(before)


def write_run(name: str, place: int, paint: Paint) -> None:
    """One run of the prompts in `mine.jsonl`; verdicts depend on the image and on `place`."""
    settings = Settings(
        model="scenes",
        prompts=("mine.jsonl",),
        scorers=("objects",),
        num_images=EACH,
        output_dir=name,
    )
    work, backend = begin_work(settings)
    entry = {"measures": [to_row(m) for m in own_measures() if m.scorer == "objects"]}
    rows = begin(work, backend, [], None)
    add_scorers(rows, {"objects": entry}, asked(["objects"], recorded(settings)))
    pictures = list(paint(work.folder, min(PICTURES, len(work.requests))))
    shown = [pictures[n % len(pictures)] for n in range(len(work.requests))]
    batches = [range(len(shown))[start : start + BATCH] for start in range(0, len(shown), BATCH)]
    # Nothing here is a credential, and to look for one in a million rows is most of the work.
    with (
        patch.object(segments, "concealed", lambda row, known: row),
        Segment(work.folder, "samples-w0") as segment,
    ):
        for batch in batches:
            write_sample(segment, *(drawn(work.requests[n], shown[n]) for n in batch))
    with (
        patch.object(segments, "concealed", lambda row, known: row),
        Segment(work.folder, "judgements-objects-w0") as segment,
    ):
        for batch in batches:
            write_judgement(
                segment, *(judged(work.requests[n], n + place, shown[n]) for n in batch)
            )


def drawn(request: Request, picture: str) -> Sample:
    """The row of an image as `generate` would write it."""
    return Sample(request.key, request.seed, "ok", image=picture)


def judged(request: Request, n: int, picture: str) -> JudgementRow:
    """The row of an image as the scorer `objects` would write it; `n` says how many it saw."""
    seen = n * 7919 % 6
    right = float(seen == request.prompt.include[0].count)
    values = {"correct": right, "present": 1.0, "count": right, "drawn": float(seen)}
    boxes = tuple(
        Box("star", (9.5 * k, 12.25, 9.5 * k + 8, 20.75), 0.9 - k / 10, {"color": "red"})
        for k in range(seen)
    )
    summary = f"expected {request.prompt.include[0].count} star, found {seen}"
    answer = Judgement("objects", request.key, values, boxes=boxes, summary=summary)
    return JudgementRow(answer, picture)


def write_pictures(folder: Path, count: int) -> Iterator[str]:
    """So many different pictures of 2x2 pixels; their names."""
    (folder / "images").mkdir(exist_ok=True)
    for n in range(count):
        pixels = np.frombuffer(n.to_bytes(12, "big"), np.uint8).reshape(2, 2, 3)
        data = encode_png(pixels)
        name = hashlib.sha256(data).hexdigest()
        (folder / "images" / f"{name}.png").write_bytes(data)
        yield name
