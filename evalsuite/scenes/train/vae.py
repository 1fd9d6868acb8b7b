"""The autoencoder of `scenes-ldm`: 64x64x3 to 8x8x4 and back."""

from functools import partial
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional

from evalsuite.records import InputError
from evalsuite.scenes.draw import draw
from evalsuite.scenes.sample import any_scene
from evalsuite.scenes.train import pool
from evalsuite.scenes.train.loop import Loss, Machine, Plan, finished, train

BATCH = 256
COARSE_KL, FINE_KL = 1e-5, 2e-7
"""Weights of the KL term. The first keeps the young latents together; it would blur faces."""
COARSE = 0.4
"""The share of the coarse part."""
FOREGROUND = 5.0
"""In the fine part, how much more a drawn pixel weighs than the background, which is most of it."""
CHANNELS = (24, 48, 64, 64)
"""Channels per level: 1.1 M parameters."""


def build() -> AutoencoderKL:
    """An untrained autoencoder."""
    torch.manual_seed(0)
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        latent_channels=4,
        block_out_channels=CHANNELS,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        norm_num_groups=8,
        sample_size=64,
    )


def run(machine: Machine, steps: int) -> Path:
    """Train it, first coarse and then fine; save it in the hub layout as `work/vae`."""
    model, first = build(), round(COARSE * steps)

    def prepare(kl: float, foreground: float) -> Loss:
        scenes = pool.pictures(machine.work, machine.device)

        def loss() -> Tensor:
            images = scenes.images(scenes.numbers(BATCH))
            posterior = model.encode(images).latent_dist
            error = _error(model.decode(posterior.sample()).sample, images, foreground)
            total: Tensor = error + kl * posterior.kl().mean()
            return total

        return loss

    if not finished(machine.work, "vae").exists():
        coarse = partial(prepare, COARSE_KL, 1.0)
        train(Plan("vae-coarse", first, 1.5e-3), model, coarse, machine.share(COARSE))
    fine = partial(prepare, FINE_KL, FOREGROUND)
    train(Plan("vae", steps - first, 1.5e-3, seed=1), model, fine, machine)
    model.register_to_config(scaling_factor=_scaling(model, machine.device))
    model.save_pretrained(machine.work / "vae")
    return machine.work / "vae"


def load(work: Path) -> AutoencoderKL:
    """The trained autoencoder. Raises `InputError` where it was not trained yet."""
    if not (work / "vae").is_dir():
        raise InputError(f"{work}: no vae in it; run `python -m evalsuite.scenes.train vae` first")
    return AutoencoderKL.from_pretrained(work / "vae").eval().requires_grad_(False)


def _error(decoded: Tensor, images: Tensor, foreground: float) -> Tensor:
    """Mean absolute error, a drawn pixel weighing `foreground` times one of the background."""
    drawn = ((images - images[:, :, :1, :1]).abs().amax(1, keepdim=True) > 0.05).float()
    weight = 1 + (foreground - 1) * drawn
    return (weight * (decoded.float() - images).abs()).mean() / weight.mean()


@torch.no_grad()
def _scaling(model: AutoencoderKL, device: torch.device) -> float:
    """One over the latents' deviation on fresh renders; prints the error on them."""
    rng = np.random.default_rng([1, 0])
    pixels = torch.from_numpy(np.stack([draw(any_scene(rng)) for _ in range(512)]))
    images = pool.as_floats(pixels.permute(0, 3, 1, 2)).to(device)
    latents = model.encode(images).latent_dist.mean
    error = functional.l1_loss(model.decode(latents).sample, images).item()
    print(f"vae: mean absolute error {error * 127.5:.2f} of 255")
    # Two digits, which every machine computes alike.
    return round(1 / float(latents.std()), 2)
