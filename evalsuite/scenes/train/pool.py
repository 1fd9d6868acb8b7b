"""The training pool: renders and captions, drawn once by all cores and then held on the device.

So that no step waits for the host: a step picks pictures from the pool by numbers drawn on the
device, and every further change of a picture is made there.
"""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from evalsuite.scenes.train import drawing
from evalsuite.scenes.train.tokenizer import MAX_TOKENS, build

SHARES = 48
"""Of 4,096 scenes each: 196,608 scenes."""


@dataclass(frozen=True)
class Pool:
    """The pool on a device: `pixels` (scenes, 3, 64, 64) in bytes, and the things in them.

    `boxes` (scenes, 6, 4) as left, top, right, bottom in pixels, and `kinds` (scenes, 6), the
    numbers of `drawing.KINDS`, -1 where there is no thing.
    """

    pixels: Tensor
    boxes: Tensor
    kinds: Tensor

    def __len__(self) -> int:
        return len(self.pixels)

    def numbers(self, count: int) -> Tensor:
        """Numbers of `count` scenes at random."""
        return torch.randint(len(self), (count,), device=self.pixels.device)

    def images(self, numbers: Tensor) -> Tensor:
        """Renders as floats in [-1, 1], shape (numbers, 3, 64, 64)."""
        return as_floats(self.pixels[numbers])


def as_floats(pixels: Tensor) -> Tensor:
    """Bytes as floats in [-1, 1], in the memory order that convolutions like."""
    return (pixels.float() / 127.5 - 1).to(memory_format=torch.channels_last)


def draw(work: Path, shares: int | None = None) -> list[Path]:
    """The files of the pool's first `shares` (all) in `work/pool`; draws those that are missing."""
    folder = work / "pool"
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{share:03}.npz" for share in range(shares or SHARES)]
    missing = [share for share, path in enumerate(files) if not path.exists()]
    if missing:
        with _processes() as processes:
            list(processes.map(drawing.pictures, missing, [files[share] for share in missing]))
    return files


def pictures(work: Path, device: torch.device) -> Pool:
    """The pool's pictures on the device."""
    parts = [np.load(path) for path in draw(work)]

    def joined(name: str) -> Tensor:
        return torch.cat([torch.from_numpy(part[name]).to(device) for part in parts])

    pixels = joined("pixels").permute(0, 3, 1, 2)
    return Pool(pixels=pixels, boxes=joined("boxes"), kinds=joined("kinds"))


def tokens(work: Path, device: torch.device) -> Tensor:
    """Tokens of every scene's captions, shape (scenes, captions, 32)."""
    path = work / "pool" / f"captions-{SHARES}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with _processes() as processes:
            texts = list(chain.from_iterable(processes.map(drawing.captions, range(SHARES))))
        found = build(work=work)(texts, padding="max_length", return_tensors="np").input_ids
        np.save(path, found.reshape(-1, drawing.CAPTIONS, MAX_TOKENS).astype(np.int16))
    return torch.from_numpy(np.load(path)).to(device).long()


def _processes() -> ProcessPoolExecutor:
    # Spawned, because a fork of a process that has threads or a GPU may hang.
    return ProcessPoolExecutor(cpu_count(), mp_context=get_context("spawn"))
