"""How boxed things look: colour, material and size words, chosen by CLIP on each box's crop."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evalsuite.encoders.clip import Clip
from evalsuite.encoders.detector import Detection
from evalsuite.encoders.looks import choose, crop
from evalsuite.records import Picture, Prompt
from evalsuite.vocabulary.looks import PALETTES, palette_for

LOOKS = tuple(PALETTES)
"""The looks that a clause can ask for; fields of clauses and of detections alike."""
TEMPLATES = ("a photo of a {word} {name}", "a photo of a {word} object")
MOST = 16
"""Boxes per class whose crops are read, the strongest first."""


def palette(prompt: Prompt, kind: str) -> tuple[str, ...]:
    """The words to choose among; none if the prompt asks for no such look."""
    clauses = (*prompt.include, *prompt.exclude)
    words = tuple(word for clause in clauses if (word := getattr(clause, kind)))
    return palette_for(kind, words) if words else ()


def with_looks(
    clip: Clip,
    picture: Picture,
    prompt: Prompt,
    boxes: Mapping[str, Sequence[Detection]],
    palettes: Mapping[str, Sequence[str]],
) -> dict[str, list[Detection]]:
    """The boxes with the words that fit them best, for classes of which a look is asked."""
    clauses = (*prompt.include, *prompt.exclude)
    kinds = {
        name: [k for k in palettes if any(c.name == name and getattr(c, k) for c in clauses)]
        for name in boxes
    }
    crops = {
        name: [crop(picture, box.box) for box in detections[:MOST]]
        for name, detections in boxes.items()
        if kinds[name]
    }
    if parts := [part for cut in crops.values() for part in cut]:
        clip.images(parts)
    described = {name: list(detections) for name, detections in boxes.items()}
    for name, cut in crops.items():
        for kind in kinds[name]:
            texts = [template.replace("{name}", name) for template in TEMPLATES]
            words = choose(clip, cut, palettes[kind], texts)
            pairs = zip(described[name], words, strict=False)
            changed = [_with(box, kind, word) for box, word in pairs]
            described[name] = changed + described[name][len(changed) :]
    return described


def _with(box: Detection, kind: str, word: str) -> Detection:
    looks: dict[str, Any] = {kind: word}
    return replace(box, **looks)
