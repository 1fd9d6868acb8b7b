"""One image on a page: the picture, or why it cannot be shown, its boxes, and what was said."""

import base64
import io
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalsuite.records import InputError, Judgement, Key, Measure, Pixels
from evalsuite.report.evidence import DrawnBox, Statement, drawn_boxes, found_in_words

MAX_SIDE = 384
"""Larger images are scaled down to this many pixels; smaller ones are left as they are."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """An image as a data: URI, or the reason why it cannot be shown.

    `width` and `height` are the image's own, in pixels.
    """

    source: str = ""
    width: int = 0
    height: int = 0
    is_small: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCard:
    """One image with its heading (its prompt, or its run), and what its scorers made of it.

    `flagged` is the title of the measure for which it is blurred until asked for; "" for none.
    """

    heading: str
    place: str
    image: Thumbnail
    alt: str
    boxes: tuple[DrawnBox, ...]
    statements: tuple[Statement, ...]
    flagged: str = ""


def image_card(
    *,
    heading: str,
    place: str,
    image: Thumbnail,
    drawn_for: str,
    judgements: Sequence[Judgement],
    statements: Sequence[Statement],
    finding: Collection[str],
    flagged: str = "",
) -> ImageCard:
    """The card of an image; `drawn_for` begins its text alternative.

    `judgements` are the image's, those whose boxes come first at the front; `finding` are the
    scorers that look for things; `flagged` is as in `flagged_by`.
    """
    found = found_in_words(judgements, finding) or "No scorer has described it."
    return ImageCard(
        heading=heading,
        place=place,
        image=image,
        alt=f"{drawn_for} {found}",
        boxes=tuple(drawn_boxes(judgements)),
        statements=tuple(statements),
        flagged=flagged,
    )


def flagged_by(
    measures: Iterable[Measure], judgements: Mapping[tuple[str, Key], Judgement], key: Key
) -> str:
    """The title of the first measure for which an image is blurred; "" where none flags it.

    Of an abstention or a failure nothing is known, and the image is shown.
    """
    blurring = [measure for measure in measures if measure.blur_from is not None]
    scorers = {measure.scorer for measure in blurring}
    return flagged_in(blurring, {name: judgements.get((name, key)) for name in scorers})


def flagged_in(measures: Iterable[Measure], judged: Mapping[str, Judgement | None]) -> str:
    """`flagged_by` of an image whose judgements by scorer are at hand."""
    for measure in measures:
        judgement = judged.get(measure.scorer)
        if measure.blur_from is None or judgement is None:
            continue
        value = judgement.values.get(measure.field)
        if isinstance(value, int | float) and value >= measure.blur_from:
            return measure.title
    return ""


def load(load_image: Callable[[str], Pixels], sha256: str) -> Thumbnail:
    """The image of that SHA-256, as small as the page needs it."""
    try:
        pixels = load_image(sha256)
    except InputError as error:
        return Thumbnail(problem=str(error))
    height, width = pixels.shape[:2]
    is_small = max(width, height) <= MAX_SIDE // 2
    return Thumbnail(data_uri(pixels), width, height, is_small)


def data_uri(pixels: Pixels) -> str:
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
