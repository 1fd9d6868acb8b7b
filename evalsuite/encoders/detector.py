"""Open-vocabulary detection: boxes for words, by any zero-shot detector of transformers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders import answers, golden
from evalsuite.encoders.boxes import corners_of, suppress
from evalsuite.encoders.precision import computing, precision_of
from evalsuite.encoders.weights import device_of, digest, load_pair, padded, source_of
from evalsuite.files.front_matter import read_card
from evalsuite.records import InputError, Json, Picture
from evalsuite.vocabulary.english import article
from evalsuite.vocabulary.looks import COLORS

if TYPE_CHECKING:
    import torch

BATCH = 32
LARGE, LARGE_BATCH = 256, 4
"""Models that read pictures of more than 256 pixels per side get smaller batches."""
THRESHOLD = 0.1
"""VISOR's threshold for OWL-ViT (Gokhale et al. 2022, arXiv 2212.10015); a card may say better."""
OVERLAP = 0.5
"""Two boxes of one word that overlap more (IoU) are one thing; the weaker is dropped."""
FLOOR = 0.02
"""Boxes that score at least this are kept with the picture, so that another threshold needs no
pixels: a fifth of the lowest threshold in use, VISOR's 0.1. A lower threshold is its own floor."""
TEMPLATE = "a photo of {a}"
"""The prompt that OWL-ViT's authors recommend (Minderer et al. 2022, arXiv 2205.06230)."""
GOLDEN_WORDS = ("circle", "square")


@dataclass(frozen=True, slots=True)
class Detection:
    """One box for one word: left, top, right, bottom in pixels; its looks where they were read."""

    name: str
    score: float
    box: tuple[float, float, float, float]
    color: str | None = None
    material: str | None = None
    size: str | None = None


class Finder(Protocol):
    """What every detector offers, of whatever family."""

    name: str
    sha256: str
    names_colors: bool

    def describe(self) -> Mapping[str, Json]:
        """Name, weights and thresholds, for the manifest."""

    def look(self, pictures: Sequence[Picture]) -> None:
        """Encode the pictures that were not yet, in batches of one shape."""

    def knows(self, picture: Picture, names: Sequence[str], *, colored: bool = False) -> bool:
        """Whether the answers are kept with the picture, so that it need not be looked at."""

    def detect(
        self, picture: Picture, names: Sequence[str], *, colored: bool = False
    ) -> list[Detection]:
        """The picture's boxes for each name, strongest first."""


class Detector:
    """A loaded detector of the OWL family (OWL-ViT, OWLv2).

    A picture goes through the vision tower once; every further word costs one product, and one that
    was asked before costs nothing: its boxes are kept with the picture's features.
    """

    names_colors = True

    def __init__(
        self,
        name: str,
        model: Any,
        processor: Any,
        device: str,
        card: Mapping[str, str],
        precision: str = "fp32",
    ) -> None:
        self.name = name
        self._model, self._processor, self._device = model, processor, device
        self._precision = precision
        side = model.config.vision_config.image_size
        self._batch = BATCH if side <= LARGE else LARGE_BATCH
        self.threshold = float(card.get("threshold", THRESHOLD))
        self.overlap = float(card.get("overlap", OVERLAP))
        self.template = card.get("template", TEMPLATE)
        self.colors = tuple(c.strip() for c in card.get("colors", ", ".join(COLORS)).split(","))
        self._words: dict[str, torch.Tensor] = {}
        self.sha256 = digest(model)
        self.key = f"owl-{self.sha256[:16]}-{precision}"
        self.kept = f"{self.key}-boxes"
        self.images_encoded = 0
        self.golden: golden.Status = "unchecked"

    def describe(self) -> Mapping[str, Json]:
        """Name, weights and thresholds, for the manifest."""
        return {
            "model": self.name,
            "weights_sha256": self.sha256,
            "threshold": self.threshold,
            "overlap": self.overlap,
            "template": self.template,
            "colors": list(self.colors),
            "precision": self._precision,
            "golden_values": self.golden,
        }

    def golden_values(self) -> dict[str, float]:
        """For `encoders.golden`: each word's best score, and where its scores lie in a picture.

        The place is the mean of all boxes, weighted by their scores: no tie can make it jump.
        """
        values: dict[str, float] = {}
        for name, picture in golden.pictures().items():
            self.look([picture])
            features, boxes = picture.memo[self.key]
            for word in GOLDEN_WORDS:
                scores = self._scores(features, [word])[:, 0]
                x, y, width, height = (scores @ boxes) / scores.sum()
                facts = {"score": scores.max(), "x": x, "y": y, "width": width, "height": height}
                values |= {f"{name} | {word} | {what}": float(v) for what, v in facts.items()}
        return values

    def look(self, pictures: Sequence[Picture]) -> None:
        """Put the pictures through the vision tower, in batches of one shape."""
        import torch
        from PIL import Image

        pending = [picture for picture in pictures if self.key not in picture.memo]
        for start in range(0, len(pending), self._batch):
            batch = pending[start : start + self._batch]
            images = padded([Image.fromarray(picture.pixels) for picture in batch], self._batch)
            with torch.inference_mode(), computing(self._precision, self._device):
                inputs = self._processor(images=images, return_tensors="pt")
                pixels = inputs["pixel_values"].to(self._device, self._model.dtype)
                features = self._model.image_embedder(pixels)[0]
                flat = features.flatten(1, 2)
                boxes = self._model.box_predictor(flat, features).float().cpu().numpy()
            self.images_encoded += len(batch)
            for number, picture in enumerate(batch):
                picture.memo[self.key] = (flat[number], boxes[number])

    def detect(
        self, picture: Picture, names: Sequence[str], *, colored: bool = False
    ) -> list[Detection]:
        """The picture's boxes for each name, strongest first, after non-maximum suppression.

        With `colored`, each box also has the colour word that fits best before its name.
        """
        detections = []
        for name in names:
            rows = self._candidates(picture, name, colored)
            corners = np.array([row[1] for row in rows], dtype=np.float32).reshape(-1, 4)
            scores = np.array([row[0] for row in rows], dtype=np.float32)
            for k in suppress(corners, scores, self.threshold, self.overlap):
                left, top, right, bottom = (round(float(v), 2) for v in corners[k])
                box = (left, top, right, bottom)
                score, tint = round(float(scores[k]), 4), rows[k][2] if colored else None
                detections.append(Detection(name=name, score=score, box=box, color=tint))
        return detections

    def knows(self, picture: Picture, names: Sequence[str], *, colored: bool = False) -> bool:
        """Whether the boxes of every name are kept with the picture."""
        asked = [self._question(name, colored) for name in names]
        return answers.are_known(picture, self.kept, asked)

    def _question(self, name: str, colored: bool) -> str:
        """What the boxes depend on beside the model: the text, the floor, the colours."""
        text = self.template.format(name, a=article(name))
        floor = min(FLOOR, self.threshold)
        tints = [", ".join(self.colors)] if colored else []
        return " | ".join([text, f"{floor:g}", *tints])

    def _candidates(self, picture: Picture, name: str, colored: bool) -> list[list[Any]]:
        """Score, corners and colour of each box above the floor, before any is suppressed."""
        question = self._question(name, colored)
        found: list[list[Any]] | None = answers.recall(picture, self.kept).get(question)
        if found is None:
            found = self._find(picture, name, colored)
            answers.keep(picture, self.kept, {question: found})
        return found

    def _find(self, picture: Picture, name: str, colored: bool) -> list[list[Any]]:
        self.look([picture])
        features, boxes = picture.memo[self.key]
        corners = corners_of(boxes, picture.pixels.shape[:2], square=self._is_padded_to_square())
        scores = self._scores(features, [name])[:, 0]
        above = np.flatnonzero(scores >= min(FLOOR, self.threshold))
        tints: list[str | None] = [None] * len(above)
        if colored and len(above):
            by_color = self._scores(features, [f"{color} {name}" for color in self.colors])
            tints = [self.colors[int(by_color[k].argmax())] for k in above]
        return [
            [float(scores[k]), corners[k].tolist(), tint]
            for k, tint in zip(above, tints, strict=True)
        ]

    def _scores(self, features: "torch.Tensor", names: Sequence[str]) -> NDArray[np.float32]:
        """Probability of each name at each patch, shape (patches, names)."""
        import torch

        with torch.inference_mode(), computing(self._precision, self._device):
            words = torch.stack([self._word(name) for name in names])
            logits = self._model.class_predictor(features[None], words[None])[0][0]
            return np.asarray(logits.float().sigmoid().cpu().numpy())

    def _word(self, name: str) -> "torch.Tensor":
        import torch

        if name not in self._words:
            text = self.template.format(name, a=article(name))
            longest = self._model.config.text_config.max_position_embeddings
            tokens = self._processor.tokenizer(
                [text], padding="max_length", max_length=longest, return_tensors="pt"
            ).to(self._device)
            if tokens.input_ids.shape[1] > longest:
                raise InputError(f"{text!r} is longer than the {longest} tokens of {self.name}")
            tower = getattr(self._model, self._model.base_model_prefix)
            with torch.inference_mode(), computing(self._precision, self._device):
                self._words[name] = tower.get_text_features(**tokens).pooler_output[0]
        return self._words[name]

    def _is_padded_to_square(self) -> bool:
        """OWLv2's processor pads to a square; OWL-ViT's stretches."""
        return bool(self._model.config.model_type == "owlv2")


@cache
def load(
    model: str,
    device: str = "auto",
    precision: str = "auto",
    threshold: float | None = None,
    overlap: float | None = None,
) -> Detector:
    """Load an OWL-ViT or OWLv2 once per process: a bundled name, a folder, or a hub id.

    Safetensors only. `threshold` and `overlap`, from 0 to 1, take the place of the card's. Golden
    values beside the model are checked. Raises `InputError` for a model that cannot be loaded, is
    of another family, or does not repeat its golden values.
    """
    source, where = source_of("detector", model), device_of(device)
    network, processor = fetch(model)
    if not hasattr(network, "image_embedder"):
        raise InputError(
            f"detector {model!r} is a {type(network).__name__}; name an OWL-ViT or OWLv2 here"
        )
    card = card_of(source.folder, threshold, overlap)
    computes = precision_of(precision, where)
    detector = Detector(source.name, network.to(where).eval(), processor, where, card, computes)
    detector.golden = golden.check(
        source.folder, detector.sha256, detector.golden_values, device=where
    )
    detector.images_encoded = 0
    return detector


def card_of(folder: Path | None, threshold: float | None, overlap: float | None) -> dict[str, str]:
    """The front matter of a folder's card, with the thresholds that were given instead of its own.

    Raises `InputError` for a threshold that is no number from 0 to 1.
    """
    card = read_card(folder) if folder is not None else {}
    for name, value in (("threshold", threshold), ("overlap", overlap)):
        if value is None:
            continue
        if not isinstance(value, int | float) or not 0 <= value <= 1:
            raise InputError(f"detector {name}={value}: give a number from 0 to 1")
        card[name] = str(value)
    return card


@cache
def fetch(model: str) -> tuple[Any, Any]:
    """The network, on the CPU in float32, and the processor of any zero-shot detector."""
    from transformers import AutoModelForZeroShotObjectDetection, AutoProcessor

    return load_pair("detector", model, AutoModelForZeroShotObjectDetection, AutoProcessor)
