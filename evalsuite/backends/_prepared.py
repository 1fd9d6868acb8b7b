"""What a pipeline settles before its run's first image: how many at once, and compiled or not."""

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING

from evalsuite.backends import _fast
from evalsuite.records import InputError, Json, Key, NoImage, Pixels, Prompt, Request

if TYPE_CHECKING:
    from evalsuite.backends.diffusers import Pipeline


def prepare(backend: "Pipeline", images: int, recorded: Mapping[str, Json]) -> None:
    """Do what `Pipeline.prepare` says."""
    if backend.by_memory:
        known = recorded.get("batch_size")
        backend.batch_size = known if isinstance(known, int) else _batch(backend, images)
    compile = backend.compile
    if compile is None and recorded:
        compile = recorded.get("compile") is not None
    if compile is None:
        why = _fast.why_not(images, _steps(backend), backend.pixels, backend.pipeline.device)
        if not why:
            why = _compile(backend)
        _fast.LOG.info("%s: --compile %s", backend.name, why or "on")
    elif compile and (why := _compile(backend)):
        raise InputError(f"--compile: {why}; draw with --no-compile")


def _batch(backend: "Pipeline", images: int) -> int:
    """The largest batch that fits, by trial: halved until it does."""
    size = _fast.batch_for(images, backend.pixels)
    while size > 1:
        backend.batch_size = size
        if _fast.fits(lambda: _trial(backend), backend.pipeline.device):
            break
        size //= 2
    return size


def _compile(backend: "Pipeline") -> str:
    """Compile the networks; why not where that fails or gives other pictures, and undo it then."""
    eager = _trial(backend)
    compiled = _fast.Compiled(backend.pipeline)
    try:
        compiled.apply()
        why = _fast.unlike(eager, _trial(backend))
    except Exception as error:  # a compiler may raise anything
        first = next(iter(str(error).strip().splitlines()), "")
        why = f"off, for it failed: {type(error).__name__}: {first[:200]}"
    if why:
        compiled.undo()
        return why
    backend.compiled = compiled
    return ""


def _trial(backend: "Pipeline") -> list[Pixels | NoImage]:
    """A batch of few steps, drawn as any other."""
    steps = min(_steps(backend), _fast.TRIAL_STEPS)
    changes = {"num_inference_steps": steps} if steps else {}
    prompt = Prompt("trial", "a photo", "trial")
    requests = [Request(Key("trial", "trial", n), prompt, n) for n in range(backend.batch_size)]
    return list(backend.start(requests, **changes)())


def _steps(backend: "Pipeline") -> int:
    """How many steps an image takes; 0 of a pipeline that cannot be told."""
    parameter = inspect.signature(backend.pipeline.__call__).parameters.get("num_inference_steps")
    default = 0 if parameter is None else parameter.default
    steps = backend.call.get("num_inference_steps") or default
    return steps if isinstance(steps, int) else 0
