"""The rows of `gpu.py` of networks alone: the card's ceiling, judges, transformers, compiling."""

from collections.abc import Sequence
from typing import Any

import gpu_models
import numpy as np
import torch
from gpu_bench import SD15_STEP, Bench, Figures, release, seconds, timed
from torch.utils.flop_counter import FlopCounterMode

from evalsuite.encoders.precision import computing


def products(bench: Bench) -> Figures:
    """TFLOP/s of a square matrix product, the ceiling of all that follows."""
    side, found = 64 if bench.tiny else 8192, {}
    for dtype in (torch.float16, torch.bfloat16) if bench.on_gpu else (torch.float32,):
        a, b = (torch.randn(side, side, device=bench.device, dtype=dtype) for _ in range(2))
        out = torch.empty_like(a)
        for _ in range(3):
            torch.mm(a, b, out=out)
        took = seconds(bench, lambda a=a, b=b, out=out: torch.mm(a, b, out=out), 20)
        found[f"{str(dtype).removeprefix('torch.')} TFLOP/s"] = 2 * side**3 / took / 1e12
    bench.rate = next(iter(found.values()))
    return found


def judges(bench: Bench) -> Figures:
    """Pictures per second through judges' vision towers, fp32 and under autocast to fp16."""
    release()
    found: Figures = {}
    for name, build in gpu_models.judges(tiny=bench.tiny).items():
        model = gpu_models.made(build, bench.device, torch.float32)
        side = model.config.image_size
        batch = 2 if bench.tiny else 64 if side < 512 else 16
        pixels = torch.randn(batch, 3, side, side, device=bench.device)
        for precision in ("fp32", "fp16") if bench.on_gpu else ("fp32",):
            with torch.inference_mode(), computing(precision, bench.device):
                model(pixel_values=pixels)
                took = seconds(bench, lambda m=model, p=pixels: m(pixel_values=p), 3)
            found[f"{name}, {precision}"] = batch / took
    return found


def clip_path(bench: Bench) -> Figures:
    """Our CLIP encoder with its preparation on one thread, against one picture at a time."""
    from evalsuite.encoders import clip
    from evalsuite.records import Picture

    rng = np.random.default_rng(0)
    images = 8 if bench.tiny else 128
    coarse = rng.integers(0, 255, (images, 16, 16, 3), dtype=np.uint8)
    pixels = [np.kron(each, np.ones((32, 32, 1), np.uint8)) for each in coarse]
    model = clip.load("scenes-clip", device=bench.device)

    def encode(batches: Sequence[Sequence[np.ndarray]]) -> None:
        for number, batch in enumerate(batches):
            model.images([Picture(f"{number}-{n}", lambda a=a: a) for n, a in enumerate(batch)])

    encode([pixels[:2]])
    together = timed(lambda: encode([pixels]))
    alone = timed(lambda: encode([[each] for each in pixels]))
    return {"images/s": images / together, "one by one": images / alone}


def flux(bench: Bench) -> Figures:
    """FLUX.1's transformer at 1024x1024, compiled block by block: seconds a step and its share."""
    bench.kept.pop("ours", None)
    release()
    dtype = torch.bfloat16 if bench.on_gpu else torch.float32
    network = gpu_models.flux_transformer(bench.device, dtype, tiny=bench.tiny)
    config, batch, tokens = network.config, 1 if bench.tiny else 4, 16 if bench.tiny else 4096
    words = 8 if bench.tiny else 512

    def new(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, device=bench.device, dtype=dtype)

    inputs = {
        "hidden_states": new(batch, tokens, config.in_channels),
        "encoder_hidden_states": new(batch, words, config.joint_attention_dim),
        "pooled_projections": new(batch, config.pooled_projection_dim),
        "timestep": torch.full((batch,), 0.5, device=bench.device, dtype=dtype),
        "guidance": torch.full((batch,), 3.5, device=bench.device, dtype=dtype),
        "img_ids": torch.zeros(tokens, 3, device=bench.device, dtype=dtype),
        "txt_ids": torch.zeros(words, 3, device=bench.device, dtype=dtype),
        "return_dict": False,
    }
    counter = FlopCounterMode(display=False)
    with torch.inference_mode():
        with counter:
            network(**inputs)
        if bench.on_gpu:
            network.compile_repeated_blocks(dynamic=False)
        network(**inputs)
        took = seconds(bench, lambda: network(**inputs), 3)
    tflop = counter.get_total_flops() / 1e12
    return {
        "s/step": took,
        "batch": batch,
        "TFLOP/step": tflop,
        "of the ceiling": bench.share(1 / took, tflop),
    }


# Ways to compile


def unet_as_ours(bench: Bench) -> Figures:
    """What `_fast.Compiled` does: no kernel chosen by a trial of how fast it is."""
    return _unet(bench, options={"deterministic": True})


def unet_timed(bench: Bench) -> Figures:
    """The compiler's own default, which times some kernels and takes the fastest."""
    return _unet(bench)


def unet_unfused(bench: Bench) -> Figures:
    """As ours, with query, key and value as three products."""
    return _unet(bench, fused=False, options={"deterministic": True})


def unet_autotuned(bench: Bench) -> Figures:
    """Every template of convolutions and products timed."""
    return _unet(bench, mode="max-autotune-no-cudagraphs")


def _unet(bench: Bench, *, fused: bool = True, **how: Any) -> Figures:
    release()
    size = gpu_models.TINY if bench.tiny else gpu_models.SD15
    unet = gpu_models.unet(size, bench.device, bench.dtype).to(memory_format=torch.channels_last)
    if fused:
        unet.fuse_qkv_projections()
    unet.compile(dynamic=False, **(how if bench.on_gpu else {"backend": "eager"}))
    images = 2 if bench.tiny else 32

    def new(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, device=bench.device, dtype=bench.dtype)

    latents = new(2 * images, 4, size.side // 8, size.side // 8)
    words, step = new(2 * images, 77, size.context), torch.tensor(500, device=bench.device)
    with torch.inference_mode():
        compiling = timed(lambda: unet(latents, step, words))
        took = seconds(bench, lambda: unet(latents, step, words), 5)
    share = bench.share(images / took, 2 * SD15_STEP)
    return {"s/step": took, "images": images, "of the ceiling": share, "compiling s": compiling}
