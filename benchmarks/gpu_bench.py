"""What `gpu.py`'s rows share: where they are, at which size, and how time is taken."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

Figures = dict[str, Any]

SD15_STEP, SD15_DECODE, SDXL_STEP, SDXL_DECODE = 0.803, 2.51, 6.76, 10.47
"""TFLOP of one forward pass of a UNet, and of one decoding, counted with `FlopCounterMode`."""
XL_STEPS = 30


@dataclass
class Bench:
    """Where things are, at which size, and what earlier rows left for later ones."""

    folder: Path
    device: str
    tiny: bool
    steps: int
    rate: float = 0.0
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def on_gpu(self) -> bool:
        """Whether the device is a GPU."""
        return self.device == "cuda"

    @property
    def dtype(self) -> torch.dtype:
        """Of the models that draw: what the back-end chooses for them."""
        return torch.float16 if self.on_gpu else torch.float32

    def share(self, rate: float, tflop: float) -> float | None:
        """Of the ceiling that the measured matrix product sets; None without one."""
        return rate * tflop / self.rate if self.rate and not self.tiny else None


def seconds(bench: Bench, work: Callable[[], object], repeats: int = 1) -> float:
    """Median time of a call: CUDA events on a GPU, the wall clock on a CPU."""
    found = []
    for _ in range(repeats):
        if bench.on_gpu:
            first, last = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            first.record()
            work()
            last.record()
            last.synchronize()
            found.append(first.elapsed_time(last) / 1000)
        else:
            began = time.perf_counter()
            work()
            found.append(time.perf_counter() - began)
    return statistics.median(found)


def release() -> None:
    """Give back what the last row held on the device."""
    torch._dynamo.reset()
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def timed(work: Callable[[], object]) -> float:
    """The wall clock's seconds, until the device has finished too."""
    began = time.perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - began
