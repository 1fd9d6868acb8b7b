"""Who helps a command with its run, by its settings."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

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
    if settings.executor == "inline" and (settings.workers != 1 or settings.judge_workers):
        raise InputError("--executor inline: is one process; leave --workers out, or the executor")
    several = settings.workers != 1
    if backend is not None and several and concurrency(backend) is not None:
        raise InputError(
            f"--workers: --model {settings.model} is a service, of which one process asks as much "
            "at once as --concurrency says; leave --workers out"
        )


@contextmanager
def helping(work: Work, *, draws: bool, judges: bool) -> Iterator[inline.Helpers]:
    """The helpers that the settings ask for, while the body does the same work as they do."""
    settings = work.settings
    gpus = _gpus(settings.device)
    count = settings.workers or _auto(gpus)
    streaming = settings.judge_workers if draws and judges else 0
    if count == 1 and not streaming:
        with inline.helping() as nobody:
            yield nobody
        return
    stages = [*(["draw"] if draws else []), *(["judge"] if judges else [])]
    plans = [stages] * (count - 1) + [["stream"]] * streaming
    parts = []
    for number, plan in enumerate(plans, 1):
        own = {"CUDA_VISIBLE_DEVICES": gpus[number % len(gpus)]} if gpus else {}
        task = {"settings": _told(work), "folder": str(work.folder.absolute()), "stages": plan}
        parts.append(processes.Part(HELP, task, own))
    with processes.helping(work.folder, parts) as helpers:
        yield helpers


def _told(work: Work) -> dict[str, Json]:
    """The settings of a helper, as `resolve` reads them."""
    settings = work.settings
    local = {name: getattr(settings, name) for name in LOCAL}
    own = {"output_dir": str(work.folder.absolute()), "resume": True}
    alone = {"workers": 1, "judge_workers": 0, "executor": None}
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
