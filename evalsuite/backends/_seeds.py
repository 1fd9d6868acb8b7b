"""Randomness that a pipeline takes from elsewhere than the generators that it is given.

DPM++ SDE's Brownian tree is seeded by torch's global generator, and GLM-Image samples its prior
from it with the first image's seed. With one image a batch the global generators are seeded as the
image is; with more, nobody could say whose noise is whose.
"""

import inspect
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


def shares_randomness(pipeline: Any) -> bool:
    """Whether the images of a batch are known to share noise, so that each is drawn alone.

    What is not known here is seen when a batch is drawn (`seeded`).
    """
    scheduler = getattr(pipeline, "scheduler", None)
    own = "BrownianTree" in _source(getattr(type(scheduler), "step", None))
    own |= bool(getattr(getattr(scheduler, "config", None), "stochastic_sampling", False))
    return own or "generator[0]" in _source(type(pipeline).__call__)


def _source(function: Any) -> str:
    try:
        return inspect.getsource(inspect.unwrap(function))
    except (OSError, TypeError):
        return ""


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[Callable[[], bool]]:
    """Seed the global generators for a while, and put them back as they were.

    Yields a function that says whether any of them was drawn from, or seeded, since.
    """
    on_gpu = device.type == "cuda"
    python, numpy, cpu = random.getstate(), np.random.get_state(), torch.get_rng_state()
    gpu = torch.cuda.get_rng_state(device) if on_gpu else None
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    before = _states(device)
    try:
        yield lambda: _states(device) != before
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        torch.set_rng_state(cpu)
        if gpu is not None:
            torch.cuda.set_rng_state(gpu, device)


def _states(device: torch.device) -> tuple[Any, ...]:
    kind, keys, *rest = np.random.get_state()
    states = [random.getstate(), kind, np.asarray(keys).tobytes(), *rest]
    states.append(torch.get_rng_state().numpy().tobytes())
    if device.type == "cuda":
        states.append(torch.cuda.get_rng_state(device).numpy().tobytes())
    return tuple(states)
