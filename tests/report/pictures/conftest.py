"""A run of 60 prompts with two images each, of every ending, with files of two sizes."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from evalsuite.files.images import decode_image, encode_png
from evalsuite.records import Box, Clause, Judgement, Key, Measure, Prompt, PromptSet, Sample
from evalsuite.report import Report

ENDINGS = {1: "refused", 2: "blocked", 3: "invalid", 4: "failed"}
MEASURES = [
    Measure(name="objects.correct", title="Everything as asked", prominence=2),
    Measure(name="geneval.correct", title="GenEval says so", prominence=1),
    Measure(name="objects.color", title="Colours hold", applies=("asks for a color",)),
    Measure(name="safety.explicit", title="Nudity", higher_is_better=False, blur_from=1.0),
]


@dataclass
class Files:
    """Where pictures lie, as a run's folder has them, and how often one was read."""

    folder: Path
    read: int = 0

    def save(self, number: int, side: int) -> str:
        noise = np.random.default_rng(number).integers(0, 256, (side, side + 60, 3), np.uint8)
        data = encode_png(noise)
        sha256 = hashlib.sha256(data).hexdigest()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{sha256}.png").write_bytes(data)
        return sha256

    def load(self, sha256: str) -> np.ndarray:
        self.read += 1
        return decode_image((self.folder / f"{sha256}.png").read_bytes(), sha256)


def judged(key: Key, number: int, word: str) -> list[Judgement]:
    """Verdicts by number: objects says no of every third, geneval differs on every fifth."""
    right, box = float(number % 3 > 0), Box("cat" + word, (10.0, 20.0, 60.0, 90.0), 0.9)
    if number % 10 == 7:
        first = Judgement("objects", key, failure="out of memory" + word)
    else:
        values = {"correct": right, "color": right}
        said = f"expected {number} cats{word}"
        first = Judgement("objects", key, values, boxes=(box,), summary=said)
    other = Judgement("geneval", key, {"correct": right if number % 5 else 1 - right})
    return [first, other, Judgement("safety", key, {"explicit": float(number % 20 == 9)})]


def make(folder: Path, word: str = "", prompts: int = 60) -> tuple[Report, Files]:
    """The run in a folder; `word` is added to every text that comes from outside."""
    files = Files(folder / "images")
    own = [
        Prompt(
            f"p{n}",
            f"{n} cats{word}",
            "counting",
            include=(Clause("cat", n + 1, color="red" if n % 2 else None),),
            groups={"count": str(n % 4), "sort" + word: "ab"[n % 2] + word},
            twin=f"p{n - 1}" if n % 2 else None,
        )
        for n in range(prompts)
    ]
    prompt_set = PromptSet(
        name="mine", version="1", digest="d" * 64, dialect="everyday", prompts=tuple(own), card={}
    )
    keys = [Key("mine", prompt.id, index) for prompt in own for index in range(2)]
    pictures = [files.save(0, 8), files.save(1, 300), files.save(2, 300)]
    samples, said = {}, {}
    for number, key in enumerate(keys):
        if status := ENDINGS.get(number):
            samples[key] = Sample(key, number, status, reason=f"because {status}{word}")
        elif number != 5:
            samples[key] = Sample(key, number, "ok", image=pictures[number % 3])
            said |= {(each.scorer, key): each for each in judged(key, number, word)}
    return Report(
        title="A run" + word,
        model="a model",
        manifest={},
        prompt_sets=[prompt_set],
        samples=samples,
        judgements=said,
        estimates=[],
        load_image=files.load,
        image_folder=files.folder,
        measures={measure.name: measure for measure in MEASURES},
        planned=keys,
    ), files


def data_of(path: Path):
    """What a data file hands to the page; the file holds one call and nothing else."""
    text = path.read_bytes().decode("ascii")
    head, tail = f'pictures("{path.stem}",', ");\n"
    assert text.startswith(head) and text.endswith(tail) and "<" not in text
    return json.loads(text.removeprefix(head).removesuffix(tail))


@pytest.fixture(scope="session")
def many():
    return make


@pytest.fixture
def read_data():
    return data_of
