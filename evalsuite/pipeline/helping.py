"""Who helps a command with its run, by its settings."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evalsuite.executors import inline, processes
from evalsuite.pipeline.in_flight import concurrency
from evalsuite.pipeline.settings import LOCAL, Settings, recorded
from evalsuite.pipeline.threads import THREADS
from evalsuite.pipeline.work import Work
from evalsuite.records import Backend, InputError, Json

HELP = "evalsuite.pipeline.helper:help_out"
"""What a helper calls: it needs the stages, and they need this module."""


def refuse_alone(settings: Settings, backend: Backend | None = None) -> None:
    """Raise `InputError` for workers that these settings, or a service, have no use for."""
    is_ray = settings.executor == "ray"
    if not is_ray and (settings.ray_address is not None or settings.ray_arg):
        raise InputError("--ray-address, --ray-arg: are for --executor ray; add it, or leave them")
    if is_ray and (settings.device or "").startswith("cuda:"):
        raise InputError(
            f"--device {settings.device}: Ray gives each worker a GPU of its own; write cuda"
        )
    if settings.executor == "inline" and (settings.workers != 1 or settings.judge_workers):
        raise InputError("--executor inline: is one process; leave --workers out, or the executor")
    several = is_ray or settings.workers != 1
    if backend is not None and several and concurrency(backend) is not None:
        raise InputError(
            f"--model {settings.model}: is a service, of which one process asks as much at once as "
            f"--concurrency says; leave {'--executor ray' if is_ray else '--workers'} out"
        )


@contextmanager
def helping(work: Work, *, draws: bool, judges: bool) -> Iterator[inline.Helpers]:
    """The helpers that the settings ask for, while the body does the same work as they do."""
    settings = work.settings
    streaming = settings.judge_workers if draws and judges else 0
    # One process asks torch for no GPUs: a command with nothing to draw never imports it.
    gpus = _gpus(settings.device) if settings.workers != 1 or streaming else []
    count = settings.workers or _auto(gpus)
    if count == 1 and not streaming:
        with inline.helping() as nobody:
            yield nobody
        return
    stages = [*(["draw"] if draws else []), *(["judge"] if judges else [])]
    plans = [stages] * (count - 1) + [["stream"]] * streaming
    parts = []
    for number, plan in enumerate(plans, 1):
        own = {"CUDA_VISIBLE_DEVICES": gpus[number % len(gpus)]} if gpus else {}
        folder = work.folder.absolute()
        task = {"settings": told(settings, folder), "folder": str(folder), "stages": plan}
        parts.append(processes.Part(HELP, task, own))
    with processes.helping(work.folder, parts) as helpers:
        yield helpers


def told(settings: Settings, folder: Path) -> dict[str, Json]:
    """The settings of a helper of the run in `folder`, as `resolve` reads them."""
    local = {name: getattr(settings, name) for name in LOCAL}
    own = {"output_dir": str(folder), "resume": True}
    alone: Mapping[str, Json] = {
        "workers": 1,
        "judge_workers": 0,
        "executor": None,
        "ray_address": None,
        "ray_arg": {},
        "log_to": None,
    }
    return {**recorded(settings), **local, **own, **alone}


def _auto(gpus: list[str]) -> int:
    return len(gpus) or max(1, processes.cores() // THREADS)


def _gpus(device: str | None) -> list[str]:
    """The GPUs to share out, as CUDA_VISIBLE_DEVICES names them; none where one device is named."""
    if device not in (None, "cuda"):
        return []
    import torch

    count = torch.cuda.device_count()
    named = [name for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if name]
    return named[:count] or [str(index) for index in range(count)]
