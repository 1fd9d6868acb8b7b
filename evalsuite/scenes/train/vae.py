"""The autoencoder of `scenes-ldm`: 64x64x3 to 8x8x4 and back.

Two are trained. The first makes the latents. The second is half as large, learns to read and write
the first one's latents, and travels with the pipelines.
"""

from functools import partial
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional

from evalsuite.scenes.train import data
from evalsuite.scenes.train.loop import Plan, train

BATCH = 32
COARSE_KL, FINE_KL = 1e-5, 2e-7
"""Weights of the KL term. The first keeps the young latents together; it would blur faces."""
FOREGROUND = 5.0
"""In the fine half, how much more a drawn pixel weighs than the background, which is most of it."""
FULL, SLIM = (16, 32, 64, 96), (16, 32, 48, 64)
"""Channels per level: 1.7 M and 0.9 M parameters."""
SLIM_STEPS = 1000


def build(channels: tuple[int, ...]) -> AutoencoderKL:
    """An untrained autoencoder."""
    torch.manual_seed(0)
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        latent_channels=4,
        block_out_channels=channels,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        norm_num_groups=8,
        sample_size=64,
    )


def run(work: Path, steps: int, device: torch.device) -> Path:
    """Train both; save them in the hub layout as `work/vae` and `work/vae-slim`.

    The first gets `steps`, half of them coarse and half fine.
    """
    model = build(FULL)

    def loss(rng: np.random.Generator, on: torch.device, *, kl: float, foreground: float) -> Tensor:
        images = _images(rng, on)
        posterior = model.encode(images).latent_dist
        error = _error(model.decode(posterior.sample()).sample, images, foreground)
        total: Tensor = error + kl * posterior.kl().mean()
        return total

    coarse = partial(loss, kl=COARSE_KL, foreground=1.0)
    fine = partial(loss, kl=FINE_KL, foreground=FOREGROUND)
    train(Plan("vae", steps // 2, 1.5e-3), model, coarse, work, device)
    train(Plan("vae-fine", steps - steps // 2, 1.5e-3, seed=1), model, fine, work, device)
    latents = _report("vae", model, model, device)
    model.register_to_config(scaling_factor=round(1 / latents.std().item(), 4))
    model.save_pretrained(work / "vae")
    return _slim(model, work, device)


def _slim(teacher: AutoencoderKL, work: Path, device: torch.device) -> Path:
    """Train the small one on the large one's latents."""
    student = build(SLIM)
    student.register_to_config(scaling_factor=teacher.config.scaling_factor)

    def loss(rng: np.random.Generator, on: torch.device) -> Tensor:
        images = _images(rng, on)
        with torch.no_grad():
            posterior = teacher.encode(images).latent_dist
        latents = student.encode(images).latent_dist
        scale = teacher.config.scaling_factor
        latent = functional.mse_loss(scale * latents.mean, scale * posterior.mean)
        spread = functional.mse_loss(latents.logvar, posterior.logvar)
        written = student.decode(posterior.sample()).sample
        return _error(written, images, FOREGROUND) + 0.1 * latent + 0.001 * spread

    train(Plan("vae-slim", SLIM_STEPS, 2e-3, seed=2), student, loss, work, device)
    _report("vae-slim", teacher, student, device)
    student.save_pretrained(work / "vae-slim")
    return work / "vae-slim"


def _images(rng: np.random.Generator, on: torch.device) -> Tensor:
    return data.pixels(data.scenes(rng, BATCH)).to(on, memory_format=torch.channels_last)


def _error(decoded: Tensor, images: Tensor, foreground: float) -> Tensor:
    """Mean absolute error, a drawn pixel weighing `foreground` times one of the background."""
    drawn = ((images - images[:, :, :1, :1]).abs().amax(1, keepdim=True) > 0.05).float()
    weight = 1 + (foreground - 1) * drawn
    return (weight * (decoded - images).abs()).mean() / weight.mean()


@torch.no_grad()
def _report(
    name: str, reader: AutoencoderKL, writer: AutoencoderKL, device: torch.device
) -> Tensor:
    """Print the error on fresh renders; return the latents."""
    images = data.pixels(data.scenes(np.random.default_rng([1, 0]), 512)).to(device)
    latents: Tensor = reader.encode(images).latent_dist.mean
    error = functional.l1_loss(writer.decode(latents).sample, images).item()
    print(f"{name}: mean absolute error {error * 127.5:.2f} of 255")
    return latents
