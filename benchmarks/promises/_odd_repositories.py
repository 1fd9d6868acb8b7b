"""Hostile model repositories, by a grammar: a whole tiny pipeline, and what is done to it."""

import json
import pickle
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.promises._odd_weights import (
    PICKLES,
    Touch,
    fewer_weights,
    odd_header,
    odd_index,
    pickle_beside,
    pickle_only,
)
from benchmarks.promises._repository import (
    EITHER,
    NETWORKS,
    PARTS,
    REFUSED,
    WHOLE,
    config_of,
    edit,
    put,
)

HUGE = (10**6, 10**9, 2**31, 2**63, 10**30, -(10**9), 1e300)
LARGE = (900, 5_000, 10**5, 10**6, 6 * 10**7)
"""Sizes that some model has, or that its weights do not rule out."""


def repository(number: int, place: Path) -> tuple[str, str]:
    """Make the repository of that number; what is done to it, and what has to become of it."""
    dice = random.Random(number)
    change = CHANGES[number % len(CHANGES)]
    shutil.copytree(WHOLE, place)
    return change.__name__, change(place, dice)


def code_key(place: Path, dice: random.Random) -> str:
    """A configuration asks for code."""
    key = dice.choice(("auto_map", "custom_pipeline", "_attn_implementation_internal"))
    value = dice.choice(("org/code", {"AutoModel": "x.Model"}, ["x.y"], "https://host/x.py"))
    put(config_of(place, dice), key, value, dice)
    return REFUSED


def remote_kernel(place: Path, dice: random.Random) -> str:
    """A configuration asks for a kernel from the hub."""
    key = dice.choice(("_attn_implementation", "attn_implementation", "x_attn_implementation_y"))
    value = dice.choice(("org/kernel", {"": "org/kernel@main:f"}, ["sdpa", "org/kernel"]))
    put(config_of(place, dice), key, value, dice)
    return REFUSED


def other_weights(place: Path, dice: random.Random) -> str:
    """A configuration names other weights, or an adapter stands beside them."""
    if dice.random() < 0.5:
        key = dice.choice(("transformers_weights", "base_model_name_or_path"))
        put(place / dice.choice(list(NETWORKS)) / "config.json", key, "../x.bin", dice)
    else:
        adapter = place / dice.choice(list(NETWORKS)) / "adapter_config.json"
        adapter.write_text('{"peft_type": "LORA", "base_model_name_or_path": "org/x"}')
    return REFUSED


def foreign_class(place: Path, dice: random.Random) -> str:
    """The index names a class of Python's, or of no library that is loaded."""
    library = dice.choice(
        ("os", "builtins", "subprocess", "torch", "importlib", "..", "", "a.b", "x")
    )
    name = dice.choice(("system", "eval", "Popen", "load", "import_module", "__init__", ""))
    part = dice.choice((*PARTS, "new"))
    edit(place / "model_index.json", lambda held: held.update({part: [library, name]}))
    return REFUSED


def odd_class(place: Path, dice: random.Random) -> str:
    """The index names a class that is there and fits nothing, or none at all."""
    names = ("DiffusionPipeline", "StableDiffusionPipeline", "AutoModel", "ConfigMixin", "utils")
    value = [dice.choice(("diffusers", "transformers")), dice.choice((*names, "no", "__class__"))]
    what = dice.choice(("_class_name", *PARTS))
    named = ["x"] if what == "_class_name" else value
    names_of_pipelines = ("", "os.system", "../x", "ConfigMixin", "no", 7, None, {})
    choice = dice.choice((named, *names_of_pipelines)) if what == "_class_name" else value
    edit(place / "model_index.json", lambda held: held.update({what: choice}))
    return REFUSED


def nested_pipeline(place: Path, dice: random.Random) -> str:
    """A component is a whole pipeline of its own, with a pickle in it."""
    part = dice.choice(("unet", "vae", "text_encoder"))
    inner = place / part
    shutil.rmtree(inner)
    shutil.copytree(WHOLE, inner)
    (inner / "unet" / dice.choice(PICKLES)).write_bytes(pickle.dumps(Touch()))
    name = "StableDiffusionPipeline"
    edit(place / "model_index.json", lambda held: held.update({part: ["diffusers", name]}))
    return REFUSED


def python_code(place: Path, dice: random.Random) -> str:
    """Python files lie somewhere, under a name that a library may import."""
    folder = place / dice.choice(("", "unet", "a/b", "scheduler"))
    folder.mkdir(parents=True, exist_ok=True)
    name = dice.choice(
        ("pipeline.py", "modeling.py", "__init__.py", "setup.py", "unet.py", "os.py")
    )
    (folder / name).write_text("import os\nos.system('true')\n")
    return REFUSED


def huge_number(place: Path, dice: random.Random) -> str:
    """A configuration names sizes that no machine has, or numbers that are none."""
    part = dice.choice(list(NETWORKS))
    path = place / part / "config.json"
    keys = [key for key, value in json.loads(path.read_text()).items() if isinstance(value, int)]
    key = dice.choice([*keys, "num_hidden_layers", "layers_per_block", "block_out_channels"])
    value = dice.choice((*HUGE, [10**9], [[10**8]], True, "9" * 99, None))
    edit(path, lambda held: held.update({key: value}))
    return EITHER


def large_sizes(place: Path, dice: random.Random) -> str:
    """Configurations whose sizes are none too large by themselves, and are all together."""
    part = dice.choice(list(NETWORKS))

    def change(held: Any) -> None:
        keys = [key for key, value in held.items() if type(value) in (int, list)]
        for key in dice.sample(keys, min(len(keys), dice.randrange(1, 5))):
            size = dice.choice(LARGE)
            held[key] = [size] * len(held[key]) if isinstance(held[key], list) else size

    edit(place / part / "config.json", change)
    return EITHER


def odd_scheduler(place: Path, dice: random.Random) -> str:
    """A scheduler with endless, negative or no steps."""
    path = place / "scheduler" / "scheduler_config.json"
    key = dice.choice(
        ("num_train_timesteps", "beta_start", "trained_betas", "solver_order", "steps")
    )
    value = dice.choice((*HUGE, [1e300] * 9, "x", [], {}, 0, -1))
    edit(path, lambda held: held.update({key: value}))
    return EITHER


def odd_json(place: Path, dice: random.Random) -> str:
    """A configuration that is no JSON, or a bomb of it."""
    path = dice.choice((config_of(place, dice), place / "model_index.json"))
    path.write_bytes(
        dice.choice(
            (
                *(
                    b"",
                    b"[]",
                    b"7",
                    b"null",
                    b"{",
                    b"\xff\xfe{}",
                    b"\0" * 99,
                    b'{"a": \xed\xa0\x80}',
                ),
                *(b"[" * 200_000, b'{"a":' * 90_000, b'{"a": ' + b"9" * 5_000 + b"}", b'{"a": NaN'),
                b'{"a": "' + b"x" * (20 << 20),
            )
        )
    )
    return REFUSED


def odd_tokenizer(place: Path, dice: random.Random) -> str:
    """A tokenizer with a pattern that never ends, marks of its own, or no words."""
    path = place / "tokenizer" / "tokenizer.json"
    pattern = {"Regex": dice.choice(("(a+)+$", "(.*)*x", "(", "[", "(?=" * 500))}

    def change(held: Any) -> None:
        what = dice.randrange(4)
        if what == 0:
            split = {"type": "Split", "pattern": pattern, "behavior": "Isolated", "invert": False}
            held["pre_tokenizer"] = split
        elif what == 1:
            held["normalizer"] = {"type": "Replace", "pattern": pattern, "content": "x" * 9_999}
        elif what == 2:
            held["model"] = dice.choice(
                ({}, {"type": "x"}, {"type": "BPE", "vocab": {}, "merges": []})
            )
        else:
            held["added_tokens"] = dice.choice(([7], [{"id": 10**9, "content": "a"}], "x"))

    edit(path, change)
    return EITHER


def odd_card(place: Path, dice: random.Random) -> str:
    """A card that is a bomb, no text, or asks for what there is not."""
    texts = (
        "---\n" + "[" * 50_000,
        "---\na: &a [x]\nb: [*a, *a]\n---\n",
        "---\nsteps: 10**9\n---\n",
        "---\nsteps: -1\nguidance_scale: x\n---\n",
        "---\ndialect: ../x\n---\n",
        "---\na: !!python/object/apply:os.system [true]\n---\n",
        "---\n" + "a: b\n" * 300_000 + "---\n",
    )
    (place / "README.md").write_text(dice.choice(texts))
    return REFUSED


def odd_link(place: Path, dice: random.Random) -> str:
    """Links to devices, to themselves, and to folders above."""
    part = dice.choice(list(NETWORKS))
    path = place / part / dice.choice((NETWORKS[part], "config.json"))
    path.unlink()
    path.symlink_to(dice.choice(("/dev/null", path.name, "/", "/etc/passwd", "../../no")))
    return REFUSED


CHANGES: tuple[Callable[[Path, random.Random], str], ...] = (
    *(code_key, remote_kernel, other_weights, foreign_class, odd_class, nested_pipeline),
    *(python_code, pickle_only, pickle_beside, odd_index, odd_header, fewer_weights),
    *(huge_number, large_sizes),
    *(odd_scheduler, odd_json, odd_tokenizer, odd_card, odd_link),
)
