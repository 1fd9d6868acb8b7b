"""The contract suite as a back-end from anywhere runs it: it lets good ones pass, and no others."""

import hashlib
import itertools
from importlib import util
from pathlib import Path

import numpy as np
import pytest

from evalsuite.plugins import contract
from evalsuite.records import Drawn, NoImage

FILE = Path(__file__).parents[1] / "outside" / "dots_backend.py"
spec = util.spec_from_file_location("dots_backend", FILE)
dots_backend = util.module_from_spec(spec)
spec.loader.exec_module(dots_backend)


class Good(dots_backend.Dots):
    """Keeps all of it; each of those below breaks one thing."""

    def __init__(self):
        super().__init__(batch_size=4, pause=0, log=None)


class Several(Good):
    concurrency = 3

    def __init__(self):
        super().__init__()
        self.batch_size = 1

    def render(self, requests):
        return [Drawn(image, {"cost_usd": 0.1}) for image in super().render(requests)]


class Seedless(Good):
    """Draws something else every time, and says so."""

    times = itertools.count()

    def describe(self):
        return {"model": "seedless", "seeds": "ignored"}

    def render(self, requests):
        return [np.full((4, 4, 3), next(self.times) % 256, np.uint8) for _ in requests]


class Padded(Several):
    def __init__(self):
        super().__init__()
        self.batch_size = 2


class Nameless(Good):
    def describe(self):
        return {"model": ""}


class Pathed(Good):
    def describe(self):
        return {"model": "dots", "weights": "/home/bob/weights"}


class Picky(Good):
    def problems(self, prompts):
        return [prompt.id for prompt in prompts]


class Short(Good):
    def render(self, requests):
        return super().render(requests)[:1]


class Restless(Seedless):
    def describe(self):
        return {"model": "restless"}


class Neighbourly(Good):
    def render(self, requests):
        seeds = "".join(str(request.seed) for request in requests).encode()
        shift = hashlib.sha256(seeds).digest()[0]
        return [image + np.uint8(shift) for image in super().render(requests)]


class Silent(Good):
    def render(self, requests):
        return [NoImage("refused", "") for _ in requests]


class Earning(Several):
    def render(self, requests):
        return [Drawn(each.image, {"cost_usd": -1}) for each in super().render(requests)]


def broken_by(backend):
    found = []
    for check in contract.CHECKS:
        try:
            check(backend)
        except AssertionError as error:
            assert str(error)  # it says what is not kept
            found.append(check.__name__)
    return found


@pytest.mark.parametrize("backend", [Good, Several, Seedless], ids=lambda each: each.__name__)
def test_what_keeps_it_passes(backend):
    assert broken_by(backend()) == []


@pytest.mark.parametrize(
    ("backend", "check"),
    [
        (Padded, "has_all_members"),
        (Nameless, "describes_itself"),
        (Pathed, "describes_itself"),
        (Picky, "takes_ordinary_prompts"),
        (Short, "answers_in_order"),
        (Restless, "repeats_itself"),
        (Neighbourly, "draws_each_for_itself"),
        (Silent, "repeats_itself"),
        (Earning, "answers_several_at_once"),
    ],
)
def test_what_breaks_it_is_found(backend, check):
    assert check in broken_by(backend())
