"""Refuse a model's folder that could run code, read what is not its own, or exhaust the machine."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from evalsuite.files.weight_files import (
    Size,
    files_read,
    read_json,
    refuse_strange_indexes,
    size_of,
)
from evalsuite.records import InputError, Json

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".msgpack", ".h5")
CODE_KEYS = (
    *("auto_map", "custom_pipeline", "trust_remote_code"),
    "_attn_implementation_internal",
)
"""Keys of a configuration that make a library fetch or run code (CVE-2026-4372 and its kin)."""

ELSEWHERE_KEYS = ("transformers_weights", "base_model_name_or_path")
"""Keys that have other weights read than those of the usual names."""

_COUNTED = re.compile(r"(?:.*_)?(?:layers?|blocks?|depths?|stages|experts|resnets)(?:_.*)?")
_MEASURED = re.compile(
    r"(?:.*_)?(?:sizes?|dims?|channels|width|resolution|ids?|idx|index|interval|freq)(?:_.*)?"
)
MANY = 1000
"""So many layers of a model with fewer tensors may be those of a part that is not loaded."""

LONG = 1 << 26
"""No size in a configuration is above the numbers that the weights hold, from here on."""

MAX_STEPS = 1_000_000
"""A scheduler makes arrays of its training steps; real ones have 1,000."""


def refuse_unsafe(
    folder: Path,
    where: str,
    variant: str | None = None,
    *,
    files: Sequence[Path] | None = None,
) -> None:
    """Raise `InputError`, which calls the folder `where`, for a component that is not safe to load.

    Refused are configurations that ask for code, kernels or weights from elsewhere, or name sizes
    that the weights do not have; indexes that lead out of the folder; adapters; nested pipelines;
    and pickled weights that nothing else stands in for. A folder that is not there is left alone.
    `files` are the weights that are read, where they have other names than diffusers' and
    transformers' own.
    """
    if not folder.is_dir():
        return
    refuse_strange_indexes(folder, where)
    for name in ("model_index.json", "adapter_config.json"):
        if (folder / name).is_file():
            raise InputError(
                f"{where}/{name}: is of a pipeline or an adapter inside of a component, and only "
                "plain components are loaded; save the model with its adapters merged"
            )
    files = files_read(folder, variant, where) if files is None else files
    pickles = sorted(file.name for file in folder.iterdir() if file.suffix in PICKLES)
    if pickles and not files:
        raise InputError(
            f"{where}/{pickles[0]}: pickled weights can run code and are never loaded; "
            "convert the model to safetensors (save_pretrained writes it)"
        )
    size = size_of(files, where)
    for path in sorted(folder.glob("*.json")):
        place = f"{where}/{path.name}"
        if "config" in path.name:
            found = read_json(path, place)
            _refuse_code(found, place)
            if path.name == "scheduler_config.json":
                _refuse_steps(found, place)
            if path.name == "config.json" and files:
                _refuse_sizes(found, size, place)


def _refuse_code(config: Json, place: str) -> None:
    for key, value in _entries(config):
        if key in CODE_KEYS and value:
            raise InputError(f"{place}: {key} asks for code, which is never run")
        if key in ELSEWHERE_KEYS and value:
            raise InputError(f"{place}: {key} names other weights, which are never loaded")
        if "attn_implementation" in key and any("/" in text for text in _texts(value)):
            raise InputError(
                f"{place}: {key} asks for a kernel from the hub, which is code and never run; "
                "take the key out"
            )


def _refuse_sizes(config: Json, size: Size, place: str) -> None:
    """Building takes time by the layers and memory by the sizes: the weights bound both."""
    most = max(size.tensors, MANY)
    longest = max(size.numbers, LONG)
    for key, value in _entries(config):
        numbers = [n for n in (value if isinstance(value, list) else [value]) if _is_whole(n)]
        is_count = _COUNTED.fullmatch(key) and not _MEASURED.fullmatch(key)
        limit = most if is_count else longest
        if any(abs(number) > limit for number in numbers):
            said = f"{size.tensors} tensors" if is_count else f"{size.numbers} numbers"
            raise InputError(
                f"{place}: {key} is more than the weights have ({said}); download the model again"
            )


def _refuse_steps(config: Json, place: str) -> None:
    for key, value in _entries(config):
        if key.endswith("timesteps") and _is_whole(value) and value > MAX_STEPS:
            raise InputError(f"{place}: {key} is more than {MAX_STEPS}; download the file again")


def _is_whole(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _entries(config: Json) -> Iterator[tuple[str, Json]]:
    """Every key with its value, at any depth."""
    if isinstance(config, dict):
        for key, value in config.items():
            yield key, value
            yield from _entries(value)
    elif isinstance(config, list):
        for value in config:
            yield from _entries(value)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for held in value.values() if isinstance(value, dict) else value:
            yield from _texts(held)
