"""Which weight files of a model's folder a library reads, and what stands in their headers.

The libraries read one file of a fixed name, or the files that an index names. An index is text
from outside: what it names is read, wherever that is, so that it may only name its neighbours.
"""

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from evalsuite.records import InputError, Json

STEMS = ("diffusion_pytorch_model", "model")
"""What diffusers and transformers call weights; diffusers looks for an index first."""

MAX_HEADER = 100 << 20
"""The longest header that safetensors itself reads, in bytes."""


def read_json(path: Path, where: str) -> Json:
    """The JSON in `path`; raises `InputError` that names `where`, line and column."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{where}: {place}: {error.msg}; download the file again") from error
    except (ValueError, RecursionError) as error:  # numbers of 5,000 digits too
        raise InputError(f"{where}: is not JSON; download the file again") from error


def files_read(folder: Path, variant: str | None, where: str) -> list[Path]:
    """The safetensors files that are read from a folder: those of the variant where it has any.

    Raises `InputError`, which calls the folder `where`, for an index that names anything but
    safetensors files of its own folder.
    """
    for suffix in dict.fromkeys((variant, None)):
        for stem in STEMS:
            single = folder / ".".join([stem, *([suffix] if suffix else []), "safetensors"])
            shards = _shards(folder, stem, suffix, where)
            plain = [single] if single.is_file() else []
            if found := (shards or plain) if stem == STEMS[0] else (plain or shards):
                return found
    return []


def variants_of(folder: Path) -> list[str]:
    """The variants, such as fp16, of which a folder holds weights, sorted."""
    shard = r"(?:-\d+-of-\d+)?"
    name = re.compile(rf"(?:{'|'.join(STEMS)})(?:\.(\w+){shard}|{shard}\.(\w+))\.safetensors")
    found = filter(None, (name.fullmatch(path.name) for path in folder.glob("*.safetensors")))
    return sorted({match[1] or match[2] for match in found})


def refuse_strange_indexes(folder: Path, where: str) -> None:
    """Raise `InputError` for an index of safetensors that names anything but its neighbours."""
    for path in sorted(folder.glob("*.json")):
        if "safetensors" in path.name and "index" in path.name:
            _named(path, where)


def _shards(folder: Path, stem: str, suffix: str | None, where: str) -> list[Path]:
    parts = {stem, "safetensors", "index", "json", *([suffix] if suffix else [])}
    for path in sorted(folder.glob(f"{stem}*.json")):
        if set(path.name.split(".")) == parts:
            return _named(path, where)
    return []


def _named(path: Path, where: str) -> list[Path]:
    place = f"{where}/{path.name}"
    index = read_json(path, place)
    weight_map = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(weight_map, dict) or not all(isinstance(n, str) for n in weight_map.values()):
        raise InputError(f"{place}: has no weight_map of names; download the file again")
    for name in sorted(set(weight_map.values())):
        if Path(name).name != name or "\\" in name or not name.endswith(".safetensors"):
            raise InputError(
                f"{place}: names {name[:80]!a}, and only .safetensors files beside it are read; "
                "choose another model"
            )
        if not (path.parent / name).is_file():
            raise InputError(f"{place}: names {name}, which is missing; download the model again")
    return [path.parent / name for name in sorted(set(weight_map.values()))]


class Size(NamedTuple):
    """How many tensors weight files hold, and how many numbers in all."""

    tensors: int
    numbers: int


def size_of(files: Sequence[Path], where: str) -> Size:
    """What the headers say; `InputError` for a file that is no safetensors file."""
    shapes = [shape for file in files for shape in _shapes(file, f"{where}/{file.name}")]
    return Size(len(shapes), sum(math.prod(shape) for shape in shapes))


def _shapes(file: Path, place: str) -> list[list[int]]:
    with file.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        header = stream.read(length) if length <= MAX_HEADER else b""
    try:
        held = json.loads(header)
        shapes = [entry["shape"] for name, entry in held.items() if name != "__metadata__"]
        if not all(type(side) is int and side >= 0 for shape in shapes for side in shape):
            raise ValueError("sizes that are none")
        return shapes
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise InputError(f"{place}: is no safetensors file; download it again") from error
