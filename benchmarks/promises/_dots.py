"""A back-end for the proofs: noise that depends on prompt and seed alone, and one refusal."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from evalsuite.records import Json, NoImage, Pixels, Prompt, Request


class Dots:
    """Draws 12 by 10 dots; `shade` makes them another model's."""

    dialect = "scenes"
    batch_size = 2

    def __init__(self, shade: int) -> None:
        self.shade = shade

    def describe(self) -> Mapping[str, Json]:
        """What the manifest says of it."""
        return {"model": "dots", "shade": self.shade}

    def problems(self, prompts: Sequence[Prompt]) -> list[str]:
        """Any prompt will do."""
        return []

    def render(self, requests: Sequence[Request]) -> list[Pixels | NoImage]:
        """An image for each request, save those whose tag is "refuse"."""
        return [self._draw(request) for request in requests]

    def _draw(self, request: Request) -> Pixels | NoImage:
        if request.prompt.tag == "refuse":
            return NoImage("refused", "the service said no")
        text = hashlib.sha256(request.prompt.text.encode()).digest()
        generator = np.random.default_rng([request.seed, text[0]])
        return generator.integers(self.shade, 256, (12, 10, 3), dtype=np.uint8)


def load(*, shade: int = 0) -> Dots:
    """The back-end."""
    return Dots(shade)
