"""Grounding DINO: boxes for the words of one text, by transformers."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders import answers
from evalsuite.encoders.boxes import corners_of, suppress
from evalsuite.encoders.detector import (
    FLOOR,
    Detection,
    Detector,
    Finder,
    card_of,
    fetch,
)
from evalsuite.encoders.detector import load as load_owl
from evalsuite.encoders.precision import computing, precision_of
from evalsuite.encoders.weights import device_of, digest, source_of
from evalsuite.records import InputError, Json, Picture

THRESHOLD = 0.35
"""The authors' own threshold for a box (github.com/IDEA-Research/GroundingDINO, README)."""
OVERLAP = 0.5
FAMILY = "grounding-dino"


class GroundingDino:
    """A loaded Grounding DINO. Picture and words are read together: one pass for each picture.

    A word's score is the mean of its tokens' probabilities, as in the authors' COCO evaluation
    (demo/test_ap_on_coco.py): the decoded phrases of the usual post-processing run words together
    and lose parts of them, and cannot be told from each other.
    """

    names_colors = False

    def __init__(
        self,
        name: str,
        model: Any,
        processor: Any,
        device: str,
        card: Mapping[str, str],
        precision: str,
    ) -> None:
        self.name = name
        self._model, self._processor = model, processor
        self._device, self._precision = device, precision
        self.threshold = float(card.get("threshold", THRESHOLD))
        self.overlap = float(card.get("overlap", OVERLAP))
        self.sha256 = digest(model)
        floor = min(FLOOR, self.threshold)
        self.kept = f"dino-{self.sha256[:16]}-{precision}-boxes-{floor:g}"
        self.images_encoded = 0

    def describe(self) -> Mapping[str, Json]:
        """Name, weights and thresholds, for the manifest."""
        return {
            "model": self.name,
            "weights_sha256": self.sha256,
            "threshold": self.threshold,
            "overlap": self.overlap,
            "precision": self._precision,
            "golden_values": "unchecked",
        }

    def look(self, pictures: Sequence[Picture]) -> None:
        """Nothing to do beforehand: without the words there is nothing to encode."""

    def knows(self, picture: Picture, names: Sequence[str], *, colored: bool = False) -> bool:
        """Whether the boxes of these names, asked for together, are kept with the picture."""
        return answers.are_known(picture, self.kept, [caption(names)[0]] if names else [])

    def detect(
        self, picture: Picture, names: Sequence[str], *, colored: bool = False
    ) -> list[Detection]:
        """The picture's boxes for each name, strongest first, after non-maximum suppression.

        It cannot tell colours. The names are asked for together, as the model was trained: the
        boxes of one name can depend on the others.
        """
        if not names:
            return []
        text = caption(names)[0]
        if not self.knows(picture, names):
            answers.keep(picture, self.kept, {text: self._find(picture, names)})
        found = answers.recall(picture, self.kept)[text]
        detections = []
        for name, rows in zip(names, found, strict=True):
            corners = np.array([row[1] for row in rows], dtype=np.float32).reshape(-1, 4)
            scores = np.array([row[0] for row in rows], dtype=np.float32)
            for row in suppress(corners, scores, self.threshold, self.overlap):
                left, top, right, bottom = (round(float(v), 2) for v in corners[row])
                score = round(float(scores[row]), 4)
                box = (left, top, right, bottom)
                detections.append(Detection(name=name, score=score, box=box))
        return detections

    def _find(self, picture: Picture, names: Sequence[str]) -> list[list[list[Any]]]:
        """For every name, score and corners of each box above the floor."""
        scores, boxes = self._score(picture, *caption(names))
        corners = corners_of(boxes, picture.pixels.shape[:2])
        floor = min(FLOOR, self.threshold)
        return [
            [[float(column[k]), corners[k].tolist()] for k in np.flatnonzero(column >= floor)]
            for column in scores.T
        ]

    def _score(
        self, picture: Picture, text: str, spans: Sequence[tuple[int, int]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Each box's probability of each span's word (boxes, spans), and the boxes (boxes, 4)."""
        import torch
        from PIL import Image

        tokens = self._processor.tokenizer(text, return_offsets_mapping=True)["offset_mapping"]
        longest = int(self._model.config.max_text_len)
        if len(tokens) > longest:
            raise InputError(f"{text[:60]!r} is longer than the {longest} tokens of {self.name}")
        image = Image.fromarray(picture.pixels)
        with torch.inference_mode(), computing(self._precision, self._device):
            inputs = self._processor(images=[image], text=[text], return_tensors="pt")
            outputs = self._model(**inputs.to(self._device))
        self.images_encoded += 1
        shares = outputs.logits[0].float().sigmoid().cpu().numpy()
        inside = [
            [place for place, (a, b) in enumerate(tokens) if start <= a < b <= end]
            for start, end in spans
        ]
        scores = np.stack([shares[:, places].mean(axis=1) for places in inside], axis=1)
        return scores, outputs.pred_boxes[0].float().cpu().numpy()


def caption(names: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text that asks for all names, in small letters with a dot after each, and their spans."""
    text, spans = "", []
    for name in names:
        plain = " ".join(name.lower().replace(".", " ").split())
        start = len(text) + (1 if text else 0)
        text += f"{' ' if text else ''}{plain}."
        spans.append((start, start + len(plain)))
    return text, spans


@cache
def load(
    model: str,
    device: str = "auto",
    precision: str = "auto",
    threshold: float | None = None,
    overlap: float | None = None,
) -> Finder:
    """Load a detector once per process: OWL-ViT, OWLv2 or Grounding DINO.

    A bundled name, a folder, or a hub id; safetensors only. `threshold` and `overlap`, from 0 to 1,
    take the place of the card's and the family's own. Raises `InputError` as `detector.load` does.
    """
    network, processor = fetch(model)
    if network.config.model_type != FAMILY:
        arguments = {"precision": precision} if precision != "auto" else {}
        thresholds = {"threshold": threshold, "overlap": overlap}
        # The same call as other scorers make, so that the cache gives all the same detector.
        detector: Detector = load_owl(
            model, device, **arguments, **{k: v for k, v in thresholds.items() if v is not None}
        )
        return detector
    source, where = source_of("detector", model), device_of(device)
    card = card_of(source.folder, threshold, overlap)
    computes = precision_of(precision, where)
    return GroundingDino(source.name, network.to(where).eval(), processor, where, card, computes)
