"""A pipeline's own image autoencoder: what its pictures have been through, however well it draws.

To and fro, a picture loses what the latents do not hold; a judge that fails on such pictures fails
on the best that the model could ever draw.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evalsuite.encoders.weights import device_of, loading
from evalsuite.files.checkpoints import read_index, resolve
from evalsuite.files.weight_files import files_read
from evalsuite.records import InputError, Pixels

PART = "vae"
"""The component of a pipeline's folder that holds its autoencoder."""


class Autoencoder:
    """A loaded autoencoder; `sha256` is of its weight file, as a run's manifest names it.

    `device` is the kind of device that it runs on.
    """

    def __init__(self, name: str, sha256: str, network: Any, device: str) -> None:
        self.name, self.sha256 = name, sha256
        self._network, self._device, self.device = network, device, device.partition(":")[0]
        channels = getattr(network.config, "block_out_channels", (0, 0, 0, 0))
        self._step = 2 ** (len(channels) - 1)

    def decode(self, latents: NDArray[np.float32]) -> list[Pixels]:
        """The pictures of latents of unit deviation, shape (pictures, channels, height, width)."""
        import torch

        scale = self._network.config.scaling_factor
        tensor = torch.from_numpy(latents).to(self._device)
        with torch.inference_mode():
            drawn = self._network.decode(tensor / scale).sample.permute(0, 2, 3, 1)
        return [self._pixels(picture) for picture in drawn.float().cpu().numpy()]

    @staticmethod
    def _pixels(drawn: NDArray[np.float32]) -> Pixels:
        shares = np.clip(drawn / 2 + 0.5, 0, 1)
        return np.asarray((shares * 255).round().astype(np.uint8))

    def through(self, pixels: Pixels) -> Pixels:
        """The picture after encoding and decoding, of the same shape (height, width, 3).

        The latents are their distribution's mode. Sides that the network cannot halve as often as
        it must are continued by their last pixels, which are cut off again.
        """
        import torch

        height, width = pixels.shape[:2]
        more = [(0, -side % self._step) for side in (height, width)]
        whole = np.pad(pixels, [*more, (0, 0)], mode="edge")
        tensor = torch.from_numpy(whole).to(self._device).permute(2, 0, 1)[None]
        with torch.inference_mode():
            latents = self._network.encode(tensor.float() / 127.5 - 1).latent_dist.mode()
            drawn = self._network.decode(latents).sample[0].permute(1, 2, 0).cpu().numpy()
        return self._pixels(drawn[:height, :width])


@cache
def load(model: str, device: str = "auto") -> Autoencoder:
    """The autoencoder of a diffusers pipeline: a bundled name or a folder, once per process.

    Safetensors only. Raises `InputError` for a model without a folder or without such a part.
    """
    folder = resolve(model)
    if not isinstance(folder, Path):
        raise InputError(f"autoencoder of {model!r}: there is no such folder; download the model")
    read_index(folder, None)
    if not (folder / PART / "config.json").is_file():
        raise InputError(f"autoencoder of {model!r}: it has no folder {PART}; name another model")
    files = files_read(folder / PART, None, PART)
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    where = device_of(device)
    with loading(f"autoencoder of {model!r}", files):
        network = _network(folder / PART)
    return Autoencoder(folder.resolve().name, digest, network.to(where).eval(), where)


def _network(folder: Path) -> Any:
    import diffusers

    kind = getattr(diffusers, json.loads((folder / "config.json").read_text())["_class_name"])
    return kind.from_pretrained(folder, use_safetensors=True)
