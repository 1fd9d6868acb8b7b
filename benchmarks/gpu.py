"""What one GPU gives: drawing and judging at published sizes, with random weights, beside peers.

    python benchmarks/gpu.py [--budget 270] [--output reports/benchmarks/gpu.json]
    python benchmarks/gpu.py --smoke     every kind of row at tiny sizes, the compiler included
    python benchmarks/gpu.py --tiny      the same on a CPU, without the compiler
    python benchmarks/gpu.py --variants  ways to compile a UNet instead
    python benchmarks/gpu.py --page gpu.json     writes the page of an earlier run's figures

Rows run in the order of what they are worth; those for which the budget's seconds do not suffice
are listed as not run, and the file is written after every row. Peers' loops are written afresh from
what their code does, and draw with the same weights.
"""

import argparse
import importlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("HF_HUB_OFFLINE", "1")
# As the back-end has it, but before the first product of all.
os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
REPORT = Path(__file__).parent.parent / "reports" / "benchmarks" / "gpu.json"


class Row(NamedTuple):
    """A row: what it is called, its file and function, and the seconds it takes on an H100."""

    title: str
    function: str
    needs: float


ROWS = (
    Row("Matrix product, 8192 a side", "networks.products", 3),
    Row("evalsuite, SD1.5-sized, 512x512, PNDM, guided", "drawing.ours", 40),
    Row("The same bytes", "drawing.same_bytes", 12),
    Row("GenEval's loop", "drawing.geneval", 15),
    Row("evalsuite, the same with --compile", "drawing.ours_compiled", 80),
    Row("The same bytes with --compile", "drawing.same_bytes_compiled", 8),
    Row("evalsuite, SDXL-sized, 1024x1024, 30 steps, guided, --compile", "drawing.ours_xl", 65),
    Row("Judges' vision towers, pictures/s", "networks.judges", 12),
    Row("diffusers at batch 1, compiled, channels_last", "drawing.tuned", 45),
    Row("FLUX.1-sized transformer, 1024x1024", "networks.flux", 25),
    Row("Our CLIP encoder with its preparation", "networks.clip_path", 6),
)

VARIANTS = (
    ROWS[0],
    Row("UNet, as evalsuite compiles it", "networks.unet_as_ours", 45),
    Row("UNet, compiled with the fastest kernels on trial", "networks.unet_timed", 45),
    Row("UNet, compiled without fused projections", "networks.unet_unfused", 45),
    Row("UNet, compiled with every template tried", "networks.unet_autotuned", 90),
)


def run(
    device: str, *, tiny: bool, budget: float, output: Path, rows: Sequence[Row] = ROWS
) -> dict[str, Any]:
    """Run those of the rows that fit into `budget` seconds since the program began."""
    began = time.monotonic()
    from gpu_bench import Bench

    steps = 2 if tiny else 50
    found: dict[str, Any] = {"card": card(device), "tiny": tiny, "steps": steps, "rows": {}}
    with tempfile.TemporaryDirectory(dir=roomy()) as folder:
        bench = Bench(Path(folder), device, tiny, steps)
        for row in rows:
            left = budget - (time.monotonic() - began)
            if left < (row.needs if not tiny else 0):
                figures: dict[str, Any] = {"not run": f"{left:.0f} s were left"}
            else:
                figures = measured(function_of(row), bench)
            found["rows"][row.title] = figures
            print(f"{row.title}: {shown(figures)}", flush=True)
            write(found, output)
        bench.kept.clear()
    return found


def function_of(row: Row) -> Callable[..., dict[str, Any]]:
    """What makes a row's figures, from `gpu_drawing` or `gpu_networks`."""
    file, name = row.function.split(".")
    found: Callable[..., dict[str, Any]] = getattr(importlib.import_module(f"gpu_{file}"), name)
    return found


def measured(function: Callable[..., dict[str, Any]], bench: Any) -> dict[str, Any]:
    """A row's figures, or why there are none: one that fails leaves the others alone."""
    began = time.perf_counter()
    try:
        figures = function(bench)
    except Exception as error:
        import traceback

        traceback.print_exc()
        return {"failed": f"{type(error).__name__}: {str(error)[:300]}"}
    return {**figures, "row took s": time.perf_counter() - began}


def card(device: str) -> dict[str, str]:
    """The device's name, its driver, and the versions that ran on it."""
    import diffusers
    import torch
    import transformers

    found = {
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
    }
    if device != "cuda":
        return {"name": "CPU", **found}
    asked = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    driver = "unknown"
    with suppress(OSError, subprocess.SubprocessError):
        driver = subprocess.run(asked, capture_output=True, text=True, timeout=20).stdout.strip()
    name = torch.cuda.get_device_name()
    return {"name": name, "driver": driver, "cudnn": str(torch.backends.cudnn.version()), **found}


def roomy() -> str | None:
    """Memory as a folder, where there is enough of it for the models; else the usual place."""
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > 16e9 else None


def shown(figures: dict[str, Any]) -> str:
    """Figures in one line."""
    return ", ".join(f"{name} {number(value)}" for name, value in figures.items())


def number(value: Any) -> str:
    """Three significant digits of what is no whole number."""
    if value is None:
        return "–"
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def page(found: dict[str, Any]) -> str:
    """The figures as a Markdown page."""
    about = ", ".join(f"{name} {value}" for name, value in found["card"].items())
    lines = [
        "# One GPU",
        "",
        f"By `python benchmarks/gpu.py`: {about}. Random weights of the published sizes, "
        f"{found['steps']} steps. Compiling, loading and trials are not in images/s; reading back, "
        "PNG and rows are.",
        "",
        *(line for note in found.get("notes", []) for line in (f"- {note}", "")),
        "| | |",
        "|---|---|",
        *(f"| {title} | {shown(figures)} |" for title, figures in found["rows"].items()),
    ]
    return "\n".join(lines) + "\n"


def write(found: dict[str, Any], output: Path) -> None:
    """The figures as JSON, and beside it as a page."""
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    output.with_suffix(".md").write_text(page(found), encoding="utf-8")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", type=float, default=270, help="seconds in all")
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--variants", action="store_true", help="ways to compile, UNet alone")
    parser.add_argument("--output", type=Path, default=REPORT)
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    if asked.page is not None:
        write(json.loads(asked.page.read_text(encoding="utf-8")), asked.output)
        return
    run(
        "cpu" if asked.tiny else "cuda",
        tiny=asked.tiny or asked.smoke,
        budget=asked.budget,
        output=asked.output,
        rows=VARIANTS if asked.variants else ROWS,
    )


if __name__ == "__main__":
    main()
