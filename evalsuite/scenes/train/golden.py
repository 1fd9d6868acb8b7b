"""Writes the golden values of the bundled judges anew, from the weights that are installed.

Do so after training alone: where a library's update changes the values, that is what they are for.
"""

from pathlib import Path

import torch

from evalsuite.encoders import clip, detector, golden
from evalsuite.files.checkpoints import BUNDLED


def run(work: Path, steps: int, device: torch.device) -> Path:
    """Write `golden.json` beside each bundled model that judges, as computed on the CPU."""
    _write_clip("scenes-clip")
    _write_owl("scenes-owl")
    return BUNDLED


def _write_clip(name: str) -> None:
    folder = BUNDLED / name
    # Values of other weights would refuse the load.
    (folder / golden.FILE).unlink(missing_ok=True)
    model = clip.load.__wrapped__(str(folder), device="cpu")
    golden.write(folder, model.sha256, model.golden_values())


def _write_owl(name: str) -> None:
    folder = BUNDLED / name
    (folder / golden.FILE).unlink(missing_ok=True)
    model = detector.load.__wrapped__(str(folder), device="cpu")
    golden.write(folder, model.sha256, model.golden_values())
