"""A back-end of somebody else's: stripes from each seed, and every ending that a request can have.

The environment variable STRIPES_LOG names a file that gets a line a drawn image; STRIPES_PAUSE is
how many seconds each takes; STRIPES_MENDED says not to crash.
"""

import os
import time
from pathlib import Path

import numpy as np

from evalsuite.records import NoImage


def load(*, size=(32, 32), batch_size=4, crash_at=None, dialect="scenes"):
    return Stripes(size, batch_size, crash_at, dialect)


class Stripes:
    def __init__(self, size, batch_size, crash_at, dialect):
        self.size, self.batch_size, self.crash_at = size, batch_size, crash_at
        self.dialect = dialect

    def describe(self):
        return {"model": "stripes", "size": list(self.size)}

    def problems(self, prompts):
        return [f"prompt {p.id}: too long for stripes" for p in prompts if len(p.text) > 400]

    def render(self, requests):
        return [self._render(request) for request in requests]

    def _render(self, request):
        said = {
            "refuse": NoImage("refused", "said no"),
            "block": NoImage("blocked", "blanked"),
            "invalid": NoImage("invalid", "NaN"),
        }
        for word, answer in said.items():
            if word in request.prompt.text:
                return answer
        if "crash" in request.prompt.text and not os.environ.get("STRIPES_MENDED"):
            raise RuntimeError("stripes broke")
        if log := os.environ.get("STRIPES_LOG"):
            with open(log, "a") as file:
                file.write(f"{request.key.prompt_id} {request.key.index}\n")
                file.flush()
            if (
                self.crash_at is not None
                and len(Path(log).read_text().splitlines()) == self.crash_at
            ):
                raise KeyboardInterrupt
        time.sleep(float(os.environ.get("STRIPES_PAUSE", "0")))
        rng = np.random.default_rng(request.seed)
        width, height = self.size
        columns = rng.integers(0, 256, (1, width, 3), dtype=np.uint8)
        return np.repeat(columns, height, axis=0)
