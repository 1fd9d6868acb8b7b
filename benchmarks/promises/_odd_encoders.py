"""Hostile folders of scorers' models: a whole tiny detector or CLIP, and what is done to it."""

import json
import pickle
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.promises._odd_repositories import HUGE, LARGE
from benchmarks.promises._odd_weights import PICKLES, Touch
from benchmarks.promises._repository import EITHER, REFUSED, edit, put
from evalsuite.files.checkpoints import BUNDLED

OWL, CLIP = "scenes-owl", "scenes-clip"
CONFIGS = {
    OWL: ("config.json", "processor_config.json", "tokenizer_config.json"),
    CLIP: ("open_clip_config.json", "tokenizer_config.json"),
}
WEIGHTS = {OWL: "model.safetensors", CLIP: "open_clip_model.safetensors"}
SIZES = {OWL: "config.json", CLIP: "open_clip_config.json"}
CODE = "import os\nos.system('true')\nclass X:\n    pass\n"


def folder(number: int, place: Path) -> tuple[str, str, str]:
    """Make the folder of that number: what it is of, what is done to it, what has to become of it.

    The golden values are left out: they would refuse a model that answers differently, whatever it
    did while it was loaded.
    """
    dice = random.Random(number)
    change = CHANGES[number % len(CHANGES)]
    name = (OWL, CLIP)[number // len(CHANGES) % 2]
    shutil.copytree(BUNDLED / name, place)
    (place / "golden.json").unlink()
    return name, change.__name__, change(place, name, dice)


def code_key(place: Path, name: str, dice: random.Random) -> str:
    """A configuration asks for code, which lies beside it or elsewhere."""
    key = dice.choice(("auto_map", "custom_pipeline", "trust_remote_code"))
    value = dice.choice(("org/code", {"AutoTokenizer": [None, "code.X"]}, True, ["code.X"]))
    (place / "code.py").write_text(CODE)
    put(place / dice.choice(CONFIGS[name]), key, value, dice)
    return REFUSED


def tokenizer_code(place: Path, name: str, dice: random.Random) -> str:
    """A tokenizer's class is code beside it, and its options say that it may run."""
    (place / "code.py").write_text(CODE)
    named = {"AutoTokenizer": [None, "code.X"]}
    edit(place / "tokenizer_config.json", lambda held: held.update(auto_map=named))
    if name == CLIP:
        told = {"trust_remote_code": dice.choice((True, 1, "yes"))}
        edit(
            place / "open_clip_config.json",
            lambda held: held["model_cfg"]["text_cfg"].update(tokenizer_kwargs=told),
        )
    return REFUSED


def remote_kernel(place: Path, name: str, dice: random.Random) -> str:
    """A configuration asks for a kernel from the hub."""
    key = dice.choice(("_attn_implementation", "attn_implementation", "x_attn_implementation_y"))
    value = dice.choice(("org/kernel", {"": "org/kernel@main:f"}, ["sdpa", "org/kernel"]))
    put(place / SIZES[name], key, value, dice)
    return REFUSED


def elsewhere(place: Path, name: str, dice: random.Random) -> str:
    """Weights, towers or adapters of another repository."""
    if name == OWL or dice.random() < 0.3:
        what = dice.choice(("adapter_config.json", "model_index.json"))
        (place / what).write_text('{"peft_type": "LORA", "base_model_name_or_path": "org/x"}')
        return REFUSED
    tower, key = dice.choice((("text_cfg", "hf_model_name"), ("vision_cfg", "timm_model_name")))
    value = dice.choice(("org/x", "hf-hub:org/x", "local-dir:/tmp/x", "../x", 7))
    edit(
        place / "open_clip_config.json",
        lambda held: held["model_cfg"][tower].update({key: value}),
    )
    return EITHER if value == 7 else REFUSED


def pickle_only(place: Path, name: str, dice: random.Random) -> str:
    """Pickled weights stand in for safetensors, or are called so."""
    data = pickle.dumps(Touch())
    if dice.random() < 0.5:
        (place / WEIGHTS[name]).write_bytes(data)
        return REFUSED
    (place / WEIGHTS[name]).unlink()
    stand_ins = (*PICKLES, "open_clip_pytorch_model.bin", "open_clip_pytorch_model.pt")
    for stand_in in dice.sample(stand_ins, 3):
        (place / stand_in).write_bytes(data)
    return REFUSED


def odd_index(place: Path, name: str, dice: random.Random) -> str:
    """An index of weights leads out, to pickles, or nowhere."""
    shutil.copy(place / WEIGHTS[name], place.parent / "out.safetensors")
    (place / "w.bin").write_bytes(pickle.dumps(Touch()))
    target = dice.choice(("../out.safetensors", "w.bin", "/etc/passwd", "", "..", "no.safetensors"))
    index = {"metadata": {}, "weight_map": {"a": target}}
    (place / f"{WEIGHTS[name]}.index.json").write_text(json.dumps(index))
    return REFUSED


def sizes(place: Path, name: str, dice: random.Random) -> str:
    """Sizes that no machine has, or that are too large together, in any part."""

    def change(held: Any) -> None:
        parts = [held, *(part for part in _parts(held))]
        inner = dice.choice([part for part in parts if _numbers(part)])
        keys = _numbers(inner)
        for key in dice.sample(keys, min(len(keys), dice.randrange(1, 4))):
            inner[key] = dice.choice((*LARGE, *LARGE, *HUGE))

    edit(place / SIZES[name], change)
    return EITHER


def _parts(held: Any) -> list[Any]:
    inner = [value for value in held.values() if isinstance(value, dict)]
    return [*inner, *(part for each in inner for part in _parts(each))]


def _numbers(held: Any) -> list[str]:
    return [key for key, value in held.items() if type(value) is int]


CHANGES: tuple[Callable[[Path, str, random.Random], str], ...] = (
    *(code_key, tokenizer_code, remote_kernel, elsewhere, pickle_only, odd_index),
    *(sizes, sizes, sizes),
)
