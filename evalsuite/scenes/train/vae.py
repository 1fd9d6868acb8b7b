"""The autoencoder of `scenes-ldm`: 64x64x3 to 8x8x4 and back."""

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


def build() -> AutoencoderKL:
    """An untrained autoencoder, 1.7 M parameters."""
    torch.manual_seed(0)
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        latent_channels=4,
        block_out_channels=(16, 32, 64, 96),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        norm_num_groups=8,
        sample_size=64,
    )


def run(work: Path, steps: int, device: torch.device) -> Path:
    """Train it, half the steps coarse and half fine; save it in the hub layout as `work/vae`."""
    model = build()

    def loss(rng: np.random.Generator, on: torch.device, *, kl: float, foreground: float) -> Tensor:
        images = data.pixels(data.scenes(rng, BATCH)).to(on, memory_format=torch.channels_last)
        posterior = model.encode(images).latent_dist
        error = (model.decode(posterior.sample()).sample - images).abs()
        background = images[:, :, :1, :1]
        drawn = ((images - background).abs().amax(1, keepdim=True) > 0.05).float()
        weight = 1 + (foreground - 1) * drawn
        total: Tensor = (weight * error).mean() / weight.mean() + kl * posterior.kl().mean()
        return total

    coarse = partial(loss, kl=COARSE_KL, foreground=1.0)
    fine = partial(loss, kl=FINE_KL, foreground=FOREGROUND)
    train(Plan("vae", steps // 2, 1.5e-3), model, coarse, work, device)
    train(Plan("vae-fine", steps - steps // 2, 1.5e-3, seed=1), model, fine, work, device)
    with torch.no_grad():
        images = data.pixels(data.scenes(np.random.default_rng([1, 0]), 512)).to(device)
        latents = model.encode(images).latent_dist.mean
        error = functional.l1_loss(model.decode(latents).sample, images).item()
    model.register_to_config(scaling_factor=round(1 / latents.std().item(), 4))
    print(
        f"vae: mean absolute error {error * 127.5:.2f} of 255, scale {model.config.scaling_factor}"
    )
    target = work / "vae"
    model.save_pretrained(target)
    return target
