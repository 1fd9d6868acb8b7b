"""What keeps a GPU busy: compiled networks, batches as large as memory allows, no needless waits.

All of it computes what the pipeline itself computes, up to rounding: nothing is cached between
steps, quantised or skipped. What changes bytes is in the manifest (`Compiled.facts`).
"""

import functools
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch

from evalsuite.records import InputError, Json, Pixels

LOG = logging.getLogger("evalsuite")

LARGEST_BATCH = 16
"""Of 512x512 pixels, and fewer of larger images: 32 gained 3 % on an H100."""
SURE_BATCH = 8
"""What is drawn at once even where the trial finds that an image's slot changes its bytes."""
MEMORY_SHARE = 0.85
"""A batch may reserve this much of a card's memory: what a compiled network takes may be more."""
TRIAL_STEPS = 4
"""At most: fewer than some schedulers (PNDM with Runge-Kutta steps) can do are asked of none."""
WHOLE = 1_500_000_000
"""Networks of more parameters are compiled block by block: minutes less for the same blocks."""
LIKE = 8.0
"""Levels of 255 by which compiled pictures of the trial may differ from eager ones, on average."""

BACKEND = "inductor"
OPTIONS: Mapping[str, bool] = {"deterministic": True}
"""Inductor's options, where it has them: no choice of kernels by how fast they happened to run."""

STEPPED_ON_CPU = ("DDIMScheduler", "PNDMScheduler")
"""Schedulers that look a step up in tables on the CPU, and wait for the GPU to say which."""


def batch_for(pixels: int) -> int:
    """The largest batch worth trying, a power of two; not by how many images a run has.

    So that a part of a run has the same batches as the whole.
    """
    by_size = LARGEST_BATCH * 512**2 // max(pixels, 512**2)
    return 1 << (max(1, by_size).bit_length() - 1)


def fits(draw: Callable[[], object], device: torch.device) -> bool:
    """Whether `draw` runs within its share of the card's memory."""
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats(device)
    try:
        draw()
    except InputError as error:
        if not isinstance(error.__cause__, torch.OutOfMemoryError):
            raise
        return False
    total = torch.cuda.get_device_properties(device).total_memory
    return torch.cuda.max_memory_reserved(device) <= MEMORY_SHARE * total


class Compiled:
    """A pipeline's networks, compiled from `apply` until `undo`."""

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline
        self.modules: list[torch.nn.Module] = []
        self.fused = False
        self.facts: dict[str, Json] = {}

    def apply(self) -> None:
        """Have the networks compiled when they first run; raises whatever a compiler raises."""
        import torch._inductor.config as inductor

        pipeline = self.pipeline
        denoiser = getattr(pipeline, "unet", None) or getattr(pipeline, "transformer", None)
        if not isinstance(denoiser, torch.nn.Module):
            raise ValueError(f"{type(pipeline).__name__} has no network that is known")
        repeated: Any = getattr(denoiser, "_repeated_blocks", None)
        in_blocks = _size(denoiser) > WHOLE and bool(repeated)
        self.fused = not in_blocks and _fuse(pipeline)
        if in_blocks:
            self.modules = [m for m in denoiser.modules() if type(m).__name__ in repeated]
        else:
            self.modules = [denoiser, *_decoders(pipeline)]
            for module in self.modules:
                module.to(memory_format=torch.channels_last)
        options = {name: value for name, value in OPTIONS.items() if hasattr(inductor, name)}
        for module in self.modules:
            module.compile(backend=BACKEND, dynamic=False, options=options)
        self.facts = {
            "networks": sorted({type(module).__name__ for module in self.modules}),
            "channels_last": not in_blocks,
            "fused_qkv": self.fused,
            "inductor": dict(options),
        }

    def undo(self) -> None:
        """Have the networks run as they were loaded."""
        for module in self.modules:
            module._compiled_call_impl = None
            module.to(memory_format=torch.contiguous_format)
        if self.fused:
            self.pipeline.unfuse_qkv_projections(vae=False)


def _size(network: torch.nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())


def _fuse(pipeline: Any) -> bool:
    """Whether query, key and value of a UNet's attention are one product now."""
    from diffusers import UNet2DConditionModel

    unet = getattr(pipeline, "unet", None)
    if not isinstance(unet, UNet2DConditionModel) or not hasattr(pipeline, "fuse_qkv_projections"):
        return False
    if {type(each).__name__ for each in unet.attn_processors.values()} != {"AttnProcessor2_0"}:
        return False
    pipeline.fuse_qkv_projections(vae=False)
    return True


def _decoders(pipeline: Any) -> list[torch.nn.Module]:
    """The autoencoder's decoder, unless diffusers changes its number type at every batch."""
    vae = getattr(pipeline, "vae", None)
    upcast = getattr(getattr(vae, "config", None), "force_upcast", False)
    half = getattr(vae, "dtype", None) == torch.float16
    decoder = getattr(vae, "decoder", None)
    return [] if not isinstance(decoder, torch.nn.Module) or (upcast and half) else [decoder]


def unlike(eager: Sequence[Any], compiled: Sequence[Any]) -> str:
    """How compiled pictures differ from the eager ones of the same seeds; "" if hardly."""
    for before, after in zip(eager, compiled, strict=True):
        if isinstance(before, np.ndarray) != isinstance(after, np.ndarray):
            return "an image is invalid in one of the two"
        if isinstance(before, np.ndarray) and (levels := _levels(before, after)) > LIKE:
            return f"its pictures differ from eager ones by {levels:.1f} levels of 255"
    return ""


def alike_in_every_slot(forwards: Sequence[Any], backwards: Sequence[Any]) -> bool:
    """Whether a batch drawn in the opposite order gave every picture the same bytes."""
    pairs = zip(forwards, reversed(backwards), strict=True)
    return all(np.array_equal(before, after) for before, after in pairs)


def _levels(before: Pixels, after: Pixels) -> float:
    return float(np.abs(before.astype(np.int16) - after.astype(np.int16)).mean())


def step_without_waiting(scheduler: Any) -> None:
    """Tell a scheduler its steps by the CPU's copy of its table: the numbers are the same.

    DDIM and PNDM index tables on the CPU by a step that lies on the GPU, three times a step, and
    the GPU stands still until the next step is launched.
    """
    if type(scheduler).__name__ not in STEPPED_ON_CPU:
        return
    step = scheduler.step
    kept: list[Any] = [None, None]

    # A pipeline asks a step's signature what it takes.
    @functools.wraps(step)
    def stepped(output: Any, timestep: Any, *args: Any, **kwargs: Any) -> Any:
        table = scheduler.timesteps
        if kept[0] is not table:
            kept[:] = table, table.cpu()
        if isinstance(timestep, torch.Tensor) and _is_part(timestep, table):
            timestep = kept[1][timestep.storage_offset() - table.storage_offset()]
        return step(output, timestep, *args, **kwargs)

    scheduler.step = stepped


def _is_part(value: torch.Tensor, table: torch.Tensor) -> bool:
    """Whether a number is one of a table's own, and no copy."""
    return (
        value.dim() == 0
        and value.device == table.device
        and value.untyped_storage().data_ptr() == table.untyped_storage().data_ptr()
    )
