"""What pictures suffer before a judge sees them: an autoencoder, blur, noise, JPEG; on the device.

The judges learn from such pictures, because those that they judge came out of a decoder.
"""

from math import cos, pi, sqrt

import torch
from diffusers import AutoencoderKL
from torch import Tensor
from torch.nn import functional

LATENT_NOISE = 0.15
"""The most noise added to a latent, in its standard deviations: a generator's are not perfect."""
NOISE = 0.16
"""The most noise added to a picture in [-1, 1]."""
QUALITY = (30.0, 95.0)
BLOCK = 8

# ITU-T T.81 (JPEG), tables K.1 and K.2.
LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
CHROMINANCE = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *((99,) * 8,) * 4,
)
TO_YCC = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
COSINES = tuple(
    tuple((sqrt(0.5) if row == 0 else 1.0) / 2 * cos((2 * k + 1) * row * pi / 16) for k in range(8))
    for row in range(BLOCK)
)
"""The 8x8 discrete cosine transform as an orthonormal matrix."""


class Blemishes:
    """Spoils pictures at random, as constants on one device: call it with pictures in [-1, 1].

    The first half of a batch goes through the autoencoder. Then a quarter of all is blurred, a
    quarter noisy and a quarter compressed.
    """

    def __init__(self, autoencoder: AutoencoderKL, device: torch.device) -> None:
        self._autoencoder = autoencoder.to(device).eval().requires_grad_(False)
        self._luminance = torch.tensor(LUMINANCE, device=device, dtype=torch.float32)
        self._chrominance = torch.tensor(CHROMINANCE, device=device, dtype=torch.float32)
        self._to_ycc = torch.tensor(TO_YCC, device=device)
        self._to_rgb = torch.linalg.inv(torch.tensor(TO_YCC)).to(device)
        self._cosines = torch.tensor(COSINES, device=device)

    @torch.no_grad()
    def __call__(self, images: Tensor) -> Tensor:
        """Spoilt copies of pictures of shape (batch, 3, 64, 64), in [-1, 1]."""
        half = len(images) // 2
        images = torch.cat([self.autoencoded(images[:half]), images[half:]])
        fate = torch.randint(4, (len(images), 1, 1, 1), device=images.device)
        strength = torch.rand(len(images), 1, 1, 1, device=images.device)
        blurred = images.lerp(_soft(_soft(images)), strength)
        noisy = images + NOISE * strength * torch.randn_like(images)
        low, high = QUALITY
        compressed = self.compressed(images, low + (high - low) * strength)
        spoilt = torch.where(fate == 0, blurred, torch.where(fate == 1, noisy, images))
        return torch.where(fate == 2, compressed, spoilt).clamp(-1, 1)

    @torch.no_grad()
    def autoencoded(self, images: Tensor) -> Tensor:
        """The pictures written by the decoder, their latents slightly disturbed."""
        latents = self._autoencoder.encode(images).latent_dist.sample()
        strength = torch.rand(len(images), 1, 1, 1, device=images.device)
        spread = LATENT_NOISE / self._autoencoder.config.scaling_factor
        latents = latents + spread * strength * torch.randn_like(latents)
        written: Tensor = self._autoencoder.decode(latents).sample
        return written.float().clamp(-1, 1)

    @torch.no_grad()
    def compressed(self, images: Tensor, quality: Tensor) -> Tensor:
        """The pictures as JPEG stores them at a quality of 1-100, colour at half resolution."""
        with torch.autocast(images.device.type, enabled=False):
            planes = torch.einsum("yc,nchw->nyhw", self._to_ycc, images.float() * 127.5)
            scale = torch.where(quality < 50, 5000 / quality, 200 - 2 * quality) / 100
            light = self._coded(planes[:, :1], (self._luminance * scale).round().clamp(1, 255))
            small = functional.avg_pool2d(planes[:, 1:], 2)
            small = self._coded(small, (self._chrominance * scale).round().clamp(1, 255))
            color = functional.interpolate(small, scale_factor=2.0, mode="bilinear")
            written = torch.cat([light, color], dim=1)
            return torch.einsum("cy,nyhw->nchw", self._to_rgb, written) / 127.5

    def _coded(self, planes: Tensor, steps: Tensor) -> Tensor:
        """Each 8x8 block's cosine coefficients, rounded to multiples of `steps`."""
        count, channels, height, width = planes.shape
        shape = (count, channels, height // BLOCK, BLOCK, width // BLOCK, BLOCK)
        blocks = planes.reshape(shape).transpose(3, 4)
        steps = steps[:, :, None, None]
        found = ((self._cosines @ blocks @ self._cosines.T) / steps).round() * steps
        blocks = self._cosines.T @ found @ self._cosines
        return blocks.transpose(3, 4).reshape(count, channels, height, width)


def _soft(images: Tensor) -> Tensor:
    """Every pixel the mean of the nine around it; twice is a deviation of 1.15 pixels."""
    around = functional.pad(images, (1, 1, 1, 1), mode="replicate")
    return functional.avg_pool2d(around, 3, stride=1)
