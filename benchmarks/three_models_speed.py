"""Images per second of processor time, all models drawing by turns, for `three_models.py`."""

import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

from evalsuite.plugins.find import load_backend
from evalsuite.prompts import sets
from evalsuite.records import Backend, Key, Request


class Speed(NamedTuple):
    """Images per second of processor time: the median round, and the slowest and fastest.

    `times` are how many times the last model's images a model draws in the same processor time,
    round by round, as median, least and most; what else the machine does slows both alike.
    """

    images: tuple[float, float, float]
    times: tuple[float, float, float]
    rounds: int
    batch: int


def interleaved(models: Sequence[str], rounds: int) -> dict[str, Speed]:
    """Every model draws one batch of its own size, then each again, `rounds` times (ABC ABC ...).

    On the CPU, after a batch each that is not counted; the batches' texts and seeds are alike.
    """
    backends = {model: load_backend(model, {"device": "cpu"}) for model in models}
    for backend in backends.values():
        _seconds(backend, 0)
    found: dict[str, list[float]] = {model: [] for model in models}
    for turn in range(1, rounds + 1):
        for model, backend in backends.items():
            found[model].append(_seconds(backend, turn))
    return speeds(found, {model: backend.batch_size for model, backend in backends.items()})


def _seconds(backend: Backend, turn: int, clock: Callable[[], float] = time.process_time) -> float:
    (asked,) = sets.find(["scenes-counts"], "scenes")
    prompts = [asked.prompts[n % len(asked.prompts)] for n in range(backend.batch_size)]
    requests = [
        Request(Key("speed", f"{turn}-{n}", 0), prompt, 1_000 * turn + n)
        for n, prompt in enumerate(prompts)
    ]
    began = clock()
    backend.render(requests)
    return clock() - began


def speeds(
    seconds: Mapping[str, Sequence[float]], batches: Mapping[str, int], base: str = "scenes-ldm"
) -> dict[str, Speed]:
    """The speeds from each round's seconds; ratios are to `base` in the same round."""
    rates = {m: [batches[m] / each for each in found] for m, found in seconds.items()}
    return {
        model: Speed(
            _spread(found),
            _spread([own / other for own, other in zip(found, rates[base], strict=True)]),
            len(found),
            batches[model],
        )
        for model, found in rates.items()
    }


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    return median(values), min(values), max(values)
