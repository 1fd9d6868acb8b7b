"""True pictures through a latent model's own autoencoder: what that part alone costs.

`vae:scenes-ldm` draws what each prompt expects with the bundled renderer, or takes it from a folder
of true pictures (`--model-arg pictures=PATH`), encodes it and decodes it again. However well the
rest of the model learns to draw, its pictures pass through this decoder, so that the scores here
are a ceiling to lay beside the model's own (`compare`, which knows one by `is_ceiling`). What fails
here no denoiser can mend.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from evalsuite.backends._folder import Folder, open_folder
from evalsuite.backends._rendered import Errors, ScenesBackend
from evalsuite.encoders.autoencoder import PART, Autoencoder
from evalsuite.encoders.autoencoder import load as load_autoencoder
from evalsuite.files.checkpoints import resolve
from evalsuite.files.hub import Repository, fetch
from evalsuite.records import Backend, InputError, Json, NoImage, Pixels, Prompt, Request

EXAMPLE = "vae:scenes-ldm"

dialect = "scenes"
BATCH_SIZE = 8
WEIGHTS = ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model-*-of-*.safetensors")


def load(
    *, model: str, pictures: str | None = None, revision: str | None = None, device: str = "auto"
) -> Backend:
    """The autoencoder of a diffusers pipeline: a bundled name, a directory or a hub id.

    `pictures` is a folder of true pictures with a list of their prompts, as `folder:` reads it;
    without it they are the bundled renderer's. Raises `InputError` for a model without a folder
    `vae`, weights other than safetensors, or a folder that cannot be used.
    """
    source = resolve(model)
    at = source if isinstance(source, Path) else fetch(*needs(model=source, revision=revision))
    network = load_autoencoder(str(at), device)
    try:
        network.through(np.zeros((32, 32, 3), np.uint8))
    except (AttributeError, RuntimeError, TypeError, ValueError) as error:
        kind = f"autoencoder of {model!r}"
        raise InputError(
            f"{kind}: takes no plain pictures, as those of latent images do"
        ) from error
    truth = ScenesBackend(Errors(), BATCH_SIZE) if pictures is None else open_folder(pictures)
    name = model if isinstance(source, str) else at.resolve().name
    return Reconstructed(name, at.name if isinstance(source, str) else None, network, truth)


def needs(*, model: str, revision: str | None = None) -> list[Repository]:
    """The hub's repository that the autoencoder is in; none for a directory or a bundled name."""
    source = resolve(model)
    if isinstance(source, Path):
        return []
    parts = ("model_index.json", f"{PART}/*.json", *(f"{PART}/{name}" for name in WEIGHTS))
    return [Repository("autoencoder of", source, parts, revision=revision)]


class Reconstructed:
    """Answers with the pictures of `truth`, each encoded and decoded."""

    def __init__(
        self, name: str, revision: str | None, network: Autoencoder, truth: ScenesBackend | Folder
    ) -> None:
        self.name, self.revision, self.network, self.truth = name, revision, network, truth
        self.batch_size, self.dialect = truth.batch_size, truth.dialect
        if isinstance(truth, Folder):
            self.num_images = truth.num_images

    def render(self, requests: Sequence[Request]) -> Sequence[Pixels | NoImage]:
        """One picture per request: that of the truth, after the autoencoder; nothing is random."""
        return [
            answer if isinstance(answer, NoImage) else self.network.through(answer)
            for answer in self.truth.render(requests)
        ]

    def problems(self, prompts: Sequence[Prompt]) -> Sequence[str]:
        """What the renderer, or the folder, cannot give a true picture of."""
        return self.truth.problems(prompts)

    def describe(self) -> Mapping[str, Json]:
        """The autoencoder's model and weights, and where the true pictures are from."""
        return self._description

    @cached_property
    def _description(self) -> dict[str, Json]:
        return {
            "backend": "vae",
            "model": f"{self.name} (autoencoder alone)",
            "revision": self.revision,
            "dialect": self.dialect,
            "weights": {PART: self.network.sha256},
            "device": {"kind": self.network.device},
            "batch_size": self.batch_size,
            "is_ceiling": True,
            "pictures": dict(self.truth.describe()),
        }
