"""What can be done to pictures before a scorer is asked about them: kinds that models' ones are of.

`vae:MODEL` is to and fro through a model's own autoencoder, which is what a perfect generator with
that autoencoder would draw. The others are common damage, whose strengths are this project's own.
"""

import io
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from evalsuite.audits.known import KnownCase, PictureKind
from evalsuite.audits.record import DIFFERS
from evalsuite.encoders import autoencoder
from evalsuite.files.nearest import did_you_mean
from evalsuite.records import InputError, Picture, Pixels

VAE = "vae:"
SIGMA = 1 / 64
"""The blur's standard deviation as a share of the picture's longer side."""
NOISE = 16.0
"""The noise's standard deviation, in sRGB bytes."""
QUALITY = 40
"""JPEG's quality, with colours at half the resolution."""


class Way(NamedTuple):
    """Something that is done to pictures, and the kind that they then are of."""

    kind: PictureKind
    change: Callable[[Pixels], Pixels]

    @property
    def is_whole(self) -> bool:
        """Whether the groups of prompts get rows of their own, so that it pays to ask more."""
        return self.kind.grouped is None


def way(name: str, noun: str) -> Way:
    """The way of that name; `noun` is what the pictures are called ("renders").

    Raises `InputError` for an unknown name, and for a model without an autoencoder.
    """
    if name.startswith(VAE):
        model = autoencoder.load(name.removeprefix(VAE))
        kind = PictureKind(f"autoencoded {noun} ({model.name})", model.sha256)
        return Way(kind, model.through)
    if name not in DAMAGE:
        known = did_you_mean(name, DAMAGE)
        raise InputError(f"--through {name}: is neither vae:MODEL nor {', '.join(DAMAGE)}{known}")
    words, change = DAMAGE[name]
    return Way(PictureKind(words.format(noun), grouped=(DIFFERS,)), change)


def through(cases: Iterable[KnownCase], way: Way) -> list[KnownCase]:
    """The same questions about the pictures after that; questions about one picture share one."""
    changed: dict[str, Picture] = {}
    found = []
    for known in cases:
        before = known.case.picture
        if before.sha256 not in changed:
            name = sha256(f"{way.kind.name} {before.sha256}".encode()).hexdigest()
            changed[before.sha256] = Picture(name, partial(_changed, way, before))
        key = known.case.key._replace(prompt_set=way.kind.name)
        case = replace(known.case, key=key, picture=changed[before.sha256])
        found.append(replace(known, case=case, kind=way.kind))
    return found


def _changed(way: Way, picture: Picture) -> Pixels:
    return way.change(picture.decode())


def about(cases: Sequence[KnownCase], pictures: int) -> list[KnownCase]:
    """The questions about the first so many pictures."""
    first = list(dict.fromkeys(known.case.picture.sha256 for known in cases))[:pictures]
    return [known for known in cases if known.case.picture.sha256 in set(first)]


def _blurred(pixels: Pixels) -> Pixels:
    from scipy.ndimage import gaussian_filter

    sigma = SIGMA * max(pixels.shape[:2])
    soft = gaussian_filter(pixels.astype(np.float64), (sigma, sigma, 0))
    return np.asarray(soft.round().clip(0, 255).astype(np.uint8))


def _noisy(pixels: Pixels) -> Pixels:
    """With noise that is the same whenever the picture is."""
    rng = np.random.default_rng(zlib.crc32(pixels.tobytes()))
    noisy = pixels + rng.normal(0, NOISE, pixels.shape)
    return np.asarray(noisy.round().clip(0, 255).astype(np.uint8))


def _as_jpeg(pixels: Pixels) -> Pixels:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=QUALITY, subsampling=2)
    return np.asarray(Image.open(stream).convert("RGB"))


DAMAGE: dict[str, tuple[str, Callable[[Pixels], Pixels]]] = {
    "blur": ("blurred {}", _blurred),
    "noise": ("noisy {}", _noisy),
    "jpeg": ("{} as JPEG", _as_jpeg),
}
"""By name: what the pictures are called then, and what is done to them."""
