"""What drawing costs beside the model: PNG beside GenEval's way, and all the rest of the loop.

    python -m benchmarks.overhead [--write] [--quick]

PNG: `encode_png` against Pillow's default, and against what GenEval's `diffusers_generate.py` does
with a prompt's four images: each is saved, all are made tensors, put into a grid and saved again.
The files must have the same pixels. CPU time of one thread.

The rest: the loop of `evalsuite generate` with a model that is elsewhere and takes, for 512x512
pixels, as long an image as an H100 did (`gpu.md`): 50 steps compiled 246 ms; 4 steps without
guidance 17 ms, by the ratio of their floating-point operations. What is beyond the wait of all
images is the share of the wall clock that is not the model; the writing of the last batch, of
four images, is within it.

Tiny sizes: a pipeline of diffusers with random weights on the CPU. The share is of the process's
CPU time, and the model is what its networks' forward passes took. A network that takes a
millisecond leaves most of the time to Python: only a bound from above.
"""

import argparse
import io
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks import natural, pairs
from benchmarks.peers_models import tiny
from evalsuite.files.images import decode_image, encode_png
from evalsuite.pipeline import drawing
from evalsuite.pipeline.settings import Settings
from evalsuite.pipeline.stages import begin
from evalsuite.pipeline.work import begin_work
from evalsuite.records import Json, Pixels, Prompt, PromptSet, Request
from evalsuite.runs.folder import create
from evalsuite.runs.rows import read_run
from evalsuite.runs.seeds import plan

PAGE = Path(__file__).parents[1] / "reports/benchmarks/overhead.md"
SIDE, EACH, BATCH = 512, 4, 4
PNG_BAR = 0.3
SECONDS = {50: 1 / 4.06, 4: 1 / 4.06 * 5.8 / 82.9}
"""An image's on an H100, by steps; TFLOP an image from Stable Diffusion 1.5's networks."""
BARS = {50: 0.05, 4: 0.15}


def main() -> None:
    """Measure, print and, if asked, write."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    rounds = 2 if given.quick else pairs.PAIRS
    batches = {50: 2, 4: 4} if given.quick else {50: 12, 4: 48}
    text = page(png(rounds), {n: waited(n, batches[n], rounds) for n in SECONDS}, small(rounds))
    pairs.show(text, PAGE if given.write else None)


def png(rounds: int) -> list[list[float]]:
    """CPU seconds of each round for one prompt's images: ours, Pillow's default, GenEval's way."""
    pictures = natural.photographs(SIDE)
    pictures = [pictures[n % len(pictures)] for n in range(EACH)]

    def pixels(files: Sequence[bytes]) -> list[bytes]:
        return [decode_image(file, "png").tobytes() for file in files[:EACH]]

    return pairs.in_turn(
        "PNG",
        [
            lambda: [encode_png(picture) for picture in pictures],
            lambda: [saved(picture) for picture in pictures],
            lambda: geneval(pictures),
        ],
        rounds,
        same=lambda a, b: pixels(a) == pixels(b),
    )


def saved(picture: Pixels) -> bytes:
    """PNG as Pillow writes it where nobody says how."""
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="PNG")
    return buffer.getvalue()


def geneval(pictures: Sequence[Pixels]) -> list[bytes]:
    """Every picture's file, and behind them that of their grid."""
    import torch

    files = [saved(picture) for picture in pictures]
    tensors = [torch.from_numpy(p.copy()).permute(2, 0, 1).float() / 255 for p in pictures]
    rows = [torch.cat(tensors[at : at + 2], dim=2) for at in range(0, len(tensors), 2)]
    grid = 255.0 * torch.cat(rows, dim=1).permute(1, 2, 0).numpy()
    return [*files, saved(grid.astype(np.uint8))]


class Elsewhere:
    """A back-end whose model takes its time on a device that works at one batch after another."""

    dialect, batch_size = "everyday", BATCH

    def __init__(self, seconds: float) -> None:
        self._seconds, self._free = seconds, 0.0
        self._stock = natural.photographs(SIDE)

    def describe(self) -> Mapping[str, Json]:
        """What the manifest says of it."""
        return {"model": "elsewhere"}

    def problems(self, prompts: Sequence[Prompt]) -> list[str]:
        """Any prompt will do."""
        return []

    def start(self, requests: Sequence[Request]) -> Callable[[], list[Pixels]]:
        """Begin a batch; the device is at it once it has ended the last."""
        self._free = max(self._free, time.monotonic()) + self._seconds * len(requests)
        ends = self._free

        def wait() -> list[Pixels]:
            time.sleep(max(0.0, ends - time.monotonic()))
            return [self._picture(request) for request in requests]

        return wait

    def render(self, requests: Sequence[Request]) -> list[Pixels]:
        """The same, waited for."""
        return self.start(requests)()

    def _picture(self, request: Request) -> Pixels:
        # Every image is another: equal ones are written once.
        picture = self._stock[request.seed % len(self._stock)].copy()
        picture[0, :2] = np.frombuffer(request.seed.to_bytes(6, "big"), np.uint8).reshape(2, 3)
        return picture


def waited(steps: int, batches: int, rounds: int) -> list[tuple[float, float]]:
    """By round: the share of the wall clock beyond the device's, and CPU seconds an image."""
    images = batches * BATCH
    prompts = tuple(Prompt(f"p{n}", f"picture {n}", "color") for n in range(images))
    few = PromptSet(name="bench", version="1", digest="d", dialect="everyday", prompts=prompts)
    found = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as home:
            rows = read_run(Path(home), create(Path(home) / "run", {"format": 1, "scorers": {}}))
            backend = Elsewhere(SECONDS[steps])
            wall, cpu = time.perf_counter(), time.process_time()
            counts = drawing.generate(rows, backend, plan([few], 1, 0))
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            assert counts.ended == images and counts.failed == 0
            found.append((1 - images * SECONDS[steps] / wall, cpu / images))
    return found


def small(rounds: int) -> dict[int, list[float]]:
    """By steps: the share of CPU time that no network's forward pass took, of each round."""
    found: dict[int, list[float]] = {}
    with tempfile.TemporaryDirectory() as home:
        model = tiny("tiny_models").stable_diffusion(Path(home) / "model")
        for steps in SECONDS:
            settings = Settings(model=str(model), steps=steps, prompts=("counts",), device="cpu")
            found[steps] = []
            for number in range(rounds):
                place = str(Path(home) / f"run-{steps}-{number}")
                found[steps].append(beside_networks(settings, place))
    return found


def beside_networks(settings: Settings, place: str) -> float:
    """The share of drawing two batches that is not in a network."""
    from dataclasses import replace

    work, backend = begin_work(replace(settings, output_dir=place))
    rows = begin(work, backend, [], None)
    within = [0.0]
    pipeline: Any = backend.pipeline  # type: ignore[attr-defined]
    for module in (pipeline.unet, pipeline.vae.decoder, pipeline.text_encoder):
        module.register_forward_pre_hook(lambda *_: within.append(time.thread_time()))
        module.register_forward_hook(lambda *_: within.append(time.thread_time() - within.pop()))
    start = time.process_time()
    drawing.generate(rows, backend, work.requests[: 2 * backend.batch_size])
    return 1 - sum(within) / (time.process_time() - start)


def page(
    costs: Sequence[Sequence[float]],
    beyond: Mapping[int, Sequence[tuple[float, float]]],
    small: Mapping[int, Sequence[float]],
) -> str:
    """The page: PNG, the rest with a device, and at tiny sizes."""
    ours, *others = costs
    rows = []
    for name, other in zip(("Pillow's default", "GenEval: each and a grid"), others, strict=True):
        of = pairs.ratios(ours, other)
        each = [f"{1000 * median(way) / EACH:.1f}" for way in (ours, other)]
        rows.append([name, *each, pairs.said(of), f"{PNG_BAR}: {pairs.verdict(of, most=PNG_BAR)}"])
    waits = []
    for steps, rounds in beyond.items():
        shares = [100 * share for share, _ in rounds]
        bar = pairs.verdict(shares, most=100 * BARS[steps])
        cpu = [1000 * each for _, each in rounds]
        told = f"{100 * BARS[steps]:.0f} %: {bar}"
        row = [str(steps), f"{1000 * SECONDS[steps]:.0f}", pairs.said(shares, 1), told]
        waits.append([*row, pairs.said(cpu, 1), pairs.said([100 * s for s in small[steps]], 0)])
    return "\n".join(
        [
            "# What drawing costs beside the model",
            "",
            f"`python -m benchmarks.overhead --write` on {pairs.CORES}: medians of {len(ours)} "
            "rounds with the least and the greatest. What each way does is in the program.",
            "",
            "## PNG, CPU time an image",
            "",
            f"Photographs of {SIDE}x{SIDE}; the files have the same pixels.",
            "",
            *pairs.table(["peer", "ours, ms", "peer, ms", "ours / peer", "bar"], rows),
            "",
            "## Everything that is not the model",
            "",
            "With a device that is waited for, in % of the wall clock; all that is done meanwhile, "
            "in ms of CPU an image; and of a tiny pipeline on the CPU, in % of CPU time.",
            "",
            *pairs.table(
                ["steps", "device, ms", "not the model, %", "bar", "CPU, ms", "tiny, %"], waits
            ),
            "",
        ]
    )


if __name__ == "__main__":
    main()
