"""The dots back-end, whose first batch waits until so many workers are at their first one.

The third waits as long as there is a file `hold`, beside the log. No wait is over a minute.
"""

import os
import time
from pathlib import Path

from outside import dots_backend

MOST = 60.0


class Meeting(dots_backend.Dots):
    def __init__(self, meet, pause, log):
        super().__init__(4, pause, log)
        self.meet = meet
        self.batches = 0

    def render(self, requests):
        home = Path(self.log).parent
        (home / f"met-{os.getpid()}").touch()
        self.batches += 1
        if self.batches == 1:
            wait(lambda: len(list(home.glob("met-*"))) >= self.meet)
        if self.batches == 3:
            wait(lambda: not (home / "hold").exists())
        return super().render(requests)


def wait(is_over):
    until = time.monotonic() + MOST
    while not is_over() and time.monotonic() < until:
        time.sleep(0.02)


def load(log, meet=1, pause=0.0):
    return Meeting(meet, pause, log)
