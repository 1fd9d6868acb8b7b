"""What every back-end must keep, as checks that a back-end from anywhere can run.

    import pytest
    from evalsuite.plugins.contract import CHECKS
    from my_package import my_backend

    @pytest.mark.parametrize("check", CHECKS)
    def test_it_keeps_the_contract(check):
        check(my_backend.load())

Each check draws a few pictures of four plain prompts and raises `AssertionError` that says what is
not kept. A service that ignores seeds says so in its description (`"seeds": "ignored"`), and is not
held to draw the same twice.
"""

import json
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from evalsuite.files.images import pixels_of
from evalsuite.files.segments import canonical
from evalsuite.plugins.protocols import PROTOCOLS
from evalsuite.records import Backend, Clause, Drawn, Key, NoImage, Prompt, Request

_CIRCLE, _SQUARE = Clause("circle", color="red"), Clause("square", color="blue")

PROMPTS = (
    Prompt("p0", "a red circle", "counting", include=(_CIRCLE,)),
    Prompt(
        "p1",
        "two circles and three stars",
        "counting",
        include=(Clause("circle", 2), Clause("star", 3)),
    ),
    Prompt(
        "p2",
        "a photo of the blue square left of a circle",
        "position",
        include=(_CIRCLE, Clause("square", color="blue", position=("left of", 0))),
    ),
    Prompt("p3", "a blue square", "counting", include=(_SQUARE,)),
)

ENDINGS = ("refused", "blocked", "invalid", "failed")
WHOLE = 4
"""Requests that are asked for together at most: a batch of a large model takes long."""


def requests() -> list[Request]:
    """Two images of every prompt, as a plan has them."""
    return [
        Request(Key("set", prompt.id, index), prompt, 1000 * number + index)
        for number, prompt in enumerate(PROMPTS)
        for index in range(2)
    ]


def drawn(backend: Backend, batch: Sequence[Request]) -> list[Any]:
    """The answers to one call, each as shape and bytes, or as the reason why there is no image."""
    answers = backend.render(batch)
    assert len(answers) == len(batch), f"{len(answers)} answers to {len(batch)} requests"
    return [_plain(answer) for answer in answers]


def _plain(answer: Any) -> Any:
    if isinstance(answer, Drawn):
        canonical(dict(answer.facts))  # raises for what is no JSON
        assert answer.facts.get("cost_usd", 0) >= 0, "an image that earned money"
        answer = answer.image
    if isinstance(answer, NoImage):
        assert answer.status in ENDINGS, f"no image, with the status {answer.status}"
        assert answer.reason, "no image, and no reason"
        return answer
    pixels = pixels_of(answer)
    return pixels.shape, pixels.tobytes()


def _keeps_seeds(backend: Backend) -> bool:
    return bool(backend.describe().get("seeds", "honoured") == "honoured")


def has_all_members(backend: Backend) -> None:
    """It has what the protocol asks for, and a batch of one where it has several in flight."""
    for name, wrong in PROTOCOLS["backends"].items():
        assert hasattr(backend, name), f"{name} is missing"
        assert not (said := wrong(getattr(backend, name))), f"{name} {said}"
    if (at_once := getattr(backend, "concurrency", None)) is not None:
        assert isinstance(at_once, int) and at_once >= 1, f"concurrency is {at_once!r}"
        assert backend.batch_size == 1, "with a concurrency, batch_size is 1: nothing is padded"


def describes_itself(backend: Backend) -> None:
    """Its description is JSON without paths, names a model, and stays the same."""
    first = json.dumps(backend.describe(), allow_nan=False)
    assert first == json.dumps(backend.describe(), allow_nan=False), "describe() changed"
    assert not re.search(r'"(/|~|[A-Za-z]:\\)', first), "a path stands in describe()"
    assert backend.describe()["model"], "describe() names no model"


def takes_ordinary_prompts(backend: Backend) -> None:
    """Ordinary prompts are no problem, nor are none."""
    assert list(backend.problems(PROMPTS)) == [], "a plain prompt is said to be a problem"
    assert list(backend.problems([])) == [], "no prompt is said to be a problem"


def answers_nothing_to_nothing(backend: Backend) -> None:
    """Where nothing is asked nothing is answered."""
    assert list(backend.render([])) == [], "something was answered to nothing"


def repeats_itself(backend: Backend) -> None:
    """The same request gives the same bytes twice."""
    batch = requests()[: min(WHOLE, backend.batch_size)]
    first, again = drawn(backend, batch), drawn(backend, batch)
    assert not _keeps_seeds(backend) or first == again, "the same request gave other bytes"


def answers_in_order(backend: Backend) -> None:
    """Answers come in the order of the requests, and a short batch is enough."""
    batch = requests()[: min(WHOLE, backend.batch_size)]
    together = drawn(backend, batch)
    if not _keeps_seeds(backend):
        return
    assert drawn(backend, batch[:1]) == together[:1], "alone, a request gave other bytes"
    assert drawn(backend, batch[1:3]) == together[1:3], "a short batch gave other bytes"
    # Reasons for none may be the same.
    bytes_ = [answer for answer in together if not isinstance(answer, NoImage)]
    assert len(set(bytes_)) == len(bytes_), "other prompts and seeds gave the same bytes"


def draws_each_for_itself(backend: Backend) -> None:
    """An image's bytes depend neither on its slot nor on its neighbours."""
    wanted, *others = requests()
    size = min(WHOLE, backend.batch_size)
    if not _keeps_seeds(backend):
        return
    alone = drawn(backend, [wanted])[0]
    for slot in range(size):
        for shift in range(2):
            batch = [*others[shift : shift + size - 1]]
            batch.insert(slot, wanted)
            got = drawn(backend, batch)[slot]
            assert got == alone, f"slot {slot} gave other bytes than alone"


def answers_several_at_once(backend: Backend) -> None:
    """What threads ask at the same time, they get each for itself."""
    at_once = getattr(backend, "concurrency", None)
    if at_once is None:
        return
    asked = [[request] for request in requests()]
    with ThreadPoolExecutor(at_once) as pool:
        together = list(pool.map(lambda batch: drawn(backend, batch), asked))
    if _keeps_seeds(backend):
        alone = [drawn(backend, batch) for batch in asked]
        assert together == alone, "asked at the same time, requests got other bytes"


CHECKS: tuple[Callable[[Backend], None], ...] = (
    has_all_members,
    describes_itself,
    takes_ordinary_prompts,
    answers_nothing_to_nothing,
    repeats_itself,
    answers_in_order,
    draws_each_for_itself,
    answers_several_at_once,
)
"""All of them, the cheap ones first."""
