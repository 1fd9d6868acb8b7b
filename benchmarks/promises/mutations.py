"""Promise 13: a scorer that is not itself refuses to score.

What the two bundled models rely on (a CLIP and an OWL-ViT) is changed, one thing at a time:
weights, tokenizer, preprocessing, configuration, or what the code around them does. A changed
folder must be refused when it is loaded, and a changed model must not repeat its golden values.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.promises.proof import Proof
from evalsuite.encoders import clip, detector, golden
from evalsuite.files.checkpoints import BUNDLED
from evalsuite.records import InputError

NUMBER = 13
PROMISE = "A scorer whose weights, tokenizer, preprocessing or code changed refuses to score."

Json = Any
Change = Callable[[Path], None]
LOADERS: Mapping[str, Callable[[str], Any]] = {
    "scenes-clip": partial(clip.load.__wrapped__, device="cpu"),
    "scenes-owl": partial(detector.load.__wrapped__, device="cpu"),
}
WEIGHTS = {"scenes-clip": "open_clip_model.safetensors", "scenes-owl": "model.safetensors"}
CONFIG = "open_clip_config.json"
PROCESSOR = "processor_config.json"


def prove(quick: bool) -> Proof:
    """Make every mutation; `quick` takes those of the CLIP alone, and of their kinds the first."""
    broken: list[str] = []
    files = [m for m in in_files() if not quick or m[0] == "scenes-clip"][: 8 if quick else None]
    code = [m for m in in_code() if not quick or m[0] == "scenes-clip"]
    names = dict.fromkeys(model for model, *_ in files)
    with tempfile.TemporaryDirectory() as home:
        for model in names:
            if (said := refusal(model, Path(home), "none", lambda folder: None)) is not None:
                broken.append(f"{model} as it is: {said}")
        for model, what, change in files:
            if refusal(model, Path(home), what, change) is None:
                broken.append(f"{model}: {what}: was loaded")
    for model, what, alter in code:
        if repeats_its_values(model, alter):
            broken.append(f"{model}: {what}: repeats its golden values")
    counts = {
        "mutations of files": len(files),
        "mutations of code": len(code),
        "scorers as they are": len(names),
    }
    return Proof(counts=counts, broken=broken)


def refusal(model: str, home: Path, what: str, change: Change) -> str | None:
    """What is said of a changed copy of a model's folder; None where it is loaded and checked."""
    # Under the model's own name, by which its tokenizer is found.
    folder = home / what.replace(" ", "-") / model
    shutil.copytree(BUNDLED / model, folder)
    change(folder)
    try:
        loaded = LOADERS[model](str(folder))
    except InputError as error:
        return str(error)
    return None if loaded.golden == "checked" else "unchecked"


def repeats_its_values(model: str, alter: Callable[[Any], None]) -> bool:
    """Whether a model whose code was altered after loading passes the check that loading makes."""
    loaded = LOADERS[model](model)
    for kept in ("_texts", "_words"):
        getattr(loaded, kept, {}).clear()
    alter(loaded)
    try:
        golden.check(BUNDLED / model, loaded.sha256, loaded.golden_values)
    except InputError:
        return False
    return True


# Files


def in_files() -> list[tuple[str, str, Change]]:
    """Model, what is changed, and how, for every change of a file."""
    found: list[tuple[str, str, Change]] = []
    for model in LOADERS:
        found += [
            (model, "weights byte", partial(flip_byte, WEIGHTS[model], 0.5)),
            (model, "weights byte at the end", partial(flip_byte, WEIGHTS[model], 1.0)),
            (model, "weights cut", partial(cut, WEIGHTS[model])),
            (model, "weights of another model", partial(scale, WEIGHTS[model], "", 1.01)),
            (model, "temperature", partial(scale, WEIGHTS[model], "logit_scale", 0.5)),
            (model, "words exchanged in the tokenizer", exchange_words),
        ]
    owl = "scenes-owl"
    found[6:6] = [
        ("scenes-clip", what, partial(edit, CONFIG, path, value)) for what, path, value in CLIP
    ]
    return found + [(owl, what, partial(edit, *change)) for what, *change in OWL]


OPENAI = {"mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711]}
CLIP: tuple[tuple[str, tuple[str, ...], Json], ...] = (
    ("mean", ("preprocess_cfg", "mean"), OPENAI["mean"]),
    ("deviation", ("preprocess_cfg", "std"), OPENAI["std"]),
    ("interpolation", ("preprocess_cfg", "interpolation"), "bilinear"),
    ("size", ("preprocess_cfg", "size"), 224),
    ("activation", ("model_cfg", "quick_gelu"), True),
    ("truncation", ("model_cfg", "text_cfg", "context_length"), 4),
    ("text pooling", ("model_cfg", "text_cfg", "pool_type"), "last"),
    ("heads", ("model_cfg", "text_cfg", "heads"), 2),
)
OWL: tuple[tuple[str, str, tuple[str, ...], Json], ...] = (
    ("mean", PROCESSOR, ("image_processor", "image_mean"), OPENAI["mean"]),
    ("deviation", PROCESSOR, ("image_processor", "image_std"), OPENAI["std"]),
    ("interpolation", PROCESSOR, ("image_processor", "resample"), 0),
    ("size", PROCESSOR, ("image_processor", "size"), {"height": 32, "width": 32}),
    ("rescaling", PROCESSOR, ("image_processor", "rescale_factor"), 0.0078),
    ("activation of the text", "config.json", ("text_config", "hidden_act"), "gelu"),
    ("activation of the picture", "config.json", ("vision_config", "hidden_act"), "gelu"),
    ("heads", "config.json", ("vision_config", "num_attention_heads"), 2),
)


def edit(file: str, path: tuple[str, ...], value: Json, folder: Path) -> None:
    """Put a value into a JSON file."""
    content = json.loads((folder / file).read_text())
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    (folder / file).write_text(json.dumps(content))


def flip_byte(file: str, where: float, folder: Path) -> None:
    """Turn one bit of one byte, at this part of the file."""
    data = bytearray((folder / file).read_bytes())
    data[int(where * (len(data) - 1))] ^= 16
    (folder / file).write_bytes(bytes(data))


def cut(file: str, folder: Path) -> None:
    """Take the last thousand bytes away."""
    data = (folder / file).read_bytes()
    (folder / file).write_bytes(data[:-1000])


def scale(file: str, name: str, by: float, folder: Path) -> None:
    """Multiply the weights whose name holds `name`."""
    from safetensors.numpy import load_file, save_file

    tensors = load_file(folder / file)
    changed = {
        k: np.asarray((v * by).astype(v.dtype) if name in k else v) for k, v in tensors.items()
    }
    assert any(not np.array_equal(changed[k], tensors[k]) for k in tensors)
    save_file(changed, folder / file, metadata={"format": "pt"})


def exchange_words(folder: Path) -> None:
    """Give two words each other's token."""
    path = folder / "tokenizer.json"
    content = json.loads(path.read_text())
    words = content["model"]["vocab"]
    one, other = (
        next(w for w in (word, f"{word}</w>") if w in words) for word in ("circle", "square")
    )
    words[one], words[other] = words[other], words[one]
    path.write_text(json.dumps(content))


# Code


def in_code() -> list[tuple[str, str, Callable[[Any], None]]]:
    """Model, what is changed, and how, for every change of what happens around a model."""
    return [
        ("scenes-clip", "channels as BGR", bgr_clip),
        ("scenes-clip", "order of texts", other_order),
        ("scenes-clip", "texts cut after four tokens", cut_texts),
        ("scenes-clip", "no unit vectors", lambda model: setattr(model, "_unit", _not_unit)),
        ("scenes-owl", "channels as BGR", bgr_owl),
        ("scenes-owl", "another template", lambda model: setattr(model, "template", "no {a}")),
    ]


def bgr_clip(model: Any) -> None:
    """Hand the channels over in OpenCV's order."""
    before = model._preprocess
    model._preprocess = lambda image: before(image).flip(0)


def other_order(model: Any) -> None:
    """Give each text its neighbour's vector."""
    before = model.texts
    model.texts = lambda texts: np.roll(before(texts), 1, axis=0)


def cut_texts(model: Any) -> None:
    """Read the first tokens of a text alone."""
    before = model._tokenizer

    class Short:
        """The model's tokenizer, which forgets the end of a text."""

        tokenizer = before.tokenizer

        def __call__(self, texts: list[str]) -> Any:
            """Tokens with the fourth as the last."""
            tokens = before(texts)
            tokens[:, 3] = tokens.max()
            tokens[:, 4:] = 0
            return tokens

    model._tokenizer = Short()


def _not_unit(vectors: Any) -> Any:
    return np.asarray(vectors.float().cpu().numpy())


def bgr_owl(model: Any) -> None:
    """Hand the channels over in OpenCV's order."""
    before = model._processor

    def process(*arguments: Any, **named: Any) -> Any:
        found = before(*arguments, **named)
        if "pixel_values" in found:
            found["pixel_values"] = found["pixel_values"].flip(1)
        return found

    process.tokenizer = before.tokenizer  # type: ignore[attr-defined]
    model._processor = process
