"""Batches of scenes as tensors."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from evalsuite.scenes.captions import caption
from evalsuite.scenes.draw import draw
from evalsuite.scenes.sample import Rng, any_scene
from evalsuite.scenes.world import Scene


def scenes(rng: Rng, count: int) -> list[Scene]:
    """Scenes of the training distribution."""
    return [any_scene(rng) for _ in range(count)]


def pixels(batch: list[Scene]) -> Tensor:
    """Renders as floats in [-1, 1], shape (batch, 3, 64, 64)."""
    stacked = np.stack([draw(scene) for scene in batch])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 127.5 - 1


def captions(rng: Rng, batch: list[Scene]) -> list[str]:
    """One caption per scene."""
    return [caption(rng, scene) for scene in batch]


def blemished(rng: Rng, images: Tensor) -> Tensor:
    """A third of the images a little noisy, a third a little blurred, as a decoder leaves them."""
    fate = torch.from_numpy(rng.integers(3, size=len(images)))[:, None, None, None]
    noise = torch.from_numpy(rng.normal(0, 0.06, size=tuple(images.shape)).astype(np.float32))
    blurred = 0.5 * images + 0.5 * functional.avg_pool2d(images, 3, stride=1, padding=1)
    return torch.where(fate == 0, images + noise, torch.where(fate == 1, blurred, images))
