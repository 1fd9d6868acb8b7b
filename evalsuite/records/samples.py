"""Planned images: their names, how a back-end is asked for them, and how each ended."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evalsuite.records.errors import Json
from evalsuite.records.prompts import Prompt

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = NDArray[np.uint8]
"""One picture: shape (height, width, 3), sRGB bytes."""

Status = Literal["ok", "refused", "blocked", "invalid", "failed"]


class Key(NamedTuple):
    """Names one planned image: the prompt set, the prompt, and which of its images."""

    prompt_set: str
    prompt_id: str
    index: int  # type: ignore[assignment]  # it hides tuple.index, which nobody asks of a key


@dataclass(frozen=True, slots=True)
class Sample:
    """One planned image as it ended: the picture's SHA-256, or the reason why there is none.

    `facts` are what the back-end said of it beside the picture, as `Drawn` has them.
    """

    key: Key
    seed: int
    status: Status
    _: KW_ONLY
    image: str | None = None
    reason: str | None = None
    facts: Mapping[str, Json] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What a backend is asked for: one image of one prompt from one seed."""

    key: Key
    prompt: Prompt
    seed: int


@dataclass(frozen=True, slots=True)
class NoImage:
    """Why a request gave no image; `status` is never "ok"."""

    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture, or why there is none, with what a service said of it.

    `facts` are kept in the image's row. Reports know `cost_usd` (what it cost at most, in dollars),
    `attempts` (requests that were sent for it), `usage` (a map of numbers) and `revised_prompt`
    (the text that was drawn in place of the prompt's).
    """

    image: "Pixels | Image | NoImage"
    facts: Mapping[str, Json]
