"""Another threshold, head or question set on what is stored, against judging the pictures anew.

    python -m benchmarks.stored [--write]

CPU time of one process on one thread, in alternating rounds, with the models loaded beforehand:
anew, a picture is read, decoded and put through the model; on what is stored, only its features'
files are read. The networks have the sizes of google/owlvit-base-patch32, of CLIP ViT-B/32 and of
BLIP's base, with random weights: of the detector's boxes nearly every one passes the floor, so that
more is stored than of any real one. The reader of text is the real one. What both ways say must be
equal. A question that was never asked needs the network; of a set of questions those that were
asked before do not. Pictures come in full batches, as they do in a run.
"""

import argparse
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from benchmarks import pairs
from benchmarks.peers_models import tiny
from evalsuite.encoders import ocr, vqa
from evalsuite.encoders.clip import Clip
from evalsuite.encoders.detector import Detector
from evalsuite.files.images import decode_image, encode_png
from evalsuite.records import Picture, Question
from evalsuite.runs.images import load_features, save_features

PAGE = Path(__file__).parents[1] / "reports/benchmarks/stored.md"
SIDE, BAR = 512, 50
NAMES = ("dog", "bench")
TOWER = {
    **{"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12},
    "num_attention_heads": 12,
}

Ask = Callable[[Sequence[Picture]], Sequence[object]]


class Kind(NamedTuple):
    """What is asked, of how many pictures, where their features are, and how: before, and now."""

    what: str
    images: int
    key: str
    before: Ask
    now: Ask


def main() -> None:
    """Print, and with `--write` keep, the ratio of each kind of answer."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as home:
        found = [
            (kind, compared(pictures(kind.images), kind, pairs.PAIRS)) for kind in kinds(Path(home))
        ]
    text = page(found)
    pairs.show(text, PAGE if given.write else None)


def kinds(home: Path) -> Iterator[Kind]:
    """A threshold, words, a head and a set of questions; each model is made when it is its turn."""
    first, second = detector(0.45), detector(0.5)
    yield Kind("boxes, another threshold", 4, second.kept, boxes(first), boxes(second))
    reader = ocr.load()

    def read(seen: Sequence[Picture]) -> list[object]:
        return [reader.lines(picture) for picture in seen]

    yield Kind("lines of text, other words", 4, reader.key, read, read)
    clip = vectors()
    one, other = np.random.default_rng(1).normal(size=(2, 512))
    yield Kind(
        "CLIP vectors, another head",
        32,
        clip.key,
        lambda seen: (clip.images(seen) @ one).tolist(),
        lambda seen: (clip.images(seen) @ other).tolist(),
    )
    words = ("red", "blue", "one", "two", "three", "four", "five", "six")
    asked = [Question(f"is there {word} in the picture?", "yes") for word in words]
    blip = vqa.load(str(tiny("tiny_vqa").blip(home / "blip", TOWER, side=384, patch=16)), "cpu")

    def answers(seen: Sequence[Picture], questions: Sequence[Question]) -> list[object]:
        blip.look([picture for picture in seen if not blip.knows(picture, questions)])
        return [[of[0][0] for of in blip.ask(picture, questions)] for picture in seen]

    yield Kind(
        "answers, four of eight questions again",
        8,
        blip.kept,
        partial(answers, questions=asked),
        partial(answers, questions=asked[::2]),
    )


def boxes(found: Detector) -> Ask:
    """Looks at what is not known, as the scorer does, and gives the boxes."""

    def ask(seen: Sequence[Picture]) -> list[object]:
        found.look([picture for picture in seen if not found.knows(picture, NAMES)])
        return [found.detect(picture, NAMES) for picture in seen]

    return ask


def compared(files: Sequence[bytes], kind: Kind, rounds: int) -> list[list[float]]:
    """CPU seconds of every round, anew and stored; raises where they do not say the same."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        seen = [opened(data) for data in files]
        kind.before(seen)
        for picture in seen:
            save_features(folder, kind.key, picture.sha256, picture.features[kind.key])
        return pairs.in_turn(
            kind.what,
            [
                lambda: kind.now([opened(data) for data in files]),
                lambda: kind.now([opened(data, folder, kind.key) for data in files]),
            ],
            rounds,
            same=is_same,
        )


def is_same(anew: Sequence[Any], stored: Sequence[Any]) -> bool:
    """Equal, or numbers that differ as float32 does when other questions share a batch."""
    return anew == stored or np.allclose(anew, stored, rtol=1e-5, atol=1e-7)


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


def vectors() -> Clip:
    """A CLIP of ViT-B/32's size with random weights."""
    import open_clip
    import torch

    torch.manual_seed(0)
    network, _, preprocess = open_clip.create_model_and_transforms("ViT-B-32")
    tokenizer = open_clip.get_tokenizer("ViT-B-32")
    return Clip("vit-b32-random", network.eval(), preprocess, tokenizer, "cpu")


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


def page(found: Sequence[tuple[Kind, list[list[float]]]]) -> str:
    """The page."""
    rows = []
    for kind, (anew, stored) in found:
        of = pairs.ratios(anew, stored)
        each = [1000 * median(times) / kind.images for times in (anew, stored)]
        bar = f"{BAR}: {pairs.verdict(of, least=BAR)}"
        rows.append([kind.what, f"{each[0]:.1f}", f"{each[1]:.2f}", pairs.said(of, 0), bar])
    heads = ["what", "anew, ms of CPU an image", "stored", "ratio", "bar"]
    return "\n".join(
        [
            "# Judging on stored answers",
            "",
            f"`python -m benchmarks.stored --write` on {pairs.CORES}: pictures of "
            f"{SIDE}x{SIDE}, one thread, networks of usual sizes with random weights, "
            f"{len(found[0][1][0])} rounds in turn. Both ways say the same.",
            "",
            *pairs.table(heads, rows),
            "",
        ]
    )


if __name__ == "__main__":
    main()
