"""Writes the golden values of the bundled judges anew, from the weights that are installed.

Run it only after training: golden values exist to notice that a library's update changes them.
"""

from pathlib import Path
from typing import Any

from evalsuite.encoders import clip, detector, golden
from evalsuite.files.checkpoints import BUNDLED
from evalsuite.scenes.train.loop import Machine


def run(machine: Machine, steps: int) -> Path:
    """Write `golden.json` beside each bundled model that judges, as computed on the CPU."""
    for name, load in (("scenes-clip", clip.load), ("scenes-owl", detector.load)):
        folder = BUNDLED / name
        # Values of other weights would refuse the load.
        (folder / golden.FILE).unlink(missing_ok=True)
        model: Any = load.__wrapped__(str(folder), device="cpu")
        golden.write(folder, model.sha256, model.golden_values())
    return BUNDLED
