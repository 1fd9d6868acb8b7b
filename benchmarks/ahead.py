"""What it gives to open the next batch in threads while the present one is judged.

    python -m benchmarks.ahead [--write] [--images 96]

One run of 512x512 pictures is judged again and again by `clip`, in turn without and with a batch
opened ahead. The network is the bundled one on one thread; or a device of its own, which for the
CPU is a wait: of as long as an H100 took for CLIP ViT-L/14 in float16 (`gpu.md`). The rows must
have the same bytes. Both the wall clock and the CPU time of the thread that feeds the network are
given: the second is what is left to do in turn, however busy the machine is.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

from benchmarks import natural, pairs
from evalsuite.encoders import clip
from evalsuite.files.segments import Segment
from evalsuite.pipeline import ahead, judging
from evalsuite.records import Picture, Prompt, PromptSet, Sample
from evalsuite.runs.folder import create
from evalsuite.runs.images import save_image
from evalsuite.runs.rows import read_run, write_sample
from evalsuite.runs.seeds import plan
from evalsuite.scorers.clip import ClipScorer

PAGE = Path(__file__).parents[1] / "reports/benchmarks/ahead.md"
SIDE, EACH, THREADS = 512, 4, 2
DEVICE = 1 / 1720
"""Seconds a picture."""
WORDS = ("a red circle", "a blue square", "two green stars")


class Device(clip.Clip):
    """A CLIP whose vision tower is elsewhere: it takes its time there, and no core."""

    def images(self, pictures: Sequence[Picture]) -> clip.Vectors:
        """Vectors that are told from what the network would read."""
        inputs = [self._input(picture) for picture in pictures]
        time.sleep(DEVICE * len(inputs))
        found = [np.resize(each.numpy().mean(axis=2), self._width) for each in inputs]
        for picture, vector in zip(pictures, found, strict=True):
            picture.features[self.key] = (vector / np.linalg.norm(vector)).astype(np.float32)
        return np.stack([picture.features[self.key] for picture in pictures])

    @property
    def _width(self) -> int:
        return int(self.texts(WORDS[:1]).shape[1])


def main() -> None:
    """Measure, print and, if asked, write."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=96)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    text = page(given.images, measured(given.images, pairs.PAIRS))
    pairs.show(text, PAGE if given.write else None)


class Round(NamedTuple):
    """One time that the run was judged: its rows' bytes; seconds in all, and of the thread."""

    rows: bytes
    wall: float
    thread: float


def measured(images: int, rounds: int) -> dict[str, list[tuple[Round, Round]]]:
    """By network: rounds without and with. Raises `AssertionError` where the rows differ."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "run"
        prompts = drawn(folder, images)
        found = {}
        for name, scorer in scorers().items():
            judged(folder, prompts, scorer, 0)  # the first calls of a library are slow
            found[name] = [
                (judged(folder, prompts, scorer, 0), judged(folder, prompts, scorer, THREADS))
                for _ in range(rounds)
            ]
            assert len({each.rows for both in found[name] for each in both}) == 1, "rows differ"
    return found


def judged(folder: Path, prompts: PromptSet, scorer: ClipScorer, spare: int) -> Round:
    """Judges the run anew, with so many threads that open pictures."""
    for path in [*folder.glob("judgements-*"), *folder.glob("features")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    rows = read_run(folder)
    wall, thread = time.perf_counter(), time.thread_time()
    with patch.object(ahead, "spare_cores", lambda: spare):
        judging.judge(rows, [scorer], [prompts])
    wall, thread = time.perf_counter() - wall, time.thread_time() - thread
    return Round((folder / "judgements-clip-w0.jsonl").read_bytes(), wall, thread)


def scorers() -> dict[str, ClipScorer]:
    """The same scorer on the bundled network, and on a device that is only waited for."""
    own = clip.load("scenes-clip", device="cpu")
    device = Device("device", own._model, own._preprocess, own._tokenizer, "cpu")
    return {"the bundled CLIP on one thread": ClipScorer(own), "a device": ClipScorer(device)}


def drawn(folder: Path, images: int) -> PromptSet:
    """A run of smooth noise, as natural pictures are smooth, `EACH` a prompt; its prompts."""
    texts = [f"{WORDS[n % 3]}, picture {n}" for n in range(-(-images // EACH))]
    prompts = tuple(Prompt(f"p{n}", text, "color") for n, text in enumerate(texts))
    found = PromptSet(name="bench", version="1", digest="d", dialect="scenes", prompts=prompts)
    create(folder, {"format": 1, "scorers": {"clip": {}}})
    draws = np.random.default_rng(0)
    samples = []
    for request in plan([found], EACH, 0)[:images]:
        image = save_image(folder, natural.smooth(draws, SIDE))
        samples.append(Sample(request.key, request.seed, "ok", image=image))
    with Segment(folder, "samples-w0") as segment:
        write_sample(segment, *samples)
    return found


def page(images: int, found: Mapping[str, Sequence[tuple[Round, Round]]]) -> str:
    """The table, and what it says."""
    rows = []
    for name, rounds in found.items():
        walls = [[images / each.wall for each in way] for way in zip(*rounds, strict=True)]
        fed = [[1000 * r.thread / images for r in way] for way in zip(*rounds, strict=True)]
        rows.append(
            [
                name,
                *(f"{median(way):.0f}" for way in walls),
                pairs.said(pairs.ratios(walls[1], walls[0])),
                *(f"{median(way):.1f}" for way in fed),
                pairs.said(pairs.ratios(*fed)),
            ]
        )
    heads = ["network", *("images/s in turn", "ahead", "ratio")]
    heads += ["ms of the feeding thread an image, in turn", "ahead", "ratio"]
    return "\n".join(
        [
            "# Judging with the next batch opened ahead",
            "",
            f"`python -m benchmarks.ahead --write`: {images} pictures of {SIDE}x{SIDE} judged by "
            f"`clip`, {len(next(iter(found.values())))} rounds without and with, in turn, on "
            f"{pairs.CORES}; {THREADS} threads open pictures. The rows have the same bytes. "
            "Medians, and of ratios the least and the greatest.",
            "",
            *pairs.table(heads, rows),
            "",
            "The wall clock depends on what else the cores do. The feeding thread's CPU time does "
            "not: it is what stays in turn with the network, and on a machine with cores to spare "
            "bounds how fast one process can feed a device. Where the network's own threads take "
            "every core, nothing is opened ahead.",
            "",
        ]
    )


if __name__ == "__main__":
    main()
