"""Six CLIP measures on 200 images: one decode and encode per image, against a pass per measure.

    python benchmarks/encodes.py [--model scenes-clip] [--images 200]
    python benchmarks/encodes.py --write     also writes reports/benchmarks/encodes.md

Both ways run in one process, one after the other and alternating, on one thread, with the model
loaded beforehand; what is compared is the process's CPU time. The pass per measure does only what
that measure needs: it reads each image, encodes it, encodes the measure's own texts, and forgets
both, as separate programs would. Their start and the loading of six models are not even counted.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from evalsuite import stats
from evalsuite.encoders import clip
from evalsuite.encoders.clip import Clip
from evalsuite.files.images import decode_image, encode_png
from evalsuite.prompts.hard_negatives import swapped_attributes
from evalsuite.records import Case, Clause, Key, Picture, Prompt
from evalsuite.scenes.draw import draw
from evalsuite.scenes.sample import any_scene
from evalsuite.scorers.aesthetic import Layer, rate
from evalsuite.scorers.clip import DEPICTS, HESSEL, negatives

SIDES = (64, 512)
"""Sides of the images in pixels: those that the bundled model draws, and Stable Diffusion's."""
EACH = 4
"""Images per prompt."""
ROUNDS = 3
REPORT = Path(__file__).parent.parent / "reports" / "benchmarks" / "encodes.md"

Measure = Callable[[Clip, Sequence[Case]], list[float]]


@dataclass
class Stock:
    """Images as a run keeps them, PNG bytes, and what was done with them."""

    rows: list[tuple[Key, Prompt, bytes]]
    tally: Counter[str]

    def cases(self) -> list[Case]:
        """The images as they come off the disk: not decoded, not encoded."""
        return [Case(key, prompt, self._picture(data)) for key, prompt, data in self.rows]

    def _picture(self, data: bytes) -> Picture:
        name = sha256(data).hexdigest()

        def decode() -> np.ndarray:
            self.tally["decoded"] += 1
            return decode_image(data, name)

        return Picture(name, decode)


def stock(images: int, side: int) -> Stock:
    """Renders of random scenes, enlarged, four per prompt; each prompt binds two colours."""
    rng = np.random.default_rng(0)
    rows = []
    colors = ("red", "green", "blue", "yellow", "purple", "orange")
    shapes = ("circle", "square", "triangle", "star")
    for number in range(images):
        k = number // EACH
        first, second = colors[k % 6], colors[(k + 1 + k // 6) % 6]
        second = second if second != first else colors[(k + 2) % 6]
        near, far = shapes[k % 4], shapes[(k // 4 + 1) % 4]
        prompt = Prompt(
            id=f"p{k}",
            text=f"a {first} {near} to the left of a {second} {far}".replace(
                "a orange", "an orange"
            ),
            tag="position",
            include=(
                Clause(far, 1, color=second),
                Clause(near, 1, color=first, position=("left of", 0)),
            ),
        )
        key, picture = Key("bench", prompt.id, number % EACH), draw(any_scene(rng))
        picture = picture.repeat(side // picture.shape[0], axis=0)
        picture = picture.repeat(side // picture.shape[1], axis=1)
        rows.append((key, prompt, encode_png(picture)))
    return Stock(rows, Counter())


def cosines(model: Clip, cases: Sequence[Case]) -> list[float]:
    """Each image with its prompt."""
    images = model.images([case.picture for case in cases]).astype(float)
    texts = model.texts([case.prompt.text for case in cases]).astype(float)
    return [float(value) for value in (images * texts).sum(axis=1)]


def score(model: Clip, cases: Sequence[Case]) -> list[float]:
    """CLIPScore."""
    return [100 * value for value in cosines(model, cases)]


def hessel(model: Clip, cases: Sequence[Case]) -> list[float]:
    """CLIPScore as Hessel et al. define it, but for the CLIP."""
    images = model.images([case.picture for case in cases]).astype(float)
    texts = model.texts([DEPICTS + case.prompt.text for case in cases]).astype(float)
    return [HESSEL * max(float(value), 0.0) for value in (images * texts).sum(axis=1)]


def choice(model: Clip, cases: Sequence[Case]) -> list[float]:
    """Whether the prompt beats its hard negatives."""
    return _wins(model, cases, [negatives(case.prompt, None)[1] for case in cases])


def binding(model: Clip, cases: Sequence[Case]) -> list[float]:
    """Whether the prompt beats its exchanged colours."""
    return _wins(model, cases, [swapped_attributes(case.prompt) for case in cases])


def aesthetic(model: Clip, cases: Sequence[Case]) -> list[float]:
    """A linear head of random weights on the images' vectors."""
    images = model.images([case.picture for case in cases]).astype(float)
    layers: list[Layer] = [(np.ones((1, images.shape[1])), np.zeros(1))]
    return [float(value) for value in rate(images, layers)]


def vendi(model: Clip, cases: Sequence[Case]) -> list[float]:
    """The effective number of different images of each prompt."""
    images = model.images([case.picture for case in cases])
    return [
        stats.vendi(vectors=images[start : start + EACH]) for start in range(0, len(images), EACH)
    ]


SIX: dict[str, Measure] = {
    "clip.score": score,
    "clip.hessel": hessel,
    "clip.choice": choice,
    "clip.binding": binding,
    "aesthetic.score": aesthetic,
    "diversity.vendi": vendi,
}


def _wins(model: Clip, cases: Sequence[Case], others: Sequence[Sequence[str]]) -> list[float]:
    model.images([case.picture for case in cases])
    options = [[case.prompt.text, *of] for case, of in zip(cases, others, strict=True)]
    model.texts([text for of in options for text in of])
    return [
        float(model.probabilities(case.picture, of).argmax() == 0)
        for case, of in zip(cases, options, strict=True)
    ]


@dataclass(frozen=True)
class Cost:
    """The cost of a way: CPU seconds, decodes and encodes per image, and texts encoded."""

    seconds: float
    decodes: float
    encodes: float
    texts: int


def one_pass(model: Clip, images: Stock) -> tuple[dict[str, list[float]], Cost]:
    """All six measures on the same pictures."""
    return _timed(model, images, [list(SIX)])


def six_passes(model: Clip, images: Stock) -> tuple[dict[str, list[float]], Cost]:
    """Each measure on pictures that nobody has seen before."""
    return _timed(model, images, [[name] for name in SIX])


def _timed(
    model: Clip, images: Stock, passes: Sequence[Sequence[str]]
) -> tuple[dict[str, list[float]], Cost]:
    images.tally.clear()
    before, texts, scores = model.images_encoded, 0, {}
    start = time.process_time()
    for names in passes:
        model.forget_texts()
        cases = images.cases()
        for name in names:
            scores[name] = SIX[name](model, cases)
        texts += model.texts_known
    seconds = time.process_time() - start
    n = len(images.rows)
    encodes = (model.images_encoded - before) / n
    return scores, Cost(seconds, images.tally["decoded"] / n, encodes, texts)


def main() -> None:
    """Run both ways in turn and print, or write, the table."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="scenes-clip")
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = clip.load(options.model)
    six_passes(model, stock(EACH, SIDES[0]))  # the first calls of a library are slow
    costs = {side: compared(model, stock(options.images, side)) for side in SIDES}
    text = table(options.model, options.images, costs)
    print(text)
    if options.write:
        REPORT.write_text(text, encoding="utf-8")


Costs = dict[str, list[Cost]]


def compared(model: Clip, images: Stock) -> Costs:
    """Both ways in turn, some rounds; they must give the same numbers."""
    costs: Costs = {"one pass": [], "a pass per measure": []}
    for _ in range(ROUNDS):
        together, cost = one_pass(model, images)
        costs["one pass"].append(cost)
        apart, cost = six_passes(model, images)
        costs["a pass per measure"].append(cost)
        assert together == apart, "the two ways must give the same numbers"
    return costs


def table(model: str, images: int, costs: dict[int, Costs]) -> str:
    """The report: medians over the rounds."""
    lines = [
        "# Six CLIP measures, one encoding per image",
        "",
        f"{', '.join(f'`{name}`' for name in SIX)} on {images} images, {EACH} per prompt, "
        f"with `{model}` on one thread; medians of {ROUNDS} rounds, both ways in turn in "
        "one process. By `python benchmarks/encodes.py --write`.",
        "",
        "| images | | CPU seconds | decodes per image | encodes per image | texts encoded "
        "| times |",
        "|---|---|---|---|---|---|---|",
    ]
    for side, ways in costs.items():
        seconds = {way: float(np.median([cost.seconds for cost in of])) for way, of in ways.items()}
        for way, of in ways.items():
            counts = f"{of[0].decodes:g} | {of[0].encodes:g} | {of[0].texts}"
            times = f"{seconds[way] / seconds['one pass']:.1f}"
            lines.append(f"| {side}x{side} | {way} | {seconds[way]:.2f} | {counts} | {times} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
