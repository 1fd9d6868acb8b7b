"""A conditional GAN in an autoencoder's latents: one pass from a sentence and noise to a picture.

A model is a folder with `generator.json`, which names the pipeline whose autoencoder decodes and
the CLIP whose sentence vector is the condition, and `generator.safetensors`. An image's noise
comes from its own seed, and every batch has one shape, so that its bytes do not depend on its
neighbours.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evalsuite.encoders import autoencoder, clip
from evalsuite.encoders.autoencoder import Autoencoder
from evalsuite.encoders.clip import Clip
from evalsuite.encoders.weights import device_of, unloadable
from evalsuite.files.front_matter import dialect_of, read_card
from evalsuite.files.weight_files import read_json
from evalsuite.records import InputError, Json, NoImage, Pixels, Prompt, Request

INDEX, WEIGHTS = "generator.json", "generator.safetensors"
PARTS = ("autoencoder", "text_encoder")

EXAMPLE = "scenes-gan"


def load(*, model: str, device: str = "auto", batch_size: int = 8) -> "GanBackend":
    """Load the GAN in the folder `model`; raises `InputError` where a part of it is missing."""
    folder = Path(model).expanduser()
    name = folder.resolve().name
    index = read_json(folder / INDEX, f"{name}/{INDEX}") if (folder / INDEX).is_file() else None
    if not isinstance(index, dict) or not all(isinstance(index.get(part), str) for part in PARTS):
        raise InputError(f"{name}/{INDEX}: must name the {' and the '.join(PARTS)}")
    where = device_of(device)
    reader = clip.load(str(index["text_encoder"]), device=where)
    decoder = autoencoder.load(str(index["autoencoder"]), where)
    generator, digest = _generator(folder / WEIGHTS, name, where)
    return GanBackend(
        name=name,
        dialect=dialect_of(read_card(folder), name),
        generator=generator,
        digest=digest,
        reader=reader,
        decoder=decoder,
        device=where,
        batch_size=batch_size,
    )


def _generator(path: Path, name: str, device: str) -> tuple[Any, str]:
    """The network in float32, and the SHA-256 of its file."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    from evalsuite.scenes.generator import Generator

    try:
        data = path.read_bytes()
        state = {key: value.float() for key, value in load(data).items()}
        width = state["condition.0.weight"].shape
        text = width[1] - Generator.NOISE
        generator = Generator(text, width[0] // 2)
        generator.load_state_dict(state)
    except (OSError, KeyError, IndexError, RuntimeError, SafetensorError) as error:
        raise unloadable(f"{name}/{WEIGHTS}", error) from error
    return generator.to(device).eval(), hashlib.sha256(data).hexdigest()


class GanBackend:
    """A loaded generator that draws batches of one fixed shape."""

    def __init__(
        self,
        *,
        name: str,
        dialect: str,
        generator: Any,
        digest: str,
        reader: Clip,
        decoder: Autoencoder,
        device: str,
        batch_size: int,
    ) -> None:
        self.name, self.dialect, self.batch_size = name, dialect, batch_size
        self._generator, self._digest, self._device = generator, digest, device
        self._reader, self._decoder = reader, decoder

    def describe(self) -> Mapping[str, Json]:
        """The weights of all three parts, by their hashes."""
        return {
            "backend": "gan",
            "model": self.name,
            "dialect": self.dialect,
            "weights": {WEIGHTS: self._digest},
            "text_encoder": dict(self._reader.describe()),
            "autoencoder": {"model": self._decoder.name, "weights_sha256": self._decoder.sha256},
            "device": self._device,
            "batch_size": self.batch_size,
        }

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """A line for each prompt that the text encoder does not read as it stands."""
        return self._reader.problems(prompts)

    def render(self, requests: Sequence[Request]) -> Sequence[Pixels | NoImage]:
        """One picture per request; fewer requests than a batch are padded."""
        import torch

        if not requests:
            return []
        batch = [*requests, *[requests[-1]] * (self.batch_size - len(requests))]
        texts = torch.from_numpy(self._reader.texts([r.prompt.text for r in batch]))
        noise = torch.stack([self._generator.noise(request.seed) for request in batch])
        with torch.inference_mode():
            latents = self._generator(texts.to(self._device), noise.to(self._device))
        drawn = latents.float().cpu().numpy()
        pictures = self._decoder.decode(drawn)
        finite = np.isfinite(drawn).all(axis=(1, 2, 3))
        answers: list[Pixels | NoImage] = [
            picture if is_finite else NoImage("invalid", "the generator gave NaN or infinity")
            for picture, is_finite in zip(pictures, finite, strict=True)
        ]
        return answers[: len(requests)]
