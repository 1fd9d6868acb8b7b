"""The rows of `gpu.py`: each draws or judges, and gives its figures as numbers by name."""

import gc
import io
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import gpu_models
import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from evalsuite.encoders.precision import computing
from evalsuite.pipeline import drawing
from evalsuite.pipeline.settings import resolve
from evalsuite.pipeline.stages import begin
from evalsuite.pipeline.work import begin_work
from evalsuite.runs.rows import refreshed

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


# The card


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


# Our drawing


def ours(bench: Bench) -> Figures:
    """SD1.5-sized, through the settings, the back-end and the loop of `evalsuite generate`."""
    bench.kept["sd15"] = folder = bench.folder / "sd15"
    size = gpu_models.TINY if bench.tiny else gpu_models.SD15
    building = _timed(lambda: gpu_models.stable_diffusion(folder, size, bench.device, bench.dtype))
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
    building = _timed(
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
    seconds = _timed(lambda: drawing.generate(rows, backend, images))
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

    return _against(bench, samples / _timed(loop))


def tuned(bench: Bench) -> Figures:
    """Diffusers at batch 1 as its own guide tunes it: compiled to CUDA graphs, channels_last."""
    release()
    pipeline = _peer(bench)
    pipeline.unet.to(memory_format=torch.channels_last)
    how = {"mode": "reduce-overhead"} if bench.on_gpu else {"backend": "eager"}
    pipeline.unet.compile(**how)
    compiling = _timed(lambda: pipeline("warm", num_inference_steps=4))
    samples = 3

    def loop() -> None:
        for n in range(samples):
            generator = torch.Generator("cpu").manual_seed(n)
            image = pipeline(
                "a photo of a bench", num_inference_steps=bench.steps, generator=generator
            ).images[0]
            image.save(io.BytesIO(), format="PNG")

    return {**_against(bench, samples / _timed(loop)), "compiling s": compiling}


def _peer(bench: Bench) -> Any:
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(bench.kept["sd15"], dtype=bench.dtype)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(bench.device)


def _against(bench: Bench, rate: float) -> Figures:
    return {"images/s": rate, "ours / this": bench.kept["rate"] / rate}


# Judges and other networks


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
    together = _timed(lambda: encode([pixels]))
    alone = _timed(lambda: encode([[each] for each in pixels]))
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
        compiling = _timed(lambda: unet(latents, step, words))
        took = seconds(bench, lambda: unet(latents, step, words), 5)
    share = bench.share(images / took, 2 * SD15_STEP)
    return {"s/step": took, "images": images, "of the ceiling": share, "compiling s": compiling}


def _timed(work: Callable[[], object]) -> float:
    """The wall clock's seconds, until the device has finished too."""
    began = time.perf_counter()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - began
