"""A backend as an outside package would ship it: noise that depends on prompt and seed alone."""

import hashlib
import os
import time

import numpy as np

from evalsuite.records import NoImage


class Dots:
    dialect = "scenes"

    def __init__(self, batch_size, pause, log):
        self.batch_size = batch_size
        self.pause = pause
        self.log = log

    def describe(self):
        return {"model": "dots", "batch_size": self.batch_size}

    def problems(self, prompts):
        return []

    def render(self, requests):
        time.sleep(self.pause)
        if self.log:
            # The padding of a batch repeats a key; it is drawn for nobody.
            keys = dict.fromkeys(request.key for request in requests)
            lines = [f"{key.prompt_id} {key.index}\n" for key in keys]
            handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.write(handle, "".join(lines).encode())
            os.close(handle)
        return [draw(request) for request in requests]


def draw(request):
    if request.prompt.tag == "refuse":
        return NoImage("refused", "the service said no")
    text = hashlib.sha256(request.prompt.text.encode()).digest()
    generator = np.random.default_rng([request.seed, text[0]])
    return generator.integers(0, 256, (12, 10, 3), dtype=np.uint8)


def load(batch_size=4, pause=0.0, log=None):
    return Dots(batch_size, pause, log)
