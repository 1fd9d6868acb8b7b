"""A new threshold, question or text on stored answers, against judging the pictures anew.

    python -m benchmarks.stored [--images 8] [--write]

CPU time of one process on one thread, in alternating rounds, with the models loaded beforehand:
anew, a picture is read, decoded and put through the model; on what is stored, only its features'
files are read. The detector has the size of google/owlvit-base-patch32 and random weights: nearly
every box passes the floor, so that more is stored than of any real one; the reader of text is the
real one. What both ways say must be equal.
The interval of the median ratio is the least and the largest of six rounds, which holds the median
in 31 of 32 cases.
"""

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from evalsuite.encoders import ocr
from evalsuite.encoders.detector import Detector
from evalsuite.files.images import decode_image, encode_png
from evalsuite.records import Picture
from evalsuite.runs.images import load_features, save_features

PAGE = Path(__file__).parents[1] / "reports/benchmarks/stored.md"
ROUNDS, SIDE, BAR = 6, 512, 50
NAMES = ("dog", "bench")

Ask = Callable[[Picture], object]


def main() -> None:
    """Print, and with `--write` keep, the ratio of each kind of answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=8)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    first, second = detector(0.45), detector(0.5)
    reader = ocr.load()
    kinds: list[tuple[str, str, Ask, Ask]] = [
        (
            "boxes, another threshold",
            second.kept,
            lambda picture: first.detect(picture, NAMES),
            lambda picture: second.detect(picture, NAMES),
        ),
        ("lines of text, other words", reader.key, reader.lines, reader.lines),
    ]
    lines = [
        "| what | anew, ms of CPU an image | stored | ratio | interval |",
        "|---|---|---|---|---|",
    ]
    for what, key, before, now in kinds:
        anew, stored = compared(pictures(given.images), key, before, now)
        ratios = [a / b for a, b in zip(anew, stored, strict=True)]
        each = [1000 * median(times) / given.images for times in (anew, stored)]
        lines.append(
            f"| {what} | {each[0]:.1f} | {each[1]:.2f} | {median(ratios):.0f} | "
            f"{min(ratios):.0f} to {max(ratios):.0f} |"
        )
    text = f"# Judging on stored answers (bar {BAR} to 1)\n\n" + "\n".join(lines) + "\n"
    print(text)
    if given.write:
        PAGE.write_text(f"{text}\n`python -m benchmarks.stored --write`.\n")


def compared(
    files: Sequence[bytes], key: str, before: Ask, now: Ask
) -> tuple[list[float], list[float]]:
    """CPU seconds of every round, anew and stored; raises where they do not say the same."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        for data in files:
            seen = opened(data)
            before(seen)
            save_features(folder, key, seen.sha256, seen.features[key])
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            said = []
            for place, is_stored in enumerate((False, True)):
                began = time.process_time()
                told = [now(opened(data, folder if is_stored else None, key)) for data in files]
                times[place].append(time.process_time() - began)
                said.append(told)
            if said[0] != said[1]:
                raise RuntimeError(f"{key}: what is stored says something else")
    return times


def opened(data: bytes, folder: Path | None = None, key: str = "") -> Picture:
    """A picture as the loop of judging opens it, with what is stored of it in `folder`."""
    sha256 = hashlib.sha256(data).hexdigest()
    array = load_features(folder, key, sha256) if folder else None
    features = {} if array is None else {key: array}
    return Picture(sha256, lambda: decode_image(data, sha256), features)


def pictures(count: int) -> list[bytes]:
    """PNG files of smooth noise, as natural pictures are smooth, with a word in each."""
    from PIL import Image, ImageDraw, ImageFont

    draws, files = np.random.default_rng(0), []
    for number in range(count):
        coarse = draws.integers(0, 256, (SIDE // 16, SIDE // 16, 3), dtype=np.uint8)
        image = Image.fromarray(coarse).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
        font = ImageFont.load_default(size=48)
        ImageDraw.Draw(image).text((60, 200), f"OPEN {number}", (255, 255, 255), font)
        files.append(encode_png(np.asarray(image)))
    return files


def detector(threshold: float) -> Detector:
    """An OWL-ViT of the usual size with random weights, and a tokenizer that it can do with."""
    import torch
    from transformers import OwlViTConfig, OwlViTForObjectDetection

    from evalsuite.encoders.detector import fetch

    torch.manual_seed(0)
    _, processor = fetch("scenes-owl")
    model = OwlViTForObjectDetection(OwlViTConfig()).eval()
    processor.image_processor.size = {"height": 768, "width": 768}
    return Detector("owlvit-b32-random", model, processor, "cpu", {"threshold": f"{threshold}"})


if __name__ == "__main__":
    main()
