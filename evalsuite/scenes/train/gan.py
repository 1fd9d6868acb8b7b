"""`scenes-gan`: a text-conditional GAN in the latents of `scenes-ldm`'s autoencoder.

R3GAN's relativistic pairing with zero-centred penalties on real and fake pictures (arXiv
2501.05441, sec. 3), the penalties every fourth step and four times as strong (StyleGAN2's lazy
regularisation, arXiv 1912.04958, app. B), and the real picture with another's sentence as a second
fake (arXiv 1605.05396, GAN-CLS). The sentence is `scenes-clip`'s frozen vector. Pictures are never
mirrored: sides matter in the captions.
"""

import json
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from evalsuite.encoders import clip
from evalsuite.files.checkpoints import BUNDLED
from evalsuite.scenes.generator import NOISE, SIDE, Attention, Generator, normed
from evalsuite.scenes.train import drawing, pool, vae
from evalsuite.scenes.train.loop import Machine

BATCH = 64
RATES = (3e-4, 2e-4)
"""Of the generator and of the discriminator."""
GAMMA = (5.0, 1.0)
"""The penalties' weight at the first and from `GAMMA_STEPS` on; at 0.5 from the first step the
discriminator won at once."""
GAMMA_STEPS = 2000
LAZY = 4
WRONG = 0.5
"""The weight of the pairs with another's sentence."""
AVERAGE = 0.998
WIDTH = 64
SHARES = 8
"""Of the pool's shares of 4,096 scenes: 32,768 scenes."""
CHECKPOINT_SECONDS = 120


class Plain(nn.Module):
    """A residual block of two convolutions."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (images, width, side, side), and the same back."""
        y = self.first(functional.leaky_relu(normed(x), 0.2))
        out: Tensor = x + self.second(functional.leaky_relu(normed(y), 0.2))
        return out


class Discriminator(nn.Module):
    """How real latents look, and how well they fit a sentence (a projection head, 1802.05637)."""

    def __init__(self, text: int, width: int = WIDTH) -> None:
        super().__init__()
        self.into = nn.Conv2d(4, width, 3, padding=1)
        self.places = nn.Parameter(torch.randn(1, width, SIDE, SIDE))
        self.fine = nn.ModuleList(Plain(width) for _ in range(4))
        self.attention = Attention(width)
        self.coarse = nn.ModuleList(Plain(width) for _ in range(2))
        self.seen = nn.Linear(width * (SIDE // 2) ** 2, 4 * width)
        self.real = nn.Linear(4 * width, 1)
        self.text = nn.Sequential(
            nn.Linear(text, 4 * width), nn.LeakyReLU(0.2), nn.Linear(4 * width, 4 * width)
        )

    def forward(self, latents: Tensor, text: Tensor) -> Tensor:
        """One logit an image."""
        x = self.into(latents) + self.places
        for number, block in enumerate(self.fine):
            x = block(x)
            if number == 1:
                x = self.attention(x)
        x = functional.avg_pool2d(x, 2)
        for block in self.coarse:
            x = block(x)
        seen = functional.leaky_relu(self.seen(normed(x).flatten(1)), 0.2)
        fits = (seen * self.text(text * text.shape[1] ** 0.5)).sum(dim=1) / seen.shape[1] ** 0.5
        logit: Tensor = self.real(seen)[:, 0] + fits
        return logit


class Data(NamedTuple):
    """Latents of unit deviation (scenes, 4, 8, 8) and sentences (scenes, captions, text)."""

    latents: Tensor
    sentences: Tensor


class Players(NamedTuple):
    """Both networks with their optimizers, and the generator's averaged copy."""

    generator: Generator
    discriminator: Discriminator
    averaged: Generator
    g_optimizer: torch.optim.Adam
    d_optimizer: torch.optim.Adam

    def state(self) -> dict[str, Any]:
        """All of it, for a checkpoint."""
        return {name: part.state_dict() for name, part in self._asdict().items()}

    def restore(self, state: dict[str, Any]) -> None:
        """Back to a checkpoint."""
        for name, part in self._asdict().items():
            part.load_state_dict(state[name])


def run(machine: Machine, steps: int) -> Path:
    """Train on `work/vae` (else the installed one) and `scenes-clip`; save `work/scenes-gan`."""
    # Penalties of nearly nothing make numbers so small that a CPU computes them fifty times slower.
    torch.set_flush_denormal(True)
    try:
        data = _data(machine)
        players = _players(data.sentences.shape[2], machine.device)
        step = _train(players, data, machine, steps)
    finally:
        torch.set_flush_denormal(False)
    return save(players.averaged, data.sentences.shape[2], step, machine.work / "scenes-gan")


def _players(text: int, device: torch.device) -> Players:
    torch.manual_seed(0)
    generator, discriminator = Generator(text).to(device), Discriminator(text).to(device)
    averaged = Generator(text).to(device).requires_grad_(False)
    averaged.load_state_dict(generator.state_dict())
    return Players(
        generator=generator,
        discriminator=discriminator,
        averaged=averaged,
        g_optimizer=torch.optim.Adam(generator.parameters(), RATES[0], betas=(0.0, 0.99)),
        d_optimizer=torch.optim.Adam(discriminator.parameters(), RATES[1], betas=(0.0, 0.99)),
    )


def _train(players: Players, data: Data, machine: Machine, steps: int) -> int:
    """Until `steps`, or the machine's time is over; goes on from the checkpoint in `work`."""
    checkpoint, step = machine.work / "gan.pt", 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=machine.device, weights_only=True)
        step = state.pop("step")
        players.restore(state)
    saved = reported = time.monotonic()
    while step < steps if machine.until is None else time.monotonic() < machine.until:
        losses = _step(players, data, step)
        step += 1
        now = time.monotonic()
        if step % 50 == 0 and now - reported > 30:
            d, g = (float(loss) for loss in losses)
            print(f"gan: step {step}, discriminator {d:.3f}, generator {g:.3f}", flush=True)
            reported = now
        if now - saved > CHECKPOINT_SECONDS:
            _checkpoint(players, step, checkpoint)
            saved = now
    _checkpoint(players, step, checkpoint)
    return step


def _checkpoint(players: Players, step: int, path: Path) -> None:
    beside = path.with_suffix(".tmp")
    torch.save({**players.state(), "step": step}, beside)
    os.replace(beside, path)


def _step(players: Players, data: Data, step: int) -> tuple[Tensor, Tensor]:
    """One step of each player; both losses. Everything random follows the step's number."""
    generator, discriminator = players.generator, players.discriminator
    torch.manual_seed(step)
    device = data.latents.device
    real, text, noise = _batch(data, device)
    with torch.no_grad():
        fake = generator(text, noise)
    is_penalised = step % LAZY == 0
    real, fake = real.requires_grad_(is_penalised), fake.requires_grad_(is_penalised)
    on_real, on_fake = discriminator(real, text), discriminator(fake, text)
    on_wrong = discriminator(real, text.roll(1, 0))
    loss = functional.softplus(on_fake - on_real).mean()
    loss = loss + WRONG * functional.softplus(on_wrong - on_real).mean()
    if is_penalised:
        part = min(1.0, step / GAMMA_STEPS)
        gamma = GAMMA[0] ** (1 - part) * GAMMA[1] ** part
        penalty = _squared_gradient(on_real, real) + _squared_gradient(on_fake, fake)
        loss = loss + LAZY * gamma / 2 * penalty
    _descend(players.d_optimizer, loss)
    real, text, noise = _batch(data, device)
    discriminator.requires_grad_(False)
    lead = discriminator(real, text) - discriminator(generator(text, noise), text)
    g_loss = functional.softplus(lead).mean()
    _descend(players.g_optimizer, g_loss)
    discriminator.requires_grad_(True)
    share = 1 - min(AVERAGE, (1 + step) / (10 + step))
    with torch.no_grad():
        pairs = zip(players.averaged.parameters(), generator.parameters(), strict=True)
        for averaged, weight in pairs:
            averaged.lerp_(weight, share)
    return loss.detach(), g_loss.detach()


def _batch(data: Data, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    chosen = torch.randint(len(data.latents), (BATCH,), device=device)
    which = torch.randint(data.sentences.shape[1], (BATCH,), device=device)
    noise = torch.randn(BATCH, NOISE, device=device)
    return data.latents[chosen], data.sentences[chosen, which], noise


def _squared_gradient(logits: Tensor, latents: Tensor) -> Tensor:
    """The mean squared norm of the logits' gradient by the latents."""
    (gradient,) = torch.autograd.grad(logits.sum(), latents, create_graph=True)
    return gradient.square().sum(dim=(1, 2, 3)).mean()


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    optimizer.step()


def _data(machine: Machine) -> Data:
    """Latents and sentences of the first scenes of the pool, computed once."""
    path = machine.work / f"gan-data-{SHARES}.pt"
    if not path.exists():
        machine.work.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".tmp")
        torch.save(tuple(_encoded(machine)), beside)
        os.replace(beside, path)
    latents, sentences = torch.load(path, map_location=machine.device, weights_only=True)
    return Data(latents, sentences)


@torch.no_grad()
def _encoded(machine: Machine) -> Data:
    autoencoder = _autoencoder(machine.work).to(machine.device)
    judge = clip.load("scenes-clip", device=str(machine.device))
    latents, sentences = [], []
    for file in pool.draw(machine.work, SHARES):
        pixels = torch.from_numpy(np.load(file)["pixels"]).permute(0, 3, 1, 2)
        for part in torch.split(pixels, 256):
            images = pool.as_floats(part.to(machine.device))
            latents.append(autoencoder.encode(images).latent_dist.mean)
    for share in range(SHARES):
        texts = drawing.captions(share)
        for start in range(0, len(texts), 2048):
            sentences.append(torch.from_numpy(judge.texts(texts[start : start + 2048])))
            judge.forget_texts()
    scaled = torch.cat(latents) * autoencoder.config.scaling_factor
    found = torch.cat(sentences)
    return Data(scaled, found.reshape(-1, drawing.CAPTIONS, found.shape[1]))


def _autoencoder(work: Path) -> Any:
    """The one in `work` where it was trained there, else the installed one: the same weights."""
    if (work / "vae").is_dir():
        return vae.load(work)
    installed = BUNDLED / "scenes-ldm" / "vae"
    return AutoencoderKL.from_pretrained(installed, torch_dtype=torch.float32).eval()


def save(generator: Generator, text: int, steps: int, target: Path) -> Path:
    """The averaged generator in half precision, and what it is drawn with."""
    target.mkdir(parents=True, exist_ok=True)
    state = {name: value.half().contiguous() for name, value in generator.state_dict().items()}
    save_file(state, target / "generator.safetensors", metadata={"steps": str(steps)})
    index = {"autoencoder": "scenes-ldm", "text_encoder": "scenes-clip", "text_width": text}
    (target / "generator.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")
    return target
