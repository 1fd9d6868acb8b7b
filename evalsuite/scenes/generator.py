"""The network of `scenes-gan`: one pass from a sentence and noise to an autoencoder's latents.

Residual blocks whose scale and shift the sentence and the noise set (FiLM, arXiv 1709.07871), with
one layer of attention over the places, as a conditional GAN for 8x8 latents needs no more.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

WIDTH = 80
NOISE = 64
SIDE = 8
CHANNELS = 4


class Modulated(nn.Module):
    """A residual block of two convolutions; the condition scales and shifts before each."""

    def __init__(self, width: int, condition: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        self.film = nn.Linear(condition, 4 * width)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """Shapes (images, width, side, side) and (images, condition); the first comes back."""
        scale, shift, scale2, shift2 = self.film(condition)[:, :, None, None].chunk(4, dim=1)
        y = self.first(functional.leaky_relu(normed(x) * (1 + scale) + shift, 0.2))
        y = self.second(functional.leaky_relu(normed(y) * (1 + scale2) + shift2, 0.2))
        out: Tensor = x + y
        return out


class Attention(nn.Module):
    """One residual layer of attention over the places of a map."""

    def __init__(self, width: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.into = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Shape (images, width, side, side), and the same back."""
        images, width, side, _ = x.shape
        places = normed(x).flatten(2).transpose(1, 2)
        q, k, v = (
            part.reshape(images, side * side, self.heads, -1).transpose(1, 2)
            for part in self.into(places).chunk(3, dim=2)
        )
        # Written out: R1 and R2 differentiate twice, which the fused kernels do not offer.
        weights = (q @ k.transpose(2, 3) / q.shape[3] ** 0.5).softmax(dim=3)
        seen = self.out((weights @ v).transpose(1, 2).flatten(2))
        out: Tensor = x + seen.transpose(1, 2).reshape(images, width, side, side)
        return out


def normed(x: Tensor) -> Tensor:
    """Every place's channels brought to a root mean square of one."""
    return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-6)


class Generator(nn.Module):
    """From sentence vectors (images, text) and noise (images, 64) to latents (images, 4, 8, 8).

    The latents are of unit deviation: the autoencoder's, times its scaling factor.
    """

    NOISE = NOISE

    def __init__(self, text: int, width: int = WIDTH) -> None:
        super().__init__()
        self.condition = nn.Sequential(
            nn.Linear(text + NOISE, 2 * width), nn.LeakyReLU(0.2), nn.Linear(2 * width, 2 * width)
        )
        self.start = nn.Linear(2 * width, width * (SIDE // 2) ** 2)
        self.coarse = nn.ModuleList(Modulated(width, 2 * width) for _ in range(2))
        self.places = nn.Parameter(torch.randn(1, width, SIDE, SIDE))
        self.fine = nn.ModuleList(Modulated(width, 2 * width) for _ in range(4))
        self.attention = Attention(width)
        self.out = nn.Conv2d(width, CHANNELS, 3, padding=1)

    @staticmethod
    def noise(seed: int) -> Tensor:
        """An image's noise, shape (64,), the same on every device."""
        return torch.randn(NOISE, generator=torch.Generator("cpu").manual_seed(seed))

    def forward(self, text: Tensor, noise: Tensor) -> Tensor:
        """Latents of unit deviation, shape (images, 4, 8, 8)."""
        condition = self.condition(torch.cat([text * text.shape[1] ** 0.5, noise], dim=1))
        x = self.start(condition).unflatten(1, (-1, SIDE // 2, SIDE // 2))
        for block in self.coarse:
            x = block(x, condition)
        x = functional.interpolate(x, scale_factor=2, mode="nearest") + self.places
        for number, block in enumerate(self.fine):
            x = block(x, condition)
            if number == 1:
                x = self.attention(x)
        out: Tensor = self.out(normed(x))
        return out
