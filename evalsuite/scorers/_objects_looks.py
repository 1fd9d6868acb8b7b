"""How boxed things look: colour, material and size words, chosen by CLIP on each box's crop."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evalsuite.encoders.clip import Clip
from evalsuite.encoders.detector import Detection
from evalsuite.encoders.looks import choose, crop
from evalsuite.records import Picture, Prompt
from evalsuite.vocabulary.looks import COLORS

LOOKS = ("color", "material", "size")
"""The looks that a clause can ask for; fields of clauses and of detections alike."""
PALETTES = {
    "color": COLORS,
    "material": ("wooden", "metal", "glass", "plastic", "leather", "stone", "paper", "fabric"),
    "size": ("small", "large"),
}
"""What an asked word has to win against: ten colours, eight common materials, and the
two sizes. A prompt's own words join them."""
TEMPLATES = ("a photo of a {word} {name}", "a photo of a {word} object")
MOST = 16
"""Boxes of a class that are looked at, the strongest first."""


def palette(prompt: Prompt, kind: str) -> tuple[str, ...]:
    """The words among which to choose; none if the prompt asks for no such look."""
    clauses = (*prompt.include, *prompt.exclude)
    asked = [word for clause in clauses if (word := getattr(clause, kind))]
    return tuple(dict.fromkeys((*PALETTES[kind], *asked))) if asked else ()


def with_looks(
    clip: Clip,
    picture: Picture,
    prompt: Prompt,
    boxes: Mapping[str, Sequence[Detection]],
    wanted: Mapping[str, Sequence[str]],
) -> dict[str, list[Detection]]:
    """The boxes with the words that fit them best, for classes of which a look is asked."""
    clauses = (*prompt.include, *prompt.exclude)
    asked = {
        name: [kind for kind in wanted if any(c.name == name and getattr(c, kind) for c in clauses)]
        for name in boxes
    }
    crops = {
        name: [crop(picture, box.box) for box in found[:MOST]]
        for name, found in boxes.items()
        if asked[name]
    }
    if every := [one for cut in crops.values() for one in cut]:
        clip.images(every)
    seen = {name: list(found) for name, found in boxes.items()}
    for name, cut in crops.items():
        for kind in asked[name]:
            texts = [template.replace("{name}", name) for template in TEMPLATES]
            words = choose(clip, cut, wanted[kind], texts)
            pairs = zip(seen[name], words, strict=False)
            changed = [_with(box, kind, word) for box, word in pairs]
            seen[name] = changed + seen[name][len(changed) :]
    return seen


def _with(box: Detection, kind: str, word: str) -> Detection:
    looks: dict[str, Any] = {kind: word}
    return replace(box, **looks)
