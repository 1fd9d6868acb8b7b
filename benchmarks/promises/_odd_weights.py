"""What may be wrong with a model repository's weights: pickles, and safetensors that are none."""

import json
import os
import pickle
import random
import shutil
import struct
from pathlib import Path
from typing import Any

from benchmarks.promises._repository import EITHER, NETWORKS, REFUSED

PICKLES = ("pytorch_model.bin", "diffusion_pytorch_model.bin", "model.pt", "model.ckpt", "x.pkl")


class Touch:
    """Unpickled, it would run a program."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("true",)


def pickle_only(place: Path, dice: random.Random) -> str:
    """A component has pickled weights alone."""
    part = dice.choice(list(NETWORKS))
    (place / part / NETWORKS[part]).unlink()
    (place / part / dice.choice(PICKLES)).write_bytes(pickle.dumps(Touch()))
    return REFUSED


def pickle_beside(place: Path, dice: random.Random) -> str:
    """A pickle lies beside safetensors, or is called so."""
    part = dice.choice(list(NETWORKS))
    if dice.random() < 0.5:
        (place / part / NETWORKS[part]).write_bytes(pickle.dumps(Touch(), dice.randrange(6)))
        return REFUSED
    (place / part / dice.choice(PICKLES)).write_bytes(pickle.dumps(Touch()))
    return EITHER


def odd_index(place: Path, dice: random.Random) -> str:
    """An index of weights leads out, to pickles, to itself, or nowhere."""
    part = dice.choice(list(NETWORKS))
    folder, name = place / part, NETWORKS[part]
    shutil.copy(folder / name, place.parent / "out.safetensors")
    (folder / "w.bin").write_bytes(pickle.dumps(Touch()))
    target = dice.choice(
        (
            *("../../out.safetensors", "../out.safetensors", "w.bin", "/etc/passwd", "", ".", ".."),
            *("sub/../../out.safetensors", "..\\out.safetensors", "w.safetensors\x00.bin", 7, None),
            *("https://host/x.safetensors", "no.safetensors", f"{name}.index.json", ["x"]),
        )
    )
    index = {"metadata": {}, "weight_map": {"a": target, "b": name}}
    held: Any = dice.choice((index, index, index, [], {"weight_map": []}, {"weight_map": {"a": 1}}))
    (folder / f"{name}.index.json").write_text(json.dumps(held))
    if dice.random() < 0.5:
        (folder / name).rename(folder / "w.safetensors")
    return REFUSED


def odd_header(place: Path, dice: random.Random) -> str:
    """A safetensors file whose header lies, is a bomb, or is none."""
    part = dice.choice(list(NETWORKS))
    path = place / part / NETWORKS[part]
    data = path.read_bytes()
    header, rest = _apart(data)
    name = dice.choice([key for key in header if key != "__metadata__"])
    what = dice.randrange(9)
    if what == 0:
        path.write_bytes(
            struct.pack("<Q", dice.choice((2**63, 2**40, 0, 1, 2 * (len(data) - 8 - len(rest)))))
            + data[8:]
        )
    elif what == 1:
        path.write_bytes(data[: dice.randrange(len(data))])
    elif what == 2:
        path.write_bytes(struct.pack("<Q", 60_000) + dice.choice((b"[", b'{"a":')) * 60_000)
    else:
        changes: tuple[dict[str, Any], ...] = (
            {"data_offsets": [0, 2**62]},
            {"data_offsets": [-8, 8]},
            {"shape": [2**31, 2**31]},
            {"shape": [-1]},
            {"dtype": dice.choice(("OBJECT", "F128", "", 7, "BOOL"))},
            {"shape": dice.choice(("x", None, [[]], [1.5]))},
        )
        header[name] |= changes[what - 3]
        path.write_bytes(_together(header, rest))
    return REFUSED


def fewer_weights(place: Path, dice: random.Random) -> str:
    """Weights lack tensors, or have them under other names: nothing is filled at random."""
    part = dice.choice(list(NETWORKS))
    path = place / part / NETWORKS[part]
    header, rest = _apart(path.read_bytes())
    names = [key for key in header if key != "__metadata__"]
    name = dice.choice(names)
    header[name + "_x"] = header.pop(name)
    path.write_bytes(_together(header, rest))
    return REFUSED


def _apart(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The header of a safetensors file, and the tensors after it."""
    end = 8 + int.from_bytes(data[:8], "little")
    return json.loads(data[8:end]), data[end:]


def _together(header: dict[str, Any], rest: bytes) -> bytes:
    coded = json.dumps(header).encode()
    return struct.pack("<Q", len(coded)) + coded + rest
