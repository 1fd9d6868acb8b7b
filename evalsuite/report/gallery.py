"""The best and the worst images of a prompt set, with what every scorer said of them."""

import base64
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from evalsuite.records import InputError, Key, Pixels, Prompt, PromptSet
from evalsuite.report.content import Report
from evalsuite.report.evidence import Box, Said, boxes_in, said
from evalsuite.report.format import visible

EACH = 4
"""How many of the best, and of the worst, are shown."""

MAX_SIDE = 384
"""Larger images are scaled down to this many pixels; smaller ones are left as they are."""


@dataclass(frozen=True, slots=True)
class Card:
    """One image, or the reason why it cannot be shown. `width` and `height` are the image's own."""

    prompt: str
    place: str
    source: str
    alt: str
    width: int
    height: int
    is_small: bool
    problem: str
    boxes: tuple[Box, ...]
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Gallery:
    """Two rows of cards, or the reason why there are none.

    Where pictures are of people the rows are not called best and worst.
    """

    best: tuple[Card, ...] = ()
    worst: tuple[Card, ...] = ()
    reason: str = ""
    has_people: bool = False


def gallery(report: Report, prompt_set: PromptSet) -> Gallery:
    """Choose, load and describe a set's images.

    Ordered by `objects.correct`, then by `clip.score`; at most one image a prompt, so that one
    easy prompt does not fill a row; no image in both rows.
    """
    prompts = {prompt.id: prompt for prompt in prompt_set.prompts}
    drawn = [
        key
        for key in report.images()
        if key.prompt_set == prompt_set.name and key.prompt_id in prompts and _image(report, key)
    ]
    if not drawn:
        return Gallery(reason="No image of this set was drawn.")
    ranks = {key: _rank(report, key) for key in drawn}
    # A scorer's failure or abstention is no low score: only images with every answer are ordered.
    asked = [any(rank[place] is not None for rank in ranks.values()) for place in (0, 1)]
    if not any(asked):
        return Gallery(reason="No image of this set was judged by objects or clip: no order.")
    ranked = {
        key: tuple(value for value in rank if value is not None)
        for key, rank in ranks.items()
        if all(value is not None for value, wanted in zip(rank, asked, strict=True) if wanted)
    }
    if not ranked:
        return Gallery(reason="No image of this set was judged by objects and clip: no order.")
    rising = sorted(ranked, key=lambda key: (ranked[key], key))
    half = max(1, min(EACH, len(ranked) // 2))
    best = _one_a_prompt(reversed(rising))[:half]
    worst = _one_a_prompt(key for key in rising if key not in best)[:half]
    return Gallery(
        tuple(_card(report, prompts[key.prompt_id], key) for key in best),
        tuple(_card(report, prompts[key.prompt_id], key) for key in worst),
        has_people=any(prompt.subject == "person" for prompt in prompt_set.prompts),
    )


def _image(report: Report, key: Key) -> str | None:
    sample = report.samples.get(key)
    return None if sample is None or sample.status != "ok" else sample.image


def _rank(report: Report, key: Key) -> tuple[float | None, float | None]:
    """Right before wrong, then CLIPScore."""
    return _number(report, "objects", key, "correct"), _number(report, "clip", key, "score")


def _number(report: Report, scorer: str, key: Key, field: str) -> float | None:
    judgement = report.judgements.get((scorer, key))
    value = None if judgement is None else judgement.values.get(field)
    return float(value) if isinstance(value, int | float) and value == value else None


def _one_a_prompt(keys: Iterable[Key]) -> list[Key]:
    first: dict[str, Key] = {}
    for key in keys:
        first.setdefault(key.prompt_id, key)
    return list(first.values())


def _card(report: Report, prompt: Prompt, key: Key) -> Card:
    statements, found = said(report, key), boxes_in(report, key)
    shown = show(report.load_image, str(_image(report, key)))
    return Card(
        prompt=prompt.text,
        place=f"{key.prompt_id}, image {key.index}",
        source=shown.source,
        alt=_alt(prompt, found, statements),
        width=shown.width,
        height=shown.height,
        is_small=shown.is_small,
        problem=shown.problem,
        boxes=tuple(found),
        said=tuple(statements),
    )


class Shown(NamedTuple):
    """An image ready for the page, or the reason why it cannot be shown."""

    source: str = ""
    width: int = 0
    height: int = 0
    is_small: bool = False
    problem: str = ""


def show(load_image: Callable[[str], Pixels], sha256: str) -> Shown:
    """Load an image by its SHA-256 and make it a data: URI."""
    try:
        pixels = load_image(sha256)
        height, width = pixels.shape[:2]
        return Shown(thumbnail(pixels), width, height, max(width, height) <= MAX_SIDE // 2)
    except InputError as error:
        return Shown(problem=str(error))


def _alt(prompt: Prompt, found: list[Box], statements: list[Said]) -> str:
    """What is known of the picture: what was asked, and what the detector found."""
    asked = f"Image drawn for “{visible(prompt.text, 200)}”."
    if not any(one.scorer == "objects" and not one.failure for one in statements):
        return f"{asked} No detector has described it."
    if not found:
        return f"{asked} The detector found nothing."
    return f"{asked} The detector found: {'; '.join(box.label for box in found)}."


def thumbnail(pixels: Pixels) -> str:
    """The image as a data: URI: PNG as it is, or WebP at most `MAX_SIDE` pixels a side."""
    from PIL import Image

    image, target = Image.fromarray(pixels), io.BytesIO()
    if max(image.size) <= MAX_SIDE // 2:
        image.save(target, "PNG", optimize=True)
        kind = "png"
    else:
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
        image.save(target, "WEBP", quality=80, method=4)
        kind = "webp"
    return f"data:image/{kind};base64,{base64.b64encode(target.getvalue()).decode()}"
