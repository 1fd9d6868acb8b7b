"""Golden values: a model's outputs for fixed pictures, stored beside it and checked at every load.

A wrong activation, another preprocessing, a changed library or a damaged weight file changes every
score a little, and no score looks wrong by itself. A model that does not repeat its own values is
refused. The values belong to one set of weights, named by their SHA-256.

    {"weights_sha256": "...", "tolerance": 0.001, "values": {"disc | a red circle": 0.2731, ...}}
"""

import json
from collections.abc import Callable, Mapping
from math import isfinite
from pathlib import Path
from typing import Literal

import numpy as np

from evalsuite.files.atomic import write_bytes
from evalsuite.records import InputError, Picture, Pixels

FILE = "golden.json"
TOLERANCE = 1e-3
"""Largest difference that passes. Measured on scenes-clip: another number of threads gives 4e-7,
the other GELU 6e-3, another interpolation 1e-2, OpenAI's mean and deviation 1e-1."""
LOOSE = 4
"""Off the CPU the tolerance is this many times larger: convolutions round to ten bits there."""
SIDE = 96
"""Side of the golden pictures in pixels; not that of any bundled model, so that resizing counts."""

Status = Literal["checked", "unchecked"]
Values = Mapping[str, float]


def pictures() -> dict[str, Picture]:
    """Four fixed pictures, by name; made of whole numbers, so that they are the same everywhere."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    disc = (x - 48) ** 2 + (y - 48) ** 2 < 30**2
    square = (abs(x - 60) < 20) & (abs(y - 34) < 20)
    drawn = {
        "disc": np.where(disc[..., None], (215, 38, 38), (205, 222, 238)),
        "square": np.where(square[..., None], (45, 85, 220), (213, 232, 220)),
        "ramp": np.stack([x * 255 // (SIDE - 1), y * 255 // (SIDE - 1), 255 - x - y], axis=-1),
        "checks": np.where((((x // 8) + (y // 8)) % 2)[..., None], (250, 250, 250), (12, 90, 40)),
    }
    return {name: _picture(name, pixels.astype(np.uint8)) for name, pixels in drawn.items()}


def check(
    folder: Path | None, sha256: str, compute: Callable[[], Values], *, device: str = "cpu"
) -> Status:
    """Compare a loaded model's values with the golden values in its folder.

    `sha256` is that of the weights as loaded, `compute` gives the model's values on `pictures()`;
    it is called only if there are golden values. Without them the model is "unchecked", and its
    description should say so. Raises `InputError` for other weights, a value that differs by more
    than the tolerance or cannot be computed, and a file that cannot be read.
    """
    if folder is None or not (folder / FILE).is_file():
        return "unchecked"
    where = f"{folder.name}/{FILE}"
    expected, tolerance, weights = _read(folder / FILE, where)
    mend = "put the model's own files back, or write golden values for it (docs/scorers.md)"
    if weights != sha256:
        raise InputError(
            f"{where}: is for weights {weights[:12]}, and those loaded are {sha256[:12]}; {mend}"
        )
    if not device.startswith("cpu"):
        tolerance *= LOOSE
    try:
        measured = compute()
    except (RuntimeError, ValueError, IndexError, KeyError) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0][:160]
        raise InputError(
            f"{where}: the model cannot repeat its values ({first}); {mend}"
        ) from error
    if set(measured) != set(expected):
        odd = sorted(set(measured) ^ set(expected))[0]
        raise InputError(f"{where}: {odd!r} is in the file or in the model's answers only; {mend}")
    worst = max(expected, key=lambda name: _gap(measured[name], expected[name]))
    if not _gap(measured[worst], expected[worst]) <= tolerance:
        raise InputError(
            f"{where}: for {worst!r} the model says {measured[worst]:.4f} and should say "
            f"{expected[worst]:.4f}: activation, preprocessing or a library has changed; {mend}"
        )
    return "checked"


def write(folder: Path, sha256: str, values: Values, *, tolerance: float = TOLERANCE) -> Path:
    """Store golden values beside a model; returns the file."""
    content = {
        "weights_sha256": sha256,
        "tolerance": tolerance,
        "values": {name: round(float(value), 6) for name, value in sorted(values.items())},
    }
    write_bytes(folder / FILE, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())
    return folder / FILE


def _gap(measured: float, expected: float) -> float:
    """Their distance; a value that is no number is infinitely far."""
    return abs(measured - expected) if isfinite(measured) else float("inf")


def _picture(name: str, pixels: Pixels) -> Picture:
    return Picture(f"golden-{name}", lambda: pixels)


def _read(path: Path, where: str) -> tuple[dict[str, float], float, str]:
    try:
        content = json.loads(path.read_text("utf-8"))
        values = {str(name): float(value) for name, value in content["values"].items()}
        tolerance, weights = float(content["tolerance"]), str(content["weights_sha256"])
        if not values or not all(map(isfinite, [*values.values(), tolerance])):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{where}: holds no golden values; write them anew") from error
    return values, tolerance, weights
