"""Instance segmentation: boxes and masks of a fixed list of classes, by Mask2Former."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders.precision import computing, precision_of
from evalsuite.encoders.weights import device_of, digest, load_pair, source_of
from evalsuite.records import InputError, Json, Picture
from evalsuite.vocabulary import coco

if TYPE_CHECKING:
    import torch

SHORTEST, LONGEST, DIVISOR = 800, 1333, 32
"""Pictures are resized to a shorter side of 800 pixels unless the longer one would pass 1333: the
test size of COCO models and of the configuration that GenEval uses. The processors saved with the
hub's checkpoints squeeze every picture into 384 x 384 instead, which loses small things."""
MOST = 100
"""Candidates per picture, the best pairs of a query and a class (COCO's own limit)."""
OTHER_NAMES: tuple[tuple[str, ...], ...] = (
    *coco.ALIASES.items(),
    ("motorcycle", "motorbike"),
    ("airplane", "aeroplane"),
    ("couch", "sofa"),
    ("potted plant", "pottedplant"),
    ("dining table", "diningtable"),
    ("tv", "tvmonitor", "television"),
    ("cell phone", "mobile phone"),
    ("hair drier", "hair dryer"),
    ("donut", "doughnut"),
)
"""Names of one COCO class: GenEval's, COCO's, and those of older label files."""


@dataclass(frozen=True, slots=True)
class Segments:
    """A picture's objects, in no order: `boxes` (n, 5) with scores, names, masks (n, h, w)."""

    boxes: NDArray[np.float32]
    names: tuple[str, ...]
    masks: NDArray[np.bool_]

    def of(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Boxes and masks of one class, by the model's own name for it."""
        rows = [row for row, own in enumerate(self.names) if own == name]
        return self.boxes[rows], self.masks[rows]


class Segmenter:
    """A loaded Mask2Former; one picture per forward pass, so that none depends on others."""

    def __init__(
        self,
        name: str,
        model: Any,
        processor: Any,
        *,
        device: str,
        precision: str,
        input_sides: tuple[int, int],
    ) -> None:
        self.name = name
        self._model, self._processor = model, processor
        self._device, self._precision, self._sides = device, precision, input_sides
        self.classes = {int(k): str(v) for k, v in model.config.id2label.items()}
        self._own_names = _by_name(self.classes.values())
        self.sha256 = digest(model)
        self.images_encoded = 0

    def describe(self) -> Mapping[str, Json]:
        """Name, weights, input size and precision, for the manifest."""
        return {
            "model": self.name,
            "weights_sha256": self.sha256,
            "input_sides": list(self._sides),
            "precision": self._precision,
        }

    def name_of(self, name: str) -> str | None:
        """The model's own name for a class, or None if it does not know it."""
        return self._own_names.get(name.strip().casefold())

    def segment(self, picture: Picture, above: float) -> Segments:
        """Everything in a picture that scores more than `above`.

        A score is the class's probability times the mask's mean probability where it is over a
        half; a box is the mask's extent, its right and bottom edges one past the last pixel (both
        after mmdetection's Mask2Former, on which GenEval's thresholds were set).
        """
        import torch
        from PIL import Image

        height, width = picture.pixels.shape[:2]
        image = Image.fromarray(picture.pixels)
        with torch.inference_mode(), computing(self._precision, self._device):
            inputs = self._processor(images=[image], return_tensors="pt", **self._resizing())
            pixels = inputs["pixel_values"].to(self._device)
            outputs = self._model(
                pixel_values=pixels, pixel_mask=inputs["pixel_mask"].to(self._device)
            )
        self.images_encoded += 1
        with torch.inference_mode():
            shares = outputs.class_queries_logits[0].float().softmax(-1)[:, :-1]
            best, places = shares.flatten().topk(min(MOST, shares.numel()))
            likely = best > above
            best, places = best[likely], places[likely]
            logits = outputs.masks_queries_logits[0].float()[places // shares.shape[1]]
            logits = _resized(_resized(logits, pixels.shape[-2:]), (height, width))
            masks = logits > 0
            weights = logits.sigmoid() * masks
            means = weights.sum((1, 2)) / (masks.sum((1, 2)) + 1e-6)
            scores = (best * means).cpu().numpy()
        strong = np.flatnonzero(scores > above)
        kept = masks.cpu().numpy()[strong]
        boxes = [[*_extent(mask), score] for mask, score in zip(kept, scores[strong], strict=True)]
        labels = (places % shares.shape[1]).cpu().numpy()[strong]
        names = tuple(self.classes[int(label)] for label in labels)
        return Segments(np.array(boxes, dtype=np.float32).reshape(-1, 5), names, kept)

    def _resizing(self) -> dict[str, Any]:
        shortest, longest = self._sides
        if not shortest:
            return {}
        size = {"shortest_edge": shortest, "longest_edge": longest}
        return {"size": size, "size_divisor": DIVISOR}


def _by_name(classes: Any) -> dict[str, str]:
    """Every name of every class, in small letters, to the model's own."""
    names = {name.casefold(): name for name in classes}
    for same in OTHER_NAMES:
        own = next((names[name] for name in same if name in names), None)
        if own is not None:
            names = dict.fromkeys(same, own) | names
    return names


def _resized(logits: "torch.Tensor", size: tuple[int, ...]) -> "torch.Tensor":
    import torch

    if not len(logits) or tuple(logits.shape[-2:]) == tuple(size):
        return logits.reshape(len(logits), *size)
    grown = torch.nn.functional.interpolate(
        logits[None], size=tuple(size), mode="bilinear", align_corners=False
    )
    return grown[0]


def _extent(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Left, top, and one past right and bottom; a mask that holds nothing is at 0, 0, 0, 0."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(columns):
        return 0, 0, 0, 0
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


@cache
def load(
    model: str,
    device: str = "auto",
    precision: str = "auto",
    shortest: int = SHORTEST,
    longest: int = LONGEST,
) -> Segmenter:
    """Load a Mask2Former once per process: a folder or a hub id. Safetensors only.

    `shortest` 0 keeps the input size of the checkpoint's own processor.
    """
    from transformers import AutoImageProcessor, AutoModelForUniversalSegmentation

    where = device_of(device)
    network, processor = load_pair(
        "segmenter", model, AutoModelForUniversalSegmentation, AutoImageProcessor
    )
    if network.config.model_type != "mask2former":
        raise InputError(
            f"segmenter {model!r} is a {type(network).__name__}; name a Mask2Former checkpoint"
        )
    return Segmenter(
        source_of("segmenter", model).name,
        network.to(where).eval(),
        processor,
        device=where,
        precision=precision_of(precision, where),
        input_sides=(shortest, longest),
    )
