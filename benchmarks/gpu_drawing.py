"""The rows of `gpu.py` that draw: evalsuite, the same bytes again, and peers' loops."""

import io
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import gpu_models
import numpy as np
import torch
from gpu_bench import (
    SD15_DECODE,
    SD15_STEP,
    SDXL_DECODE,
    SDXL_STEP,
    XL_STEPS,
    Bench,
    Figures,
    release,
    timed,
)

from evalsuite.pipeline import drawing
from evalsuite.pipeline.settings import resolve
from evalsuite.pipeline.stages import begin
from evalsuite.pipeline.work import begin_work
from evalsuite.runs.rows import refreshed


def ours(bench: Bench) -> Figures:
    """SD1.5-sized, through the settings, the back-end and the loop of `evalsuite generate`."""
    bench.kept["sd15"] = folder = bench.folder / "sd15"
    size = gpu_models.TINY if bench.tiny else gpu_models.SD15
    building = timed(lambda: gpu_models.stable_diffusion(folder, size, bench.device, bench.dtype))
    return {"build s": building, **_ours(bench)}


def ours_compiled(bench: Bench) -> Figures:
    """The same with --compile."""
    release()
    return _ours(bench, compile="1")


def _ours(bench: Bench, compile: str = "") -> Figures:
    folder = bench.kept["sd15"]
    drawn, work, backend = _draw(bench, folder, bench.steps, guidance=7.5, compile=compile)
    bench.kept["ours"], bench.kept["rate"] = (work, backend), drawn["images/s"]
    # PNDM evaluates one step twice.
    tflop = 2 * (bench.steps + 1) * SD15_STEP + SD15_DECODE
    return {**drawn, "of the ceiling": bench.share(drawn["images/s"], tflop)}


def ours_xl(bench: Bench) -> Figures:
    """SDXL-sized at 1024x1024: compiled block by block, its autoencoder in fp32 as published."""
    release()
    folder = bench.folder / "sdxl"
    size = gpu_models.TINY_XL if bench.tiny else gpu_models.SDXL
    building = timed(
        lambda: gpu_models.stable_diffusion_xl(folder, size, bench.device, bench.dtype)
    )
    steps = 2 if bench.tiny else XL_STEPS
    drawn, _, _ = _draw(bench, folder, steps, guidance=5.0, batches=2, compile="1")
    tflop = 2 * steps * SDXL_STEP + SDXL_DECODE
    share = bench.share(drawn["images/s"], tflop)
    return {"build s": building, **drawn, "of the ceiling": share}


def _draw(
    bench: Bench, model: Path, steps: int, *, guidance: float, batches: int = 3, compile: str = ""
) -> tuple[Figures, Any, Any]:
    """Load, settle on a batch, compile if asked to, and draw so many batches of a run."""
    flags = {
        "model": str(model),
        "device": bench.device,
        "prompts": "counts",
        "steps": str(steps),
        "guidance_scale": str(guidance),
        "output_dir": str(bench.folder / f"run-{model.name}{compile}"),
        # A CPU takes minutes to compile what is tiny.
        **({"compile": compile} if compile and bench.on_gpu else {}),
    }
    settling = time.perf_counter()
    work, backend = begin_work(resolve(flags))
    rows = begin(work, backend, [], None)
    settled = time.perf_counter() - settling
    if bench.on_gpu:
        torch.cuda.reset_peak_memory_stats()
    images = work.requests[: batches * backend.batch_size]
    seconds = timed(lambda: drawing.generate(rows, backend, images))
    samples = refreshed(rows).samples
    bench.kept[f"samples-{model.name}"] = samples
    figures = {
        "images/s": len(images) / seconds,
        "batch": backend.batch_size,
        "compiled": "compile" in backend.describe(),
        "images": len(images),
        "valid": sum(sample.status == "ok" for sample in samples.values()),
        "load, trials and compiling s": settled,
        "peak GB": torch.cuda.max_memory_allocated() / 1e9 if bench.on_gpu else None,
    }
    return figures, work, backend


def same_bytes(bench: Bench) -> Figures:
    """One batch again as it was; then a subset, from the last to the first, padded."""
    work, backend = bench.kept["ours"]
    size = backend.batch_size
    again, turned = work.requests[:size], work.requests[3 : 3 + max(1, size - 1)][::-1]
    return {
        "of one batch again": _same(bench, again),
        "images": len(again),
        "of a subset backwards": _same(bench, turned),
        "images there": len(turned),
    }


def same_bytes_compiled(bench: Bench) -> Figures:
    """The same of the row before, which is compiled."""
    return same_bytes(bench)


def _same(bench: Bench, requests: Sequence[Any]) -> int:
    """How many images have the bytes that the last row of ours gave them, in another folder."""
    work, backend = bench.kept["ours"]
    bench.kept["folders"] = number = bench.kept.get("folders", 0) + 1
    rows = begin(replace(work, folder=bench.folder / f"again-{number}"), backend, [], None)
    drawing.generate(rows, backend, requests)
    before, after = bench.kept["samples-sd15"], refreshed(rows).samples
    return sum(after[r.key].image == before[r.key].image is not None for r in requests)


# Peers, written afresh from what their code does


def geneval(bench: Bench) -> Figures:
    """GenEval's `diffusers_generate.py`: batch 1, attention slicing, PNG and grid in line."""
    from PIL import Image

    pipeline = _peer(bench)
    pipeline.enable_attention_slicing()
    pipeline("warm", num_inference_steps=2)
    samples = 2

    def loop() -> None:
        torch.manual_seed(42)
        drawn = []
        for _ in range(samples):
            image = pipeline("a photo of a bench", num_inference_steps=bench.steps).images[0]
            image.save(io.BytesIO(), format="PNG")
            drawn.append(np.asarray(image))
        Image.fromarray(np.concatenate(drawn, axis=1)).save(io.BytesIO(), format="PNG")

    return _against(bench, samples / timed(loop))


def tuned(bench: Bench) -> Figures:
    """Diffusers at batch 1 as its own guide tunes it: compiled to CUDA graphs, channels_last."""
    release()
    pipeline = _peer(bench)
    pipeline.unet.to(memory_format=torch.channels_last)
    how = {"mode": "reduce-overhead"} if bench.on_gpu else {"backend": "eager"}
    pipeline.unet.compile(**how)
    compiling = timed(lambda: pipeline("warm", num_inference_steps=4))
    samples = 3

    def loop() -> None:
        for n in range(samples):
            generator = torch.Generator("cpu").manual_seed(n)
            image = pipeline(
                "a photo of a bench", num_inference_steps=bench.steps, generator=generator
            ).images[0]
            image.save(io.BytesIO(), format="PNG")

    return {**_against(bench, samples / timed(loop)), "compiling s": compiling}


def _peer(bench: Bench) -> Any:
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(bench.kept["sd15"], dtype=bench.dtype)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(bench.device)


def _against(bench: Bench, rate: float) -> Figures:
    return {"images/s": rate, "ours / this": bench.kept["rate"] / rate}
