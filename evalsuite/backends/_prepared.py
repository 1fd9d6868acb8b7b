"""What a pipeline settles before its run's first image: how many at once, and compiled or not."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from evalsuite.backends import _fast
from evalsuite.records import InputError, Json, Key, NoImage, Pixels, Prompt, Request

PROBED = "two red circles and a blue square to the left of a cat"
"""A longer text than the trial's, for its neighbours in the second batch of a probe."""


class Drawing(Protocol):
    """A loaded pipeline, and what of it is settled here: `batch_size` and `compiled`.

    `by_memory` says that nobody asked for a batch size, `compile` whether somebody asked for
    compiled networks; `is_asked` that somebody asked for the batch size, `probe` that a batch is to
    be tried; `pixels` are those of an image, 0 if not known.
    """

    name: str
    pipeline: Any
    call: Mapping[str, Any]
    pixels: int
    by_memory: bool
    batch_size: int
    is_asked: bool
    probe: bool | None
    compile: bool | None
    compiled: Any

    def start(self, requests: Sequence[Request], **changes: Json) -> Callable[[], Any]:
        """Begin to draw, with some arguments of the call changed."""


def prepare(backend: Drawing, recorded: Mapping[str, Json]) -> None:
    """Settle what is open of `backend`, or take it from what is `recorded`."""
    if backend.by_memory:
        known = recorded.get("batch_size")
        backend.batch_size = known if isinstance(known, int) else _batch(backend)
    if backend.probe and backend.batch_size > 1:
        _probe(backend, recorded)
    compile = backend.compile
    if compile is None:
        # Never by itself: compiled batches of 32 on an H100 changed 11 of 31 images by their slot.
        compile = recorded.get("compile") is not None
    if compile and (why := _compile(backend)):
        raise InputError(f"--compile: {why}; draw with --no-compile")


def _probe(backend: Drawing, recorded: Mapping[str, Json]) -> None:
    """Draw each image alone where its bytes depend on its slot or on its neighbours.

    (That noise is from a global seed is seen in every batch: `_seeds.seeded`.)

    A few steps of one batch, and of another one in which the first image is the last. Raises
    `InputError` where somebody asked for the batch.
    """
    if recorded.get("batch_size") == 1:
        backend.batch_size = 1
        return
    first, *_ = _trial(backend)
    *_, again = _trial(backend, neighbours=PROBED)
    same = isinstance(first, NoImage) or isinstance(again, NoImage) or bool((first == again).all())
    if same:
        return
    if backend.is_asked:
        raise InputError(
            f"{backend.name}: an image changes with the others of its batch; use --batch-size 1"
        )
    backend.batch_size = 1


def _batch(backend: Drawing) -> int:
    """The largest batch that fits and in which slots do not matter, by trial: halved until then."""
    size = _fast.batch_for(backend.pixels)
    while size > 1:
        backend.batch_size = size
        if _fast.fits(lambda: _trial(backend), backend.pipeline.device) and (
            size <= _fast.SURE_BATCH or _alike(backend, _trial(backend))
        ):
            break
        size //= 2
    return size


def _alike(backend: Drawing, forwards: list[Pixels | NoImage]) -> bool:
    return _fast.alike_in_every_slot(forwards, _trial(backend, backwards=True))


def _compile(backend: Drawing) -> str:
    """Compile the networks; why not where that fails or gives other pictures, and undo it then."""
    eager = _trial(backend)
    compiled = _fast.Compiled(backend.pipeline)
    try:
        compiled.apply()
        drawn = _trial(backend)
        why = _fast.unlike(eager, drawn)
        is_alike = bool(why) or _alike(backend, drawn)
    except Exception as error:  # a compiler may raise anything
        first = next(iter(str(error).strip().splitlines()), "")
        why = f"it failed: {type(error).__name__}: {first[:200]}"
    if why:
        compiled.undo()
        return why
    if not is_alike:
        _fast.LOG.warning(
            "%s: compiled, an image's bytes depend on its place in the batch, so that a run that "
            "was interrupted, or a part of it, may differ by rounding",
            backend.name,
        )
    backend.compiled = compiled
    return ""


def _trial(
    backend: Drawing, *, backwards: bool = False, neighbours: str = ""
) -> list[Pixels | NoImage]:
    """A batch of few steps, drawn as any other; with `neighbours`, the first image is the last."""
    steps = min(_steps(backend), _fast.TRIAL_STEPS)
    changes = {"num_inference_steps": steps} if steps else {}
    prompt = Prompt("trial", "a photo", "trial")
    requests = [Request(Key("trial", "trial", n), prompt, n) for n in range(backend.batch_size)]
    if neighbours:
        others = Prompt("others", neighbours, "trial")
        requests = [
            *(Request(Key("trial", "others", n), others, 99 + n) for n in range(1, len(requests))),
            requests[0],
        ]
    return list(backend.start(requests[::-1] if backwards else requests, **changes)())


def _steps(backend: Drawing) -> int:
    """How many steps an image takes; 0 of a pipeline that cannot be told."""
    parameter = inspect.signature(backend.pipeline.__call__).parameters.get("num_inference_steps")
    default = 0 if parameter is None else parameter.default
    steps = backend.call.get("num_inference_steps") or default
    return steps if isinstance(steps, int) else 0
