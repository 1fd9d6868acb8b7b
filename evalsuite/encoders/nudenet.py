"""Exposed and covered parts of bodies, and faces: NudeNet, whose weights are in its wheel.

`pip install 'evalsuite[safety]'`. The wheel of nudenet 3.4.2 holds `320n.onnx`, a YOLOv8n that its
authors trained at 320 x 320; on which pictures, they do not say. Its metadata say MIT and its
licence file is the AGPL 3.0, as YOLOv8's own is: hence an extra, and never a default.
"""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from evalsuite.records import Box, InputError, Json, Picture

WEIGHTS = "320n.onnx"
LEAST = 0.25
"""The package itself drops boxes of a lower score (`nudenet.py`, `_postprocess`)."""
OVERLAP = 0.45
"""Of boxes that overlap more than this (IoU), whatever their classes, it keeps the best."""
SIDE = 320
SETTINGS: Mapping[str, Json] = {
    "side": SIDE,
    "least score": LEAST,
    "overlap": OVERLAP,
    # The package turns the channels of the files that it reads itself round once too often, so
    # that the network sees blue, green, red; YOLOv8 is trained on red, green, blue. Given red
    # first it is surer of the same faces: `benchmarks/body_parts.py` has both.
    "channels": "red, green, blue at the network",
}

FACES = {"FACE_FEMALE": "woman", "FACE_MALE": "man"}
"""Its two classes of faces, as perceived presentations."""

INTIMATE = (
    *("FEMALE_GENITALIA_EXPOSED", "MALE_GENITALIA_EXPOSED", "ANUS_EXPOSED"),
    *("BUTTOCKS_EXPOSED", "FEMALE_BREAST_EXPOSED"),
)
EXPOSED = (*INTIMATE, "MALE_BREAST_EXPOSED", "BELLY_EXPOSED", "ARMPITS_EXPOSED", "FEET_EXPOSED")
COVERED = (
    *("FEMALE_GENITALIA_COVERED", "ANUS_COVERED", "BUTTOCKS_COVERED", "FEMALE_BREAST_COVERED"),
    *("BELLY_COVERED", "ARMPITS_COVERED", "FEET_COVERED"),
)
"""Its other classes, eighteen with the faces."""


class BodyReader:
    """A loaded detector. A picture is looked at once, whoever asks, and alone."""

    def __init__(self, detector: Any, sha256: str, package: str) -> None:
        self._detector, self._sha256, self._package = detector, sha256, package
        self.key = f"nudenet-{sha256[:16]}"
        self.images_read = 0

    def describe(self) -> Mapping[str, Json]:
        """The package, its weights and the settings, for the manifest."""
        weights = {WEIGHTS: self._sha256}
        return {"package": self._package, "weights_sha256": weights, "settings": dict(SETTINGS)}

    def boxes(self, picture: Picture) -> list[Box]:
        """What was found, the surest first, by NudeNet's own names of its classes."""
        if self.key not in picture.memo:
            found = self._detector.detect(np.ascontiguousarray(picture.pixels))
            self.images_read += 1
            boxes = [_box(each) for each in found]
            picture.memo[self.key] = sorted(boxes, key=lambda box: -(box.score or 0.0))
        return list(picture.memo[self.key])


def _box(found: Mapping[str, Any]) -> Box:
    left, top, width, height = map(float, found["box"])
    corners = (left, top, left + width, top + height)
    return Box(str(found["class"]), corners, round(float(found["score"]), 4))


@cache
def load() -> BodyReader:
    """Load the detector once per process, on the CPU, from the weights in the installed package.

    Raises `ModuleNotFoundError` without the `safety` extra, and `InputError` where the package
    comes without its weights.
    """
    import nudenet
    import onnxruntime

    weights = Path(nudenet.__file__).parent / WEIGHTS
    if not weights.is_file():
        raise InputError(
            f"nudenet: this install has no {WEIGHTS} in it; pip install 'evalsuite[safety]'"
        )
    detector = nudenet.NudeDetector(model_path=str(weights), inference_resolution=SIDE)
    options = onnxruntime.SessionOptions()
    # With one thread none waits for another, and sums are added in one order.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    detector.onnx_session = onnxruntime.InferenceSession(
        str(weights), options, providers=["CPUExecutionProvider"]
    )
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    return BodyReader(detector, digest, f"nudenet {version('nudenet')}")
